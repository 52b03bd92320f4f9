//! One spelling for the forms of a word, and how far two words are apart.

/// A word without the ending of its plural. Not a stemmer: `organ` and `organizer` stay two
/// words, because two products may differ by nothing else.
pub(crate) fn stem(word: &str) -> String {
    let cut = |end: &str| word.strip_suffix(end).unwrap_or(word);
    if word.len() <= 3 || !word.is_ascii() || word.starts_with(|c: char| c.is_ascii_digit()) {
        return word.to_owned();
    }
    let single = if word.ends_with("ies") && word.len() > 4 {
        format!("{}y", cut("ies"))
    } else if ["sses", "shes", "ches", "xes", "zzes", "oes"].iter().any(|end| word.ends_with(end)) {
        cut("es").to_owned()
    } else if word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        cut("s").to_owned()
    } else {
        word.to_owned()
    };
    // Knives and knife, scarves and scarf, gloves and glove.
    match single.strip_suffix("ve").or_else(|| single.strip_suffix("fe")) {
        Some(root) if root.len() > 1 => format!("{root}f"),
        _ => match single.as_str() {
            "men" => "man".to_owned(),
            "women" => "woman".to_owned(),
            "children" => "child".to_owned(),
            "mice" => "mouse".to_owned(),
            _ => single,
        },
    }
}

/// How many slips a word of this length may have. Short words and numbers have none: too many
/// of them are one letter apart.
pub(crate) fn slips_allowed(word: &str) -> usize {
    if word.chars().any(|c| c.is_ascii_digit()) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

/// Which letters a word has, to rule out most pairs before they are compared.
pub(crate) fn letters(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |mask, byte| {
        let place = u32::from(byte.saturating_sub(b'a'));
        mask | 1_u32.checked_shl(place).unwrap_or(0)
    })
}

/// The number of slips between two words, if it is not more than `most`.
pub(crate) fn slips(typed: &str, known: &str, most: usize) -> Option<usize> {
    if most == 0 || typed.len().abs_diff(known.len()) > most {
        return None;
    }
    let found = strsim::osa_distance(typed, known);
    // One letter for another makes most short words into other words.
    if typed.len() <= 4 && typed.len() == known.len() && letters(typed) != letters(known) {
        return None;
    }
    // A word that begins with another letter is another word, unless it is long.
    let same_start = typed.chars().next() == known.chars().next();
    (found <= most && (same_start || (found == 1 && typed.len() > 5))).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_have_one_spelling() {
        for (one, many) in [
            ("lemon", "lemons"),
            ("berry", "berries"),
            ("knife", "knives"),
            ("scarf", "scarves"),
            ("glove", "gloves"),
            ("box", "boxes"),
            ("brush", "brushes"),
            ("potato", "potatoes"),
            ("mouse", "mice"),
        ] {
            assert_eq!(stem(one), stem(many));
        }
        for word in ["glass", "gas", "organizer", "cactus"] {
            assert_eq!(stem(word), word);
        }
    }

    #[test]
    fn slips_are_few_and_never_in_short_words() {
        assert_eq!(slips("watring", "watering", slips_allowed("watring")), Some(1));
        assert_eq!(slips("pan", "pen", slips_allowed("pan")), None);
        assert_eq!(slips("latter", "batter", 1), Some(1));
        assert_eq!(slips("bread", "tread", 1), None);
    }
}
