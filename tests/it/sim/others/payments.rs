//! The payment provider as one gateway reaches it. What becomes of a token is written in it.

use std::sync::Arc;

use acp_core::ids::PaymentId;
use acp_core::money::Money;
use acp_core::payment::{
    Decline, ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey,
};
use acp_core::ports::{Confirmation, NewPayment, PaymentProvider};
use acp_core::session::Challenge;
use acp_core::time::Timestamp;
use acp_mocks::{Bank, Outcome};
use async_trait::async_trait;

use crate::sim::fault::Place;
use crate::sim::node::{Answer, Lost, Wire};

/// What stands in every token, and must stand nowhere else.
pub(in crate::sim) const SECRET: &str = "sim-secret";

/// What becomes of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Card {
    Good,
    Declined,
    Challenged,
    /// The money is held, and the hold is gone before it is taken.
    Lapsing,
    /// The money is held, and the stock is given away before it is sold.
    Robbed,
    /// No card: a business promises to pay. The bank books it like money.
    OnAccount,
}

impl Card {
    /// Its end is the name of a test card at Stripe, where there is one that does the same.
    pub(in crate::sim) fn token(self) -> String {
        let end = match self {
            Self::Good => "visa",
            Self::Declined => "chargeDeclinedInsufficientFunds",
            Self::Challenged => "threeDSecure2Required",
            Self::Lapsing => "Lapsing",
            Self::Robbed => "Robbed",
            Self::OnAccount => "OnAccount",
        };
        format!("tok_{SECRET}-{end}")
    }

    fn outcome(token: &str) -> Outcome {
        if token == Self::Declined.token() {
            Outcome::Decline(Decline::Soft)
        } else if token == Self::Challenged.token() {
            Outcome::Challenge(Challenge {
                acquirer_bin: "412345".into(),
                acquirer_country: "US".into(),
                acquirer_merchant_id: "merchant".into(),
                merchant_name: "Shop".into(),
                directory_server: "visa".into(),
                browser: None,
            })
        } else {
            Outcome::Hold
        }
    }
}

type Paid = Result<Payment, PaymentFault>;

impl Answer for Paid {
    fn lost(lost: Lost) -> Self {
        Err(match lost {
            Lost::Unreached => PaymentFault::NotSent,
            Lost::Ambiguous => PaymentFault::Ambiguous,
            Lost::Throttled => PaymentFault::Throttled,
            Lost::InFlight => PaymentFault::InFlight,
        })
    }

    fn told(&self) -> String {
        match self {
            Ok(payment) => format!("{} {}", payment.id, word(&payment.status)),
            Err(fault) => format!("{fault:?}"),
        }
    }
}

const fn word(status: &PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Created => "created",
        PaymentStatus::Pending => "pending",
        PaymentStatus::ActionRequired(_) => "action required",
        PaymentStatus::Authorized { .. } => "authorized",
        PaymentStatus::Captured { .. } => "captured",
        PaymentStatus::Canceled => "canceled",
        PaymentStatus::Declined(_) => "declined",
    }
}

/// The provider of one gateway.
pub(in crate::sim) struct SimPayments(pub(in crate::sim) Wire);

impl SimPayments {
    async fn call(
        &self,
        name: &str,
        effect: impl Fn(&mut Bank, Timestamp) -> Paid + Send + Sync + 'static,
    ) -> Paid {
        let core = self.0.core.clone();
        let effect = move || effect(&mut core.bank.lock().unwrap(), core.now());
        self.0.carry(Place::Provider, name, Arc::new(effect)).await
    }
}

#[async_trait]
impl PaymentProvider for SimPayments {
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Paid {
        let (key, new) = (key.clone(), new.clone());
        self.call("pay create", move |bank, now| bank.create(now, &key, &new)).await
    }

    async fn confirm(&self, id: &PaymentId, confirmation: &Confirmation) -> Paid {
        let (id, confirmation, core) = (id.clone(), confirmation.clone(), self.0.core.clone());
        let effect = move |bank: &mut Bank, now| {
            let token = confirmation.token.reveal();
            let shown = confirmation.authentication.as_ref();
            let paid = bank.confirm(now, &id, Card::outcome(token), shown);
            if token == Card::Lapsing.token() {
                bank.cancel(now, &id)?;
                core.watch.lock().unwrap().lapsed.insert(id.clone());
            }
            if token == Card::Robbed.token() {
                let (session, _) = bank.payments().find(|(_, known)| known.id == id).unwrap();
                core.give_stock_away(session);
            }
            paid
        };
        self.call("pay confirm", effect).await
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Paid {
        let id = id.clone();
        self.call("pay capture", move |bank, now| bank.capture(now, &id, amount)).await
    }

    async fn cancel(&self, id: &PaymentId) -> Paid {
        let id = id.clone();
        self.call("pay cancel", move |bank, now| bank.cancel(now, &id)).await
    }

    async fn refund(&self, id: &PaymentId, key: &ProviderKey, amount: Money) -> Paid {
        let (id, key) = (id.clone(), key.clone());
        self.call("pay refund", move |bank, now| bank.refund(now, &id, &key, amount)).await
    }

    async fn lookup(&self, id: &PaymentId) -> Paid {
        let id = id.clone();
        self.call("pay lookup", move |bank, _| bank.lookup(&id)).await
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        Ok(self.0.core.bank.lock().unwrap().made_since(since))
    }
}
