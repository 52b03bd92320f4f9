//! Stripe: a `PaymentIntent` whose money is held first and taken later.
//!
//! A payment is created unconfirmed, and everything after that is done to it by its id. A capture
//! or a release can be made only once by where the payment then stands, and carries no key: Stripe
//! would answer a failure of its own under the same key for a day. What has a key is what can be
//! made twice: a payment, a refund, and the question to the bank, which a confirmation is.

mod amounts;
mod cards;
mod client;
mod declines;
mod objects;
mod reading;
mod tokens;
mod webhook;

use std::sync::Arc;

use acp_core::ids::{PaymentId, SessionId, TenantId};
use acp_core::money::Money;
use acp_core::payment::{
    Decline, ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey, Route,
};
use acp_core::ports::{
    AuthenticationDemand, Clock, Confirmation, Entropy, NewPayment, PaymentProvider,
};
use acp_core::session::Authentication;
use acp_core::time::Timestamp;
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use self::client::{Answered, Form, Refused, StripeClient};
use self::objects::{Intent, Page, Refund, Standing};
use self::reading::Reading;
pub use self::webhook::StripeNews;
use crate::adapters::outward::{NoRoots, Peers, Transport, Watched};

/// What a payment is told about us, so that its events find their way back.
const SESSION: &str = "acp_session";
/// The shop a payment was made for: others may use the same account.
const SHOP: &str = "acp_shop";
/// The account a payment was made at, where there are several.
const ROUTE: &str = "acp_route";
/// The key a payment or a refund was made with.
const KEY: &str = "acp_key";
/// What is asked for with each payment: how much of it was given back, and which card it is.
const EXPANDED: [&str; 2] = ["latest_charge", "payment_method"];
/// How many payments Stripe lists at once, at most.
const PAGE: usize = 100;
/// How many of such lists are read, at most.
const LISTED_PAGES_MAX: u32 = 2_000;

/// How Stripe is reached, and as whom.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct StripeOptions {
    /// Where it is.
    pub base_url: String,
    /// The secret key of the account.
    pub secret_key: Zeroizing<String>,
    /// The version of the API.
    pub api_version: String,
    /// What agents need to know to authenticate buyers; without it, a payment that wants an
    /// authentication is declined.
    pub acquirer: Option<Acquirer>,
    /// Whose payments they are. Those of other shops at the same account are left alone.
    pub shop: TenantId,
    /// The name of the account, where there are several. Payments say whose they are, so that two
    /// names of one account do not see those of each other.
    pub route: Option<Route>,
    /// How many calls may be under way at the same time.
    pub calls_at_once: usize,
    /// Who is watched beside it.
    pub peers: Peers,
}

/// Who the shop is to the banks of its buyers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquirer {
    /// The identification number of the acquirer.
    pub bin: Box<str>,
    /// Its country.
    pub country: Box<str>,
    /// The merchant at the acquirer.
    pub merchant_id: Box<str>,
    /// The merchant's name as a bank shows it.
    pub merchant_name: Box<str>,
}

/// Payments at Stripe.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct StripePayments {
    client: StripeClient,
    shop: TenantId,
    route: Option<Route>,
    reading: Reading,
    clock: Arc<dyn Clock>,
}

impl StripePayments {
    /// The account these options open.
    ///
    /// # Errors
    /// This machine trusts nobody.
    pub fn new(
        options: &StripeOptions,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, NoRoots> {
        let reading = Reading { acquirer: options.acquirer.clone() };
        let client = StripeClient::new(options, entropy)?;
        let (shop, route) = (options.shop.clone(), options.route.clone());
        Ok(Self { client, shop, route, reading, clock })
    }

    /// How Stripe fares.
    pub const fn watched(&self) -> &Arc<Watched> {
        self.client.watched()
    }

    /// The same account, reached in another way than over the network.
    #[must_use]
    pub fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { client: self.client.over(transport), ..self }
    }

    /// Does something to a payment that can be done once: what was done before is only shown.
    async fn change(
        &self,
        id: &PaymentId,
        operation: &str,
        form: Form,
        key: Option<String>,
    ) -> Result<Payment, Refused> {
        let path = format!("/v1/payment_intents/{id}/{operation}");
        let form = form.expanding(&EXPANDED);
        let changed = match self.client.post::<Intent>(&path, &form, key.as_deref()).await {
            // Nothing more comes of this key, whatever came of it. Where the payment stands makes
            // sure that another try does not do it again.
            Err(Refused::Fault(PaymentFault::StoredServerError)) => {
                self.client.post(&path, &form, None).await
            }
            changed => changed,
        };
        match changed {
            Ok(Answered { object, is_replayed: false }) => Ok(self.reading.payment(&object)?),
            // What was true when it was said first may be over: a hold that was let go of since.
            Ok(Answered { is_replayed: true, .. }) | Err(Refused::Beyond) => self.shown(id).await,
            Err(refused) => Err(refused),
        }
    }

