//! Rules of the keyring: what is sealed opens again, for the same purpose and nothing else.

use std::sync::Arc;

use acp_core::ports::{CannotOpen, Sealer};
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{Keyring, KeyringError};

use crate::contract::record_rig::RecordRig;

const MASTER: [u8; 32] = [1; 32];
const OTHER: [u8; 32] = [2; 32];

async fn open(rig: &RecordRig, master: &[u8; 32]) -> Result<Keyring, KeyringError> {
    Keyring::open(Arc::clone(&rig.store) as _, master, Arc::clone(&rig.entropy)).await
}

pub(in crate::contract) async fn what_was_sealed_opens_in_its_context_only(rig: &RecordRig) {
    let keyring = open(rig, &MASTER).await.unwrap();
    let sealed = keyring.seal("run cs_1", b"a token");
    assert!(!sealed.windows(7).any(|window| window == b"a token"));
    assert_ne!(sealed, keyring.seal("run cs_1", b"a token"), "every seal is another");

    let again = open(rig, &MASTER).await.unwrap();
    assert_eq!(again.open("run cs_1", &sealed), Ok(b"a token".to_vec()));
    assert_eq!(again.open("run cs_2", &sealed), Err(CannotOpen));
    assert_eq!(again.open("", &again.seal("", b"")), Ok(Vec::new()));
}

pub(in crate::contract) async fn a_mark_is_the_same_for_the_same_and_nobody_makes_it_without_the_keys(
    rig: &RecordRig,
) {
    let keyring = open(rig, &MASTER).await.unwrap();
    let mark = keyring.mark("instrument of cs_1", b"tok_1");
    keyring.rotate(&OTHER).await.unwrap();
    let again = open(rig, &OTHER).await.unwrap();
    assert_eq!(again.mark("instrument of cs_1", b"tok_1"), mark);
    for (context, plain) in [
        ("instrument of cs_2", "tok_1"),
        ("instrument of cs_1", "tok_2"),
        ("instrument of cs_", "1tok_1"),
        ("", ""),
    ] {
        assert_ne!(again.mark(context, plain.as_bytes()), mark, "{context} {plain}");
    }
    let elsewhere = Memory::new(Arc::clone(&rig.clock) as _);
    let elsewhere = Keyring::open(Arc::new(elsewhere), &OTHER, Arc::clone(&rig.entropy));
    assert_ne!(elsewhere.await.unwrap().mark("instrument of cs_1", b"tok_1"), mark);
}

pub(in crate::contract) async fn what_was_tampered_with_does_not_open(rig: &RecordRig) {
    let keyring = open(rig, &MASTER).await.unwrap();
    let sealed = keyring.seal("run", b"a token");
    for place in 0..sealed.len() {
        let mut bent = sealed.clone();
        bent[place] ^= 1;
        assert_eq!(keyring.open("run", &bent), Err(CannotOpen), "byte {place}");
        assert_eq!(keyring.open("run", &sealed[..place]), Err(CannotOpen), "{place} bytes");
    }
}

pub(in crate::contract) async fn another_master_key_is_refused(rig: &RecordRig) {
    open(rig, &MASTER).await.unwrap();
    let error = open(rig, &OTHER).await.unwrap_err();
    assert!(matches!(error, KeyringError::WrongMaster), "{error:?}");
    assert!(error.to_string().contains("start with the key the store was made with"));
}

pub(in crate::contract) async fn a_rotated_master_key_opens_what_was_sealed_before(
    rig: &RecordRig,
) {
    let running = open(rig, &MASTER).await.unwrap();
    let before = running.seal("run", b"before");
    running.rotate(&OTHER).await.unwrap();
    let after = running.seal("run", b"after");

    let error = open(rig, &MASTER).await.unwrap_err();
    assert!(matches!(error, KeyringError::WrongMaster), "{error:?}");
    let restarted = open(rig, &OTHER).await.unwrap();
    assert_eq!(restarted.open("run", &before), Ok(b"before".to_vec()));
    assert_eq!(restarted.open("run", &after), Ok(b"after".to_vec()));
    restarted.rotate(&MASTER).await.unwrap();
    open(rig, &MASTER).await.unwrap();
}

pub(in crate::contract) async fn two_who_open_an_empty_keyring_share_its_key(rig: &RecordRig) {
    let (first, second) = tokio::join!(open(rig, &MASTER), open(rig, &MASTER));
    let sealed = first.unwrap().seal("run", b"a token");
    assert_eq!(second.unwrap().open("run", &sealed), Ok(b"a token".to_vec()));
}
