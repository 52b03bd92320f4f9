//! Which words and places are ours, and which a caller has chosen.

/// The longest names of members and codes there are, and how many digits they have.
const WORD_CHARS_MAX: usize = 48;
const WORD_DIGITS_MAX: usize = 4;
/// A list in a body has no more entries than that has digits.
const INDEX_DIGITS_MAX: usize = 5;
/// The deepest place there is.
const PLACE_CHARS_MAX: usize = 200;

/// Whether this has the form of our codes and names of members, and is nothing else, such as a number
/// or an address of somebody.
pub fn is_own_word(text: &str) -> bool {
    let is_ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=WORD_CHARS_MAX).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(is_ours)
        && text.chars().filter(char::is_ascii_digit).count() <= WORD_DIGITS_MAX
}

/// Whether a place consists of words of ours. A caller names members as it likes, after a card or a
/// person if it must, and an error may name them back.
pub fn is_own_place(text: &str) -> bool {
    let Some(steps) = text.strip_prefix('$') else { return false };
    let is_index = |index: &str| {
        (1..=INDEX_DIGITS_MAX).contains(&index.len()) && index.chars().all(|c| c.is_ascii_digit())
    };
    let is_step = |step: &str| {
        let (name, indices) = step.split_once('[').unwrap_or((step, ""));
        let are_numbers = match indices.strip_suffix(']') {
            Some(indices) => indices.split("][").all(is_index),
            None => indices.is_empty(),
        };
        (name.is_empty() || is_own_word(name)) && are_numbers
    };
    text.len() <= PLACE_CHARS_MAX && steps.split('.').all(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_ours_where_every_word_in_it_is() {
        for place in [
            "$",
            "$.line_items[0].item.id",
            "$.line_items[99].quantity",
            "$.payment_data.instrument.credential.token",
            "$[0][1].display_last4",
        ] {
            assert!(is_own_place(place), "{place}");
        }
        let deep = "$.a".repeat(100);
        for other in [
            "$.metadata.4242424242424242",
            "$.metadata.a4242424242424242",
            "$.metadata.4242-4242-4242-4242",
            "$.metadata.ada@example.com",
            "$.metadata.Ada Byron",
            "$.metadata['x']",
            "$.a[123456789]",
            "metadata",
            "",
            &*deep,
        ] {
            assert!(!is_own_place(other), "{other}");
        }
    }
}
