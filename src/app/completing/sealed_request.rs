//! What a run needs of the request to go on: sealed in the journal, and erased when the money is
//! held.

use acp_core::ids::SessionId;
use acp_core::ports::{AuthenticationDemand, Confirmation, Means, Sealer};
use acp_core::refusal::Broken;
use acp_core::run::Run;
use acp_core::session::{
    Authentication, AuthenticationOutcome, AuthenticationProof, CompleteSession, PaymentToken,
    RiskSignals, Tender,
};
use serde::{Deserialize, Serialize};

use crate::seeded::{Bug, has};

#[derive(Serialize, Deserialize)]
struct Journaled {
    /// Empty where a business promises to pay.
    token: String,
    #[serde(default)]
    purchase_order: Option<String>,
    #[serde(default)]
    outcome: Option<String>,
    #[serde(default)]
    proof: Option<[String; 4]>,
    #[serde(default)]
    risk: Option<[Option<String>; 5]>,
}

/// What a run was offered.
pub(super) struct Offered {
    pub(super) means: Means,
    pub(super) confirmation: Confirmation,
}

fn context(session: &SessionId) -> String {
    format!("run request of {session}")
}

fn proof_out(proof: &AuthenticationProof) -> [String; 4] {
    [&proof.cryptogram, &proof.electronic_commerce_indicator, &proof.transaction_id, &proof.version]
        .map(ToString::to_string)
}

fn proof_in(
    [cryptogram, electronic_commerce_indicator, transaction_id, version]: [String; 4],
) -> AuthenticationProof {
    AuthenticationProof {
        cryptogram: cryptogram.into(),
        electronic_commerce_indicator: electronic_commerce_indicator.into(),
        transaction_id: transaction_id.into(),
        version: version.into(),
    }
}

fn risk_out(risk: &RiskSignals) -> [Option<String>; 5] {
    [
        &risk.ip_address,
        &risk.user_agent,
        &risk.accept_language,
        &risk.session_id,
        &risk.device_fingerprint,
    ]
    .map(|signal| signal.as_deref().map(Into::into))
}

fn risk_in(signals: [Option<String>; 5]) -> RiskSignals {
    let [ip_address, user_agent, accept_language, session_id, device_fingerprint] =
        signals.map(|signal| signal.map(Into::into));
    RiskSignals { ip_address, user_agent, accept_language, session_id, device_fingerprint }
}

/// Seals what a run needs of its request.
pub(in crate::app) fn seal_request(
    sealer: &dyn Sealer,
    session: &SessionId,
    command: &CompleteSession,
) -> Vec<u8> {
    let shown = command.authentication.as_ref();
    let (token, purchase_order) = match &command.tender {
        Tender::Instrument(instrument) => (instrument.token.reveal().to_owned(), None),
        Tender::PurchaseOrder(order) => (String::new(), Some(order.number.to_string())),
    };
    let journaled = Journaled {
        token,
        purchase_order,
        outcome: shown.map(|shown| shown.outcome.as_str().to_owned()),
        proof: shown.and_then(|shown| shown.proof.as_ref().map(proof_out)),
        risk: command.risk.as_ref().map(risk_out),
    };
    // Writing plain text into memory cannot fail.
    let plain = serde_json::to_vec(&journaled).unwrap_or_default();
    if has(Bug::TokenUnsealed) {
        return plain;
    }
    sealer.seal(&context(session), &plain)
}

/// Opens what [`seal_request`] sealed.
pub(super) fn open_request(sealer: &dyn Sealer, run: &Run) -> Result<Offered, Broken> {
    let unreadable = Broken("the sealed request of a run can be opened");
    let plain = if has(Bug::TokenUnsealed) {
        Ok(run.sealed_request.clone())
    } else {
        sealer.open(&context(&run.session), &run.sealed_request)
    };
    let plain = plain.ok().ok_or_else(|| unreadable.clone())?;
    let journaled: Journaled = serde_json::from_slice(&plain).ok().ok_or(unreadable)?;
    let outcome_named = |name: &str| {
        AuthenticationOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    };
    let proof = journaled.proof.map(proof_in);
    let outcome = journaled.outcome.as_deref().and_then(outcome_named);
    Ok(Offered {
        means: match journaled.purchase_order {
            Some(_) => Means::OnAccount,
            None => Means::Instrument,
        },
        confirmation: Confirmation {
            token: PaymentToken::new(journaled.token),
            authentication: outcome.map(|outcome| Authentication { outcome, proof }),
            risk: journaled.risk.map(risk_in),
            demand: AuthenticationDemand::ByProvider,
        },
    })
}
