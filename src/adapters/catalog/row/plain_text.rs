//! The merchant's words as plain text: a page that shows them as they are runs nothing.

/// Tags that separate words on a page, and leave a space when they are taken out.
const BREAKS: [&str; 15] =
    ["br", "p", "div", "li", "ul", "ol", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"];

/// Text without tags and control characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlainText {
    pub(super) text: String,
    pub(super) had_tags: bool,
}

/// Takes out everything between `<` and `>` that begins like a tag, makes control characters
/// spaces, and trims the ends. What stands between tags stays.
pub(super) fn plain(raw: &str) -> PlainText {
    let mut stripped = Stripped::default();
    for c in raw.chars() {
        stripped.push(if c.is_control() { ' ' } else { c });
    }
    stripped.finish()
}

/// Text that is built so that it holds no tag, also none that appears when another is taken out
/// of its middle.
#[derive(Default)]
struct Stripped {
    text: String,
    /// Where in the text a `<` stands that may turn out to begin a tag.
    open: Vec<usize>,
    had_tags: bool,
}

impl Stripped {
    fn push(&mut self, c: char) {
        match c {
            '<' => self.open.push(self.text.len()),
            '>' if self.take_out_tag() => return,
            _ => {}
        }
        self.text.push(c);
    }

    /// Takes out the innermost tag that would end here. A `<` that begins none is text for good,
    /// for what follows it stays.
    fn take_out_tag(&mut self) -> bool {
        while let Some(at) = self.open.pop() {
            let Some(name) = self.text.get(at..).and_then(tag_name) else { continue };
            let is_break = BREAKS.iter().any(|known| name.eq_ignore_ascii_case(known));
            self.text.truncate(at);
            self.had_tags = true;
            if is_break && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
            return true;
        }
        false
    }

    /// A tag that never ends would end on the page around the text, so its `<` goes. Taken from
    /// the back, so that the `<` before it is seen with what follows it then.
    fn finish(mut self) -> PlainText {
        let mut backwards = String::with_capacity(self.text.len());
        let mut next = ' ';
        for c in self.text.chars().rev() {
            if c == '<' && begins_tag(next) {
                self.had_tags = true;
                continue;
            }
            backwards.push(c);
            next = c;
        }
        let text: String = backwards.chars().rev().collect();
        PlainText { text: text.trim().to_owned(), had_tags: self.had_tags }
    }
}

/// The name of the tag a text begins with, if it does; empty for a comment.
fn tag_name(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('<').filter(|inside| inside.starts_with(begins_tag))?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    name.split(|c: char| !c.is_ascii_alphanumeric()).next()
}

/// Whether a `<` before this makes a tag of it, by the rules of HTML.
fn begins_tag(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds_a_tag_start(text: &str) -> bool {
        text.split('<').skip(1).any(|rest| rest.starts_with(begins_tag))
    }

    #[test]
    fn tags_are_taken_out_and_what_they_hold_stays() {
        for (raw, text) in [
            ("silk tassel. <script>alert(1)</script>", "silk tassel. alert(1)"),
            ("a <B>bold</b > word", "a bold word"),
            ("One<br>two<br/>three", "One two three"),
            ("<p>One</p><p>Two</p>", "One Two"),
            ("H<sub>2</sub>O", "H2O"),
            ("<!-- hidden -->seen<?php x ?>", "seen"),
            ("<<b>script>alert</<i>script>", "alert"),
            ("<a title=\"x<y>z\">link</a>", "link"),
            ("an open <img src=x onerror=alert(1)", "an open img src=x onerror=alert(1)"),
            ("<<<i", "i"),
        ] {
            let plain = plain(raw);
            assert!(plain.had_tags, "{raw}");
            assert_eq!(plain.text, text, "{raw}");
        }
    }

    #[test]
    fn text_that_only_looks_a_little_like_html_stays() {
        for raw in ["3 < 5 > 2", "I <3 tea", "a -> b <- c", "<>", "Tom & Jerry", "x<", ">", ""] {
            assert_eq!(plain(raw), PlainText { text: raw.to_owned(), had_tags: false }, "{raw}");
        }
    }

    #[test]
    fn control_characters_become_spaces() {
        let raw = "\tone\r\ntwo\u{0}three\u{85}\u{1b}[31m\n";
        assert_eq!(plain(raw), PlainText { text: "one  two three  [31m".into(), had_tags: false });
    }

    proptest! {
        #[test]
        fn no_tag_survives(raw in "[<>/!b p\\x00]{0,40}|.{0,40}") {
            let once = plain(&raw);
            prop_assert!(!holds_a_tag_start(&once.text), "{:?}", once);
            let twice = plain(&once.text);
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(!twice.had_tags);
        }
    }
}
