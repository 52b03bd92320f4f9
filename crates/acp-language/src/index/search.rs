//! Finding goods by words, for whoever looks around and has no sentence to say.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use acp_core::ids::ItemId;

use super::{Field, Index, ItemNo, TermId};
use crate::lexicon::{canonical, is_stop};
use crate::text::tokens;

/// Most words of a text that are looked for.
const WORDS_MAX: usize = 32;

/// How much it says that a word stands there.
const fn weight(field: Field) -> u32 {
    match field {
        Field::Title => 8,
        Field::Attribute | Field::Brand => 4,
        Field::Category => 3,
        Field::Description => 1,
    }
}

impl Index {
    /// The items the words of a text lead to, best first: those with more of the words before those
    /// with fewer, and then those that are named by them. A mistyped word is the one it is nearest
    /// to.
    pub fn search(&self, text: &str, most: usize) -> Vec<ItemId> {
        let mut found: BTreeMap<ItemNo, (u32, u32)> = BTreeMap::new();
        for terms in self.words_of(text) {
            let mut best: BTreeMap<ItemNo, u32> = BTreeMap::new();
            for (item, field) in terms.into_iter().flat_map(|term| self.postings(term)) {
                let known = best.entry(*item).or_default();
                *known = weight(*field).max(*known);
            }
            for (item, weight) in best {
                let (words, score) = found.entry(item).or_default();
                *words = words.saturating_add(1);
                *score = score.saturating_add(weight);
            }
        }
        let mut ranked: Vec<_> = found.into_iter().collect();
        ranked.sort_by_key(|(item, (words, score))| (Reverse(*words), Reverse(*score), *item));
        let items = ranked.into_iter().filter_map(|(item, _)| self.item(item));
        items.take(most).map(|item| item.id.clone()).collect()
    }

    /// The words of a text that mean something here, each with what it may be.
    fn words_of(&self, text: &str) -> BTreeSet<Vec<TermId>> {
        let tokens = tokens(text);
        let words = tokens.iter().filter(|token| token.is_word()).take(WORDS_MAX);
        let words = words.map(|token| canonical(&token.text)).filter(|word| !is_stop(word));
        let meant = |word: String| match self.term(&word) {
            Some(term) => vec![term],
            None => self.nearest(&word),
        };
        words.map(meant).filter(|terms| !terms.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use acp_core::money::{Currency, Money};

    use super::*;
    use crate::index::Product;

    fn product(id: &str, title: &str, description: &str) -> Product {
        Product {
            id: ItemId::new(id),
            title: title.to_owned(),
            description: description.to_owned(),
            brand: "Tern & Tide".to_owned(),
            category: "pantry".to_owned(),
            attributes: Vec::new(),
            price: Money::new(799, Currency::parse("usd").unwrap()).unwrap(),
            stock: None,
            variants: Vec::new(),
        }
    }

    #[test]
    fn what_is_named_by_more_of_the_words_comes_first() {
        let index = Index::build(&[
            product("jam", "Plum Jam", "Goes with honey."),
            product("heather", "Heather Honey", "Dark."),
            product("wild", "Wildflower Honey", "Light."),
        ]);
        let search = |text: &str, most| {
            let found = index.search(text, most);
            found.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(search("the wildflower honey", 9), ["wild", "heather", "jam"]);
        assert_eq!(search("honey", 9), ["heather", "wild", "jam"]);
        assert_eq!(search("honey", 1), ["heather"]);
        assert_eq!(search("wildflwer", 9), ["wild"], "a slip");
        assert_eq!(search("tern", 9).len(), 3, "whoever makes it");
        assert_eq!(search("submarine", 9), Vec::<String>::new());
        assert_eq!(search("", 9), Vec::<String>::new());
    }
}
