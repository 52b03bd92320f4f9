//! The shops that come with the gateway, so that there is something to buy after the first start.
//! They are read by the same code as any other catalogue.

use super::format::RowFormat;
use super::import::{Import, ReadError, import};

/// A shop that comes with the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoShop {
    /// Groceries, clothes and more, in US dollars.
    Usd,
    /// A tea house, in yen, which has no minor unit.
    Jpy,
    /// Perfume and dates, in Kuwaiti dinars, which have three decimals.
    Kwd,
}

impl DemoShop {
    /// Every demo shop.
    pub const ALL: [Self; 3] = [Self::Usd, Self::Jpy, Self::Kwd];

    /// What it sells.
    ///
    /// # Errors
    /// None in practice: the rows are part of the program.
    pub fn import(self) -> Result<Import, ReadError> {
        import(self.rows().as_bytes(), RowFormat::JsonLines)
    }

    const fn rows(self) -> &'static str {
        match self {
            Self::Usd => include_str!("demo/usd.jsonl"),
            Self::Jpy => include_str!("demo/jpy.jsonl"),
            Self::Kwd => include_str!("demo/kwd.jsonl"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use acp_core::catalog::{CatalogItem, Kind};

    use super::*;
    use crate::adapters::catalog::{Row, Warning};

    fn rows_of_all() -> Vec<Row> {
        DemoShop::ALL.iter().flat_map(|shop| shop.import().unwrap().rows).collect()
    }

    #[test]
    fn every_demo_row_is_good() {
        for (shop, rows) in [(DemoShop::Usd, 112), (DemoShop::Jpy, 12), (DemoShop::Kwd, 10)] {
            let import = shop.import().unwrap();
            assert_eq!(import.report.problems.shown(), [], "{shop:?}");
            assert_eq!(import.rows.len(), rows, "{shop:?}");
        }
    }

    #[test]
    fn only_the_demo_row_with_a_tag_has_a_warning() {
        let usd = DemoShop::Usd.import().unwrap();
        let [warning] = usd.report.warnings.shown() else { panic!("{}", usd.report) };
        assert_eq!((warning.line, warning.field.as_deref()), (84, Some("description")));
        assert_eq!(warning.problem, Warning::TagsTakenOut);
        let bookmark = usd.rows.iter().find(|row| row.item.id.as_str() == "bookmark-brass");
        let description = &bookmark.unwrap().item.description;
        assert_eq!(&**description, "A thin brass bookmark with a silk tassel. alert(1)");
        for shop in [DemoShop::Jpy, DemoShop::Kwd] {
            assert!(shop.import().unwrap().report.warnings.is_empty(), "{shop:?}");
        }
    }

    #[test]
    fn the_demo_shops_have_something_of_everything() {
        let rows = rows_of_all();
        let distinct = |of: fn(&CatalogItem) -> String| {
            rows.iter().map(|row| of(&row.item)).collect::<BTreeSet<_>>().len()
        };
        assert!(distinct(|item| item.product_id.to_string()) >= 60);
        assert_eq!(distinct(|item| item.id.to_string()), rows.len());
        assert_eq!(distinct(|item| item.price.currency().to_string()), 3);
        assert!(rows.iter().any(|row| row.stock == Some(0)));
        assert!(rows.iter().any(|row| row.item.kind == Kind::Digital && row.stock.is_none()));
        assert!(rows.iter().any(|row| row.item.max_per_order.is_some()));
        assert!(rows.iter().any(|row| row.item.seller.is_some()));
    }
}
