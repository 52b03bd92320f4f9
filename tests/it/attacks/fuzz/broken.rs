//! Inputs with something broken in them.

/// Pieces that mean something to a reader.
const TOKENS: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\u0000",
    "\\ud800",
    "\\",
    "null",
    "true",
    "-0",
    "1e999",
    "1e-999",
    "9007199254740993",
    "18446744073709551616",
    "0.1",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "😀",
    "é",
    "\r\n",
    ";",
    "=",
    "(",
    ")",
    "?1",
    ":AAAA:",
    "sig1=",
    "; created=1",
    "@authority",
    "%2f",
    "..",
    "cs_",
    "_",
    "-",
    "[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":",
];
const BREAKS_MAX: u64 = 6;
const BYTES_MAX: usize = 16 * 1024;

/// Dice that fall the same way for the same seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from(self.roll() % end).unwrap()
    }
}

/// One of the inputs, broken a few times.
pub(super) fn made_of(inputs: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = inputs[dice.below(inputs.len())].clone();
    for _ in 0..=dice.roll() % BREAKS_MAX {
        break_once(&mut input, inputs, dice);
    }
    input.truncate(BYTES_MAX);
    input
}

fn break_once(input: &mut Vec<u8>, inputs: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let end = (at + dice.below(12)).min(input.len());
    match dice.below(8) {
        0 => drop(input.splice(at..at, [u8::try_from(dice.below(256)).unwrap()])),
        1 => drop(input.drain(at..end)),
        2 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        3 => drop(input.splice(at..end, TOKENS[dice.below(TOKENS.len())].bytes())),
        4 => {
            let again = input[at..end].repeat(1 + dice.below(64));
            drop(input.splice(at..at, again));
        }
        5 => input.truncate(at),
        6 => {
            let other = &inputs[dice.below(inputs.len())];
            let from = dice.below(other.len());
            let piece = other[from..].to_vec();
            drop(input.splice(at.., piece));
        }
        _ => drop(input.splice(at..at, TOKENS[dice.below(TOKENS.len())].bytes())),
    }
}
