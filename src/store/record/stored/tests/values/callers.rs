//! Who may call, and who has called.

use acp_core::ids::{AgentId, TenantId};
use acp_core::principal::{ApiKey, MessageProof, Proof, Provenance};
use acp_core::request::RequestSeen;
use acp_core::signing::{Signing, SigningKey};
use acp_core::tenant::{ProofPolicy, Tenant};

use super::super::dice::Dice;
use super::habits;
use crate::store::record::stored::{Act, RequestsSeen, Roll, SealedKey, UseOfKey, UsedFor};

pub(in super::super) fn provenance(dice: &mut Dice) -> Provenance {
    Provenance {
        agent: AgentId::new(dice.text()),
        proofs: dice.many(|dice| match dice.below(4) {
            0 => Proof::Bearer { key: dice.maybe(Dice::text) },
            1 => Proof::Signature { key: dice.text(), algorithm: dice.word() },
            2 => Proof::Jwt {
                issuer: dice.text(),
                subject: dice.text(),
                roles: dice.many(Dice::word),
            },
            _ => Proof::Message(Box::new(MessageProof {
                profile: dice.text(),
                signer: dice.maybe(Dice::text),
                key: dice.text(),
                thumbprint: dice.maybe(Dice::text),
                algorithm: dice.text(),
                tag: dice.maybe(Dice::text),
            })),
        }),
    }
}

pub(in super::super) fn api_key(dice: &mut Dice) -> ApiKey {
    ApiKey {
        id: dice.text(),
        secret_hash: dice.bytes(),
        tenant: TenantId::new(dice.text()),
        agent: AgentId::new(dice.text()),
        scope: dice.word(),
        label: dice.text(),
        created_at: dice.time(),
        expires_at: dice.maybe(Dice::time),
        revoked_at: dice.maybe(Dice::time),
        habits: habits(dice),
        signing: signing(dice),
        follows: dice.maybe(Dice::text),
        made_by: dice.word(),
        revoked_by: dice.word(),
    }
}

pub(in super::super) fn roll(dice: &mut Dice) -> Roll {
    let policy = |dice: &mut Dice| ProofPolicy {
        read: dice.word(),
        change: dice.word(),
        complete: dice.word(),
        merchant: dice.word(),
    };
    let tenant = |dice: &mut Dice| Tenant {
        id: TenantId::new(dice.text()),
        name: dice.text(),
        policy: policy(dice),
        created_at: dice.time(),
        suspended_at: dice.maybe(Dice::time),
    };
    Roll { tenants: dice.many(tenant) }
}

fn signing(dice: &mut Dice) -> Signing {
    if dice.is_true() {
        return Signing::default();
    }
    let key = |dice: &mut Dice| SigningKey {
        id: dice.text(),
        algorithm: dice.word(),
        profile: dice.word(),
        form: dice.word(),
        material: dice.bytes::<72>().to_vec(),
        created_at: dice.time(),
        not_before: dice.maybe(Dice::time),
        not_after: dice.maybe(Dice::time),
    };
    Signing { policy: dice.word(), keys: dice.many(key) }
}

pub(in super::super) fn used_for(dice: &mut Dice) -> UsedFor {
    UsedFor { purpose: dice.bytes() }
}

fn request_seen(dice: &mut Dice) -> RequestSeen {
    RequestSeen {
        at: dice.time(),
        id: dice.text(),
        key: dice.maybe(Dice::text),
        method: dice.text(),
        path: dice.text(),
        version: dice.maybe(Dice::text),
        status: dice.maybe(|dice| u16::try_from(dice.below(600)).unwrap()),
        code: dice.maybe(Dice::text),
        param: dice.maybe(Dice::text),
        duration_ms: 12,
        is_replay: dice.is_true(),
    }
}

pub(in super::super) fn requests_seen(dice: &mut Dice) -> RequestsSeen {
    RequestsSeen { requests: dice.many(request_seen) }
}

pub(in super::super) fn use_of_key(dice: &mut Dice) -> UseOfKey {
    UseOfKey { at: dice.time() }
}

pub(in super::super) fn act(dice: &mut Dice) -> Act {
    Act {
        number: u64::from(dice.below(1_000)),
        at: dice.time(),
        actor: dice.text(),
        what: dice.text(),
        subject: dice.maybe(Dice::text),
        status: dice.maybe(|dice| u16::try_from(dice.below(600)).unwrap()),
        continues: dice.maybe(|dice| u64::from(dice.below(1_000))),
    }
}

pub(in super::super) fn sealed_key(dice: &mut Dice) -> SealedKey {
    SealedKey { sealed: dice.bytes::<72>().to_vec() }
}
