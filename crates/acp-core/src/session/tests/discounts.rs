//! What promotions and codes take off, seen through quotes.

use proptest::prelude::*;

use super::shop::{NOW, basket, buyer, money, opened, opened_by, opening, shop, stores, terms};
use super::table::rows;
use crate::catalog::{Audience, Benefit, CodeRefusal, Promotion, Reach, Spread, Terms};
use crate::ids::ItemId;
use crate::money::{Money, Rate};
use crate::pricing::{Allocated, TotalKind};
use crate::refusal::Refusal;
use crate::session::{
    Basket, Buyer, BuyerAuthentication, FreshSelections, NoticeKind, Quote, Stores, quote,
};
use crate::time::Timestamp;

fn percent(percent: u32) -> Benefit {
    Benefit::Percent(Rate::from_millionths(percent * 10_000).unwrap())
}

fn promotion(id: &str, benefit: Benefit, reach: Reach) -> Promotion {
    Promotion {
        id: id.into(),
        name: id.into(),
        code: Some(id.into()),
        benefit,
        reach,
        spread: Spread::Across,
        priority: 100,
        min_goods: None,
        starts_at: None,
        ends_at: None,
        is_exclusive: false,
        audience: Audience::Everybody,
        redemptions_max: None,
    }
}

fn goods(items: &[&str]) -> Reach {
    let items = items.iter().map(|item| ItemId::new(*item)).collect();
    Reach::Goods { items, categories: Vec::new() }
}

fn terms_with(promotions: Vec<Promotion>) -> Terms {
    Terms { promotions: promotions.into(), ..terms() }
}

fn quoted(basket: &Basket, terms: &Terms) -> Quote {
    let stores = Stores { terms: terms.clone(), ..stores(basket) };
    quote(basket, &stores, &shop(), FreshSelections::Pruned, NOW).unwrap()
}

fn with_codes(mut basket: Basket, codes: &str) -> Basket {
    basket.codes = codes.split_whitespace().map(Into::into).collect();
    basket
}

fn total(quote: &Quote, kind: TotalKind) -> i64 {
    quote.totals.of(kind).unwrap().minor()
}

/// A shop with a promotion of every kind.
fn fair() -> Terms {
    let usd = |minor| Benefit::Amount(money(minor, "usd"));
    let long_ago = NOW.plus(std::time::Duration::ZERO);
    let mut minimum = promotion("big", percent(50), Reach::Order);
    minimum.min_goods = Some(money(10_000, "usd"));
    let mut over = promotion("over", percent(50), Reach::Order);
    over.ends_at = Some(long_ago);
    let mut soon = promotion("soon", percent(50), Reach::Order);
    soon.starts_at = Some(Timestamp::from_unix_ms(NOW.unix_ms() + 1));
    let mut alone = promotion("alone", percent(50), Reach::Order);
    alone.is_exclusive = true;
    let mut members = promotion("members", percent(50), Reach::Order);
    members.audience = Audience::SignedIn;
    let mut friends = promotion("friends", percent(50), Reach::Order);
    friends.audience = Audience::Customers(vec!["cust_1".into()]);
    let mut few = promotion("few", percent(50), Reach::Order);
    few.redemptions_max = Some(3);
    let mut each = promotion("each", usd(100), goods(&[]));
    each.spread = Spread::Each;
    terms_with(vec![
        promotion("ten", percent(10), Reach::Order),
        promotion("tea5", percent(5), goods(&["tea"])),
        promotion("five", usd(500), Reach::Order),
        promotion("ship", percent(100), Reach::Delivery),
        promotion("yen", Benefit::Amount(money(100, "jpy")), Reach::Order),
        minimum,
        over,
        soon,
        alone,
        members,
        friends,
        few,
        each,
    ])
}

fn known(customer: Option<&str>) -> Buyer {
    Buyer {
        authentication_status: Some(BuyerAuthentication::Authenticated),
        customer_id: customer.map(Into::into),
        ..buyer()
    }
}

