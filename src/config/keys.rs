//! Which keys exist: what an environment variable may be called, how its text is read, and which
//! key somebody may have meant.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What every environment variable for a key begins with.
pub(super) const VARIABLE_PREFIX: &str = "ACP_GATEWAY__";

/// One section of the configuration, `[name]` in the file.
pub(super) trait Section: Default + Serialize + DeserializeOwned {
    const NAME: &'static str;
    /// All keys, in the order of the struct; a test holds them together.
    const KEYS: &'static [Key];
}

/// A key inside a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// How the text of an environment variable becomes a value of this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    /// Written as a TOML list.
    List,
    /// Text that no message and no description may show.
    Secret,
}

impl Key {
    pub(super) const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    pub(super) const fn number(name: &'static str) -> Self {
        Self { name, kind: Kind::Number }
    }

    pub(super) const fn flag(name: &'static str) -> Self {
        Self { name, kind: Kind::Flag }
    }

    pub(super) const fn list(name: &'static str) -> Self {
        Self { name, kind: Kind::List }
    }

    pub(super) const fn secret(name: &'static str) -> Self {
        Self { name, kind: Kind::Secret }
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
