//! Rules of what pays in the place of cards.

use std::time::Duration;

use acp_core::ids::{Random128, VaultTokenId};
use acp_core::limits::VAULT_TOKEN_KEPT;
use acp_core::ports::{Committed, Operation, Revision, TokenWrite, Vault as _};
use acp_core::vault::{Allowance, Spending, VaultToken};
use acp_gateway::store::record::{Belongings, Erasure, Person, StoreVault};
use futures_util::future::join_all;
use serde_json::json;

use crate::contract::record_rig::{
    RecordRig, answered, first, open_key, owner, partition, session_id, usd, writes,
};

const HOUR: Duration = Duration::from_hours(1);

fn vault(rig: &RecordRig) -> StoreVault {
    StoreVault::new(rig.records.clone())
}

fn token(rig: &RecordRig, dice: u8) -> VaultToken {
    VaultToken {
        id: VaultTokenId::new(partition(), Random128([dice; 16])),
        owner: owner(),
        allowance: Allowance {
            amount_max: usd(1_000),
            session: session_id().as_str().into(),
            merchant: "merchant".into(),
            expires_at: rig.now().plus(HOUR),
        },
        credential: vec![1, 2, 3],
        brand: Some("visa".into()),
        last4: "4242".into(),
        made_at: rig.now(),
        spent: None,
        over_up_to: 0,
    }
}

async fn write(rig: &RecordRig, before: Option<Revision>, after: &VaultToken) -> Committed {
    vault(rig).write(TokenWrite { before, after, answer: None }).await.unwrap()
}

fn at(committed: Committed) -> Revision {
    match committed {
        Committed::At(revision) => revision,
        Committed::Raced => panic!("it raced"),
    }
}

pub(in crate::contract) async fn a_token_reads_back_at_its_revision(rig: &RecordRig) {
    let fresh = token(rig, 1);
    assert_eq!(vault(rig).find(&fresh.id).await.unwrap(), None);
    let began = at(write(rig, None, &fresh).await);
    assert_eq!(vault(rig).find(&fresh.id).await.unwrap(), Some((fresh.clone(), began)));
    let spent = Some(Spending { attempt: 3, at: rig.now() });
    let spent = VaultToken { spent, brand: None, over_up_to: 2, ..fresh.clone() };
    let second = at(write(rig, Some(began), &spent).await);
    assert!(began < second);
    assert_eq!(vault(rig).find(&fresh.id).await.unwrap(), Some((spent, second)));
    assert_eq!(write(rig, None, &fresh).await, Committed::Raced, "there is one already");
}

pub(in crate::contract) async fn a_token_and_the_answer_to_it_are_written_together(
    rig: &RecordRig,
) {
    let key = acp_core::ports::AnswerKey { operation: Operation::Delegate, ..open_key("k") };
    let (one, other) = (token(rig, 1), token(rig, 2));
    let write =
        TokenWrite { before: None, after: &one, answer: Some(first(key.clone(), answered("one"))) };
    at(vault(rig).write(write).await.unwrap());
    assert!(rig.key(&key).await.is_some());
    let late = TokenWrite {
        before: None,
        after: &other,
        answer: Some(first(key.clone(), answered("other"))),
    };
    assert_eq!(vault(rig).write(late).await.unwrap(), Committed::Raced, "the key has its answer");
    assert_eq!(vault(rig).find(&other.id).await.unwrap(), None, "so that there is no second token");
}

pub(in crate::contract) async fn of_many_who_spend_a_token_at_once_one_does(rig: &RecordRig) {
    let fresh = token(rig, 1);
    let began = at(write(rig, None, &fresh).await);
    let tries: Vec<_> = (1..=20)
        .map(|attempt| {
            let spent = Some(Spending { attempt, at: rig.now() });
            VaultToken { spent, ..fresh.clone() }
        })
        .collect();
    let writes = tries.iter().map(|spent| write(rig, Some(began), spent));
    let outcomes = join_all(writes).await;
    let won: Vec<_> = outcomes.iter().filter(|it| matches!(it, Committed::At(_))).collect();
    assert_eq!(won.len(), 1, "{outcomes:?}");
    let (found, _) = vault(rig).find(&fresh.id).await.unwrap().unwrap();
    let place = outcomes.iter().position(|it| matches!(it, Committed::At(_))).unwrap();
    assert_eq!(found, tries[place]);
}

pub(in crate::contract) async fn a_token_is_overdue_when_nobody_asks_for_it_any_more(
    rig: &RecordRig,
) {
    let fresh = token(rig, 1);
    let began = at(write(rig, None, &fresh).await);
    rig.wait((HOUR + VAULT_TOKEN_KEPT).saturating_sub(Duration::from_millis(1)));
    assert_eq!(vault(rig).overdue().await.unwrap(), []);
    rig.wait(Duration::from_millis(1));
    assert_eq!(vault(rig).overdue().await.unwrap(), std::slice::from_ref(&fresh.id));
    let spent = VaultToken { spent: Some(Spending { attempt: 1, at: rig.now() }), ..fresh.clone() };
    let second = at(write(rig, Some(began), &spent).await);
    assert_eq!(vault(rig).forget(&fresh.id, began).await.unwrap(), Committed::Raced);
    at(vault(rig).forget(&fresh.id, second).await.unwrap());
    assert_eq!(vault(rig).find(&fresh.id).await.unwrap(), None);
    assert_eq!(vault(rig).overdue().await.unwrap(), []);
}

pub(in crate::contract) async fn the_tokens_of_a_session_are_shown_and_erased_with_it(
    rig: &RecordRig,
) {
    rig.commit(writes(None, rig.opened())).await;
    let key = acp_core::ports::AnswerKey { operation: Operation::Delegate, ..open_key("k") };
    let (own, mut other) = (token(rig, 1), token(rig, 2));
    other.allowance.session = "cs_of_somebody_else".into();
    at(write(rig, None, &other).await);
    let told = answered(&format!("{{\"id\":\"{}\"}}", own.id));
    let keep = TokenWrite { before: None, after: &own, answer: Some(first(key.clone(), told)) };
    at(vault(rig).write(keep).await.unwrap());

    let belongings = Belongings::new(rig.records.clone());
    let found = belongings.of(&Person::Session(session_id()), &[]).await.unwrap();
    assert_eq!(found[0].tokens, std::slice::from_ref(&own.id));
    let shown = belongings.export(&found[0]).await.unwrap();
    assert_eq!(
        shown["cards"],
        json!([{"brand": "visa", "last4": "4242", "allowed": "10.00 USD", "is_spent": false}])
    );
    assert!(!shown["cards"].to_string().contains(own.id.as_str()), "a token pays");
    assert_eq!(belongings.erase(&found[0]).await.unwrap(), Erasure::Done);
    assert_eq!(vault(rig).find(&own.id).await.unwrap(), None);
    assert_eq!(rig.key(&key).await, None, "nor is it told again");
    assert!(vault(rig).find(&other.id).await.unwrap().is_some(), "somebody else's");
    rig.wait(HOUR + VAULT_TOKEN_KEPT);
    assert_eq!(vault(rig).overdue().await.unwrap(), [other.id], "nobody looks for it any more");
}
