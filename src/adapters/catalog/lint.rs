use std::collections::HashMap;

use acp_core::catalog::CatalogItem;
use acp_core::money::Currency;

use super::problem::Hint;
use super::report::{Finding, Findings};
use super::row::Row;

/// Looks at good rows for what their owner may not have meant.
#[derive(Default)]
pub(super) struct Lint {
    titles: HashMap<String, u64>,
    products: HashMap<Box<str>, Product>,
    hints: Findings<Hint>,
}

/// What is known of a product after some of its variants.
struct Product {
    first_line: u64,
    currency: Currency,
    is_sold_out: bool,
}

impl Lint {
    pub(super) fn look_at(&mut self, line: u64, row: &Row) {
        let item = &row.item;
        if item.price.is_zero() {
            self.hint(line, "price", Hint::Free);
        }
        if item.description.is_empty() {
            self.hint(line, "description", Hint::NoDescription);
        }
        self.look_at_title(line, item);
        self.look_at_product(line, row);
    }

    /// All hints. A product is only known to be sold out when no variant of it can follow.
    pub(super) fn finish(mut self) -> Findings<Hint> {
        let sold_out = self.products.values().filter(|product| product.is_sold_out);
        let mut lines: Vec<u64> = sold_out.map(|product| product.first_line).collect();
        lines.sort_unstable();
        for line in lines {
            self.hint(line, "stock", Hint::SoldOut);
        }
        self.hints
    }

    fn look_at_title(&mut self, line: u64, item: &CatalogItem) {
        let first = *self.titles.entry(item.title.to_lowercase()).or_insert(line);
        if first != line {
            self.hint(line, "title", Hint::SameTitle { first });
        }
    }

    fn look_at_product(&mut self, line: u64, row: &Row) {
        let currency = row.item.price.currency();
        let first = Product { first_line: line, currency, is_sold_out: true };
        let product = self.products.entry(row.item.product_id.clone()).or_insert(first);
        product.is_sold_out = product.is_sold_out && row.stock == Some(0);
        if product.currency != currency {
            let first = product.first_line;
            let hint =
                Hint::CurrenciesDiffer { first, currency: product.currency.to_string().into() };
            self.hint(line, "currency", hint);
        }
    }

    fn hint(&mut self, line: u64, field: &str, hint: Hint) {
        self.hints.push(Finding::about(line, field, hint));
    }
}
