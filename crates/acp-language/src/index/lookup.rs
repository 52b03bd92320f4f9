use acp_core::ids::ItemId;
use acp_core::money::Currency;

use super::{Field, Index, Item, ItemNo, TermId};
use crate::word::{letters, slips, slips_allowed};

impl Index {
    /// How many things can be bought.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Something that can be bought, if there is anything.
    pub fn any(&self) -> Option<&ItemId> {
        self.items.first().map(|item| &item.id)
    }

    /// Whether there is nothing to buy.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The currency of the catalogue; `None` for an empty one.
    pub const fn currency(&self) -> Option<Currency> {
        self.currency
    }

    pub(crate) fn item(&self, number: ItemNo) -> Option<&Item> {
        self.items.get(usize::try_from(number).ok()?)
    }

    pub(crate) fn number(&self, id: &ItemId) -> Option<ItemNo> {
        self.by_id.get(id).copied()
    }

    /// All items of the product an item belongs to.
    pub(crate) fn siblings(&self, number: ItemNo) -> std::ops::Range<ItemNo> {
        let product = self.item(number).and_then(|item| usize::try_from(item.product).ok());
        let range = product.and_then(|product| self.products.get(product)).copied();
        range.map_or(number..number.saturating_add(1), |(first, end)| first..end)
    }

    /// One item of each product, in the order of the catalogue.
    pub(crate) fn first_of_each(&self) -> impl Iterator<Item = ItemNo> + '_ {
        self.products.iter().map(|(first, _)| *first)
    }

    pub(crate) fn term(&self, word: &str) -> Option<TermId> {
        self.terms.get(word).copied()
    }

    pub(crate) fn spelling(&self, term: TermId) -> &str {
        let place = usize::try_from(term).unwrap_or(usize::MAX);
        self.spellings.get(place).map_or("", |spelling| &spelling.text)
    }

    pub(crate) fn postings(&self, term: TermId) -> &[(ItemNo, Field)] {
        let place = usize::try_from(term).unwrap_or(usize::MAX);
        self.postings.get(place).map_or(&[], Vec::as_slice)
    }

    /// Whether a word names goods, rather than only standing in a description.
    pub(crate) fn names_goods(&self, term: TermId) -> bool {
        let place = usize::try_from(term).unwrap_or(usize::MAX);
        self.spellings.get(place).is_some_and(|spelling| spelling.is_in_title)
    }

    fn is(&self, term: TermId, says: fn(&super::Spelling) -> bool) -> bool {
        let place = usize::try_from(term).unwrap_or(usize::MAX);
        self.spellings.get(place).is_some_and(says)
    }

    /// Whether a name ends in this word.
    pub(crate) fn is_head(&self, term: TermId) -> bool {
        self.is(term, |spelling| spelling.is_head)
    }

    /// Whether this word is part of a name.
    pub(crate) fn is_kind(&self, term: TermId) -> bool {
        self.is(term, |spelling| spelling.is_kind)
    }

    /// Whether this word is a value of an attribute.
    pub(crate) fn is_option(&self, term: TermId) -> bool {
        self.is(term, |spelling| spelling.is_option)
    }

    /// The parts of a word that the catalogue writes with a hyphen or as two words.
    pub(crate) fn taken_apart(&self, word: &str) -> Option<Vec<String>> {
        if let Some(parts) = self.joined.get(word) {
            return Some(parts.clone());
        }
        (3..word.len().saturating_sub(2)).find_map(|at| {
            let (left, right) = word.split_at_checked(at)?;
            let both = [left, right].map(|part| self.term(part));
            let is_named = both.iter().all(|term| term.is_some_and(|term| self.names_goods(term)));
            is_named.then(|| vec![left.to_owned(), right.to_owned()])
        })
    }

    /// The words of the catalogue that a mistyped one is nearest to.
    pub(crate) fn nearest(&self, word: &str) -> Vec<TermId> {
        let most = slips_allowed(word);
        if most == 0 {
            return Vec::new();
        }
        let mask = letters(word);
        let bits = u32::try_from(most.saturating_mul(2)).unwrap_or(u32::MAX);
        let mut best = most;
        let mut found = Vec::new();
        for (term, known) in (0..).zip(&self.spellings) {
            if !known.is_fixable
                || known.text.len().abs_diff(word.len()) > best
                || known.text.len() < 4
                || (mask ^ known.letters).count_ones() > bits
            {
                continue;
            }
            let Some(distance) = slips(word, &known.text, best) else { continue };
            if distance < best {
                best = distance;
                found.clear();
            }
            found.push(term);
        }
        found
    }
}
