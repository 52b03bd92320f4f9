//! What the versions read alike.

use acp_core::ids::ItemId;
use acp_core::principal::AddressPhone;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session::{
    CancelSession, ChangeSession, CompleteSession, OpenSession, Patch, Quantity, TraceReason,
    Wanted,
};

use crate::read::UnknownFields;
use crate::voice::Ear;
use crate::{v2025_09_29, v2025_12_12, v2026_01_16};

pub(super) const EAR: Ear =
    Ear { unknown: UnknownFields::Ignore, address_phone: AddressPhone::Elsewhere };
pub(super) const STRICT: Ear = Ear { unknown: UnknownFields::Refuse, ..EAR };

/// A version's readers.
#[derive(Clone, Copy)]
pub(super) struct Readers {
    pub(super) create: fn(&[u8], Ear) -> Result<OpenSession, Fault>,
    pub(super) update: fn(&[u8], Ear) -> Result<ChangeSession, Fault>,
    pub(super) complete: fn(&[u8], Ear) -> Result<CompleteSession, Fault>,
    pub(super) cancel: fn(&[u8], Ear) -> Result<CancelSession, Fault>,
}

macro_rules! readers {
    ($version:ident) => {
        Readers {
            create: $version::read_create,
            update: $version::read_update,
            complete: $version::read_complete,
            cancel: $version::read_cancel,
        }
    };
}

pub(super) const FIRST: Readers = readers!(v2025_09_29);
pub(super) const DECEMBER: Readers = readers!(v2025_12_12);
pub(super) const JANUARY: Readers = readers!(v2026_01_16);
pub(super) const ALL: [Readers; 3] = [FIRST, DECEMBER, JANUARY];

/// What is wrong with a request, if anything is.
pub(super) type Complaint = Option<(FaultKind, String)>;

impl Readers {
    /// What is wrong with a request of an operation.
    pub(super) fn complaint(&self, operation: &str, body: &str, ear: Ear) -> Complaint {
        let body = body.as_bytes();
        let fault = match operation {
            "create" => (self.create)(body, ear).err(),
            "update" => (self.update)(body, ear).err(),
            "complete" => (self.complete)(body, ear).err(),
            "cancel" => (self.cancel)(body, ear).err(),
            other => panic!("no operation is called {other}"),
        };
        fault.map(|fault| (fault.kind, fault.path))
    }
}

