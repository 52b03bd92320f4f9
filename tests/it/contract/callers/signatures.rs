//! Rules of what callers sign with, and of what their signatures were used for.

use acp_core::limits::{SIGNATURE_SKEW, SIGNATURE_USE_KEPT};
use acp_core::ports::{Keys, SignatureUse, UsedSignatures};
use acp_core::signing::{
    SignaturePolicy, SignedForm, Signing, SigningAlgorithm, SigningKey, SigningProfile,
};
use acp_gateway::store::record::{StoreKeys, StoreSignatures};
use tokio::task::JoinSet;

use crate::contract::catalog::api_key;
use crate::contract::record_rig::RecordRig;

const SIGNATURE: [u8; 32] = [1; 32];
const PURPOSE: [u8; 32] = [2; 32];
const OTHER: [u8; 32] = [3; 32];

pub(in crate::contract) async fn what_a_key_signs_with_is_changed_by_one_at_a_time(
    rig: &RecordRig,
) {
    let keys = StoreKeys::new(rig.records.clone());
    let signing = Signing {
        policy: SignaturePolicy::Required,
        keys: vec![SigningKey {
            id: "sig_1".into(),
            algorithm: SigningAlgorithm::Es256,
            profile: SigningProfile::Full,
            form: SignedForm::Raw,
            material: vec![4, 5],
            created_at: rig.now(),
            not_before: Some(rig.now()),
            not_after: None,
        }],
    };
    let before = Signing::default();
    assert!(!keys.sign_with("k1", &before, &signing).await.unwrap(), "there is no such key");
    let key = api_key(rig, "k1");
    keys.insert(&key).await.unwrap();
    keys.insert(&api_key(rig, "k2")).await.unwrap();
    assert!(keys.sign_with("k1", &before, &signing).await.unwrap());
    let late = Signing { policy: SignaturePolicy::Optional, ..signing.clone() };
    assert!(!keys.sign_with("k1", &before, &late).await.unwrap(), "somebody was faster");

    let kept = keys.all().await.unwrap();
    assert_eq!(kept[0].signing, signing);
    assert_eq!(kept[1].signing, before);
    assert!(keys.revoke("k1", rig.now()).await.unwrap());
    assert_eq!(keys.all().await.unwrap()[0].signing, signing, "an end leaves it as it was");
}

pub(in crate::contract) async fn the_first_use_of_a_signature_counts(rig: &RecordRig) {
    let used = StoreSignatures::new(rig.records.clone());
    assert_eq!(
        used.take(&SIGNATURE, &PURPOSE, SIGNATURE_USE_KEPT).await.unwrap(),
        SignatureUse::First
    );
    assert_eq!(
        used.take(&SIGNATURE, &PURPOSE, SIGNATURE_USE_KEPT).await.unwrap(),
        SignatureUse::Again
    );
    assert_eq!(
        used.take(&SIGNATURE, &OTHER, SIGNATURE_USE_KEPT).await.unwrap(),
        SignatureUse::Otherwise
    );
    assert_eq!(
        used.take(&SIGNATURE, &PURPOSE, SIGNATURE_USE_KEPT).await.unwrap(),
        SignatureUse::Again
    );
    assert_eq!(used.take(&OTHER, &PURPOSE, SIGNATURE_USE_KEPT).await.unwrap(), SignatureUse::First);
}

pub(in crate::contract) async fn of_many_uses_at_once_one_is_the_first(rig: &RecordRig) {
    let used = StoreSignatures::new(rig.records.clone());
    let mut takers = JoinSet::new();
    for number in 0..32 {
        let used = used.clone();
        takers.spawn(async move {
            used.take(&SIGNATURE, &[number; 32], SIGNATURE_USE_KEPT).await.unwrap()
        });
    }
    let outcomes = takers.join_all().await;
    let count = |which| outcomes.iter().filter(|one| **one == which).count();
    assert_eq!((count(SignatureUse::First), count(SignatureUse::Otherwise)), (1, 31));
}

pub(in crate::contract) async fn a_use_is_forgotten_when_the_signature_is_too_old(rig: &RecordRig) {
    let used = StoreSignatures::new(rig.records.clone());
    used.take(&SIGNATURE, &PURPOSE, SIGNATURE_USE_KEPT).await.unwrap();
    // Made with a clock that is ahead, it is still good after twice the skew.
    rig.wait(2 * SIGNATURE_SKEW);
    assert_eq!(
        used.take(&SIGNATURE, &OTHER, SIGNATURE_USE_KEPT).await.unwrap(),
        SignatureUse::Otherwise
    );
    rig.wait(SIGNATURE_USE_KEPT);
    assert_eq!(
        used.take(&SIGNATURE, &OTHER, SIGNATURE_USE_KEPT).await.unwrap(),
        SignatureUse::First
    );
}

pub(in crate::contract) async fn a_use_is_known_for_as_long_as_it_is_asked_for(rig: &RecordRig) {
    let used = StoreSignatures::new(rig.records.clone());
    used.take(&SIGNATURE, &PURPOSE, 10 * SIGNATURE_USE_KEPT).await.unwrap();
    rig.wait(9 * SIGNATURE_USE_KEPT);
    let again = used.take(&SIGNATURE, &OTHER, SIGNATURE_USE_KEPT).await.unwrap();
    assert_eq!(again, SignatureUse::Otherwise);
}
