//! An agent that signs its requests.

use acp_core::ids::AgentId;
use acp_core::ports::Clock as _;
use acp_core::principal::{Habits, Scope};
use acp_core::signing::{SignaturePolicy, SignedForm, SigningAlgorithm, SigningProfile};
use acp_gateway::identity::{NewKey, NewSigningKey};
use acp_wire::canonical::rfc8785;
use acp_wire::scalar::DateTime;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::http::app::{Ask, TestApp};

/// What a request says, as it is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) key: &'a str,
    pub(crate) body: &'a str,
}

/// An agent with a key and a secret.
pub(crate) struct Signer {
    pub(crate) token: String,
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) signing_key: String,
    pub(crate) profile: SigningProfile,
    pub(crate) form: SignedForm,
}

impl Signer {
    /// A new agent that has to sign in this way.
    pub(crate) async fn of(
        app: &TestApp,
        agent: &str,
        profile: SigningProfile,
        form: SignedForm,
    ) -> Self {
        let new = NewKey {
            tenant: None,
            agent: AgentId::new(agent),
            scope: Scope::Agent,
            label: "signs".into(),
            expires_at: None,
            habits: Habits::default(),
        };
        let (key, token) = app.identity.create(new).await.unwrap();
        let signer = Self {
            token,
            id: key.id.to_string(),
            secret: String::new(),
            signing_key: String::new(),
            profile,
            form,
        };
        let signer = signer.with_another_secret(app).await;
        let policy = SignaturePolicy::Required;
        app.identity.set_signature_policy(&signer.id, policy).await.unwrap();
        signer
    }

    /// The same agent with a secret more, which it signs with from now on.
    pub(crate) async fn with_another_secret(self, app: &TestApp) -> Self {
        let new = NewSigningKey {
            algorithm: SigningAlgorithm::HmacSha256,
            profile: self.profile,
            form: self.form,
            public_key: None,
            not_before: None,
            not_after: None,
        };
        let (_, key, secret) = app.identity.add_signing_key(&self.id, new).await.unwrap();
        Self { secret: secret.unwrap(), signing_key: key.id.to_string(), ..self }
    }

    /// What is signed of a request.
    fn signed_bytes(&self, asked: Asked<'_>, timestamp: &str) -> Vec<u8> {
        let body = match self.form {
            SignedForm::Canonical if !asked.body.is_empty() => {
                rfc8785(asked.body.as_bytes()).unwrap()
            }
            SignedForm::Canonical | SignedForm::Raw => asked.body.as_bytes().to_vec(),
        };
        match self.profile {
            SigningProfile::Body => body,
            SigningProfile::TimeAndBody => [format!("{timestamp}.").as_bytes(), &body].concat(),
            SigningProfile::Full => {
                let digest = hex(&Sha256::digest(&body));
                let Asked { method, path, key, .. } = asked;
                format!("{method}\n{path}\n{timestamp}\n{key}\n{digest}").into_bytes()
            }
        }
    }

    /// The signature of a request at a time.
    pub(crate) fn signature(&self, asked: Asked<'_>, timestamp: &str) -> Vec<u8> {
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        let mac = mac.chain_update(self.signed_bytes(asked, timestamp));
        mac.finalize().into_bytes().to_vec()
    }

    /// The request, without a signature.
    pub(crate) fn unsigned<'a>(&self, app: &'a TestApp, asked: Asked<'_>) -> Ask<'a> {
        let ask = app.ask(asked.method, asked.path).token(&self.token);
        let ask = if asked.key.is_empty() { ask } else { ask.key(asked.key) };
        if asked.body.is_empty() { ask } else { ask.body(asked.body) }
    }

    /// The request, signed now.
    pub(crate) fn signed<'a>(&self, app: &'a TestApp, asked: Asked<'_>) -> Ask<'a> {
        let timestamp = now(app);
        let signature = hex(&self.signature(asked, &timestamp));
        let ask = self.unsigned(app, asked).header("timestamp", &timestamp);
        ask.header("signature", &signature)
    }
}

/// The time of the gateway, as it is written.
pub(crate) fn now(app: &TestApp) -> String {
    DateTime(app.clock.now()).to_string()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from_digit(digit.into(), 16).unwrap()).collect()
}
