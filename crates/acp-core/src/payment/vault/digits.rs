//! What looks like the number of a card.

/// The shortest and the longest number a card can have.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// Numbers in other texts (times, orders) are told from those of cards by their length, too.
const SHORTEST_ELSEWHERE: usize = 14;

/// The digits of a text, one after the other; nothing where there is anything else in it.
#[derive(Clone, Copy, Debug)]
pub struct DigitsOf<'a>(pub &'a str);

impl DigitsOf<'_> {
    /// Whether a card can have a number of this form.
    pub fn are_a_number(self) -> bool {
        (SHORTEST..=LONGEST).contains(&self.0.len()) && self.0.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether the last digit fits to those before it (ISO/IEC 7812, annex B).
    pub fn add_up(self) -> bool {
        let digits = self.0.bytes().rev().map(|byte| u32::from(byte.saturating_sub(b'0')));
        let doubled =
            digits.zip([false, true].into_iter().cycle()).map(|(digit, is_second)| {
                match (is_second, digit) {
                    (false, digit) => digit,
                    (true, 0..=4) => digit.saturating_mul(2),
                    (true, _) => digit.saturating_mul(2).saturating_sub(9),
                }
            });
        doubled.fold(0_u32, u32::saturating_add).checked_rem(10) == Some(0)
    }
}

/// Whether a text shows the number of a card: that of this card, however it is grouped, or
/// anything that could be one.
pub fn shows_a_card(text: &str, number: &str) -> bool {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
    let is_this = !number.is_empty() && bare.contains(number);
    let runs = text.split(|c: char| !c.is_ascii_digit());
    is_this || runs.into_iter().any(is_like_a_number)
}

/// Numbers of cards begin with the digit of their trade: 3 to 6, or 2 by now.
fn is_like_a_number(run: &str) -> bool {
    (SHORTEST_ELSEWHERE..=LONGEST).contains(&run.len())
        && run.starts_with(['2', '3', '4', '5', '6'])
        && DigitsOf(run).add_up()
}