    async fn shown(&self, id: &PaymentId) -> Result<Payment, Refused> {
        let query = Form::new().expanding(&EXPANDED);
        Ok(self.reading.payment(&self.client.get(&path_of(id), &query).await?)?)
    }

    /// Gives money back, once for the key.
    async fn give_back(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        form: &Form,
    ) -> Result<Refund, Refused> {
        let made = self.client.post::<Refund>("/v1/refunds", form, Some(&key.0)).await;
        let Err(Refused::Fault(PaymentFault::StoredServerError)) = made else {
            return Ok(made?.object);
        };
        // Nothing more comes of this key. Whether anything came of it can be seen.
        if let Some(refund) = self.refund_by(id, key).await? {
            return Ok(refund);
        }
        let made = self.client.post::<Refund>("/v1/refunds", form, Some(&next_key(key))).await?;
        Ok(made.object)
    }

    /// The refund that was made with this key: Stripe forgets keys, but not what they were for.
    async fn refund_by(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
    ) -> Result<Option<Refund>, Refused> {
        let query =
            Form::new().with("payment_intent", id.as_str()).with("limit", &PAGE.to_string());
        let page: Page<Refund> = self.client.get("/v1/refunds", &query).await?;
        Ok(page.data.into_iter().find(|it| it.metadata.get(KEY) == Some(&key.0)))
    }
}

#[async_trait]
impl PaymentProvider for StripePayments {
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        let amount = amounts::at_stripe(new.amount)?;
        let form = Form::new()
            .with("amount", &amount.to_string())
            .with("currency", &new.amount.currency().lowercase())
            .with("capture_method", "manual")
            .with("payment_method_types[]", "card")
            .with(&format!("metadata[{SHOP}]"), self.shop.as_str())
            .with(&format!("metadata[{SESSION}]"), new.session.as_str())
            .with(&format!("metadata[{KEY}]"), &key.0);
        let form = match &self.route {
            Some(Route(name)) => form.with(&format!("metadata[{ROUTE}]"), name),
            None => form,
        };
        let path = "/v1/payment_intents";
        let made = match self.client.post::<Intent>(path, &form, Some(&key.0)).await {
            // Perhaps it was made, and nobody will ever hear of it. Nothing is held by a payment
            // that nobody confirms, so another one is made under the next key.
            Err(Refused::Fault(PaymentFault::StoredServerError)) => {
                self.client.post(path, &form, Some(&next_key(key))).await
            }
            made => made,
        };
        let made = made.map_err(Refused::fault)?;
        self.reading.payment(&made.object)
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        let authentication = confirmation.authentication.as_ref();
        // A buyer who failed to authenticate pays with no token at all.
        if authentication.is_some_and(|shown| !shown.outcome.lets_payment_continue()) {
            return Ok(declined(id, Decline::Hard));
        }
        let now = self.clock.now();
        if let Some(decline) = tokens::refusal(&self.client, &confirmation.token, id, now).await? {
            // Unless an earlier call has spent it, on this very payment.
            let payment = self.shown(id).await.map_err(Refused::fault)?;
            let is_open = payment.status == PaymentStatus::Created;
            return Ok(if is_open { declined(id, decline) } else { payment });
        }
        let form = tokens::paying_with(Form::new(), &confirmation.token);
        let form = authenticated(form, authentication);
        let is_demanded = confirmation.demand == AuthenticationDemand::Always;
        // That the buyer authenticated is proven or it is only said.
        let is_proven = authentication.is_some_and(|shown| shown.proof.is_some());
        let form = if is_demanded && !is_proven {
            form.with("payment_method_options[card][request_three_d_secure]", "any")
        } else {
            form
        };
        let key = once_with(id, &form);
        match self.change(id, "confirm", form, Some(key)).await {
            Ok(payment) => Ok(payment),
            // The token is the caller's, and so is what is wrong with it.
            Err(Refused::Instrument(decline, _)) => Ok(declined(id, decline)),
            Err(Refused::Authenticate) => {
                let query = Form::new().expanding(&EXPANDED);
                let intent = self.client.get(&path_of(id), &query).await.map_err(Refused::fault)?;
                Ok(Payment { id: id.clone(), status: self.reading.challenge(&intent) })
            }
            Err(refused) => Err(refused.fault()),
        }
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        let form = Form::new().with("amount_to_capture", &amounts::at_stripe(amount)?.to_string());
        let payment = self.change(id, "capture", form, None).await.map_err(Refused::fault)?;
        match payment.status {
            PaymentStatus::Captured { amount: taken, .. } if taken != amount => {
                Err(PaymentFault::CallerBug)
            }
            PaymentStatus::Canceled => Err(PaymentFault::AuthorizationExpired),
            // Nothing is held that could be taken.
            PaymentStatus::Created
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Declined(_) => Err(PaymentFault::CallerBug),
            PaymentStatus::Pending
            | PaymentStatus::Authorized { .. }
            | PaymentStatus::Captured { .. } => Ok(payment),
        }
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let form = Form::new().with("cancellation_reason", "abandoned");
        self.change(id, "cancel", form, None).await.map_err(Refused::fault)
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let known = self.refund_by(id, key).await.map_err(Refused::fault)?;
        let refund = if let Some(refund) = known {
            refund
        } else {
            let form = Form::new()
                .with("payment_intent", id.as_str())
                .with("amount", &amounts::at_stripe(amount)?.to_string())
                .with(&format!("metadata[{KEY}]"), &key.0);
            self.give_back(id, key, &form).await.map_err(Refused::fault)?
        };
        match refund.standing() {
            Standing::Done => self.lookup(id).await,
            Standing::Pending => Err(PaymentFault::InFlight),
            // What a bank refused, a person has to give back otherwise.
            Standing::Failed => Err(PaymentFault::CallerBug),
        }
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.shown(id).await.map_err(Refused::fault)
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        let seconds = since.unix_ms().div_euclid(1_000).max(0).to_string();
        let mut listed: Vec<ListedPayment> = Vec::new();
        let mut last: Option<Box<str>> = None;
        for page in 0.. {
            if page >= LISTED_PAGES_MAX {
                tracing::error!(
                    "Stripe lists more payments than are compared at once: give a later --since"
                );
                return Err(PaymentFault::CallerBug);
            }
            let mut query = Form::new()
                .with("created[gte]", &seconds)
                .with("limit", &PAGE.to_string())
                .with("expand[]", "data.latest_charge");
            if let Some(last) = &last {
                query = query.with("starting_after", last);
            }
            let page = self.client.get::<Page<Intent>>("/v1/payment_intents", &query).await;
            let page = page.map_err(Refused::fault)?;
            for intent in &page.data {
                listed.extend(self.ours(intent)?);
            }
            last = page.data.last().map(|intent| intent.id.clone());
            if !page.has_more || last.is_none() {
                break;
            }
        }
        // Stripe shows what is newest first.
        listed.reverse();
        Ok(listed)
    }
}

