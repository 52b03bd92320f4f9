//! Documents of every release, kept as test data and read by this one.
//!
//! `tests/data/records/<release>/` holds one document of each kind as hexadecimal text, and what
//! a person is shown of it in `expected.json`. A set is never changed after its release. To add
//! the set of a new release, raise the version of the package and run
//! `UPDATE=1 cargo test -p acp-gateway --lib releases`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::dice::Dice;
use super::values;
use crate::store::record::names::hex;
use crate::store::record::stored::{
    Document, from_bytes, shape, to_bytes, view_from_bytes, view_to_bytes,
};

/// A kind of document: how one comes into being, and what is read out of its bytes.
struct Kind {
    name: &'static str,
    made: fn(&mut Dice) -> Vec<u8>,
    read: fn(&[u8]) -> Read,
}

/// What was read: as a person is shown it, and as this release would write it.
struct Read {
    shown: Value,
    written: Vec<u8>,
}

fn read<T: Document>(bytes: &[u8]) -> Read {
    let value: T = from_bytes(bytes).unwrap();
    let shown = serde_json::to_value(shape(&value).unwrap()).unwrap();
    Read { shown, written: to_bytes(&value).unwrap().to_vec() }
}

fn read_view(bytes: &[u8]) -> Read {
    let view = view_from_bytes(bytes).unwrap();
    let shown = json!({
        "tenant": view.owner.tenant.as_str(),
        "agent": view.owner.agent.as_str(),
        "version": view.channel.version,
        "locale": view.channel.locale,
        "expires_at": view.expires_at.map(acp_core::time::Timestamp::unix_ms),
        "body": String::from_utf8(view.body.to_vec()).unwrap(),
    });
    Read { shown, written: view_to_bytes(&view).unwrap().to_vec() }
}

macro_rules! kinds {
    ($($kind:ident),*) => {
        [$(Kind {
            name: stringify!($kind),
            made: |dice| to_bytes(&values::$kind(dice)).unwrap().to_vec(),
            read: |bytes| read_as(values::$kind, bytes),
        }),*]
    };
}

/// Reads what a function makes; the function only says which type that is.
fn read_as<T: Document>(_: fn(&mut Dice) -> T, bytes: &[u8]) -> Read {
    read::<T>(bytes)
}

fn kinds() -> Vec<Kind> {
    let mut kinds = Vec::from(kinds![
        session,
        cart,
        conversation,
        run,
        key_state,
        ledger,
        reservation,
        adjustment,
        order_event,
        order_head,
        payment_note,
        outbox_entry,
        history_entry,
        item,
        api_key,
        roll,
        sealed_key,
        used_for,
        mandate,
        mandate_ledger,
        plan,
        act,
        use_of_key,
        requests_seen,
        vault_token,
        feed_stand,
        told_product,
        authentication
    ]);
    kinds.push(Kind {
        name: "view",
        made: |dice| view_to_bytes(&values::view(dice)).unwrap().to_vec(),
        read: read_view,
    });
    kinds
}

fn releases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/records")
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn write_set(set: &Path) {
    fs::create_dir_all(set).unwrap();
    let mut expected = BTreeMap::new();
    for kind in kinds() {
        let any = (0..500).map(|seed| (kind.made)(&mut Dice::new(seed)));
        let bytes = any.max_by_key(Vec::len).unwrap();
        let lines: Vec<_> = bytes.chunks(48).map(hex).collect();
        fs::write(set.join(kind.name).with_extension("hex"), lines.join("\n") + "\n").unwrap();
        expected.insert(kind.name, (kind.read)(&bytes).shown);
    }
    let json = serde_json::to_string_pretty(&expected).unwrap();
    fs::write(set.join("expected.json"), json + "\n").unwrap();
}

#[test]
fn documents_of_every_release_are_read() {
    let this_release = releases().join(env!("CARGO_PKG_VERSION"));
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests may ask for new samples")]
    let is_updating = std::env::var_os("UPDATE").is_some();
    if is_updating {
        write_set(&this_release);
    }
    for set in fs::read_dir(releases()).unwrap() {
        let set = set.unwrap().path();
        let expected = fs::read_to_string(set.join("expected.json")).unwrap();
        let expected: BTreeMap<String, Value> = serde_json::from_str(&expected).unwrap();
        let kinds = kinds();
        if set == this_release {
            let written: Vec<_> = expected.keys().map(String::as_str).collect();
            let mut known: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
            known.sort_unstable();
            assert_eq!(written, known, "{} lacks a kind: see above", set.display());
        }
        for (name, expected) in expected {
            let place = set.join(&name).with_extension("hex");
            let bytes = unhex(&fs::read_to_string(&place).unwrap());
            let kind = kinds.iter().find(|kind| kind.name == name).unwrap();
            let Read { shown, written } = (kind.read)(&bytes);
            assert_eq!(shown, expected, "{}", place.display());
            if set == this_release {
                assert_eq!(hex(&written), hex(&bytes), "{}", place.display());
            }
        }
    }
    assert!(this_release.exists(), "{} is missing: see above", this_release.display());
}
