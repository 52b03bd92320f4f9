use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;

/// Most words that are kept.
const WORDS_MAX: usize = 1_000;

type Words = HashSet<&'static str, RandomState>;

static WORDS: Mutex<Option<Words>> = Mutex::new(None);

thread_local! {
    /// Those that were asked for here: looking there keeps nobody else from looking.
    static NEAR: RefCell<Words> = RefCell::default();
}

/// A word of some list as a label, kept for as long as this process lives: such as the template of
/// a route, which the router has and hands out piece by piece. It is for words whose number is
/// known before; where there are too many, they are all one.
pub fn known(word: &str) -> &'static str {
    NEAR.with_borrow_mut(|near| {
        if let Some(known) = near.get(word) {
            return *known;
        }
        let known = known_to_all(word);
        near.insert(known);
        known
    })
}

fn known_to_all(word: &str) -> &'static str {
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let words = words.get_or_insert_default();
    if let Some(known) = words.get(word) {
        return known;
    }
    if words.len() >= WORDS_MAX {
        return "other";
    }
    let kept: &'static str = Box::leak(Box::from(word));
    words.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_once() {
        let (one, other) = (known("/carts/{cart_id}"), known("/carts/{cart_id}"));
        assert!(std::ptr::eq(one, other));
    }
}
