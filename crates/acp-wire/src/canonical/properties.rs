//! What holds for every body, tried on random ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value;

use super::{NotJson, digest};

/// A JSON value. Derived equality is the equality that digests stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tree {
    Null,
    Bool(bool),
    /// `digits` times ten to the power: zero, or not a multiple of ten.
    Number {
        digits: i128,
        power: i32,
    },
    Text(String),
    Array(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    fn number(digits: i128, power: i32) -> Self {
        match digits {
            0 => Self::Number { digits, power: 0 },
            _ if digits % 10 == 0 => Self::number(digits / 10, power + 1),
            _ => Self::Number { digits, power },
        }
    }

    fn leaves(&mut self) -> Vec<&mut Tree> {
        match self {
            Self::Array(elements) => elements.iter_mut().flat_map(Tree::leaves).collect(),
            Self::Object(members) => members.values_mut().flat_map(Tree::leaves).collect(),
            Self::Null | Self::Bool(_) | Self::Number { .. } | Self::Text(_) => vec![self],
        }
    }

    /// Something close by that is not the same.
    fn altered(&self) -> Self {
        match self {
            Self::Null => Self::Bool(false),
            Self::Bool(value) => Self::Bool(!value),
            Self::Number { digits, power } => Self::number(digits + 1, *power),
            Self::Text(text) => Self::Text(format!("{text}\0")),
            Self::Array(elements) => Self::Array([elements.as_slice(), &[Self::Null]].concat()),
            Self::Object(_) => Self::Null,
        }
    }
}

/// Few different leaves, so that equal trees come up by chance, and some large ones.
fn tree() -> impl Strategy<Value = Tree> {
    let text = || prop_oneof![3 => "[ab]{0,2}", 1 => "\\PC{0,8}", 1 => any::<String>()];
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Bool),
        (-2..3_i128, -1..2).prop_map(|(digits, power)| Tree::number(digits, power)),
        (any::<i64>(), -260..260).prop_map(|(digits, power)| Tree::number(digits.into(), power)),
        text().prop_map(Tree::Text),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Tree::Array),
            prop::collection::btree_map(text(), inner, 0..8).prop_map(Tree::Object),
        ]
    })
}

/// Prints a tree in one of many ways, as its choices want it.
struct Printer<'choices> {
    choices: std::iter::Cycle<std::slice::Iter<'choices, u8>>,
    body: String,
}

impl Printer<'_> {
    fn print(tree: &Tree, choices: &[u8]) -> String {
        let mut printer = Printer { choices: choices.iter().cycle(), body: String::new() };
        printer.tree(tree);
        printer.body
    }

    fn choose(&mut self, ways: u8) -> u8 {
        self.choices.next().unwrap() % ways
    }

    fn space(&mut self) {
        let space = ["", "", "", " ", "\t", "\r\n", "  "][usize::from(self.choose(7))];
        self.body.push_str(space);
    }

    fn tree(&mut self, tree: &Tree) {
        self.space();
        match tree {
            Tree::Null => self.body.push_str("null"),
            Tree::Bool(value) => self.body.push_str(if *value { "true" } else { "false" }),
            Tree::Number { digits, power } => self.number(*digits, *power),
            Tree::Text(text) => self.text(text),
            Tree::Array(elements) => {
                self.body.push('[');
                for (index, element) in elements.iter().enumerate() {
                    self.comma(index);
                    self.tree(element);
                }
                self.space();
                self.body.push(']');
            }
            Tree::Object(members) => self.object(members),
        }
        self.space();
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.body.push(',');
        }
    }

    fn object(&mut self, members: &BTreeMap<String, Tree>) {
        let mut shuffled: Vec<_> =
            members.iter().map(|member| (self.choose(255), member)).collect();
        shuffled.sort_by_key(|(rank, _)| *rank);
        self.body.push('{');
        self.space();
        for (index, (_, (name, value))) in shuffled.into_iter().enumerate() {
            self.comma(index);
            self.space();
            self.text(name);
            self.space();
            self.body.push(':');
            self.tree(value);
        }
        self.body.push('}');
    }

    fn text(&mut self, text: &str) {
        self.body.push('"');
        for character in text.chars() {
            let way = self.choose(4);
            match character {
                '"' | '\\' | '/' if way < 2 => self.body.extend(['\\', character]),
                '\n' if way < 2 => self.body.push_str("\\n"),
                '\u{8}' if way < 2 => self.body.push_str("\\b"),
                '\0'..' ' | '"' | '\\' => self.escape(character, way),
                _ if way == 3 => self.escape(character, self.body.len().to_le_bytes()[0]),
                plain => self.body.push(plain),
            }
        }
        self.body.push('"');
    }

    fn escape(&mut self, character: char, way: u8) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            match way % 2 {
                0 => write!(self.body, "\\u{unit:04x}").unwrap(),
                _ => write!(self.body, "\\u{unit:04X}").unwrap(),
            }
        }
    }

    fn number(&mut self, digits: i128, power: i32) {
        let zeros = usize::from(self.choose(5));
        let mut written = format!("{}{}", digits.unsigned_abs(), "0".repeat(zeros));
        let power = power - i32::try_from(zeros).unwrap();
        let decimals = usize::from(self.choose(24));
        if digits < 0 || digits == 0 && decimals % 2 == 0 {
            self.body.push('-');
        }
        if digits == 0 {
            written.truncate(1);
        }
        while written.len() <= decimals {
            written.insert(0, '0');
        }
        let power = power + i32::try_from(decimals).unwrap();
        if decimals > 0 {
            written.insert(written.len() - decimals, '.');
        }
        self.body.push_str(&written);
        if power != 0 || self.choose(2) == 0 {
            let mark = ["e", "E", "e0", "E00"][usize::from(self.choose(4))];
            let plus = if self.choose(2) == 0 { "+" } else { "" };
            let (letter, zeros) = mark.split_at(1);
            let sign = if power < 0 { "-" } else { plus };
            write!(self.body, "{letter}{sign}{zeros}{}", power.unsigned_abs()).unwrap();
        }
    }
}

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 1..64)
}

