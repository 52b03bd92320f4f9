//! What a basket costs, by place, by way and by currency.

use super::shop::{basket, quoted};
use super::table::rows;
use crate::money::Money;
use crate::pricing::TotalKind;
use crate::session::{FreshSelections, Quote};

fn shown(quote: &Quote, kind: TotalKind) -> String {
    let row = quote.totals.rows().iter().find(|row| row.kind == kind);
    row.map_or_else(|| "-".to_owned(), |row| row.amount.minor().to_string())
}

#[test]
fn a_basket_costs_what_place_and_way_make_of_it() {
    let table = "
    wanted          | to            | by                  | subtotal | fulfillment | tax | total
    1 mug           | San Francisco | shipping:express    | 1200     | 1499        | 223 | 2922
    1 tea           | San Francisco | shipping:standard   | 450      | 599         | 54  | 1103
    1 book          | San Francisco | shipping:standard   | 2000     | 599         | 49  | 2648
    1 mug           | Los Angeles   | shipping:standard   | 1200     | 599         | 148 | 1947
    1 mug           | Portland      | shipping:standard   | 1200     | 599         | 0   | 1799
    1 mug           | Seattle       | shipping:standard   | 1200     | 599         | 120 | 1919
    1 mug           | Toronto       | shipping:express    | 1200     | 1499        | 0   | 2699
    1 mug           | -             | -                   | 1200     | -           | 0   | 1200
    1 mug           | San Francisco | -                   | 1200     | -           | 99  | 1299
    1 mug           | -             | pickup:counter      | 1200     | 0           | 120 | 1320
    1 mug           | San Francisco | pickup:counter      | 1200     | 0           | 120 | 1320
    4 mug           | San Francisco | shipping:standard   | 4800     | 599         | 445 | 5844
    5 mug           | San Francisco | shipping:standard   | 6000     | 0           | 495 | 6495
    1 book + 1 vase | Portland      | shipping:standard   | 5000     | 0           | 0   | 5000
    1 book + 3 ebook | Portland     | shipping:standard   | 4997     | 599         | 0   | 5596
    1 mug + 1 ebook | San Francisco | shipping:standard   | 2199     | 599         | 230 | 3028
    1 ebook         | -             | -                   | 999      | 0           | 0   | 999
    1 ebook         | San Francisco | -                   | 999      | 0           | 82  | 1081
    1 mug + 1 tea   | San Francisco | shipping:express(mug); local:courier(tea) | 1650 | 2399 | 302 | 4351
    1 mug + 1 tea   | San Francisco | pickup:counter(mug); shipping:express(tea) | 1650 | 1499 | 249 | 3398
    1 furoshiki     | Tokyo         | -                   | 1233     | 505         | 174 | 1912
    2 matcha        | Tokyo         | -                   | 1996     | 505         | 211 | 2712
    1 dates         | Kuwait        | -                   | 1255     | 500         | 63  | 1818
    ";
    for [wanted, to, by, subtotal, fulfillment, tax, total] in rows(table) {
        let quote = quoted(&basket(wanted, to, by), FreshSelections::Checked).unwrap();
        let of = |kind| shown(&quote, kind);
        assert_eq!(
            [
                of(TotalKind::Subtotal),
                of(TotalKind::Fulfillment),
                of(TotalKind::Tax),
                of(TotalKind::Total)
            ],
            [subtotal, fulfillment, tax, total],
            "{wanted} to {to} by {by}"
        );
    }
}

#[test]
fn every_currency_keeps_its_own_decimals() {
    let total = |wanted, to| -> Money {
        quoted(&basket(wanted, to, "-"), FreshSelections::Pruned).unwrap().totals.total()
    };
    assert_eq!(total("1 furoshiki", "Tokyo").to_string(), "1912 JPY");
    assert_eq!(total("1 dates", "Kuwait").to_string(), "1.818 KWD");
    assert_eq!(total("1 ebook", "Portland").to_string(), "9.99 USD");
}
