use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// Most words that are kept.
const WORDS_MAX: usize = 1_000;

static WORDS: RwLock<Option<HashSet<&'static str>>> = RwLock::new(None);

/// A word of some list as a label, kept for as long as this process lives: such as the template of
/// a route, which the router has and hands out piece by piece. It is for words whose number is
/// known before; where there are too many, they are all one.
pub fn known(word: &str) -> &'static str {
    let words = WORDS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.as_ref().and_then(|words| words.get(word)) {
        return known;
    }
    drop(words);
    let mut words = WORDS.write().unwrap_or_else(PoisonError::into_inner);
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
