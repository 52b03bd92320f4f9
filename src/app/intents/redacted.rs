/// Fewest digits in a row that may be a telephone number or a card.
const DIGITS_MIN: usize = 7;

/// A text without what tells who somebody is: addresses of mail, and rows of digits as telephone
/// numbers and cards have them.
pub(super) fn redacted(text: &str) -> String {
    without_digits(&without_mail(text))
}

/// Words with an `@` that has something in front and letters behind it.
fn without_mail(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let is_mail = bare.match_indices('@').any(|(at, mark)| {
            let after = bare.get(at.saturating_add(mark.len())..).unwrap_or_default();
            at > 0 && after.starts_with(char::is_alphanumeric)
        });
        if is_mail {
            out.push_str("[mail]");
            out.push_str(word.get(bare.len()..).unwrap_or_default());
        } else {
            out.push_str(word);
        }
    }
    out
}

/// Rows of digits, with what people put between them.
fn without_digits(text: &str) -> String {
    let is_between = |c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | ',' | '_' | '/' | '(' | ')')
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let row = rest.find(|c: char| !c.is_numeric() && !is_between(c)).unwrap_or(rest.len());
        let row = if first.is_numeric() { row } else { 0 };
        let (row, after) = rest.split_at_checked(row).unwrap_or((rest, ""));
        if row.is_empty() {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let bare = row.trim_end_matches(is_between);
        if row.chars().filter(|c| c.is_numeric()).count() >= DIGITS_MIN {
            out.push_str("[number]");
            out.push_str(row.get(bare.len()..).unwrap_or_default());
        } else {
            out.push_str(row);
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_who_somebody_is_is_taken_out() {
        for (said, kept) in [
            ("mail it to ada@example.com, please", "mail it to [mail] please"),
            ("call (555) 010-9999 now", "call ([number] now"),
            ("card 4242 4242 4242 4242.", "card [number]."),
            ("card ４２４２４２４２４２４２４２４２", "card [number]"),
            ("+49 30 1234567", "+[number]"),
            ("two mugs and 12 pens @ 5", "two mugs and 12 pens @ 5"),
            ("\"ada\"@example.com or @ada@example.com", "[mail] or [mail]"),
            ("555\t010,99_99 or 555 – 010 - 9999", "[number] or [number]"),
            ("1 2 3", "1 2 3"),
            ("", ""),
        ] {
            assert_eq!(redacted(said), kept, "{said}");
        }
    }
}
