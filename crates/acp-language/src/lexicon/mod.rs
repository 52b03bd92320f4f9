//! What English words do, as data. Nothing here decides anything.

mod phrases;
mod words;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use phrases::{BYPASS, OFF_TOPIC};
pub(crate) use words::{canonical, is_common, is_empty, is_package, is_stop, measure_unit};

/// What a phrase does in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Put into the cart.
    Add,
    /// As [`Mark::Add`], but of what is in the cart already it means paying.
    Buy,
    /// `put` and `take`, which mean nothing without a word behind the item.
    Keep,
    Put,
    Take,
    /// `back`, `out`, `off`: what `put` and `take` meant.
    Out,
    Remove,
    /// Set to a number or change into something, whichever follows.
    Make,
    /// More or fewer of what is there: `by two`, or `to five`.
    Raise,
    Lower,
    /// `I only want two`.
    Just,
    Swap,
    Find,
    /// `what`, which asks for goods if it is followed by some.
    What,
    Price,
    Clear,
    View,
    Checkout,
    Status,
    CancelOrder,
    Cancel,
    Yes,
    No,
    Again,
    Thanks,
    And,
    Then,
    With,
    To,
    For,
    In,
    /// `size`, behind which a number is one.
    Size,
    Of,
    By,
    InsteadOf,
    Instead,
    Correct,
    /// Opens a condition.
    If,
    /// Opens the condition that something cannot be had.
    IfNone,
    IfGone,
    Otherwise,
    Or,
    Not,
    Dont,
    It,
    Them,
    One,
    Same,
    Both,
    All,
    Any,
    /// `any`, which asks or leaves open.
    Some,
    /// `what about`, which asks or answers.
    About,
    Each,
    Another,
    More,
    Less,
    Nth(u8),
    Last,
    Other,
    Cheapest,
    Dearest,
    Total,
    Cart,
    /// Another time: nothing is paid for now.
    Later,
    Filler,
    /// What follows is about the shopper and not about goods.
    Aside,
}

type Entry = (Vec<&'static str>, Mark);

/// The phrases by their first word, the longest first.
static PHRASES: LazyLock<HashMap<&'static str, Vec<Entry>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<Entry>> = HashMap::new();
    for (mark, list) in phrases::all() {
        for phrase in list.split('|') {
            let words: Vec<&'static str> = phrase.split_whitespace().collect();
            if let Some(first) = words.first().copied() {
                map.entry(first).or_default().push((words, *mark));
            }
        }
    }
    for entries in map.values_mut() {
        entries.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    map
});

/// The longest phrase these words begin with, and how many words it has.
pub(crate) fn phrase<'a>(words: &(impl Iterator<Item = &'a str> + Clone)) -> Option<(Mark, usize)> {
    let first = words.clone().next()?;
    let entries = PHRASES.get(first)?;
    let fits = |entry: &&Entry| {
        let mut said = words.clone();
        entry.0.iter().all(|word| said.next() == Some(word))
    };
    entries.iter().find(fits).map(|(words, mark)| (*mark, words.len()))
}

/// The verb a mistyped word may have been.
pub(crate) fn nearest_verb(word: &str) -> Option<Mark> {
    const VERBS: &[(&str, Mark)] = &[
        ("remove", Mark::Remove),
        ("delete", Mark::Remove),
        ("checkout", Mark::Checkout),
        ("cancel", Mark::Cancel),
        ("replace", Mark::Swap),
        ("change", Mark::Make),
        ("please", Mark::Filler),
        ("order", Mark::Buy),
        ("purchase", Mark::Buy),
        ("instead", Mark::Instead),
        ("cheapest", Mark::Cheapest),
        ("search", Mark::Find),
    ];
    let most = crate::word::slips_allowed(word);
    VERBS.iter().find(|(verb, _)| crate::word::slips(word, verb, most).is_some()).map(|(_, m)| *m)
}
