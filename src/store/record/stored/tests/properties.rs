use proptest::prelude::*;
use serde_json::{Value, json};

use super::dice::Dice;
use super::values;
use crate::store::record::stored::mirror::{Misfit, Words};
use crate::store::record::stored::{
    Document, from_bytes, shape, to_bytes, view_from_bytes, view_to_bytes,
};

/// Whether a value is the same after it was stored and read, and its bytes are those of its shape.
fn survives<T: Document + PartialEq>(value: &T) -> bool {
    let bytes = to_bytes(value).unwrap();
    let shaped = rmp_serde::to_vec_named(&shape(value).unwrap()).unwrap();
    assert!(bytes.ends_with(&shaped), "{bytes:?} does not end with {shaped:?}");
    from_bytes::<T>(&bytes).unwrap() == *value
}

proptest! {
    #[test]
    fn a_session_reads_back(seed: u64) {
        prop_assert!(survives(&values::session(&mut Dice::new(seed))));
    }

    #[test]
    fn a_cart_reads_back(seed: u64) {
        prop_assert!(survives(&values::cart(&mut Dice::new(seed))));
    }

    #[test]
    fn a_run_reads_back(seed: u64) {
        prop_assert!(survives(&values::run(&mut Dice::new(seed))));
    }

    #[test]
    fn a_plan_reads_back(seed: u64) {
        prop_assert!(survives(&values::plan(&mut Dice::new(seed))));
    }

    #[test]
    fn the_smaller_documents_read_back(seed: u64) {
        let dice = &mut Dice::new(seed);
        prop_assert!(survives(&values::key_state(dice)));
        prop_assert!(survives(&values::ledger(dice)));
        prop_assert!(survives(&values::reservation(dice)));
        prop_assert!(survives(&values::adjustment(dice)));
        prop_assert!(survives(&values::order_event(dice)));
        prop_assert!(survives(&values::order_head(dice)));
        prop_assert!(survives(&values::payment_note(dice)));
        prop_assert!(survives(&values::outbox_entry(dice)));
        prop_assert!(survives(&values::history_entry(dice)));
        prop_assert!(survives(&values::item(dice)));
        prop_assert!(survives(&values::api_key(dice)));
        prop_assert!(survives(&values::roll(dice)));
        prop_assert!(survives(&values::sealed_key(dice)));
        prop_assert!(survives(&values::used_for(dice)));
        prop_assert!(survives(&values::conversation(dice)));
        prop_assert!(survives(&values::mandate(dice)));
        prop_assert!(survives(&values::mandate_ledger(dice)));
        prop_assert!(survives(&values::use_of_key(dice)));
        prop_assert!(survives(&values::requests_seen(dice)));
        prop_assert!(survives(&values::feed_stand(dice)));
        prop_assert!(survives(&values::told_product(dice)));
    }

    #[test]
    fn a_view_reads_back(seed: u64) {
        let view = values::view(&mut Dice::new(seed));
        let again = view_from_bytes(&view_to_bytes(&view).unwrap()).unwrap();
        prop_assert_eq!(again.owner, view.owner);
        prop_assert_eq!(again.channel, view.channel);
        prop_assert_eq!(again.expires_at, view.expires_at);
        prop_assert_eq!(again.body, view.body);
    }

    #[test]
    fn bytes_that_are_no_document_are_an_error(seed: u64, cut in 0..400_usize, flip in 0..255_u8) {
        let mut bytes = to_bytes(&values::session(&mut Dice::new(seed))).unwrap().to_vec();
        bytes.truncate(cut);
        prop_assert!(from_bytes::<acp_core::session::Session>(&bytes).is_err());
        bytes.push(flip);
        let _maybe_a_view = view_from_bytes(&bytes).is_ok();
    }
}

