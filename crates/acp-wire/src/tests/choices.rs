//! What can be chosen, and what was.

use acp_core::ids::LineId;
use acp_core::session::{Method, MethodKind, Quote};
use serde_json::{Value, json};

use super::session::{carried, method, option, quoted, said};

fn shipping(chosen: &[(&str, &str)]) -> Method {
    method(MethodKind::Shipping, vec![carried("parcel", 599)], chosen)
}

fn digital(chosen: &[(&str, &str)]) -> Method {
    method(MethodKind::Digital, vec![option("download", 0)], chosen)
}

fn pickup(chosen: &[(&str, &str)]) -> Method {
    method(MethodKind::Pickup, vec![option("counter", 0)], chosen)
}

fn courier(chosen: &[(&str, &str)]) -> Method {
    method(MethodKind::LocalDelivery, vec![carried("courier", 900)], chosen)
}

/// Options and choices of one version, as `type:id`.
fn listed(said: &Value) -> (Vec<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |field: &str| said[field].as_array().cloned().unwrap_or_default();
    let options = list("fulfillment_options");
    let options = options.iter().map(|one| format!("{}:{}", text(&one["type"]), text(&one["id"])));
    let selected = list("selected_fulfillment_options");
    let chosen = selected.iter().map(|one| {
        let kind = text(&one["type"]);
        format!("{kind}:{}", text(&one[&kind]["option_id"]))
    });
    (options.collect(), chosen.collect())
}

#[test]
fn ways_without_a_word_are_not_offered_and_so_not_chosen() {
    const MUG: &str = "li_mug";
    type Row = (Vec<Method>, &'static [&'static str], &'static [&'static str]);
    let table: [Row; 11] = [
        (vec![], &[], &[]),
        (vec![shipping(&[])], &["shipping:parcel"], &[]),
        (vec![shipping(&[("parcel", MUG)])], &["shipping:parcel"], &["shipping:parcel"]),
        (vec![shipping(&[("gone", MUG)])], &["shipping:parcel"], &[]),
        (
            vec![shipping(&[]), digital(&[("download", "li_ebook")])],
            &["shipping:parcel", "digital:download"],
            &["digital:download"],
        ),
        (vec![pickup(&[("counter", MUG)])], &[], &[]),
        (vec![shipping(&[]), pickup(&[("counter", MUG)])], &["shipping:parcel"], &[]),
        (vec![shipping(&[]), courier(&[("courier", MUG)])], &["shipping:parcel"], &[]),
        // All there would be to say of what is carried: the courier is called shipping.
        (
            vec![digital(&[]), courier(&[("courier", MUG)])],
            &["digital:download", "shipping:courier"],
            &["shipping:courier"],
        ),
        (vec![courier(&[("courier", MUG)])], &["shipping:courier"], &["shipping:courier"]),
        (
            vec![pickup(&[]), courier(&[("courier", MUG)])],
            &["shipping:courier"],
            &["shipping:courier"],
        ),
    ];
    for (methods, options, chosen) in table {
        let case = format!("{methods:?}");
        let [first, december, january] = said(&quoted(|quote| quote.methods = methods));
        for later in [december, january] {
            assert_eq!(listed(&later), (owned(options), owned(chosen)), "{case}");
            let is_there = later.get("selected_fulfillment_options").is_some();
            assert_eq!(is_there, !chosen.is_empty(), "{case}");
        }
        assert_eq!(listed(&first).0, options, "{case}");
        let id = chosen.first().and_then(|one| one.split(':').nth(1));
        assert_eq!(first.get("fulfillment_option_id"), id.map(Value::from).as_ref(), "{case}");
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

#[test]
fn only_shipping_tells_of_carriers_and_times() {
    for (methods, is_told) in [
        (vec![shipping(&[])], true),
        (vec![courier(&[])], true),
        (vec![method(MethodKind::Digital, vec![carried("download", 0)], &[])], false),
    ] {
        for said in said(&quoted(|quote| quote.methods = methods)) {
            for field in ["carrier", "earliest_delivery_time", "latest_delivery_time"] {
                assert_eq!(said["fulfillment_options"][0].get(field).is_some(), is_told, "{said}");
            }
        }
    }
}

#[test]
fn an_item_on_several_lines_is_named_by_the_line() {
    let repeat = |quote: &mut Quote| {
        let mut second = quote.lines[0].clone();
        second.id = LineId::new("li2_mug");
        quote.lines[1] = second;
        quote.methods = vec![shipping(&[("parcel", "li_mug"), ("parcel", "li2_mug")])];
    };
    let [_, december, january] = said(&quoted(repeat));
    let chosen = |line: &str| json!({ "type": "shipping", "shipping": { "option_id": "parcel", "item_ids": [line] } });
    let expected = json!([chosen("li_mug"), chosen("li2_mug")]);
    assert_eq!(december["selected_fulfillment_options"], expected);
    assert_eq!(january["selected_fulfillment_options"], expected);
}
