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

/// How many digits stand together where a number is written in groups. Times are written in smaller
/// ones.
const GROUP: std::ops::RangeInclusive<usize> = 4..=7;

/// Whether a text shows the number of a card: that of this card, however it is grouped, or anything
/// that could be one, as it stands or in groups of the usual sizes.
pub fn shows_a_card(text: &str, number: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_this = !number.is_empty() && bare.contains(number);
    let is_one = text.split(|c: char| !c.is_ascii_digit()).any(is_like_a_number);
    is_this || is_one || text.split(char::is_alphabetic).any(groups_show_a_card)
}

/// Whether groups that follow each other make a number together.
fn groups_show_a_card(text: &str) -> bool {
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let groups: Vec<&str> = groups.collect();
    (0..groups.len()).any(|first| {
        let mut joined = String::new();
        let usual = groups.iter().skip(first).take_while(|group| GROUP.contains(&group.len()));
        usual.take(LONGEST).any(|group| {
            joined.push_str(group);
            is_like_a_number(&joined)
        })
    })
}

/// Numbers of cards begin with the digit of their trade: 3 to 6, or 2 by now.
fn is_like_a_number(run: &str) -> bool {
    (SHORTEST_ELSEWHERE..=LONGEST).contains(&run.len())
        && run.starts_with(['2', '3', '4', '5', '6'])
        && DigitsOf(run).add_up()
}
