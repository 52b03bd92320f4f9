use std::collections::HashMap;

use super::{Field, Index, Item, ItemNo, Product, Spelling, TermId, Variant};
use crate::lexicon::{canonical, is_stop, measure_unit};
use crate::text::{Token, tokens};
use crate::word::letters;

/// Words of a title that speak of how it is packed.
const PACKS: [&str; 14] = [
    "pack", "box", "bag", "dozen", "jar", "bottle", "carton", "bunch", "pair", "set", "piece",
    "tin", "can", "case",
];

/// A word of a catalogue text.
struct Part {
    text: String,
    /// A size, a number: it tells items apart and is not needed to name one.
    is_measure: bool,
    /// After the first comma or dash.
    is_behind: bool,
}

fn parts(found: &[Token]) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    let mut is_behind = false;
    let mut rest = found.iter().peekable();
    while let Some(token) = rest.next() {
        if !token.is_word() {
            is_behind |= matches!(token.text.as_str(), "," | "(" | ":")
                || (token.text == "-" && !token.is_glued && !out.is_empty());
            continue;
        }
        if token.is_number() {
            let dash = rest.next_if(|next| next.text == "-" && next.is_glued);
            let unit = rest.peek().and_then(|next| measure_unit(&next.text));
            let (text, has_unit) = match unit {
                Some(unit) => (format!("{}{unit}", token.text), true),
                None => (token.text.clone(), false),
            };
            if has_unit {
                rest.next();
            }
            let is_pack = dash.is_some() && !has_unit;
            out.push(Part { text, is_measure: true, is_behind: is_behind || is_pack });
            continue;
        }
        let text = canonical(&token.text);
        let wide = out.last().is_some_and(|last| matches!(last.text.as_str(), "extra" | "x"));
        if wide && matches!(text.as_str(), "l" | "s") {
            out.pop();
            out.push(Part { text: format!("x{text}"), is_measure: true, is_behind });
            continue;
        }
        out.push(Part { text, is_measure: false, is_behind });
    }
    out
}

impl Index {
    /// Reads a catalogue.
    pub fn build(products: &[Product]) -> Self {
        let mut index = Self {
            items: Vec::new(),
            by_id: HashMap::new(),
            products: Vec::with_capacity(products.len()),
            terms: HashMap::new(),
            spellings: Vec::new(),
            postings: Vec::new(),
            joined: HashMap::new(),
            currency: products.first().map(|product| product.price.currency()),
        };
        for product in products {
            index.take_product(product);
        }
        for list in &mut index.postings {
            list.sort_unstable();
            list.dedup_by_key(|(item, _)| *item);
        }
        index
    }

    fn take_product(&mut self, product: &Product) {
        let first = self.next_item();
        let number = u32::try_from(self.products.len()).unwrap_or(u32::MAX);
        if product.variants.is_empty() {
            let itself = Variant {
                id: product.id.clone(),
                title: product.title.clone(),
                attributes: Vec::new(),
                price: product.price,
                stock: product.stock,
            };
            self.take_item(product, number, &itself, &[]);
        }
        let options = product.variants.iter().flat_map(|variant| &variant.attributes);
        let values: Vec<String> = options
            .flat_map(|(_, value)| {
                let found = tokens(value);
                parts(&found).into_iter().map(|part| part.text).collect::<Vec<_>>()
            })
            .collect();
        for variant in &product.variants {
            self.take_item(product, number, variant, &values);
        }
        self.products.push((first, self.next_item()));
    }

    fn next_item(&self) -> ItemNo {
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }

