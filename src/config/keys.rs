//! Which keys exist: what an environment variable may be called, how its text is read, which key
//! somebody may have meant, and what the schema of the file says about it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::forms::Form;

/// What every environment variable for a key begins with.
pub(super) const VARIABLE_PREFIX: &str = "ACP_GATEWAY__";

/// One section of the configuration, `[name]` in the file.
pub(super) trait Section: Default + Serialize + DeserializeOwned {
    const NAME: &'static str;
    /// What the section is for, in one sentence of the page for operators.
    const ABOUT: &'static str;
    /// All keys, in the order of the struct; a test holds them together.
    const KEYS: &'static [Key];
}

/// What is known of a section without looking at values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [Key],
}

impl Outline {
    pub(super) const fn of<S: Section>() -> Self {
        Self { name: S::NAME, about: S::ABOUT, keys: S::KEYS }
    }
}

/// A key inside a section, or inside an entry of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What the key does, as its row on the page for operators says it; a test holds them
    /// together.
    pub(super) about: &'static str,
    /// Whether an entry without this key is refused. No section needs any key.
    pub(super) is_required: bool,
}

/// What values a key takes: how the text of an environment variable becomes one, and what an
/// editor is told. The loader checks values by itself, on reading them; tests hold both together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Flag,
    Whole {
        min: i64,
        max: i64,
    },
    Choice(&'static [&'static str]),
    Text(Form),
    /// Text that no message and no description may show.
    Secret(Form),
    /// Written as a TOML list, in a variable as well.
    List(List),
}

/// How many entries a list has, and what they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) entries_min: usize,
    pub(super) entries_max: usize,
    pub(super) item: Item,
}

/// What an entry of a list is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    Text(Form),
    Entry(&'static Entry),
    /// One of these; each has a key that only takes the name of its type.
    EntryByType(&'static [Entry]),
}

/// An entry with keys of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its heading on the page for operators.
    pub(super) heading: &'static str,
    pub(super) about: &'static str,
    /// Its keys, in groups, because types of entries share some of them.
    pub(super) keys: &'static [&'static [Key]],
}

impl Key {
    pub(super) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self { name, kind: Kind::Flag, about, is_required: false }
    }

    /// A whole number from `min` to `max`.
    pub(super) const fn whole(name: &'static str, min: i64, max: i64, about: &'static str) -> Self {
        Self { name, kind: Kind::Whole { min, max }, about, is_required: false }
    }

    pub(super) const fn choice(
        name: &'static str,
        names: &'static [&'static str],
        about: &'static str,
    ) -> Self {
        Self { name, kind: Kind::Choice(names), about, is_required: false }
    }

    pub(super) const fn text(name: &'static str, form: Form, about: &'static str) -> Self {
        Self { name, kind: Kind::Text(form), about, is_required: false }
    }

    pub(super) const fn secret(name: &'static str, form: Form, about: &'static str) -> Self {
        Self { name, kind: Kind::Secret(form), about, is_required: false }
    }

    pub(super) const fn list(name: &'static str, list: List, about: &'static str) -> Self {
        Self { name, kind: Kind::List(list), about, is_required: false }
    }

    /// The same key where an entry without it is refused.
    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret(_))
    }
}

/// `ACP_GATEWAY__SERVER__LISTEN` for `server` and `listen`.
pub(super) fn variable(section: &str, key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}__{}", section.to_uppercase(), key.to_uppercase())
}

/// The candidate that is only a slip or two away from `text`, if there is one.
pub(super) fn closest(text: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    // Whoever misses more than every fourth letter meant something else.
    let slips_max = (text.chars().count() / 4).max(2);
    candidates
        .map(|candidate| (slips(text, &candidate), candidate))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, removed or replaced to make one text of the other.
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.to_lowercase().chars().enumerate() {
        let mut left = line + 1;
        let mut next = vec![left];
        for (pair, candidate) in row.windows(2).zip(&other) {
            let &[diagonal, above] = pair else { continue };
            let replaced = diagonal + usize::from(*candidate != letter);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_in_any_direction() {
        let cases = [
            ("listen", "listen", 0),
            ("lisen", "listen", 1),
            ("listenn", "listen", 1),
            ("lizten", "LISTEN", 1),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
        ];
        for (one, other, expected) in cases {
            assert_eq!(slips(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn only_what_is_close_is_suggested() {
        let known = || ["server.listen", "server.docs", "log.level"].map(String::from).into_iter();
        assert_eq!(closest("server.lisen", known()).as_deref(), Some("server.listen"));
        assert_eq!(closest("sever.docs", known()).as_deref(), Some("server.docs"));
        assert_eq!(closest("redis.address", known()), None);
    }
}
