//! How goods reach the buyer: what is offered, what is chosen, and what needs no choice.

use std::time::Duration;

use super::shop::{NOW, answer, basket, money, quoted, shop, stores, terms_offering};
use super::table::rows;
use crate::ids::LineId;
use crate::session::{FreshSelections, MethodKind, Quote, Stores, Window, quote};

/// What goes by which option, as `express(li_mug li_tea) download(li_ebook)`.
fn groups(quote: &Quote) -> String {
    let groups = quote.methods.iter().flat_map(|method| &method.groups);
    let shown: Vec<_> = groups
        .map(|group| {
            let lines: Vec<_> = group.lines.iter().map(LineId::as_str).collect();
            format!("{}({})", group.option, lines.join(" "))
        })
        .collect();
    shown.join(" ")
}

#[test]
fn where_there_is_no_doubt_nobody_has_to_choose() {
    let table = "
    the shop offers  | wanted          | to            | answer                                         | goes by
    standard         | 1 mug           | -             | Incomplete, Error Missing $.fulfillment_details.address  |
    standard         | 1 mug           | Portland      | Ready                                          | standard(li_mug)
    standard         | 1 mug           | Paris         | NotReady, Error RegionRestricted $.fulfillment_details.address |
    standard         | 1 mug           | Toronto       | NotReady, Error RegionRestricted $.fulfillment_details.address |
    standard express | 1 mug           | Toronto       | Ready                                          | express(li_mug)
    standard express | 1 mug           | Portland      | Incomplete, Error Missing $.selected_fulfillment_options |
    courier          | 1 mug           | San Francisco | Ready                                          | courier(li_mug)
    courier          | 1 mug           | Los Angeles   | NotReady, Error RegionRestricted $.fulfillment_details.address |
    courier          | 1 mug           | -             | Incomplete, Error Missing $.fulfillment_details.address  |
    courier standard | 1 mug           | Los Angeles   | Ready                                          | standard(li_mug)
    courier standard | 1 mug           | San Francisco | Incomplete, Error Missing $.selected_fulfillment_options |
    download         | 1 ebook         | -             | Ready                                          | download(li_ebook)
    download         | 1 ebook         | Paris         | Ready                                          | download(li_ebook)
    download         | 1 mug           | Portland      | NotReady, Error RegionRestricted $.fulfillment_details.address |
    standard         | 1 ebook         | Portland      | NotReady, Error RegionRestricted $.fulfillment_details.address |
    standard download | 1 mug + 1 ebook | Portland     | Ready                                          | standard(li_mug) download(li_ebook)
    yubin            | 1 furoshiki     | Tokyo         | Ready                                          | yubin(li_furoshiki)
    yubin            | 1 mug           | Tokyo         | NotReady, Error RegionRestricted $.fulfillment_details.address |
    counter          | 1 mug           | -             | Ready                                          | counter(li_mug)
    counter          | 1 mug           | Paris         | Ready                                          | counter(li_mug)
    counter standard | 1 mug           | -             | Incomplete, Error Missing $.fulfillment_details.address  |
    counter standard | 1 mug           | Paris         | Incomplete, Error Missing $.selected_fulfillment_options |
    counter yubin    | 1 mug           | -             | Ready                                          | counter(li_mug)
    counter download | 1 mug + 1 ebook | -             | Ready                                          | download(li_ebook) counter(li_mug)
    ";
    for [offered, wanted, to, expected, goes_by] in rows(table) {
        let terms = terms_offering(&offered.split(' ').collect::<Vec<_>>());
        let basket = basket(wanted, to, "-");
        let stores = Stores { terms, ..stores(&basket) };
        let quote = quote(&basket, &stores, &shop(), FreshSelections::Pruned, NOW);
        assert_eq!(answer(&quote), expected, "{offered}: {wanted} to {to}");
        assert_eq!(groups(&quote.unwrap()), goes_by, "{offered}: {wanted} to {to}");
    }
}

