//! Rules of what is kept of authentications.

use std::time::Duration;

use acp_core::ids::{AuthenticationId, Random128};
use acp_core::limits::{AUTHENTICATION_KEPT, AUTHENTICATION_LIFE};
use acp_core::ports::{
    AnswerKey, AuthenticationWrite, Authentications, Committed, KeyState, Operation, Revision,
};
use acp_core::three_ds::{Action, Authentication, Ending, Standing};
use acp_gateway::store::record::StoreAuthentications;

use crate::contract::record_rig::{RecordRig, answer, digests, first, owner, partition};

fn begun(rig: &RecordRig) -> Authentication {
    let url = "https://acs.example/method".into();
    Authentication {
        id: AuthenticationId::new(partition(), Random128([7; 16])),
        owner: owner(),
        reference: "3ds_1".into(),
        has_browser: true,
        has_notification_url: false,
        standing: Standing::ActionRequired(Action::Fingerprint { url, transaction: "t".into() }),
        expires_at: rig.now().plus(AUTHENTICATION_LIFE),
    }
}

fn key() -> AnswerKey {
    AnswerKey {
        owner: owner(),
        operation: Operation::BeginAuthentication,
        about: None,
        key: "k".into(),
    }
}

async fn write(
    kept: &StoreAuthentications,
    before: Option<Revision>,
    after: &Authentication,
) -> Committed {
    kept.write(AuthenticationWrite { before, after, answer: None }).await.unwrap()
}

pub(in crate::contract) async fn an_authentication_and_the_answer_to_its_call_are_one(
    rig: &RecordRig,
) {
    let kept = StoreAuthentications::new(rig.records.clone());
    let authentication = begun(rig);
    let state = KeyState::Answered { digests: digests(1), answer: answer("begun") };
    let answered = first(key(), state.clone());
    let write = AuthenticationWrite {
        before: None,
        after: &authentication,
        answer: Some(answered.clone()),
    };
    assert!(matches!(kept.write(write.clone()).await.unwrap(), Committed::At(_)));
    let seen = kept.look(partition(), Some(&authentication.id), Some(&key())).await.unwrap();
    assert_eq!(seen.authentication.unwrap().0, authentication);
    assert_eq!(seen.key, Some(state));
    assert!(matches!(kept.write(write).await.unwrap(), Committed::Raced), "it is there");
}

pub(in crate::contract) async fn the_second_writer_of_an_authentication_loses(rig: &RecordRig) {
    let kept = StoreAuthentications::new(rig.records.clone());
    let authentication = begun(rig);
    let Committed::At(at) = write(&kept, None, &authentication).await else { panic!("it raced") };
    let over = authentication.moved(Standing::Ended(Ending::Authenticated)).unwrap();
    assert!(matches!(write(&kept, Some(at), &over).await, Committed::At(_)));
    let other = authentication.moved(Standing::Ended(Ending::Rejected)).unwrap();
    assert!(matches!(write(&kept, Some(at), &other).await, Committed::Raced));
    let seen = kept.look(partition(), Some(&authentication.id), None).await.unwrap();
    assert_eq!(seen.authentication.unwrap().0, over);
}

pub(in crate::contract) async fn an_authentication_is_forgotten_some_time_after_its_end(
    rig: &RecordRig,
) {
    let kept = StoreAuthentications::new(rig.records.clone());
    let authentication = begun(rig);
    assert!(matches!(write(&kept, None, &authentication).await, Committed::At(_)));
    rig.wait(AUTHENTICATION_LIFE + Duration::from_secs(1));
    let seen = kept.look(partition(), Some(&authentication.id), None).await.unwrap();
    assert!(seen.authentication.is_some(), "who asks is told that it has expired");
    rig.wait(AUTHENTICATION_KEPT);
    let seen = kept.look(partition(), Some(&authentication.id), None).await.unwrap();
    assert!(seen.authentication.is_none());
}
