//! The published example payloads, read by our readers: they lie beside the repository.

use std::path::PathBuf;

use acp_core::principal::AddressPhone;
use acp_core::session::{Patch, Tender, TraceReason};
use acp_wire::read::UnknownFields;
use acp_wire::v2026_04_17::{read_cancel, read_complete, read_create, read_update};
use acp_wire::voice::Ear;
use serde_json::Value;

const EAR: Ear = Ear { unknown: UnknownFields::Ignore, address_phone: AddressPhone::Elsewhere };

fn examples() -> Option<Value> {
    let file = "../shared/spec/examples/2026-04-17/examples.agentic_checkout.json";
    let text = std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}

/// The examples whose name begins and ends like this.
fn named(all: &Value, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let members = all.as_object().unwrap().iter();
    let requests = members.filter(|(name, _)| name.starts_with(prefix) && name.contains("request"));
    requests.map(|(name, body)| (name.clone(), body.to_string().into_bytes())).collect()
}

#[test]
fn every_published_request_is_understood() {
    let Some(all) = examples() else { return };
    let mut read = 0;
    for (name, body) in named(&all, "create_checkout_session") {
        let command = read_create(&body, EAR).unwrap_or_else(|f| panic!("{name}: {f:?}"));
        assert_eq!(command.wanted[0].item.as_str(), "item_123");
        assert_eq!(command.wanted[0].quantity.get(), 1);
        assert!(command.interventions.three_ds);
        read += 1;
    }
    for (name, body) in named(&all, "update_checkout_session") {
        let command = read_update(&body, EAR).unwrap_or_else(|f| panic!("{name}: {f:?}"));
        let Patch::Set(selections) = command.selections else { panic!("{name}") };
        assert_eq!(selections[0].option.as_str(), "fulfillment_option_456");
        assert_eq!(command.buyer, Patch::Keep);
        read += 1;
    }
    for (name, body) in named(&all, "complete_") {
        let command = read_complete(&body, EAR).unwrap_or_else(|f| panic!("{name}: {f:?}"));
        let Tender::Instrument(instrument) = &command.tender else { panic!("{name}") };
        assert!(command.buyer.is_some() && !instrument.token.reveal().is_empty());
        let shown = format!("{command:?}");
        assert!(!shown.contains(instrument.token.reveal()), "tokens do not show");
        read += 1;
    }
    for (name, body) in named(&all, "cancel_checkout_session") {
        let command = read_cancel(&body, EAR).unwrap_or_else(|f| panic!("{name}: {f:?}"));
        let reason = command.trace.unwrap().reason;
        assert!([TraceReason::ShippingCost, TraceReason::TimingDeferred].contains(&reason));
        read += 1;
    }
    assert_eq!(read, 2 + 1 + 5 + 2);
}
