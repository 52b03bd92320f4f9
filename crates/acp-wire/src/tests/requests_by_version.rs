//! What each version reads in its own way: whole requests, and the fields only it has.

use acp_core::ids::{ItemId, OptionId};
use acp_core::principal::AddressPhone;
use acp_core::refusal::FaultKind;
use acp_core::session::{
    Address, Attribution, Authentication, AuthenticationOutcome, Buyer, ChangeSession,
    CompleteSession, Contact, HandlerChoice, Instrument, Interventions, MethodKind, OpenSession,
    Patch, PaymentToken, Profile, Quantity, Selection, Tender, Touchpoint, Wanted,
};

use super::requests::{ALL, DECEMBER, EAR, FIRST, JANUARY, STRICT};
use super::session::{address, buyer};
use crate::voice::Ear;

const LATER: [super::requests::Readers; 2] = [DECEMBER, JANUARY];

const BUYER: &str = r#"{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com",
    "phone_number":"+12025550114"}"#;
const ADDRESS: &str = r#"{"name":"Ada Lovelace","line_one":"1 Main St","line_two":"Floor 2",
    "city":"San Francisco","state":"CA","country":"US","postal_code":"94107"}"#;
const CLAIM: &str = r#"{"provider":"impact.com","token":"tok_1","touchpoint":"last"}"#;
const TENDER: &str = r#"{"token":"tok_visa","provider":"stripe"}"#;

fn details() -> String {
    format!(r#"{{"name":"Ada","phone_number":"+1","email":"ada@example.com","address":{ADDRESS}}}"#)
}

fn ada() -> Buyer {
    Buyer {
        first_name: Some("Ada".into()),
        last_name: Some("Lovelace".into()),
        phone_number: Some("+12025550114".into()),
        ..buyer("ada@example.com")
    }
}

fn home() -> Address {
    Address { company: None, ..address() }
}

fn two_mugs() -> Vec<Wanted> {
    vec![Wanted { item: ItemId::new("mug"), quantity: Quantity::new(2).unwrap() }]
}

/// What the address alone says, and what the details say.
fn at_home() -> Contact {
    Contact { address: Some(home()), ..Contact::default() }
}

fn adas() -> Contact {
    Contact {
        name: Some("Ada".into()),
        phone_number: Some("+1".into()),
        email: Some("ada@example.com".into()),
        address: Some(home()),
    }
}

fn claim() -> Attribution {
    Attribution {
        provider: "impact.com".into(),
        token: Some("tok_1".into()),
        publisher_id: None,
        campaign_id: None,
        creative_id: None,
        sub_id: None,
        source: None,
        issued_at: None,
        expires_at: None,
        metadata: None,
        touchpoint: Some(Touchpoint::Last),
    }
}

fn opened(profile: Profile) -> OpenSession {
    OpenSession {
        profile,
        currency: None,
        wanted: two_mugs(),
        buyer: None,
        contact: None,
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions::default(),
        wants_discounts: false,
        codes: Vec::new(),
        groups: Vec::new(),
        attribution: None,
    }
}

#[test]
fn a_session_is_opened_with_everything_a_version_has() {
    const ITEMS: &str = r#"[{"id":"mug","quantity":2}]"#;
    let body = format!(r#"{{"items":{ITEMS},"buyer":{BUYER},"fulfillment_address":{ADDRESS}}}"#);
    let expected =
        OpenSession { buyer: Some(ada()), contact: Some(at_home()), ..opened(Profile::FillsIn) };
    assert_eq!((FIRST.create)(body.as_bytes(), STRICT), Ok(expected));

    let details = details();
    let body = format!(
        r#"{{"items":{ITEMS},"buyer":{BUYER},"fulfillment_details":{details},
            "affiliate_attribution":{CLAIM}}}"#
    );
    let interventions = Interventions { three_ds: true, ..Interventions::default() };
    let expected = OpenSession {
        buyer: Some(ada()),
        contact: Some(adas()),
        interventions,
        attribution: Some(claim()),
        ..opened(Profile::AsksForAll)
    };
    for version in LATER {
        assert_eq!((version.create)(body.as_bytes(), STRICT), Ok(expected.clone()));
    }

    let body = format!(r#"{{"items":{ITEMS}}}"#);
    let bare = OpenSession { interventions, ..opened(Profile::AsksForAll) };
    assert_eq!((FIRST.create)(body.as_bytes(), STRICT), Ok(opened(Profile::FillsIn)));
    assert_eq!((DECEMBER.create)(body.as_bytes(), STRICT), Ok(bare.clone()));
    assert_eq!((JANUARY.create)(body.as_bytes(), STRICT), Ok(bare));
}

fn selection(kind: Option<MethodKind>, option: &str, items: &[&str]) -> Selection {
    let items = items.iter().map(|item| (*item).into()).collect();
    Selection { kind, option: OptionId::new(option), items }
}

#[test]
fn a_session_is_changed_in_everything_a_version_has() {
    const ITEMS: &str = r#"[{"id":"mug","quantity":2}]"#;
    let body = format!(
        r#"{{"items":{ITEMS},"buyer":{BUYER},"fulfillment_address":{ADDRESS},
            "fulfillment_option_id":"express"}}"#
    );
    let expected = ChangeSession {
        profile: Profile::FillsIn,
        wanted: Some(two_mugs()),
        buyer: Patch::Set(ada()),
        contact: Patch::Set(at_home()),
        selections: Patch::Set(vec![selection(None, "express", &[])]),
        ..ChangeSession::default()
    };
    assert_eq!((FIRST.update)(body.as_bytes(), STRICT), Ok(expected));

    let details = details();
    let body = format!(
        r#"{{"items":{ITEMS},"buyer":{BUYER},"fulfillment_details":{details},
            "selected_fulfillment_options":[
                {{"type":"shipping","shipping":{{"option_id":"express","item_ids":["mug"]}}}},
                {{"type":"digital","digital":{{"option_id":"download","item_ids":[]}}}},
                {{"type":"shipping","option_id":"flat","item_ids":["mug"]}}]}}"#
    );
    let expected = ChangeSession {
        profile: Profile::AsksForAll,
        wanted: Some(two_mugs()),
        buyer: Patch::Set(ada()),
        contact: Patch::Set(adas()),
        selections: Patch::Set(vec![
            selection(None, "express", &["mug"]),
            selection(Some(MethodKind::Digital), "download", &[]),
            selection(None, "flat", &["mug"]),
        ]),
        ..ChangeSession::default()
    };
    for version in LATER {
        assert_eq!((version.update)(body.as_bytes(), STRICT), Ok(expected.clone()));
    }
}

