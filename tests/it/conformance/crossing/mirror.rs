//! What a version says, held against what the newest one says of the same session.

use serde_json::{Value, json};

use crate::conformance::agent::Answer;
use crate::conformance::reading::{Offer, choices, lines, offers, totals};
use crate::conformance::version::Version;
use crate::conformance::wishes::Choice;

/// Fails the test unless `told` says all its version can say of what the newest version says.
pub(super) fn is_told_alike(newest: &Answer, told: &Answer, what: &str) {
    let what = &format!("{what}: {told}\n\nwhile the newest version says {:#}", newest.body);
    told.stands(newest.body["status"].as_str().unwrap());
    for member in ["id", "currency"] {
        assert_eq!(told.body[member], newest.body[member], "{member}, {what}");
    }
    money_is_alike(newest, told, what);
    people_are_alike(newest, told, what);
    deliveries_are_alike(newest, told, what);
    messages_are_alike(newest, told, what);
    links_are_alike(newest, told, what);
    ways_to_pay_are_alike(newest, told, what);
    orders_are_alike(newest, told, what);
    extras_are_alike(newest, told, what);
}

fn money_is_alike(newest: &Answer, told: &Answer, what: &str) {
    assert_eq!(lines(told), lines(newest), "lines, {what}");
    assert_eq!(totals(told), totals(newest), "totals, {what}");
    if told.version <= Version::V2026_01_16 {
        // Readers of that time look for these rows, even where there is nothing in them.
        for kind in ["items_base_amount", "items_discount", "subtotal", "discount", "fulfillment"] {
            let rows = told.body["totals"].as_array().unwrap();
            assert!(rows.iter().any(|row| row["type"] == kind), "no row for {kind}, {what}");
        }
    }
    let pairs = told.body["line_items"].as_array().unwrap().iter();
    for (line, same) in pairs.zip(newest.body["line_items"].as_array().unwrap()) {
        assert_eq!(line["id"], same["id"], "id of a line, {what}");
        assert_eq!(line["item"]["id"], same["item"]["id"], "item of a line, {what}");
        if told.version >= Version::V2025_12_12 {
            for member in ["name", "description", "images", "unit_amount"] {
                assert_eq!(line[member], same[member], "{member} of a line, {what}");
            }
        }
    }
}

/// A buyer as the versions before 2026-01-30 know one: with both names, or not at all.
fn buyer_with_names(buyer: &Value) -> Value {
    let names = match (buyer["first_name"].as_str(), buyer["last_name"].as_str()) {
        (Some(first), Some(last)) => Some((first, last)),
        _ => buyer["full_name"].as_str().and_then(|full| full.rsplit_once(' ')),
    };
    let Some((first, last)) = names else { return Value::Null };
    let mut known = json!({"first_name": first, "last_name": last, "email": buyer["email"]});
    if let Some(phone) = buyer.get("phone_number") {
        known["phone_number"] = phone.clone();
    }
    known
}

fn people_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let buyer = &newest.body["buyer"];
    let expected =
        if told.version.has_capabilities() { buyer.clone() } else { buyer_with_names(buyer) };
    assert_eq!(told.body["buyer"], expected, "buyer, {what}");

    let mut details = newest.body["fulfillment_details"].clone();
    if told.version < Version::V2026_04_17
        && let Some(address) = details["address"].as_object_mut()
    {
        address.remove("company");
    }
    if told.version == Version::V2025_09_29 {
        assert_eq!(told.body["fulfillment_address"], details["address"], "address, {what}");
        assert_eq!(told.body.get("fulfillment_details"), None, "{what}");
    } else {
        assert_eq!(told.body["fulfillment_details"], details, "details, {what}");
        assert_eq!(told.body.get("fulfillment_address"), None, "{what}");
    }
}

/// The kinds of delivery a version knows.
fn knows(version: Version, kind: &str) -> bool {
    version.has_capabilities() || ["shipping", "digital"].contains(&kind)
}