impl StripePayments {
    /// A payment of this gateway; nothing where somebody else made it on the same account.
    fn ours(&self, intent: &Intent) -> Result<Option<ListedPayment>, PaymentFault> {
        let session = intent.metadata.get(SESSION).and_then(|text| SessionId::parse(text).ok());
        let Some((session, key)) = session.zip(intent.metadata.get(KEY)) else { return Ok(None) };
        // Payments of earlier releases do not say for whom they were made.
        if intent.metadata.get(SHOP).is_some_and(|shop| **shop != *self.shop.as_str()) {
            return Ok(None);
        }
        if intent.metadata.get(ROUTE) != self.route.as_ref().map(|Route(name)| name) {
            return Ok(None);
        }
        Ok(Some(ListedPayment {
            payment: self.reading.payment(intent)?,
            session,
            key: ProviderKey(key.clone()),
            made_at: Timestamp::from_unix_ms(intent.created.saturating_mul(1_000)),
        }))
    }
}

fn path_of(id: &PaymentId) -> String {
    format!("/v1/payment_intents/{id}")
}

/// The key of a confirmation: a declined card is not tried again because an answer was lost.
fn once_with(id: &PaymentId, form: &Form) -> String {
    let digest = Sha256::digest(form.as_str());
    let digest =
        digest.iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    format!("{id}-confirm-{digest}")
}

/// The key after one under which Stripe will only ever repeat a failure of its own.
fn next_key(key: &ProviderKey) -> String {
    format!("{}-again", key.0)
}

fn declined(id: &PaymentId, decline: Decline) -> Payment {
    Payment { id: id.clone(), status: PaymentStatus::Declined(decline) }
}

/// Hands on the proof that the buyer authenticated.
fn authenticated(form: Form, authentication: Option<&Authentication>) -> Form {
    let Some(proof) = authentication.and_then(|shown| shown.proof.as_ref()) else { return form };
    let named = |field: &str| format!("payment_method_options[card][three_d_secure][{field}]");
    form.with(&named("cryptogram"), &proof.cryptogram)
        .with(&named("electronic_commerce_indicator"), &proof.electronic_commerce_indicator)
        .with(&named("transaction_id"), &proof.transaction_id)
        .with(&named("version"), &proof.version)
}
