//! Compares what a sentence came to with what it should come to, by effect and never by wording.

use std::collections::BTreeMap;

use acp_core::ids::ItemId;
use acp_core::plan::{DeliveryWish, Operation, OrderChoice};
use acp_language::{CartLine, Context, Understanding, parse};
use serde_json::{Value, json};

use crate::shop::Store;

type Cart = BTreeMap<String, i64>;

/// How cases went.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub turns: usize,
    pub exact: usize,
    /// Turns that changed a cart otherwise than any accepted answer does.
    pub wrong: Vec<String>,
    pub missed: Vec<String>,
    /// Turns that paid where nobody asked for it.
    pub paid: Vec<String>,
}

fn delivery(wish: &DeliveryWish) -> String {
    match wish {
        DeliveryWish::Named(id) => id.to_string(),
        DeliveryWish::Fastest => "fastest".to_owned(),
        DeliveryWish::Cheapest => "cheapest".to_owned(),
    }
}

fn order(choice: &OrderChoice) -> String {
    match choice {
        OrderChoice::Named(id) => id.to_string(),
        OrderChoice::Latest => "$last".to_owned(),
    }
}

/// Operations as the cases write them.
fn actions(understanding: &Understanding) -> Vec<Value> {
    let mut out = Vec::new();
    for operation in understanding.draft.operations() {
        let op = operation.name();
        match operation {
            Operation::Add { item, quantity, .. } | Operation::SetQuantity { item, quantity } => {
                out.push(json!({"op": op, "item": item.as_str(), "qty": quantity.get()}));
            }
            Operation::Remove { item, quantity } => {
                let quantity = quantity.map(acp_core::plan::Count::get);
                out.push(json!({"op": op, "item": item.as_str(), "qty": quantity}));
            }
            Operation::Replace { old, new, quantity } => {
                out.push(json!({"op": "remove", "item": old.as_str()}));
                out.push(json!({"op": "add", "item": new.as_str(), "qty": quantity.get()}));
            }
            Operation::Search { results, .. } => {
                let results: Vec<&str> = results.iter().map(ItemId::as_str).collect();
                out.push(json!({"op": op, "results": results}));
            }
            Operation::ApplyDiscount { code, .. } => {
                out.push(json!({"op": op, "code": code.as_str()}));
            }
            Operation::RemoveDiscount { code } => {
                out.push(
                    json!({"op": op, "code": code.as_ref().map(|code| code.as_str().to_owned())}),
                );
            }
            Operation::SetAddress(address) => out.push(json!({"op": op, "address": {
                "line_one": &*address.line_one, "city": &*address.city,
                "state": &*address.state, "postal_code": &*address.postal_code}})),
            Operation::SetDelivery(wish) => out.push(json!({"op": op, "option": delivery(wish)})),
            Operation::OrderStatus(choice) | Operation::CancelOrder(choice) => {
                out.push(json!({"op": op, "order": order(choice)}));
            }
            Operation::ClearCart | Operation::ViewCart | Operation::Checkout => {
                out.push(json!({"op": op}));
            }
            // Answers without an effect of their own.
            Operation::CancelPlan
            | Operation::Confirm
            | Operation::Decline
            | Operation::RepeatLast => {}
        }
    }
    out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn plain(value: &Value) -> String {
    let lower = text(value).to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn replayed(cart: &Cart, actions: &[Value]) -> Cart {
    let mut cart = cart.clone();
    for action in actions {
        let item = text(&action["item"]).to_owned();
        let quantity = action["qty"].as_i64();
        match text(&action["op"]) {
            "clear_cart" => cart.clear(),
            "add" => *cart.entry(item).or_default() += quantity.unwrap_or(1),
            "set_qty" => {
                cart.insert(item, quantity.unwrap_or(0));
            }
            "remove" => {
                let left = quantity.map_or(0, |taken| cart.get(&item).unwrap_or(&0) - taken);
                cart.insert(item, left);
            }
            _ => {}
        }
    }
    cart.retain(|_, quantity| *quantity > 0);
    cart
}

fn is_other(action: &Value) -> bool {
    !matches!(
        text(&action["op"]),
        "add" | "remove" | "set_qty" | "clear_cart" | "search" | "view_cart"
    )
}

fn is_same(wanted: &Value, got: &Value) -> bool {
    if wanted["op"] != got["op"] {
        return false;
    }
    match text(&wanted["op"]) {
        "apply_discount" | "remove_discount" => plain(&wanted["code"]) == plain(&got["code"]),
        "set_delivery" => plain(&wanted["option"]) == plain(&got["option"]),
        "order_status" | "cancel_order" => {
            text(&wanted["order"]) == "$last" || wanted["order"] == got["order"]
        }
        "set_address" => wanted["address"]
            .as_object()
            .unwrap()
            .iter()
            .all(|(name, value)| plain(value) == plain(&got["address"][name])),
        _ => true,
    }
}

fn all_matched(
    wanted: Vec<&Value>,
    got: Vec<&Value>,
    fits: impl Fn(&Value, &Value) -> bool,
) -> bool {
    let mut left = got;
    for one in wanted {
        let Some(place) = left.iter().position(|other| fits(one, other)) else { return false };
        left.remove(place);
    }
    left.is_empty()
}

fn kinds(issue: &Value) -> Vec<&str> {
    match &issue["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// What is wanted, with ids in the place of choices.
fn resolved(wanted: &Value, got: &[Value], shown: &[String]) -> Vec<Value> {
    let mut out = list(&wanted["actions"]);
    for action in &mut out {
        if let Some(any) = action["item_any"].as_array().cloned() {
            let chosen = got
                .iter()
                .find(|other| other["op"] == action["op"] && any.contains(&other["item"]));
            action["item"] = chosen.map_or_else(|| any[0].clone(), |other| other["item"].clone());
        }
        if let Some(place) = text(&action["item"]).strip_prefix("$results[") {
            let place: usize = place.trim_end_matches(']').parse().unwrap();
            action["item"] = json!(shown.get(place));
        }
    }
    out
}

fn fits(wanted: &Value, got: &[Value], issues: &[&str], cart: &Cart, shown: &[String]) -> bool {
    let actions = resolved(wanted, got, shown);
    let ops: Vec<&str> = got.iter().map(|action| text(&action["op"])).collect();
    let is_forbidden = list(&wanted["forbid"]).iter().any(|op| ops.contains(&text(op)));
    let searches = actions.iter().filter(|action| text(&action["op"]) == "search").all(|wanted| {
        let Some(search) = got.iter().find(|action| text(&action["op"]) == "search") else {
            return false;
        };
        let results = list(&search["results"]);
        let relevant = list(&wanted["relevant"]);
        if relevant.is_empty() {
            results.is_empty()
        } else {
            results.iter().take(5).any(|id| relevant.contains(id))
        }
    });
    let views = actions
        .iter()
        .all(|action| text(&action["op"]) != "view_cart" || ops.contains(&"view_cart"));
    let wanted_issues = list(&wanted["issues"]);
    let none =
        wanted_issues.len() == 1 && kinds(&wanted_issues[0]).contains(&"none") && issues.is_empty();
    let issue_values: Vec<Value> = issues.iter().map(|kind| json!(kind)).collect();
    let issues_fit = none
        || all_matched(
            wanted_issues.iter().collect(),
            issue_values.iter().collect(),
            |wanted, got| kinds(wanted).contains(&text(got)),
        );
    let others =
        |list: &[Value]| list.iter().filter(|action| is_other(action)).cloned().collect::<Vec<_>>();
    let (left, right) = (others(&actions), others(got));
    !is_forbidden
        && replayed(cart, &actions) == replayed(cart, got)
        && all_matched(left.iter().collect(), right.iter().collect(), is_same)
        && issues_fit
        && searches
        && views
}

fn price(store: &Store, item: &str) -> i64 {
    let product = store.products.iter().find_map(|product| {
        let variant = product.variants.iter().find(|variant| variant.id.as_str() == item);
        let whole = (product.id.as_str() == item).then_some(product.price);
        variant.map(|variant| variant.price).or(whole)
    });
    product.map_or(0, acp_core::money::Money::minor)
}

/// A ceiling is set by whoever calls, so it is kept there: nothing above it is paid for.
fn keep_mandate(
    case: &Value,
    store: &Store,
    cart: &Cart,
    got: &mut Vec<Value>,
    issues: &mut Vec<&str>,
) {
    let Some(most) = case["setup"]["mandate"]["max_total"].as_i64() else { return };
    let total: i64 =
        replayed(cart, got).iter().map(|(item, count)| price(store, item) * count).sum();
    let pays = got.iter().any(|action| text(&action["op"]) == "checkout");
    if total > most && pays {
        got.retain(|action| text(&action["op"]) != "checkout");
        issues.push("over_budget");
    }
}

fn begun(case: &Value) -> (Context, Cart) {
    let mut context = Context::default();
    let mut cart = Cart::new();
    for line in list(&case["setup"]["cart"]) {
        cart.insert(text(&line["item"]).to_owned(), line["qty"].as_i64().unwrap());
    }
    for order in list(&case["setup"]["orders"]) {
        context.orders.push(text(&order["ref"]).to_owned());
    }
    (context, cart)
}

pub(crate) fn judge(store: &Store, cases: &[Value]) -> Verdict {
    let mut verdict = Verdict::default();
    for case in cases.iter().filter(|case| case["faults_expected"].is_null()) {
        let (mut context, mut cart) = begun(case);
        let mut shown = Vec::new();
        for turn in list(&case["turns"]) {
            let said = text(&turn["text"]).replace("{{", "").replace("}}", "");
            context.cart = cart
                .iter()
                .map(|(item, quantity)| CartLine {
                    item: ItemId::new(item.as_str()),
                    quantity: u32::try_from(*quantity).unwrap(),
                })
                .collect();
            let understood = parse(&said, &store.index, &store.shop, &context);
            let mut got = actions(&understood);
            let mut issues: Vec<&str> =
                understood.issues.iter().map(|issue| issue.kind.name()).collect();
            keep_mandate(case, store, &cart, &mut got, &mut issues);
            let expected = &turn["expect"];
            let mut answers = vec![expected.clone()];
            for mut other in list(&expected["accept"]) {
                other["forbid"] = expected["forbid"].clone();
                answers.push(other);
            }
            let hit = answers.iter().find(|answer| fits(answer, &got, &issues, &cart, &shown));
            let after = replayed(&cart, &got);
            let may_pay = answers.iter().any(|answer| {
                list(&answer["actions"]).iter().any(|action| text(&action["op"]) == "checkout")
            });
            let pays = got.iter().any(|action| text(&action["op"]) == "checkout");
            let told = format!("{} {said:?}: {} {issues:?}", text(&case["id"]), json!(got));
            verdict.turns += 1;
            verdict.exact += usize::from(hit.is_some());
            if pays && !may_pay {
                verdict.paid.push(told.clone());
            }
            if hit.is_none() {
                let is_wrong = after != cart
                    && answers
                        .iter()
                        .all(|answer| replayed(&cart, &resolved(answer, &got, &shown)) != after);
                if is_wrong {
                    verdict.wrong.push(told.clone());
                }
                verdict.missed.push(told);
            }
            if let Some(search) = got.iter().find(|action| text(&action["op"]) == "search") {
                shown = list(&search["results"]).iter().map(|id| text(id).to_owned()).collect();
            }
            let best = hit.unwrap_or(&answers[0]);
            cart = replayed(&cart, &resolved(best, &got, &shown));
            if may_pay && hit.is_some() && pays {
                cart.clear();
            }
            context = understood.context;
        }
    }
    verdict
}