#[test]
fn every_fault_is_found_where_it_is() {
    use FaultKind::{BadValue, Missing, WrongType};
    for (operation, body, kind, path) in [
        ("create", "{}", Missing, "$.items"),
        ("create", r#"{"line_items":[{"id":"mug"}]}"#, Missing, "$.items"),
        ("create", r#"{"items":null}"#, WrongType, "$.items"),
        ("create", r#"{"items":[]}"#, BadValue, "$.items"),
        ("create", r#"{"items":[{"quantity":1}]}"#, Missing, "$.items[0].id"),
        ("create", r#"{"items":[{"id":"","quantity":1}]}"#, BadValue, "$.items[0].id"),
        ("create", r#"{"items":[{"id":"mug"}]}"#, Missing, "$.items[0].quantity"),
        ("update", "[]", WrongType, "$"),
        ("update", r#"{"items":null}"#, WrongType, "$.items"),
        ("update", r#"{"items":[]}"#, BadValue, "$.items"),
        ("update", r#"{"buyer":{}}"#, Missing, "$.buyer.first_name"),
        ("update", r#"{"buyer":{"first_name":"A"}}"#, Missing, "$.buyer.last_name"),
        ("update", r#"{"buyer":{"first_name":"A","last_name":"L"}}"#, Missing, "$.buyer.email"),
        (
            "update",
            r#"{"buyer":{"first_name":"A","last_name":"L","email":"nowhere"}}"#,
            BadValue,
            "$.buyer.email",
        ),
        (
            "update",
            r#"{"buyer":{"first_name":null,"last_name":"L","email":"a@example.com"}}"#,
            WrongType,
            "$.buyer.first_name",
        ),
        (
            "update",
            r#"{"buyer":{"first_name":"A","last_name":"L","email":"a@b.c","phone_number":null}}"#,
            WrongType,
            "$.buyer.phone_number",
        ),
        ("complete", "{}", Missing, "$.payment_data"),
        ("complete", r#"{"payment_data":null}"#, WrongType, "$.payment_data"),
        ("complete", r#"{"payment_data":{}}"#, Missing, "$.payment_data.token"),
        ("complete", r#"{"payment_data":{"token":"t"}}"#, Missing, "$.payment_data.provider"),
        (
            "complete",
            r#"{"payment_data":{"token":"t","provider":"stripe","billing_address":null}}"#,
            WrongType,
            "$.payment_data.billing_address",
        ),
        (
            "complete",
            r#"{"payment_data":{"token":"t","provider":"stripe"},"buyer":null}"#,
            WrongType,
            "$.buyer",
        ),
        ("cancel", r#"{"intent_trace":{}}"#, Missing, "$.intent_trace.reason_code"),
    ] {
        for version in ALL {
            let expected = Some((kind, path.to_owned()));
            assert_eq!(version.complaint(operation, body, EAR), expected, "{operation} {body}");
        }
    }
}

#[test]
fn goods_are_sold_in_whole_pieces() {
    use FaultKind::{BadValue, WrongType};
    let body = |quantity: &str| format!(r#"{{"items":[{{"id":"mug","quantity":{quantity}}}]}}"#);
    for (quantity, expected) in [("1", 1), ("1.0", 1), ("2e1", 20), ("10000", 10_000)] {
        let body = body(quantity);
        let expected = Quantity::new(expected).unwrap();
        let wanted = vec![Wanted { item: ItemId::new("mug"), quantity: expected }];
        for version in ALL {
            let opened = (version.create)(body.as_bytes(), EAR).unwrap();
            let changed = (version.update)(body.as_bytes(), EAR).unwrap();
            assert_eq!((&opened.wanted, &changed.wanted), (&wanted, &Some(wanted.clone())));
        }
    }
    for (quantity, kind) in [
        ("0", BadValue),
        ("-1", BadValue),
        ("0.5", BadValue),
        ("1.5", BadValue),
        ("10001", BadValue),
        ("1e300", BadValue),
        ("null", WrongType),
        ("\"1\"", WrongType),
        ("true", WrongType),
    ] {
        let expected = Some((kind, "$.items[0].quantity".to_owned()));
        for version in ALL {
            for operation in ["create", "update"] {
                let complaint = version.complaint(operation, &body(quantity), EAR);
                assert_eq!(complaint, expected, "{operation} {quantity}");
            }
        }
    }
}

#[test]
fn what_is_left_out_of_an_update_stays() {
    for version in ALL {
        let change = (version.update)(b"{}", EAR).unwrap();
        assert_eq!((change.wanted, change.buyer), (None, Patch::Keep));
        assert_eq!((change.contact, change.selections), (Patch::Keep, Patch::Keep));
        assert_eq!(change.order_notes, Patch::Keep);
        assert_eq!((change.codes, change.groups), (Patch::Keep, Patch::Keep));
    }
}

#[test]
fn strangers_are_passed_over_unless_they_are_refused() {
    for (operation, body, path) in [
        ("create", r#"{"items":[{"id":"mug","quantity":1}],"currency":"usd"}"#, "$.currency"),
        ("create", r#"{"items":[{"id":"mug","quantity":1,"name":"M"}]}"#, "$.items[0].name"),
        ("update", r#"{"discounts":{"codes":["SAVE"]}}"#, "$.discounts"),
        ("update", r#"{"line_items":[]}"#, "$.line_items"),
        (
            "complete",
            r#"{"payment_data":{"token":"t","provider":"stripe","handler_id":"card"}}"#,
            "$.payment_data.handler_id",
        ),
        (
            "complete",
            r#"{"payment_data":{"token":"t","provider":"stripe"},"risk_signals":{}}"#,
            "$.risk_signals",
        ),
    ] {
        for version in ALL {
            assert_eq!(version.complaint(operation, body, EAR), None, "{operation} {body}");
            let refused = Some((FaultKind::UnknownField, path.to_owned()));
            assert_eq!(version.complaint(operation, body, STRICT), refused, "{operation} {body}");
        }
    }
}

#[test]
fn giving_up_may_say_why() {
    for version in ALL {
        for body in ["", "{}"] {
            assert_eq!((version.cancel)(body.as_bytes(), EAR), Ok(CancelSession::default()));
        }
        let body = r#"{"intent_trace":{"reason_code":"shipping_cost","trace_summary":"Too dear"}}"#;
        let trace = (version.cancel)(body.as_bytes(), EAR).unwrap().trace.unwrap();
        assert_eq!(trace.reason, TraceReason::ShippingCost);
        assert_eq!(trace.summary.as_deref(), Some("Too dear"));
    }
}