#[test]
fn every_word_reads_back() {
    fn all<T: Words + PartialEq + std::fmt::Debug>() {
        for value in T::ALL {
            assert_eq!(T::of_word(value.word()), Some(*value));
        }
    }
    all::<acp_core::catalog::SoldAs>();
    all::<acp_core::session::MethodKind>();
    all::<acp_core::session::NoticeCode>();
    all::<acp_core::session::TraceReason>();
    all::<acp_core::pricing::TotalKind>();
    all::<acp_core::ports::Operation>();
    all::<acp_core::principal::Scope>();
    all::<acp_core::plan::Slot>();
    all::<acp_core::plan::IssueKind>();
    all::<acp_core::plan::Mode>();
    all::<acp_core::plan::MomentKind>();
    all::<acp_core::plan::PlanStatus>();
    all::<acp_core::plan::Planner>();
    all::<acp_core::plan::StepKind>();
    all::<acp_core::plan::StepStatus>();
    all::<acp_core::plan::StopReason>();
    all::<acp_core::mandate::Window>();
    all::<acp_core::mandate::Standing>();
}

/// The map inside an item's bytes, to be changed as another release would have written it.
fn item_as_map() -> Value {
    let bytes = to_bytes(&values::item(&mut Dice::new(1))).unwrap();
    rmp_serde::from_slice(&bytes[1..]).unwrap()
}

fn read_item(map: &Value) -> Result<acp_core::catalog::CatalogItem, Misfit> {
    let mut bytes = vec![1];
    rmp_serde::encode::write_named(&mut bytes, map).unwrap();
    from_bytes(&bytes)
}

#[test]
fn what_a_later_release_adds_is_ignored() {
    let mut map = item_as_map();
    map["document"]["color_of_the_lid"] = json!({ "red": [1, 2] });
    map["written_by"] = json!("9.0.0");
    assert_eq!(read_item(&map).unwrap(), values::item(&mut Dice::new(1)));
}

#[test]
fn what_an_earlier_release_did_not_write_is_absent() {
    let mut map = item_as_map();
    let item = map["document"].as_object_mut().unwrap();
    for added in ["brand", "options", "tags", "images", "sku", "sold_as", "seller"] {
        item.remove(added);
    }
    let item = read_item(&map).unwrap();
    assert_eq!((item.brand, item.options.len(), item.sold_as), (None, 0, None));
}

#[test]
fn an_unknown_word_is_named() {
    let mut map = item_as_map();
    map["document"]["kind"] = json!("imaginary");
    let error = read_item(&map).unwrap_err();
    assert_eq!(error.to_string(), "\"imaginary\" is not a kind of item known to this release");
}

#[test]
fn another_format_is_refused_by_its_number() {
    let bytes = to_bytes(&values::item(&mut Dice::new(1))).unwrap();
    let later = [&[2], &bytes[1..]].concat();
    let error = from_bytes::<acp_core::catalog::CatalogItem>(&later).unwrap_err();
    assert!(matches!(error, Misfit::UnknownFormat(2)), "{error}");
}

#[test]
fn amounts_of_a_session_share_one_currency() {
    let mut session = values::session(&mut Dice::new(3));
    let other = if session.basket.currency.exponent() == 0 { "usd" } else { "jpy" };
    let basket = std::sync::Arc::make_mut(&mut session.basket);
    basket.currency = acp_core::money::Currency::parse(other).unwrap();
    let error = to_bytes(&session).unwrap_err();
    assert!(
        matches!(&error, Misfit::Unwritable(why) if why.to_string().contains("amount")),
        "{error:?}"
    );
}

#[test]
fn a_person_reads_amounts_and_times_as_people_write_them() {
    let event = acp_core::order::Recorded {
        at: acp_core::time::Timestamp::from_unix_ms(1_700_000_000_123),
        event: acp_core::order::OrderEvent::PaymentCaptured {
            amount: acp_core::money::Money::new(
                1999,
                acp_core::money::Currency::parse("usd").unwrap(),
            )
            .unwrap(),
        },
    };
    assert_eq!(
        serde_json::to_value(shape(&event).unwrap()).unwrap(),
        json!({
            "at": "2023-11-14T22:13:20.123Z",
            "event": { "payment_captured": { "amount": "19.99 USD" } },
        })
    );
    let run = serde_json::to_value(shape(&values::run(&mut Dice::new(1))).unwrap()).unwrap();
    assert_eq!(run["sealed_request"], "9 sealed bytes");
}