#[test]
fn every_code_is_judged_by_its_own_rule() {
    let table = "
    codes          | buyer    | refused
    ten            | stranger | -
    TeN            | stranger | -
    nothing        | stranger | Invalid
    ten TEN        | stranger | AlreadyApplied
    big            | stranger | MinimumNotMet
    over           | stranger | Expired
    soon           | stranger | Invalid
    yen            | stranger | Invalid
    tea5           | stranger | Invalid
    alone          | stranger | -
    ten alone      | stranger | CombinationDisallowed
    alone ten      | stranger | CombinationDisallowed
    members        | stranger | NotSignedIn
    members        | member   | -
    friends        | stranger | NotSignedIn
    friends        | member   | Ineligible
    friends        | cust_1   | -
    ten five ship  | stranger | -
    ";
    for [codes, who, expected] in rows(table) {
        let mut basket = with_codes(basket("1 mug", "Portland", "shipping:express"), codes);
        let buyer = match who {
            "member" => known(Some("cust_9")),
            "cust_1" => known(Some("cust_1")),
            _ => buyer(),
        };
        basket.buyer = Some(buyer.into());
        let quote = quoted(&basket, &fair());
        let rejected = &quote.discounts.rejected;
        let told: Vec<_> = rejected.iter().map(|code| format!("{:?}", code.why)).collect();
        let told = if told.is_empty() { "-".to_owned() } else { told.join(" ") };
        assert_eq!(told, expected, "{codes} by {who}");
        let warnings = quote.notices.iter().filter(|notice| notice.kind == NoticeKind::Warning);
        assert_eq!(warnings.count(), rejected.len(), "each refusal is told: {codes}");
    }
}

#[test]
fn a_promotion_that_is_used_up_is_refused() {
    let terms = fair();
    let basket = with_codes(basket("1 mug", "Portland", "shipping:express"), "few");
    let ask = |left| {
        let counted = terms.promotions.iter().map(|one| one.redemptions_max.and(Some(left)));
        let redemptions = counted.collect();
        let stores = Stores { terms: terms.clone(), redemptions, ..stores(&basket) };
        quote(&basket, &stores, &shop(), FreshSelections::Pruned, NOW).unwrap().discounts
    };
    assert_eq!(ask(0).rejected[0].why, CodeRefusal::UsedUp);
    assert!(ask(1).applied[0].is_limited);
}

#[test]
fn discounts_land_where_they_belong() {
    // Two mugs of 12.00 and four teas of 4.50 go to Portland, untaxed, by express for 14.99.
    let table = "
    codes     | items_discount | discount | total
    -         | 0              | 0        | 5699
    ten       | 0              | 420      | 5279
    five      | 0              | 500      | 5199
    tea5      | 90             | 0        | 5609
    ship      | 0              | 1499     | 4200
    each      | 600            | 0        | 5099
    ten five  | 0              | 920      | 4779
    ten tea5  | 81             | 420      | 5198
    ten ship  | 0              | 1919     | 3780
    ";
    for [codes, items_discount, discount, expected] in rows(table) {
        let basket = basket("2 mug + 4 tea", "Portland", "shipping:express");
        let quote = quoted(&with_codes(basket, codes.trim_matches('-')), &fair());
        let row = |kind| total(&quote, kind).to_string();
        assert_eq!(row(TotalKind::ItemsDiscount), items_discount, "{codes}");
        assert_eq!(row(TotalKind::Discount), discount, "{codes}");
        assert_eq!(row(TotalKind::Total), expected, "{codes}");
    }
}

#[test]
fn what_comes_first_lowers_the_base_of_what_comes_after() {
    let in_order = |first: u32, second: u32| {
        let mut share = promotion("share", percent(20), Reach::Order);
        let mut fixed = promotion("fixed", Benefit::Amount(money(1_000, "usd")), Reach::Order);
        (share.priority, fixed.priority) = (first, second);
        let terms = terms_with(vec![share, fixed]);
        let basket = with_codes(basket("1 lamp", "Portland", "shipping:express"), "share fixed");
        total(&quoted(&basket, &terms), TotalKind::Discount)
    };
    assert_eq!(in_order(1, 2), 1_780 + 1_000, "20 % of 89.00, then 10.00");
    assert_eq!(in_order(2, 1), 1_000 + 1_580, "10.00, then 20 % of 79.00");
}

