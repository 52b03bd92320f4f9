//! Who buys, and where things go.

use acp_core::principal::{AddressPhone, Habits};
use acp_core::session::{Address, Buyer, Contact};
use serde_json::{Value, json};

use super::session::{address, asked, buyer, said, said_to, shop};

/// First, last and whole name in the core, and the two names that are said.
type Names = ([Option<&'static str>; 3], Option<[&'static str; 2]>);

#[test]
fn a_buyer_has_two_names_or_is_not_said() {
    let table: [Names; 12] = [
        ([Some("Ada"), Some("King"), None], Some(["Ada", "King"])),
        ([Some("Ada"), Some("King"), Some("Augusta Lovelace")], Some(["Ada", "King"])),
        ([None, None, Some("Ada Lovelace")], Some(["Ada", "Lovelace"])),
        ([None, None, Some("Ada King Lovelace")], Some(["Ada King", "Lovelace"])),
        ([None, None, Some("  Ada   Lovelace ")], Some(["Ada", "Lovelace"])),
        ([None, None, Some("山田\u{3000}花子")], Some(["山田", "花子"])),
        ([Some("Ada"), None, Some("Ada King Lovelace")], Some(["Ada", "Lovelace"])),
        ([None, Some("King"), Some("Ada Lovelace")], Some(["Ada", "King"])),
        ([None, None, Some("Ada")], None),
        ([Some("Ada"), None, None], None),
        ([None, Some("Lovelace"), Some("Ada")], None),
        ([None, None, None], None),
    ];
    for (names, expected) in table {
        let [first_name, last_name, full_name] = names.map(|name| name.map(Into::into));
        let named = Buyer { first_name, last_name, full_name, ..buyer("ada@example.com") };
        for said in said(&asked(|basket| basket.buyer = Some(named.into()))) {
            let expected = expected.map(|[first, last]| {
                json!({ "first_name": first, "last_name": last, "email": "ada@example.com" })
            });
            assert_eq!(said.get("buyer"), expected.as_ref(), "{names:?}");
        }
    }
}

#[test]
fn nobody_and_nowhere_are_left_out() {
    let nobody = asked(|basket| (basket.buyer, basket.contact) = (None, None));
    for said in said(&nobody) {
        for field in ["buyer", "fulfillment_address", "fulfillment_details"] {
            assert_eq!(said.get(field), None);
        }
    }
    let only_email = Contact { email: Some("a@example.com".into()), ..Contact::default() };
    let [first, december, january] =
        said(&asked(|basket| basket.contact = Some(only_email.into())));
    assert_eq!(first.get("fulfillment_address"), None);
    assert_eq!(december["fulfillment_details"], json!({ "email": "a@example.com" }));
    assert_eq!(january["fulfillment_details"], json!({ "email": "a@example.com" }));
}

#[test]
fn addresses_carry_a_number_for_those_who_expect_it() {
    let in_address = Habits { address_phone: AddressPhone::InAddress, ..Habits::default() };
    // The numbers of contact and address, and what is said in the address: first, and later.
    let table: [(Habits, [Option<&str>; 4]); 5] = [
        (Habits::default(), [Some("1"), Some("2"), None, None]),
        (in_address, [Some("1"), Some("2"), Some("2"), Some("2")]),
        (in_address, [Some("1"), None, Some("1"), None]),
        (in_address, [None, Some("2"), Some("2"), Some("2")]),
        (in_address, [None, None, None, None]),
    ];
    for (habits, [contacts, own, first, later]) in table {
        let phone_number = own.map(Into::into);
        let contact = Contact {
            phone_number: contacts.map(Into::into),
            address: Some(Address { phone_number, ..address() }),
            ..Contact::default()
        };
        let session = asked(|basket| basket.contact = Some(contact.into()));
        let [oldest, december, january] = said_to(habits, &shop(), &session);
        let number = |address: &Value| address.get("phone_number").cloned();
        let inside = |said: &Value| number(&said["fulfillment_details"]["address"]);
        assert_eq!(number(&oldest["fulfillment_address"]), first.map(Value::from));
        assert_eq!(inside(&december), later.map(Value::from));
        assert_eq!(inside(&january), later.map(Value::from));
        assert_eq!(number(&december["fulfillment_details"]), contacts.map(Value::from));
    }
}
