//! What a session costs, in eight kinds of rows.

use acp_core::pricing::TotalKind;
use serde_json::Value;

use super::session::{asked, quoted, said, totals};

/// The rows of an answer, as kind and amount.
fn rows(said: &Value) -> Vec<(&str, i64)> {
    let rows = said["totals"].as_array().unwrap().iter();
    rows.map(|row| (row["type"].as_str().unwrap(), row["amount"].as_i64().unwrap())).collect()
}

/// The rows that are always there, and the fees between tax and total where there are any.
fn expected(amounts: [i64; 7], fee: Option<i64>) -> Vec<(&'static str, i64)> {
    let kinds = [
        "items_base_amount",
        "items_discount",
        "subtotal",
        "discount",
        "fulfillment",
        "tax",
        "total",
    ];
    let mut rows: Vec<_> = kinds.into_iter().zip(amounts).collect();
    rows.splice(6..6, fee.map(|fee| ("fee", fee)));
    rows
}

#[test]
fn every_kind_of_total_has_a_row() {
    use TotalKind as T;
    type Row<'a> = (&'a [(T, i64)], [i64; 7], Option<i64>);
    let table: [Row<'_>; 8] = [
        (&[(T::Subtotal, 0), (T::Total, 0)], [0; 7], None),
        (&[(T::Subtotal, 900), (T::Total, 900)], [0, 0, 900, 0, 0, 0, 900], None),
        (
            &[(T::Subtotal, 900), (T::GiftWrap, 300), (T::Total, 1_200)],
            [0, 0, 900, 0, 0, 0, 1_200],
            Some(300),
        ),
        (
            &[(T::Subtotal, 900), (T::Tip, 100), (T::Total, 1_000)],
            [0, 0, 900, 0, 0, 0, 1_000],
            Some(100),
        ),
        (
            &[(T::Subtotal, 900), (T::StoreCredit, 200), (T::Total, 700)],
            [0, 0, 900, 200, 0, 0, 700],
            None,
        ),
        (&[(T::Subtotal, 900), (T::Fee, 0), (T::Total, 900)], [0, 0, 900, 0, 0, 0, 900], None),
        // What was given back is none of the session's.
        (
            &[(T::Subtotal, 900), (T::Total, 900), (T::AmountRefunded, 900)],
            [0, 0, 900, 0, 0, 0, 900],
            None,
        ),
        // Everything at once, some of it twice.
        (
            &[
                (T::ItemsBaseAmount, 5_000),
                (T::ItemsDiscount, 300),
                (T::ItemsDiscount, 200),
                (T::Subtotal, 4_500),
                (T::Discount, 400),
                (T::Fulfillment, 599),
                (T::Tax, 411),
                (T::Fee, 10),
                (T::GiftWrap, 20),
                (T::Tip, 30),
                (T::StoreCredit, 170),
                (T::Total, 5_000),
            ],
            [5_000, 500, 4_500, 570, 599, 411, 5_000],
            Some(60),
        ),
    ];
    for (core, amounts, fee) in table {
        for said in said(&quoted(|quote| quote.totals = totals(core))) {
            assert_eq!(rows(&said), expected(amounts, fee), "{core:?}");
        }
    }
}

#[test]
fn the_rows_still_add_up() {
    use TotalKind as T;
    let core = [
        (T::Subtotal, 4_500),
        (T::Discount, 400),
        (T::Fulfillment, 599),
        (T::Tax, 411),
        (T::GiftWrap, 20),
        (T::StoreCredit, 170),
        (T::Total, 4_960),
    ];
    for said in said(&quoted(|quote| quote.totals = totals(&core))) {
        let of =
            |kind| rows(&said).iter().filter(|row| row.0 == kind).map(|row| row.1).sum::<i64>();
        let sum = of("subtotal") - of("discount") + of("fulfillment") + of("tax") + of("fee");
        assert_eq!(sum, of("total"));
    }
}

#[test]
fn rows_are_called_in_the_language_of_the_session() {
    for said in said(&asked(|basket| basket.locale = Some("de-AT".into()))) {
        assert_eq!(said["totals"][6]["display_text"], "Gesamtbetrag");
    }
}