/// Pieces of JSON in any order: mostly wrong, and wrong in every way.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: [&str; 36] = [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "{\"a\":", "[]", "{}", "0", "1",
        "-", ".", "e", "E+", "00", "12.5e-3", "1e308", "1e309", "1e-400", "null", "true", "false",
        "nul", " ", "\n", "\u{b}", "\\", "\\u00", "\\ud83d", "\\ude00", "\u{e9}", "\u{feff}",
    ];
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12).prop_map(|soup| soup.concat())
}

/// Whether our verdict on `body` agrees with `serde_json`, which knows nothing of our bounds and
/// lets the last of two namesakes win.
fn agrees_with_serde_json(body: &[u8]) -> bool {
    let accepted = serde_json::from_slice::<Value>(body).is_ok();
    match digest(body) {
        Ok(_) => accepted,
        Err(
            NotJson::Empty(_)
            | NotJson::ByteOrderMark(_)
            | NotJson::NotUtf8(_)
            | NotJson::Syntax(..)
            | NotJson::LoneSurrogate(_),
        ) => !accepted,
        Err(
            NotJson::DuplicateMember(_)
            | NotJson::TooDeep(_)
            | NotJson::TooManyValues(_)
            | NotJson::NumberTooLong(_)
            | NotJson::NumberOutOfRange(_),
        ) => true,
    }
}

proptest! {
    #[test]
    fn how_it_is_written_does_not_matter(tree in tree(), one in choices(), other in choices()) {
        let (one, other) = (Printer::print(&tree, &one), Printer::print(&tree, &other));
        let digest_of_one = digest(one.as_bytes());

        prop_assert!(digest_of_one.is_ok(), "{one}: {digest_of_one:?}");
        prop_assert_eq!(digest_of_one, digest(other.as_bytes()), "{} and {}", one, other);
        prop_assert!(agrees_with_serde_json(one.as_bytes()), "{}", one);
    }

    #[test]
    fn every_leaf_matters(tree in tree(), leaf in any::<prop::sample::Index>(), ways in choices()) {
        let mut altered = tree.clone();
        let mut leaves = altered.leaves();
        if leaves.is_empty() {
            altered = altered.altered();
        } else {
            let leaf = leaf.index(leaves.len());
            *leaves[leaf] = leaves[leaf].altered();
        }
        let (one, other) = (Printer::print(&tree, &ways), Printer::print(&altered, &ways));

        prop_assert!(digest(other.as_bytes()).is_ok());
        prop_assert_ne!(digest(one.as_bytes()), digest(other.as_bytes()), "{} and {}", one, other);
    }

    #[test]
    fn equal_digests_mean_equal_values(one in tree(), other in tree(), ways in choices()) {
        let (one_body, other_body) = (Printer::print(&one, &ways), Printer::print(&other, &ways));

        prop_assert_eq!(
            digest(one_body.as_bytes()) == digest(other_body.as_bytes()),
            one == other,
            "{} and {}", one_body, other_body
        );
    }

    #[test]
    fn a_member_more_matters_even_if_it_is_null(
        tree in prop::collection::btree_map("[a-c]{1,2}", tree(), 0..6),
        ways in choices(),
    ) {
        let mut more = tree.clone();
        more.insert("absent".to_owned(), Tree::Null);
        let (one, other) = (Tree::Object(tree), Tree::Object(more));
        let (one, other) = (Printer::print(&one, &ways), Printer::print(&other, &ways));

        prop_assert_ne!(digest(one.as_bytes()), digest(other.as_bytes()), "{} and {}", one, other);
    }

    #[test]
    fn any_bytes_are_judged_as_serde_json_judges_them(
        body in prop::collection::vec(any::<u8>(), 0..256),
    ) {
        prop_assert!(agrees_with_serde_json(&body));
    }

    #[test]
    fn any_soup_is_judged_as_serde_json_judges_it(body in soup()) {
        prop_assert!(agrees_with_serde_json(body.as_bytes()), "{}", body);
    }

    #[test]
    fn a_damaged_body_is_judged_as_serde_json_judges_it(
        tree in tree(),
        ways in choices(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut body = Printer::print(&tree, &ways).into_bytes();
        for (place, byte) in damage {
            let place = place.index(body.len());
            body[place] = byte;
        }
        prop_assert!(agrees_with_serde_json(&body), "{:?}", String::from_utf8_lossy(&body));

        body.truncate(body.len() / 2);
        prop_assert!(agrees_with_serde_json(&body), "{:?}", String::from_utf8_lossy(&body));
    }
}