fn deliveries_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let version = told.version;
    let mut offered: Vec<Offer> = offers(newest);
    if offered.iter().any(|offer| knows(version, &offer.kind)) {
        offered.retain(|offer| knows(version, &offer.kind));
    } else {
        // A courier is at least something that is sent; who can only come by is not served.
        offered.retain(|offer| offer.kind == "local_delivery");
        for offer in &mut offered {
            "shipping".clone_into(&mut offer.kind);
        }
    }
    assert_eq!(offers(told), offered, "offers, {what}");
    shapes_fit(newest, told, what);

    let is_offered = |choice: &Choice| offered.iter().any(|offer| offer.id == choice.option);
    let mut chosen: Vec<_> = choices(newest).into_iter().filter(is_offered).collect();
    for choice in &mut chosen {
        if !knows(version, &choice.kind) {
            "shipping".clone_into(&mut choice.kind);
        }
    }
    if version == Version::V2025_09_29 {
        let ids = |choices: &[Choice]| -> Vec<String> {
            choices.iter().map(|choice| choice.option.clone()).take(1).collect()
        };
        assert_eq!(ids(&choices(told)), ids(&chosen), "choice, {what}");
    } else {
        assert_eq!(choices(told), chosen, "choices, {what}");
    }
}

/// How the options of each time look.
fn shapes_fit(newest: &Answer, told: &Answer, what: &str) {
    for option in told.body["fulfillment_options"].as_array().unwrap() {
        let mut all = newest.body["fulfillment_options"].as_array().unwrap().iter();
        let same = all.find(|one| one["id"] == option["id"]).unwrap();
        let (is_early, version) = (told.version <= Version::V2025_12_12, told.version);
        let words = if is_early { "subtitle" } else { "description" };
        assert_eq!(option.get(words), same.get("description"), "{words} of an option, {what}");
        assert_eq!(option.get("totals").is_some(), !is_early, "totals of an option, {what}");
        if is_early {
            let amount = |member: &str| option[member].as_i64();
            let tax = amount("tax").unwrap_or(0);
            let subtotal = amount("subtotal").or(amount("total")).unwrap();
            assert_eq!(subtotal + tax, amount("total").unwrap(), "an option adds up, {what}");
            let is_whole = amount("tax").is_some() && amount("subtotal").is_some();
            assert!(is_whole || version > Version::V2025_09_29, "parts of an option, {what}");
        }
        if option["type"] == "shipping" && same["type"] == "shipping" {
            for member in ["carrier", "earliest_delivery_time", "latest_delivery_time"] {
                assert_eq!(option.get(member), same.get(member), "{member}, {what}");
            }
        }
    }
}

/// A message of the newest version, as an earlier one says it.
fn earlier(version: Version, message: &Value) -> Value {
    let mut message = message.clone();
    let members = message.as_object_mut().unwrap();
    if version < Version::V2026_04_17 {
        members.remove("resolution");
    }
    if version.has_capabilities() {
        return message;
    }
    members.remove("severity");
    // What a path points at has another name in each version; a test of its own looks at paths.
    members.remove("param");
    if members["type"] == "warning" {
        members.insert("type".to_owned(), json!("info"));
        members.remove("code");
    }
    if let Some(code) = members.get("code").and_then(Value::as_str) {
        let known = match code {
            "missing" | "invalid" | "out_of_stock" | "payment_declined" | "requires_sign_in"
            | "requires_3ds" => code,
            "low_stock" | "quantity_exceeded" => "out_of_stock",
            "intervention_required" => "requires_3ds",
            _ => "invalid",
        };
        let known = json!(known);
        members.insert("code".to_owned(), known);
    }
    message
}

fn messages_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let bare = |message: &Value| {
        let mut message = message.clone();
        if !told.version.has_capabilities() {
            message.as_object_mut().unwrap().remove("param");
        }
        message
    };
    let said: Vec<_> = told.messages().iter().map(bare).collect();
    let expected: Vec<_> =
        newest.messages().iter().map(|message| earlier(told.version, message)).collect();
    for message in &expected {
        assert!(said.contains(message), "message {message}, {what}");
    }
    // Only a status that has no word of its own adds something to say.
    let is_renamed = told.body["status"] != newest.body["status"];
    assert!(said.len() == expected.len() || is_renamed, "messages, {what}");
}

fn links_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let earlier = ["terms_of_use", "privacy_policy", "return_policy"];
    let mut expected = newest.body["links"].as_array().unwrap().clone();
    if !told.version.has_capabilities() {
        expected.retain(|link| earlier.iter().any(|kind| link["type"] == *kind));
        for link in &mut expected {
            link.as_object_mut().unwrap().remove("title");
            if told.version == Version::V2025_09_29 && link["type"] == "return_policy" {
                link["type"] = json!("seller_shop_policies");
            }
        }
    }
    assert_eq!(told.body["links"], json!(expected), "links, {what}");
}