    /// `values` are what tells the variants of the product apart. Where a feed gives all of them
    /// the title of the first, its colour and size say nothing of the others.
    fn take_item(&mut self, product: &Product, number: u32, variant: &Variant, values: &[String]) {
        let item = self.next_item();
        let title = tokens(&product.title);
        self.join_hyphens(&title);
        let title = parts(&title);
        let mut name = Vec::new();
        let mut units = Vec::new();
        for part in title.iter().filter(|part| !values.contains(&part.text)) {
            let term = self.note(&part.text, item, Field::Title);
            if PACKS.contains(&part.text.as_str()) && part.is_behind {
                units.push(term);
            }
            if !part.is_measure && !part.is_behind && !is_stop(&part.text) {
                name.push(term);
            }
        }
        self.note_all(&variant.title, item, Field::Title);
        let mut options = Vec::new();
        for (key, value) in product.attributes.iter().chain(&variant.attributes) {
            let terms = self.note_all(value, item, Field::Attribute);
            if matches!(key.as_str(), "sold_as" | "unit") {
                units.extend(&terms);
            } else {
                self.note_all(&key.replace('_', " "), item, Field::Category);
                options.push((key.clone(), terms));
            }
        }
        let head = head_of(&product.title, values).and_then(|word| self.terms.get(&word).copied());
        let own: Vec<TermId> = options.iter().flat_map(|(_, terms)| terms).copied().collect();
        if name.iter().any(|term| !own.contains(term)) {
            name.retain(|term| !own.contains(term));
        }
        self.classify(&own, &name, head);
        for (_, value) in &variant.attributes {
            for term in self.note_all(value, item, Field::Attribute) {
                let place = usize::try_from(term).unwrap_or(usize::MAX);
                if let Some(spelling) = self.spellings.get_mut(place) {
                    spelling.is_fixable = true;
                }
            }
        }
        self.note_all(&product.brand, item, Field::Brand);
        self.note_all(&product.category, item, Field::Category);
        self.note_all(&product.description, item, Field::Description);
        self.by_id.insert(variant.id.clone(), item);
        self.items.push(Item {
            id: variant.id.clone(),
            product: number,
            title: variant.title.clone(),
            head,
            name,
            options,
            units,
            category: product.category.to_lowercase(),
            brand: product.brand.to_lowercase(),
            price: variant.price.minor(),
            stock: variant.stock,
        });
    }

    fn classify(&mut self, options: &[TermId], name: &[TermId], head: Option<TermId>) {
        let mut mark = |term: TermId, set: fn(&mut Spelling)| {
            let place = usize::try_from(term).unwrap_or(usize::MAX);
            if let Some(spelling) = self.spellings.get_mut(place) {
                set(spelling);
            }
        };
        for term in options {
            mark(*term, |spelling| spelling.is_option = true);
        }
        for term in name {
            mark(*term, |spelling| {
                spelling.is_kind = true;
                spelling.is_fixable = true;
            });
        }
        if let Some(head) = head {
            mark(head, |spelling| spelling.is_head = true);
        }
    }

    fn note_all(&mut self, text: &str, item: ItemNo, field: Field) -> Vec<TermId> {
        let found = tokens(text);
        parts(&found).iter().map(|part| self.note(&part.text, item, field)).collect()
    }

    fn note(&mut self, word: &str, item: ItemNo, field: Field) -> TermId {
        let term = if let Some(term) = self.terms.get(word) {
            *term
        } else {
            let term = u32::try_from(self.spellings.len()).unwrap_or(u32::MAX);
            self.terms.insert(word.to_owned(), term);
            self.postings.push(Vec::new());
            let spelling = Spelling {
                text: word.to_owned(),
                letters: letters(word),
                is_in_title: false,
                is_head: false,
                is_kind: false,
                is_fixable: false,
                is_option: false,
            };
            self.spellings.push(spelling);
            term
        };
        let place = usize::try_from(term).unwrap_or(usize::MAX);
        if let Some(spelling) = self.spellings.get_mut(place) {
            spelling.is_in_title |= field != Field::Description;
        }
        if let Some(list) = self.postings.get_mut(place)
            && !list.contains(&(item, field))
        {
            list.push((item, field));
        }
        term
    }

    /// `e-reader` is also found as `ereader`.
    fn join_hyphens(&mut self, found: &[Token]) {
        for three in found.windows(3) {
            let [left, dash, right] = three else { continue };
            let is_joined = dash.text == "-" && dash.is_glued && right.is_glued;
            if is_joined && left.is_word() && !left.is_number() && right.is_word() {
                let parts = vec![canonical(&left.text), canonical(&right.text)];
                let whole = canonical(&format!("{}{}", left.text, right.text));
                self.joined.insert(whole, parts);
            }
        }
    }
}

/// The word that says what it is: the last of the name before `with`, `for`, a comma or a size.
fn head_of(title: &str, values: &[String]) -> Option<String> {
    let found = tokens(title);
    let before: Vec<Part> = parts(&found)
        .into_iter()
        .take_while(|part| {
            !matches!(part.text.as_str(), "with" | "for" | "by" | "in" | "of" | "at")
        })
        .collect();
    let named = before
        .iter()
        .rfind(|part| !part.is_measure && !part.is_behind && !values.contains(&part.text));
    named.map(|part| part.text.clone())
}