#[test]
fn null_empties_what_can_be_empty_and_nothing_else() {
    let cleared = |profile| ChangeSession {
        profile,
        buyer: Patch::Clear,
        contact: Patch::Clear,
        selections: Patch::Clear,
        ..ChangeSession::default()
    };
    let body = br#"{"buyer":null,"fulfillment_address":null,"fulfillment_option_id":null}"#;
    assert_eq!((FIRST.update)(body, STRICT), Ok(cleared(Profile::FillsIn)));
    let body = br#"{"buyer":null,"fulfillment_details":null,"selected_fulfillment_options":null}"#;
    for version in LATER {
        assert_eq!((version.update)(body, STRICT), Ok(cleared(Profile::AsksForAll)));
    }
    let wrong = |path: &str| Some((FaultKind::WrongType, path.to_owned()));
    for (version, field) in [
        (FIRST, "fulfillment_address"),
        (DECEMBER, "fulfillment_details"),
        (DECEMBER, "affiliate_attribution"),
        (JANUARY, "fulfillment_details"),
        (JANUARY, "affiliate_attribution"),
    ] {
        let body = format!(r#"{{"items":[{{"id":"mug","quantity":2}}],"{field}":null}}"#);
        assert_eq!(version.complaint("create", &body, EAR), wrong(&format!("$.{field}")));
    }
    for version in LATER {
        for field in ["authentication_result", "affiliate_attribution"] {
            let body = format!(r#"{{"payment_data":{TENDER},"{field}":null}}"#);
            assert_eq!(version.complaint("complete", &body, EAR), wrong(&format!("$.{field}")));
        }
    }
}

#[test]
fn faults_inside_are_found_where_they_are() {
    use FaultKind::{BadValue, Missing, PersonalData, WrongType};
    let abroad = ADDRESS.replace("\"US\"", "\"USA\"");
    let claim = r#"{"provider":"p","publisher_id":"ada@example.com"}"#;
    let rows = [
        (&FIRST, "fulfillment_address", abroad.clone(), BadValue, ".country"),
        (&FIRST, "fulfillment_address", "{}".to_owned(), Missing, ".name"),
        (&FIRST, "fulfillment_address", "[]".to_owned(), WrongType, ""),
        (&FIRST, "fulfillment_option_id", "7".to_owned(), WrongType, ""),
        (&FIRST, "fulfillment_option_id", "[]".to_owned(), WrongType, ""),
        (
            &DECEMBER,
            "fulfillment_details",
            format!(r#"{{"address":{abroad}}}"#),
            BadValue,
            ".address.country",
        ),
        (&JANUARY, "fulfillment_details", r#"{"email":"nowhere"}"#.to_owned(), BadValue, ".email"),
        (
            &JANUARY,
            "selected_fulfillment_options",
            r#"[{"type":"shipping","digital":{"option_id":"d","item_ids":[]}}]"#.to_owned(),
            Missing,
            "[0].option_id",
        ),
        (
            &DECEMBER,
            "selected_fulfillment_options",
            r#"[{"type":"drone"}]"#.to_owned(),
            BadValue,
            "[0].type",
        ),
    ];
    for (version, field, value, kind, inside) in rows {
        let body = format!(r#"{{"{field}":{value}}}"#);
        let expected = Some((kind, format!("$.{field}{inside}")));
        assert_eq!(version.complaint("update", &body, EAR), expected, "{body}");
    }
    for version in LATER {
        let path = "$.affiliate_attribution.publisher_id".to_owned();
        let body =
            format!(r#"{{"items":[{{"id":"mug","quantity":2}}],"affiliate_attribution":{claim}}}"#);
        assert_eq!(version.complaint("create", &body, EAR), Some((PersonalData, path.clone())));
        let body = format!(r#"{{"payment_data":{TENDER},"affiliate_attribution":{claim}}}"#);
        assert_eq!(version.complaint("complete", &body, EAR), Some((PersonalData, path)));
    }
}

#[test]
fn fields_of_other_versions_are_strangers() {
    for (version, field) in [
        (FIRST, "fulfillment_details"),
        (FIRST, "selected_fulfillment_options"),
        (DECEMBER, "fulfillment_address"),
        (DECEMBER, "fulfillment_option_id"),
        (JANUARY, "fulfillment_address"),
        (JANUARY, "fulfillment_option_id"),
    ] {
        let body = format!(r#"{{"{field}":null}}"#);
        assert_eq!(version.complaint("update", &body, EAR), None);
        let refused = Some((FaultKind::UnknownField, format!("$.{field}")));
        assert_eq!(version.complaint("update", &body, STRICT), refused);
    }
    for field in ["authentication_result", "affiliate_attribution"] {
        let body = format!(r#"{{"payment_data":{TENDER},"{field}":null}}"#);
        let refused = Some((FaultKind::UnknownField, format!("$.{field}")));
        assert_eq!(FIRST.complaint("complete", &body, STRICT), refused);
    }
}

#[test]
fn numbers_are_read_from_addresses_of_those_who_write_them_there() {
    let in_address = Ear { address_phone: AddressPhone::InAddress, ..STRICT };
    let with_number = ADDRESS.replace("{\"name\"", "{\"phone_number\":\"+1\",\"name\"");
    let body = format!(r#"{{"fulfillment_address":{with_number}}}"#);
    let address = Address { phone_number: Some("+1".into()), ..home() };
    let contact = Contact { address: Some(address), ..Contact::default() };
    let change = (FIRST.update)(body.as_bytes(), in_address).unwrap();
    assert_eq!(change.contact, Patch::Set(contact));
    let path = "$.fulfillment_address.phone_number".to_owned();
    let refused = Some((FaultKind::UnknownField, path));
    assert_eq!(FIRST.complaint("update", &body, STRICT), refused);
    assert_eq!((FIRST.update)(body.as_bytes(), EAR).unwrap().contact, Patch::Set(at_home()));
}

fn completed(profile: Profile, billing_address: Option<Address>) -> CompleteSession {
    CompleteSession {
        profile,
        buyer: None,
        contact: None,
        tender: Tender::Instrument(Instrument {
            handler: HandlerChoice::CardAt("stripe".into()),
            kind: "card".into(),
            credential: "spt".into(),
            token: PaymentToken::new("tok_visa"),
            billing_address,
        }),
        authentication: None,
        order_notes: None,
        attribution: None,
        consents: Vec::new(),
        risk: None,
    }
}

#[test]
fn a_session_is_paid_for_with_everything_a_version_has() {
    let bare = format!(r#"{{"payment_data":{TENDER}}}"#);
    let profiles = [Profile::FillsIn, Profile::AsksForAll, Profile::AsksForAll];
    for (version, profile) in ALL.into_iter().zip(profiles) {
        let expected = completed(profile, None);
        assert_eq!((version.complete)(bare.as_bytes(), STRICT), Ok(expected));
    }

    let tender =
        format!(r#"{{"token":"tok_visa","provider":"stripe","billing_address":{ADDRESS}}}"#);
    let body = format!(r#"{{"payment_data":{tender},"buyer":{BUYER}}}"#);
    let expected =
        CompleteSession { buyer: Some(ada()), ..completed(Profile::FillsIn, Some(home())) };
    assert_eq!((FIRST.complete)(body.as_bytes(), STRICT), Ok(expected));

    let body = format!(
        r#"{{"payment_data":{tender},"buyer":{BUYER},"affiliate_attribution":{CLAIM},
            "authentication_result":{{"outcome":"rejected"}}}}"#
    );
    let authentication = Authentication { outcome: AuthenticationOutcome::Rejected, proof: None };
    let expected = CompleteSession {
        buyer: Some(ada()),
        attribution: Some(claim()),
        authentication: Some(authentication),
        ..completed(Profile::AsksForAll, Some(home()))
    };
    for version in LATER {
        assert_eq!((version.complete)(body.as_bytes(), STRICT), Ok(expected.clone()));
    }
}