#[test]
fn free_delivery_is_a_discount_and_is_not_taxed() {
    let mut free = promotion("free", percent(100), Reach::Delivery);
    free.code = None;
    let basket = basket("1 mug", "San Francisco", "shipping:express");
    let quote = quoted(&basket, &terms_with(vec![free]));
    assert_eq!(total(&quote, TotalKind::Fulfillment), 1_499);
    assert_eq!(total(&quote, TotalKind::Discount), 1_499);
    assert_eq!(total(&quote, TotalKind::Tax), 99, "8.25 % of the mug alone");
    let applied = &quote.discounts.applied[0];
    assert_eq!((applied.code.as_ref(), applied.allocations.len()), (None, 1));
    assert_eq!(applied.allocations[0].0, Allocated::Delivery);
}

#[test]
fn a_promotion_that_takes_nothing_off_by_itself_is_not_told() {
    let mut free = promotion("free", percent(100), Reach::Delivery);
    free.code = None;
    let quote = quoted(&basket("1 mug", "-", "-"), &terms_with(vec![free]));
    assert_eq!(quote.discounts.applied, []);
}

fn any_promotion() -> impl Strategy<Value = Promotion> {
    let benefit = prop_oneof![
        (0..=100_u32).prop_map(percent),
        (1..9_000_i64).prop_map(|minor| Benefit::Amount(money(minor, "usd"))),
    ];
    let reach = prop_oneof![
        Just(Reach::Order),
        Just(Reach::Delivery),
        Just(goods(&[])),
        Just(goods(&["tea"])),
        Just(goods(&["mug", "book"])),
    ];
    (benefit, reach, any::<(bool, bool)>(), 1..5_u32).prop_map(
        |(benefit, reach, (is_each, is_automatic), priority)| {
            let mut one = promotion("x", benefit, reach);
            one.spread = if is_each { Spread::Each } else { Spread::Across };
            one.priority = priority;
            one.code = (!is_automatic).then(|| "x".into());
            one
        },
    )
}

#[test]
fn a_large_amount_off_each_piece_takes_no_more_than_there_is() {
    let mut each = promotion("each", Benefit::Amount(money(50_000, "usd")), goods(&["ebook"]));
    each.spread = Spread::Each;
    let terms = terms_with(vec![each]);
    let quote = quoted(&with_codes(basket("10000 ebook", "-", "-"), "each"), &terms);
    let gone = total(&quote, TotalKind::ItemsDiscount);
    assert_eq!(gone, total(&quote, TotalKind::ItemsBaseAmount));
}

#[test]
fn what_stands_alone_steps_back_where_a_code_is_used() {
    let automatic = |id: &str| {
        let mut alone = promotion(id, percent(10), Reach::Order);
        (alone.code, alone.is_exclusive) = (None, true);
        alone
    };
    let mut gift = promotion("gift", percent(10), Reach::Order);
    gift.code = None;
    let ten = promotion("ten", percent(10), Reach::Order);
    let terms = terms_with(vec![automatic("one"), automatic("two"), gift, ten]);
    let applied = |codes: &str| -> Vec<_> {
        let quote = quoted(&with_codes(basket("1 ebook", "-", "-"), codes), &terms);
        quote.discounts.applied.iter().map(|discount| discount.promotion.to_string()).collect()
    };
    assert_eq!(applied(""), ["one", "gift"]);
    assert_eq!(applied("ten"), ["ten", "gift"]);
}

