use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};
use acp_core::plan::{
    AddressText, Constraint, Count, DeliveryWish, DiscountCode, Operation, OrderChoice, PlanDraft,
};
use serde::Deserialize;
use serde_json::json;

use super::{Action, ActionLimits, read_draft};
use crate::read::{UnknownFields, read};

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Request<'a> {
    actions: Vec<Action<'a>>,
    #[serde(default)]
    constraints: Option<ActionLimits<'a>>,
}

fn read_of(body: &str) -> Result<PlanDraft, acp_core::refusal::Fault> {
    let request: Request<'_> = read(body.as_bytes(), UnknownFields::Refuse)?;
    read_draft(request.actions, request.constraints)
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

fn count(number: u32) -> Count {
    Count::new(number).unwrap()
}

/// An operation of each kind and form.
fn operations() -> Vec<Operation> {
    let (mug, pen) = (ItemId::new("mug"), ItemId::new("pen"));
    let address = AddressText { line_one: "1 Elm Street".into(), ..AddressText::default() };
    let code = DiscountCode::new("SAVE5").unwrap();
    let named = || OrderChoice::Named("ord_1".into());
    vec![
        Operation::Add { item: mug.clone(), quantity: count(2), fallbacks: vec![pen.clone()] },
        Operation::Add { item: mug.clone(), quantity: Count::ONE, fallbacks: Vec::new() },
        Operation::Remove { item: mug.clone(), quantity: None },
        Operation::Remove { item: mug.clone(), quantity: Some(count(1)) },
        Operation::SetQuantity { item: mug.clone(), quantity: count(999) },
        Operation::Replace { old: mug.clone(), new: pen.clone(), quantity: count(3) },
        Operation::ClearCart,
        Operation::ViewCart,
        Operation::Search { results: vec![mug, pen], unit_price_max: Some(usd(500)) },
        Operation::Search { results: Vec::new(), unit_price_max: None },
        Operation::ApplyDiscount { code: code.clone(), is_condition: true },
        Operation::ApplyDiscount { code: code.clone(), is_condition: false },
        Operation::RemoveDiscount { code: Some(code) },
        Operation::RemoveDiscount { code: None },
        Operation::SetAddress(address),
        Operation::SetDelivery(DeliveryWish::Named("express".into())),
        Operation::SetDelivery(DeliveryWish::Fastest),
        Operation::SetDelivery(DeliveryWish::Cheapest),
        Operation::OrderStatus(OrderChoice::Latest),
        Operation::OrderStatus(named()),
        Operation::CancelOrder(OrderChoice::Latest),
        Operation::CancelOrder(named()),
        Operation::CancelPlan,
        Operation::Confirm,
        Operation::Decline,
        Operation::RepeatLast,
        Operation::Checkout,
    ]
}

#[test]
fn every_action_that_is_said_reads_back() {
    let operations = operations();
    for operation in &operations {
        let said = serde_json::to_value(Action::of(operation)).unwrap();
        assert_eq!(said["op"], operation.name());
        let draft = read_of(&json!({"actions": [said]}).to_string()).unwrap();
        assert_eq!(draft.operations(), std::slice::from_ref(operation), "{said}");
    }
    let all: Vec<_> = operations.iter().map(Action::of).collect();
    let limits = [Constraint::UnitPriceAtMost(usd(700)), Constraint::TotalAtMost(usd(9_900))];
    let body = json!({"actions": all, "constraints": ActionLimits::of(&limits)});
    let draft = read_of(&body.to_string()).unwrap();
    assert_eq!(draft.operations(), operations);
    assert_eq!(draft.constraints(), limits);
}

#[test]
fn what_is_not_said_is_left_out() {
    let said = |operation| serde_json::to_value(Action::of(&operation)).unwrap();
    assert_eq!(said(Operation::Checkout), json!({"op": "checkout"}));
    let add =
        Operation::Add { item: ItemId::new("mug"), quantity: Count::ONE, fallbacks: Vec::new() };
    assert_eq!(said(add), json!({"op": "add", "item_id": "mug", "quantity": 1}));
    assert_eq!(serde_json::to_value(ActionLimits::of(&[])).unwrap(), json!(null));
}

#[test]
fn faults_of_an_action_are_told_with_their_place() {
    for (action, path) in [
        (json!({}), "$.actions[0].op"),
        (json!({"op": "pay"}), "$.actions[0].op"),
        (json!({"op": "add"}), "$.actions[0].item_id"),
        (json!({"op": "add", "item_id": ""}), "$.actions[0].item_id"),
        (json!({"op": "add", "item_id": null}), "$.actions[0].item_id"),
        (json!({"op": "add", "item_id": "a", "quantity": 0}), "$.actions[0].quantity"),
        (json!({"op": "add", "item_id": "a", "quantity": -1}), "$.actions[0].quantity"),
        (json!({"op": "add", "item_id": "a", "quantity": 1000}), "$.actions[0].quantity"),
        (json!({"op": "add", "item_id": "a", "quantity": 1.5}), "$.actions[0].quantity"),
        (json!({"op": "add", "item_id": "a", "price": 1}), "$.actions[0].price"),
        (json!({"op": "add", "item_id": "a", "fallbacks": [""]}), "$.actions[0].fallbacks"),
        (json!({"op": "set_qty", "item_id": "a"}), "$.actions[0].quantity"),
        (json!({"op": "replace", "item_id": "a"}), "$.actions[0].with_item_id"),
        (json!({"op": "replace", "item_id": "a", "with_item_id": "a"}), "$.actions"),
        (json!({"op": "checkout", "item_id": "a"}), "$.actions[0].item_id"),
        (json!({"op": "search", "results": [], "max_price": 5}), "$.actions[0].currency"),
        (json!({"op": "apply_discount", "code": "two words"}), "$.actions[0].code"),
        (json!({"op": "set_address"}), "$.actions[0].address"),
        (json!({"op": "set_delivery"}), "$.actions[0].option_id"),
        (
            json!({"op": "set_delivery", "option_id": "a", "prefer": "fastest"}),
            "$.actions[0].prefer",
        ),
    ] {
        let fault = read_of(&json!({"actions": [action]}).to_string()).unwrap_err();
        assert_eq!(fault.path, path, "{action}: {}", fault.text);
    }
    let twice = json!({"actions": [{"op": "checkout"}, {"op": "checkout"}]});
    assert_eq!(read_of(&twice.to_string()).unwrap_err().path, "$.actions");
    for (limits, path) in [
        (json!({"max_total": 5}), "$.constraints.currency"),
        (json!({"max_total": 5, "currency": "dollars"}), "$.constraints.currency"),
        (json!({"max_total": -5, "currency": "usd"}), "$.constraints.max_total"),
    ] {
        let body = json!({"actions": [], "constraints": limits});
        assert_eq!(read_of(&body.to_string()).unwrap_err().path, path, "{limits}");
    }
}