fn ways_to_pay_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let version = told.version;
    let mut capabilities = newest.body["capabilities"].clone();
    if version.has_capabilities() {
        if version < Version::V2026_04_17 {
            for handler in capabilities["payment"]["handlers"].as_array_mut().unwrap() {
                let handler = handler.as_object_mut().unwrap();
                handler.remove("display_name");
                handler.remove("display_order");
            }
        }
        assert_eq!(told.body["capabilities"], capabilities, "capabilities, {what}");
        assert_eq!(told.body.get("payment_provider"), None, "{what}");
        return;
    }
    let handlers = capabilities["payment"]["handlers"].as_array().unwrap();
    let card = handlers.iter().find(|one| one["name"] == "dev.acp.tokenized.card").unwrap();
    let brands = card["config"]["accepted_brands"].as_array().unwrap();
    let networks = ["amex", "discover", "mastercard", "visa"];
    let networks = networks.into_iter().filter(|network| brands.contains(&json!(network)));
    let provider = &told.body["payment_provider"];
    assert_eq!(provider["provider"], card["psp"], "provider, {what}");
    let methods = provider["supported_payment_methods"].as_array().unwrap();
    if version == Version::V2025_09_29 {
        assert_eq!(methods, &[json!("card")], "methods, {what}");
    } else {
        let [method] = methods.as_slice() else { panic!("methods, {what}") };
        let mut told: Vec<_> = method["supported_card_networks"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::as_str)
            .collect();
        told.sort_unstable();
        assert_eq!(told, networks.map(Some).collect::<Vec<_>>(), "networks, {what}");
    }
    let merchant = &card["config"]["merchant_id"];
    let has_merchant = version == Version::V2026_01_16;
    let expected = has_merchant.then(|| merchant.clone());
    assert_eq!(provider.get("merchant_id").cloned(), expected, "merchant, {what}");
    assert_eq!(told.body.get("capabilities"), None, "{what}");
}

fn orders_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let Some(order) = newest.body.get("order") else {
        assert_eq!(told.body.get("order"), None, "order, {what}");
        return;
    };
    let same = &told.body["order"];
    for member in ["id", "checkout_session_id", "permalink_url"] {
        assert_eq!(same[member], order[member], "{member} of the order, {what}");
    }
    match told.version {
        Version::V2026_04_17 | Version::Unreleased => assert_eq!(same, order, "order, {what}"),
        Version::V2026_01_30 => {
            let status = match order["status"].as_str() {
                Some("completed") => json!("delivered"),
                Some("created" | "manual_review" | "canceled") | None => Value::Null,
                Some(status) => json!(status),
            };
            assert_eq!(same["status"], status, "status of the order, {what}");
            assert_eq!(same["order_number"], order["order_number"], "number, {what}");
        }
        _ => assert_eq!(same.as_object().unwrap().len(), 3, "order, {what}"),
    }
}

fn extras_are_alike(newest: &Answer, told: &Answer, what: &str) {
    let version = told.version;
    if version >= Version::V2025_12_12 {
        let (metadata, same) =
            (newest.body.get("authentication_metadata"), told.body.get("authentication_metadata"));
        assert_eq!(same.is_some(), metadata.is_some(), "authentication, {what}");
        if let (Some(metadata), Some(same)) = (metadata, same) {
            for member in ["acquirer_details", "directory_server"] {
                assert_eq!(same[member], metadata[member], "{member}, {what}");
            }
        }
    }
    for member in ["created_at", "updated_at", "expires_at", "presentment_currency", "discounts"] {
        let expected = newest.body.get(member).filter(|_| version.has_capabilities());
        assert_eq!(told.body.get(member), expected, "{member}, {what}");
    }
    let expected = version.has_capabilities().then(|| json!({"version": version.name()}));
    assert_eq!(told.body.get("protocol"), expected.as_ref(), "protocol, {what}");
    let is_newest = version >= Version::V2026_04_17;
    let options = newest.body.get("marketing_consent_options").filter(|_| is_newest);
    assert_eq!(told.body.get("marketing_consent_options"), options, "consent, {what}");
}