#[test]
fn whoever_pays_gets_the_price_that_is_theirs() {
    let mut command = opening("1 ebook", "-");
    command.buyer = Some(known(Some("cust_1")));
    command.codes = vec!["friends".into()];
    let terms = fair();
    let session = opened_by(command, &shop(), terms.clone());
    assert_eq!(session.quote.discounts.applied.len(), 1);
    let (theirs, other) = (known(Some("cust_1")), known(Some("cust_2")));
    let unknown = Buyer { authentication_status: None, ..theirs.clone() };
    for (buyer, is_another) in [(&theirs, false), (&other, true), (&unknown, true)] {
        assert_eq!(session.is_discounted_for_another(buyer), is_another, "{buyer:?}");
    }
    let check = |buyer| session.check_discounts_for(buyer, &terms.promotions);
    assert_eq!(check(&theirs), Ok(()));
    for buyer in [&other, &unknown] {
        let Err(Refusal::Faulty(fault)) = check(buyer) else {
            panic!("it was not their price");
        };
        assert_eq!(fault.path, "$.buyer");
    }
    assert!(session.check_discounts_for(&theirs, &[]).is_err(), "nobody says that it is theirs");
    let full = opened(opening("1 ebook", "-"));
    assert!(!full.is_discounted_for_another(&other), "there is nothing to be had");
}

#[test]
fn what_is_asked_about_another_buyer_is_the_session_with_that_buyer() {
    let mut command = opening("2 ebook + 1 mug", "Portland");
    command.codes = vec!["friends".into()];
    let session = opened(command);
    let other = known(Some("cust_2"));
    let inquiry = session.inquiry_for(&other).unwrap();
    assert_eq!((inquiry.customer(), inquiry.about), (Some("cust_2"), session.id.as_str()));
    assert_eq!(inquiry.goods, money(3_198, "usd"));
    let lines: Vec<_> =
        inquiry.lines.iter().map(|line| (line.item.id.as_str(), line.quantity)).collect();
    assert_eq!(lines, [("ebook", 2), ("mug", 1)]);
    assert_eq!((inquiry.codes.len(), inquiry.addresses.len()), (1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever applies: parts add up to their discount, discounts add up to the rows, and no line
    /// and no total falls below zero.
    #[test]
    fn discounts_add_up_whatever_applies(
        promotions in prop::collection::vec(any_promotion(), 0..6),
        items in prop::sample::select(vec!["1 mug", "3 tea + 1 book", "2 mug + 5 tea + 1 lamp"]),
    ) {
        let promotions: Vec<_> = promotions
            .into_iter()
            .enumerate()
            .map(|(place, mut one)| {
                let id: Box<str> = format!("p{place}").into();
                one.code = one.code.map(|_| id.clone());
                one.id = id;
                one
            })
            .collect();
        let codes: Vec<_> = promotions.iter().filter_map(|one| one.code.clone()).collect();
        let terms = terms_with(promotions);
        let mut basket = basket(items, "San Francisco", "shipping:express");
        basket.codes = codes;
        let quote = quoted(&basket, &terms);

        let usd = basket.currency;
        let mut of_lines = vec![Money::zero(usd); quote.lines.len()];
        let (mut beside, mut on_lines) = (Money::zero(usd), Money::zero(usd));
        for one in &quote.discounts.applied {
            let parts = Money::sum(usd, one.allocations.iter().map(|(_, part)| *part)).unwrap();
            if one.allocations.is_empty() {
                beside = beside.plus(one.amount).unwrap();
            } else {
                prop_assert_eq!(parts, one.amount);
            }
            for (to, part) in &one.allocations {
                match to {
                    Allocated::Delivery => beside = beside.plus(*part).unwrap(),
                    Allocated::Line(id) => {
                        let place = quote.lines.iter().position(|line| line.id == *id).unwrap();
                        of_lines[place] = of_lines[place].plus(*part).unwrap();
                        on_lines = on_lines.plus(*part).unwrap();
                    }
                }
            }
        }
        for (line, taken) in quote.lines.iter().zip(&of_lines) {
            prop_assert_eq!(line.totals.discount, *taken);
        }
        prop_assert_eq!(quote.totals.of(TotalKind::ItemsDiscount), Ok(on_lines));
        prop_assert_eq!(quote.totals.of(TotalKind::Discount), Ok(beside));
    }
}
