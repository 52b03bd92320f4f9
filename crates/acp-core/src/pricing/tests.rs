use proptest::prelude::*;

use super::*;
use crate::catalog::{Region, TaxClass, TaxRule, TaxTable};

fn usd() -> Currency {
    Currency::parse("usd").unwrap()
}

fn money(minor: i64) -> Money {
    Money::new(minor, usd()).unwrap()
}

fn california() -> (TaxTable, Region) {
    let rule = |state: Option<&str>, postal_code: Option<&str>, standard| TaxRule {
        country: "US".into(),
        state: state.map(Into::into),
        postal_code: postal_code.map(Into::into),
        standard: Rate::from_millionths(standard).unwrap(),
        reduced: Rate::from_millionths(10_000).unwrap(),
        delivery: Rate::from_millionths(standard).unwrap(),
    };
    let (state, city) = (rule(Some("CA"), None, 82_500), rule(Some("CA"), Some("90001"), 95_000));
    (TaxTable::new(vec![rule(None, None, 0), state, city]), region("US", "CA", "94107"))
}

fn region(country: &str, state: &str, postal_code: &str) -> Region {
    Region { country: country.into(), state: state.into(), postal_code: postal_code.into() }
}

fn california_rate() -> Rate {
    Rate::from_millionths(82_500).unwrap()
}

fn delivery(price: i64) -> Delivery {
    Delivery { price: money(price), discount: money(0), tax_rate: california_rate() }
}

fn line(unit: i64, quantity: u32, discount: i64) -> LinePrice {
    LinePrice {
        unit: money(unit),
        quantity,
        discount: money(discount),
        tax_rate: california_rate(),
    }
}

#[test]
fn a_session_is_priced_row_by_row() {
    let (lines, totals) = price(&Priced {
        currency: usd(),
        lines: &[line(1_000, 2, 500), line(250, 1, 0)],
        fulfillment: &[delivery(599)],
        order_discount: money(100),
    })
    .unwrap();

    assert_eq!(lines[0].tax, money(124), "8.25 % of 15.00, half up");
    let shown: Vec<_> = totals.rows().iter().map(|row| (row.kind, row.amount.minor())).collect();
    assert_eq!(
        shown,
        [
            (TotalKind::ItemsBaseAmount, 2_250),
            (TotalKind::ItemsDiscount, 500),
            (TotalKind::Subtotal, 1_750),
            (TotalKind::Discount, 100),
            (TotalKind::Fulfillment, 599),
            (TotalKind::Tax, 124 + 21 + 49),
            (TotalKind::Total, 1_750 - 100 + 599 + 194),
        ]
    );
}

#[test]
fn the_narrower_place_wins_and_the_unknown_is_not_taxed() {
    let (taxes, california) = california();
    let at = |country: &str, state: &str| region(country, state, "90001");
    assert_eq!(taxes.rate(&california, TaxClass::Standard).millionths(), 82_500);
    assert_eq!(taxes.rate(&california, TaxClass::Exempt), Rate::ZERO);
    assert_eq!(taxes.rate(&at("US", "CA"), TaxClass::Standard).millionths(), 95_000);
    assert_eq!(taxes.delivery_rate(&at("US", "CA")).millionths(), 95_000);
    assert_eq!(taxes.rate(&at("US", "OR"), TaxClass::Reduced).millionths(), 10_000);
    assert_eq!(taxes.rate(&at("FR", ""), TaxClass::Standard), Rate::ZERO);
}

#[test]
fn rows_that_do_not_add_up_are_refused() {
    let row = |kind, minor| TotalRow::new(kind, money(minor));
    let check = |rows| Totals::checked(usd(), rows);
    let (subtotal, total) = (TotalKind::Subtotal, TotalKind::Total);
    assert!(check(vec![row(subtotal, 5), row(TotalKind::Tip, 1), row(total, 6)]).is_ok());
    for (rows, expected) in [
        (vec![row(subtotal, 5), row(total, 6)], TotalsError::DoesNotAddUp),
        (vec![row(total, 6)], TotalsError::NotOne(subtotal)),
        (vec![row(subtotal, 5), row(total, 5), row(total, 5)], TotalsError::NotOne(total)),
        (
            vec![row(subtotal, 1), row(TotalKind::Discount, 2), row(total, 0)],
            TotalsError::Money(MoneyError::Negative),
        ),
    ] {
        assert_eq!(check(rows), Err(expected));
    }
}

#[test]
fn a_sum_above_the_cap_is_refused_and_does_not_wrap() {
    let outcome = price(&Priced {
        currency: usd(),
        lines: &[line(99_999_999, 10_000, 0)],
        fulfillment: &[],
        order_discount: money(0),
    });
    assert_eq!(outcome, Err(TotalsError::Money(MoneyError::TooLarge)));
}

fn any_rate() -> impl Strategy<Value = Rate> {
    (0..300_000_u32).prop_map(|millionths| Rate::from_millionths(millionths).unwrap())
}

fn any_line() -> impl Strategy<Value = LinePrice> {
    (0..50_000_i64, 1..40_u32, 0..60_000_i64, any_rate()).prop_map(
        |(unit, quantity, off, tax_rate)| LinePrice {
            unit: money(unit),
            quantity,
            discount: money(off),
            tax_rate,
        },
    )
}

fn any_delivery() -> impl Strategy<Value = Delivery> {
    let parts = (0..5_000_i64, any_rate());
    parts.prop_map(|(price, tax_rate)| Delivery {
        price: money(price),
        discount: money(0),
        tax_rate,
    })
}

proptest! {
    #[test]
    fn the_arithmetic_of_the_protocol_holds(
        lines in prop::collection::vec(any_line(), 1..12),
        options in prop::collection::vec(any_delivery(), 0..3),
        off in 0..100_000_i64,
    ) {
        let (priced, totals) = price(&Priced {
            currency: usd(),
            lines: &lines,
            fulfillment: &options,
            order_discount: money(off),
        }).unwrap();
        let of = |kind| totals.of(kind).unwrap().minor();
        let sum = |part: fn(&LineTotals) -> Money| priced.iter().map(|l| part(l).minor()).sum::<i64>();
        let delivery_tax: i64 = options
            .iter()
            .map(|option| option.price.share(option.tax_rate).unwrap().minor())
            .sum();

        prop_assert_eq!(of(TotalKind::ItemsBaseAmount), sum(|l| l.base), "T1");
        prop_assert_eq!(of(TotalKind::Subtotal), of(TotalKind::ItemsBaseAmount) - of(TotalKind::ItemsDiscount), "T2");
        prop_assert_eq!(of(TotalKind::Tax), sum(|l| l.tax) + delivery_tax, "T3");
        prop_assert_eq!(
            of(TotalKind::Total),
            of(TotalKind::Subtotal) - of(TotalKind::Discount) + of(TotalKind::Fulfillment) + of(TotalKind::Tax),
            "T4 and T8"
        );
        prop_assert_eq!(of(TotalKind::Fulfillment), options.iter().map(|o| o.price.minor()).sum::<i64>(), "T5");
        for line in &priced {
            prop_assert_eq!(line.subtotal.minor(), line.base.minor() - line.discount.minor(), "T6");
            prop_assert_eq!(line.total.minor(), line.subtotal.minor() + line.tax.minor(), "T6");
        }
        prop_assert_eq!(of(TotalKind::ItemsDiscount), sum(|l| l.discount), "T7");
    }
}
