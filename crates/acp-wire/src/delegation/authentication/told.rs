use acp_core::ids::AuthenticationId;
use acp_core::three_ds::{Action, Ending, Found, Standing};
use serde::Serialize;
use utoipa::ToSchema;

/// Where an authentication stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AuthenticationSessionStatus {
    /// The browser has to do something.
    ActionRequired,
    /// The issuer can be asked.
    Pending,
    /// The card knows nothing of it.
    NotSupported,
    /// It is the shopper.
    Authenticated,
    /// The issuer takes it that it was tried.
    Attempted,
    /// It is not the shopper, as far as the issuer knows.
    NotAuthenticated,
    /// The issuer wants no payment.
    Rejected,
    /// It could not be found out.
    Unavailable,
    /// Nobody came back in time.
    Expired,
    /// The shopper did not want to be asked.
    ChallengeAbandoned,
}

/// What the browser has to do.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ActionWord {
    /// Let the issuer look at it.
    Fingerprint,
    /// Let the issuer ask the shopper.
    Challenge,
}

/// Where the issuer looks at the browser.
#[derive(Debug, Serialize, ToSchema)]
struct FingerprintAction<'a> {
    /// The address a hidden frame posts to.
    #[schema(value_type = String, format = "uri")]
    three_ds_method_url: &'a str,
    /// By which name.
    #[schema(value_type = String)]
    three_ds_server_trans_id: &'a str,
}

/// Where the issuer asks the shopper.
#[derive(Debug, Serialize, ToSchema)]
struct ChallengeAction<'a> {
    /// The address a frame posts to.
    #[schema(value_type = String, format = "uri")]
    acs_url: &'a str,
    /// By which name there.
    #[schema(value_type = String)]
    acs_trans_id: &'a str,
    /// By which name at the provider.
    #[schema(value_type = String)]
    three_ds_server_trans_id: &'a str,
    /// In which version of the protocol.
    #[schema(value_type = String, examples("2.2.0"))]
    message_version: &'a str,
}

/// What the browser has to do.
#[derive(Debug, Serialize, ToSchema)]
struct AuthenticationAction<'a> {
    /// Which of the two.
    #[serde(rename = "type")]
    kind: ActionWord,
    /// Where the issuer looks at it, with `fingerprint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fingerprint: Option<FingerprintAction<'a>>,
    /// Where the issuer asks the shopper, with `challenge`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    challenge: Option<ChallengeAction<'a>>,
}

/// What was found out, in the words of the networks.
#[derive(Debug, Serialize, ToSchema)]
struct AuthenticationSessionResult<'a> {
    /// `Y`, `N`, `A`, `U`, `R`, `I`.
    #[schema(value_type = String, examples("Y"))]
    trans_status: &'a str,
    /// How sure the network is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, examples("05"))]
    electronic_commerce_indicator: Option<&'a str>,
    /// The proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    three_ds_cryptogram: Option<&'a str>,
    /// By which name at the network.
    #[schema(value_type = String)]
    transaction_id: &'a str,
    /// By which name at the provider.
    #[schema(value_type = String)]
    three_ds_server_trans_id: &'a str,
    /// In which version of the protocol.
    #[schema(value_type = String, examples("2.2.0"))]
    version: &'a str,
    /// The proof, as the issuer made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    authentication_value: Option<&'a str>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    trans_status_reason: Option<&'a str>,
    /// What the shopper is to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    cardholder_info: Option<&'a str>,
}

/// Where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct DelegateAuthenticationSession<'a> {
    /// By which name it is asked about.
    #[schema(value_type = String)]
    authentication_session_id: &'a str,
    /// Where it stands.
    status: AuthenticationSessionStatus,
    /// What the browser has to do, where it has to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    action: Option<AuthenticationAction<'a>>,
}

/// Where it stands, and what was found out.
#[derive(Debug, Serialize, ToSchema)]
pub struct DelegateAuthenticationSessionWithResult<'a> {
    /// By which name it is asked about.
    #[schema(value_type = String)]
    authentication_session_id: &'a str,
    /// Where it stands.
    status: AuthenticationSessionStatus,
    /// What the browser has to do, where it has to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    action: Option<AuthenticationAction<'a>>,
    /// What was found out, once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    authentication_result: Option<AuthenticationSessionResult<'a>>,
}

fn status(standing: &Standing) -> AuthenticationSessionStatus {
    match standing {
        Standing::ActionRequired(_) => AuthenticationSessionStatus::ActionRequired,
        Standing::Pending => AuthenticationSessionStatus::Pending,
        Standing::Ended(ending) => match ending {
            Ending::NotSupported => AuthenticationSessionStatus::NotSupported,
            Ending::Authenticated => AuthenticationSessionStatus::Authenticated,
            Ending::Attempted => AuthenticationSessionStatus::Attempted,
            Ending::NotAuthenticated => AuthenticationSessionStatus::NotAuthenticated,
            Ending::Rejected => AuthenticationSessionStatus::Rejected,
            Ending::Unavailable => AuthenticationSessionStatus::Unavailable,
            Ending::ChallengeAbandoned => AuthenticationSessionStatus::ChallengeAbandoned,
            Ending::Expired => AuthenticationSessionStatus::Expired,
        },
    }
}

fn action(standing: &Standing) -> Option<AuthenticationAction<'_>> {
    let Standing::ActionRequired(action) = standing else { return None };
    Some(match action {
        Action::Fingerprint { url, transaction } => AuthenticationAction {
            kind: ActionWord::Fingerprint,
            fingerprint: Some(FingerprintAction {
                three_ds_method_url: url,
                three_ds_server_trans_id: transaction,
            }),
            challenge: None,
        },
        Action::Challenge { url, acs_transaction, transaction, version } => AuthenticationAction {
            kind: ActionWord::Challenge,
            fingerprint: None,
            challenge: Some(ChallengeAction {
                acs_url: url,
                acs_trans_id: acs_transaction,
                three_ds_server_trans_id: transaction,
                message_version: version,
            }),
        },
    })
}

/// Where it stands, for whoever has moved it.
pub fn render_authentication(id: &AuthenticationId, standing: &Standing) -> Vec<u8> {
    let session = DelegateAuthenticationSession {
        authentication_session_id: id.as_str(),
        status: status(standing),
        action: action(standing),
    };
    // Text in memory can always be written.
    serde_json::to_vec(&session).unwrap_or_default()
}

/// Where it stands, and what was found out, for whoever looks.
pub fn render_looked(id: &AuthenticationId, standing: &Standing, found: Option<&Found>) -> Vec<u8> {
    let session = DelegateAuthenticationSessionWithResult {
        authentication_session_id: id.as_str(),
        status: status(standing),
        action: action(standing),
        authentication_result: found.map(|found| AuthenticationSessionResult {
            trans_status: &found.status,
            electronic_commerce_indicator: found.eci.as_deref(),
            three_ds_cryptogram: found.cryptogram.as_deref(),
            transaction_id: &found.transaction,
            three_ds_server_trans_id: &found.server_transaction,
            version: &found.version,
            authentication_value: found.value.as_deref(),
            trans_status_reason: found.reason.as_deref(),
            cardholder_info: found.cardholder_info.as_deref(),
        }),
    };
    serde_json::to_vec(&session).unwrap_or_default()
}