#[test]
fn a_choice_is_checked_when_fresh_and_dropped_when_old() {
    const CHOOSE: &str = "Incomplete, Error Missing $.selected_fulfillment_options";
    const SAY_WHERE: &str = "Incomplete, Error Missing $.fulfillment_details.address";
    let table = "
    wanted            | to            | chosen                                      | fresh   | old     | goes by
    2 mug + 1 tea     | San Francisco | shipping:express                            | ready   | ready   | express(li_mug li_tea)
    1 mug + 1 tea     | San Francisco | shipping:express(mug)                       | ready   | ready   | express(li_mug li_tea)
    1 mug + 1 tea     | San Francisco | shipping:express(mug); local:courier(li_tea) | ready  | ready   | express(li_mug) courier(li_tea)
    1 mug + 1 tea + 1 book | San Francisco | shipping:express(mug); local:courier(li_tea) | choose | choose | express(li_mug) courier(li_tea)
    1 mug + 1 tea     | San Francisco | pickup:counter(mug); shipping:express       | ready   | ready   | express(li_tea) counter(li_mug)
    1 mug + 1 mug     | San Francisco | shipping:express(mug)                       | ready   | ready   | express(li_mug li2_mug)
    1 mug + 1 mug     | San Francisco | shipping:express(li_mug); local:courier(li2_mug) | ready | ready | express(li_mug) courier(li2_mug)
    1 mug             | San Francisco | shipping:standard; shipping:express         | ready   | ready   | standard(li_mug)
    1 mug + 1 tea     | San Francisco | shipping:express(mug); shipping:express(tea) | ready  | ready   | express(li_mug li_tea)
    1 mug             | San Francisco | shipping:drone                              | no 0    | choose  |
    1 mug             | San Francisco | shipping:express; shipping:drone            | no 1    | ready   | express(li_mug)
    1 mug             | San Francisco | pickup:express                              | no 0    | choose  |
    1 mug             | San Francisco | shipping:counter                            | no 0    | choose  |
    1 mug             | San Francisco | digital:download                            | no 0    | choose  |
    1 mug             | Toronto       | shipping:standard                           | no 0    | choose  |
    1 mug             | Los Angeles   | local:courier                               | no 0    | choose  |
    1 mug             | -             | shipping:standard                           | no 0    | where   |
    1 mug             | -             | pickup:counter                              | ready   | ready   | counter(li_mug)
    1 mug             | Paris         | pickup:counter                              | ready   | ready   | counter(li_mug)
    1 mug             | San Francisco | shipping:express(lamp)                      | no 0    | choose  |
    1 mug + 1 tea     | San Francisco | shipping:express(mug lamp)                  | no 0    | choose  |
    1 mug + 1 ebook   | San Francisco | shipping:express(ebook)                     | no 0    | choose  | download(li_ebook)
    1 mug + 1 ebook   | San Francisco | shipping:express(mug ebook)                 | ready   | ready   | express(li_mug) download(li_ebook)
    1 mug + 1 ebook   | San Francisco | shipping:express; digital:download          | ready   | ready   | express(li_mug) download(li_ebook)
    1 mug + 1 ebook   | -             | digital:download                            | where   | where   | download(li_ebook)
    ";
    let spelled = |cell: &str| match cell {
        "ready" => "Ready".to_owned(),
        "choose" => CHOOSE.to_owned(),
        "where" => SAY_WHERE.to_owned(),
        no => format!("UnknownOption {{ selection: {} }}", no.trim_start_matches("no ")),
    };
    for [wanted, to, chosen, fresh, old, goes_by] in rows(table) {
        let basket = basket(wanted, to, chosen);
        let told = format!("{wanted} to {to} by {chosen}");
        let checked = quoted(&basket, FreshSelections::Checked);
        assert_eq!(answer(&checked), spelled(fresh), "{told}, fresh");
        let pruned = quoted(&basket, FreshSelections::Pruned);
        assert_eq!(answer(&pruned), spelled(old), "{told}, old");
        assert_eq!(groups(&pruned.unwrap()), goes_by, "{told}");
    }
}

#[test]
fn an_offer_carries_its_arrival_and_its_place() {
    let quote = quoted(&basket("1 mug", "San Francisco", "-"), FreshSelections::Pruned).unwrap();
    let kinds: Vec<_> = quote.methods.iter().map(|method| method.kind).collect();
    assert_eq!(kinds, [MethodKind::Shipping, MethodKind::Pickup, MethodKind::LocalDelivery]);

    let day = |count: u64| NOW.plus(Duration::from_hours(24 * count));
    let standard = &quote.methods[0].options[0];
    assert_eq!(standard.window, Some(Window { earliest: day(3), latest: day(5) }));
    assert_eq!((standard.carrier.as_deref(), &standard.pickup), (Some("Post"), &None));
    let counter = &quote.methods[1].options[0];
    assert_eq!(counter.pickup.as_ref().map(|place| place.name.as_ref()), Some("Counter"));
    assert_eq!(counter.window, None);
    let courier = &quote.methods[2].options[0];
    assert_eq!(courier.window, Some(Window { earliest: day(0), latest: day(1) }));
}

#[test]
fn an_option_is_offered_at_the_price_this_basket_pays() {
    for (wanted, expected) in [("4 mug", 599), ("1 book + 1 vase", 0), ("2 lamp", 0)] {
        let quote = quoted(&basket(wanted, "Portland", "-"), FreshSelections::Pruned).unwrap();
        let standard = &quote.methods[0].options[0];
        assert_eq!(standard.price, money(expected, "usd"), "{wanted}: free from 50.00");
    }
}

#[test]
fn shop_rules_do_not_depend_on_who_asks() {
    let basket = basket("1 mug", "San Francisco", "shipping:express");
    let ask = || quote(&basket, &stores(&basket), &shop(), FreshSelections::Checked, NOW);
    assert_eq!(ask(), ask());
}
