//! What the shop says to a basket.

use super::shop::{NOW, answer, basket, buyer, contact, money, quoted, shop, stores, stores_with};
use super::table::rows;
use crate::refusal::Refusal;
use crate::session::{Contact, FreshSelections, NoticeKind, Quote, quote};

#[test]
fn a_basket_is_judged_item_by_item() {
    let table = "
    wanted          | answer
    1 mug           | Ready
    1 yeti          | UnknownItem { line: 0 }
    1 mug + 1 yeti  | UnknownItem { line: 1 }
    1 mug + 1 dates | OtherCurrency { line: 1, sold_in: KWD }
    1 vase          | NotReady, Error OutOfStock $.line_items[0]
    1 mug + 9 vase  | NotReady, Error OutOfStock $.line_items[1]
    10 mug          | Ready
    11 mug          | NotReady, Error QuantityExceeded $.line_items[0]
    6 mug + 5 mug   | NotReady, Error QuantityExceeded $.line_items[0], Error QuantityExceeded $.line_items[1]
    6 mug + 4 mug   | Ready
    5 tea           | Ready
    6 tea           | NotReady, Error QuantityExceeded $.line_items[0]
    3 tea + 3 tea   | NotReady, Error QuantityExceeded $.line_items[0], Error QuantityExceeded $.line_items[1]
    3 lamp          | Ready, Warning LowStock $.line_items[0]
    4 lamp          | NotReady, Error QuantityExceeded $.line_items[0]
    9000 ebook      | Ready
    10000 book      | Ready
    9000 book + 9000 lamp | NotReady, Error QuantityExceeded $.line_items[1]
    10000 book + 10000 lamp | AmountTooLarge
    ";
    for [wanted, expected] in rows(table) {
        let chosen = if wanted.contains("ebook") { "-" } else { "shipping:standard" };
        let quote = quoted(&basket(wanted, "Portland", chosen), FreshSelections::Checked);
        assert_eq!(answer(&quote), expected, "{wanted}");
    }
}

#[test]
fn low_stock_is_told_below_four() {
    let basket = basket("1 mug", "Portland", "shipping:standard");
    for (left, expected) in [
        (0, "NotReady, Error OutOfStock $.line_items[0]"),
        (1, "Ready, Warning LowStock $.line_items[0]"),
        (3, "Ready, Warning LowStock $.line_items[0]"),
        (4, "Ready"),
    ] {
        let stores = stores_with(&basket, left);
        let quote = quote(&basket, &stores, &shop(), FreshSelections::Pruned, NOW);
        assert_eq!(answer(&quote), expected, "{left} left");
    }
}

#[test]
fn what_is_missing_is_said_all_at_once() {
    let table = "
    wanted          | to       | buyer | answer
    1 mug           | -        | known | Incomplete, Error Missing $.fulfillment_details.address
    1 mug           | Portland | known | Incomplete, Error Missing $.selected_fulfillment_options
    1 mug           | Portland | -     | Incomplete, Error Missing $.buyer, Error Missing $.selected_fulfillment_options
    1 mug           | -        | -     | Incomplete, Error Missing $.buyer, Error Missing $.fulfillment_details.address
    1 mug           | -        | email | Incomplete, Error Missing $.fulfillment_details.address
    1 ebook         | -        | -     | Incomplete, Error Missing $.buyer
    1 ebook         | -        | email | Ready
    1 ebook         | -        | known | Ready
    1 vase          | -        | -     | NotReady, Error OutOfStock $.line_items[0], Error Missing $.buyer, Error Missing $.fulfillment_details.address
    1 ebook + 1 mug | -        | known | Incomplete, Error Missing $.fulfillment_details.address
    ";
    for [wanted, to, who, expected] in rows(table) {
        let mut basket = basket(wanted, to, "-");
        basket.buyer = (who == "known").then(|| buyer().into());
        if who == "email" {
            let contact = contact(to).unwrap_or_default();
            let contact = Contact { email: Some("buyer@example.com".into()), ..contact };
            basket.contact = Some(contact.into());
        }
        let quote = quoted(&basket, FreshSelections::Pruned);
        assert_eq!(answer(&quote), expected, "{wanted} to {to}, buyer {who}");
    }
}

#[test]
fn an_error_tells_who_can_resolve_it_and_a_warning_does_not() {
    let basket = basket("1 lamp + 1 vase", "-", "-");
    let quote = quoted(&basket, FreshSelections::Pruned).unwrap();
    for notice in &quote.notices {
        assert_eq!(notice.resolution.is_some(), notice.kind == NoticeKind::Error, "{notice:?}");
    }
}

fn line_ids(quote: &Quote) -> Vec<&str> {
    quote.lines.iter().map(|line| line.id.as_str()).collect()
}

#[test]
fn no_two_lines_share_an_id_whatever_the_items_are_called() {
    let quote = |wanted| quoted(&basket(wanted, "-", "-"), FreshSelections::Pruned).unwrap();
    assert_eq!(line_ids(&quote("1 mug + 1 tea")), ["li_mug", "li_tea"]);
    assert_eq!(line_ids(&quote("1 tea + 2 mug")), ["li_tea", "li_mug"], "whatever their order");
    let mut ids = quote("1 mug + 1 mug_2 + 1 mug + 1 2_mug + 1 mug_2 + 1 mug");
    ids.lines.sort_by(|one, other| one.id.cmp(&other.id));
    ids.lines.dedup_by(|one, other| one.id == other.id);
    assert_eq!(ids.lines.len(), 6, "{:?}", line_ids(&ids));
}

#[test]
fn a_shelf_that_does_not_answer_for_every_line_loses_none_of_them() {
    let basket = basket("1 mug + 1 tea", "-", "-");
    let mut short = stores(&basket);
    short.shelf.pop();
    let quote = quote(&basket, &short, &shop(), FreshSelections::Pruned, NOW);
    assert_eq!(quote, Err(Refusal::UnknownItem { line: 1 }));
}

#[test]
fn a_line_remembers_what_was_true_of_its_item() {
    let basket = basket("2 mug", "-", "-");
    let quote = quoted(&basket, FreshSelections::Pruned).unwrap();
    let line = &quote.lines[0];
    assert_eq!((line.quantity, line.item.price), (2, money(1_200, "usd")));
    assert_eq!((line.totals.base, quote.made_at), (money(2_400, "usd"), NOW));
}
