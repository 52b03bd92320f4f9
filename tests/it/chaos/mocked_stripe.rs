//! A Stripe whose books are read the way those of the demo provider are.

use std::collections::{BTreeMap, BTreeSet};

use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};
use acp_mocks::stripe::{Movement, Settings, StripeMock, Way};

use super::auditor::Line;
use crate::support::{Client, settings_of_stripe};

const KEY: &str = "sk_test_chaos";

/// A mock that listens as long as this is there.
pub(super) struct MockedStripe(Running<StripeMock>);

impl MockedStripe {
    pub(super) async fn start(faults: Faults) -> Self {
        let settings =
            Settings { key: Some(KEY.to_owned()), seed: 7, faults, ..Settings::default() };
        Self(StripeMock::start(settings).await.unwrap())
    }

    /// What a gateway has to know.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        settings_of_stripe(self.0.url(), KEY)
    }

    /// From now on it does this wrong.
    pub(super) fn misbehave(&self, faults: Faults) {
        self.0.switches().set_faults(faults).unwrap();
    }

    /// How often it was asked, and spoiled or not.
    pub(super) fn calls(&self) -> u64 {
        self.0.switches().requests().values().sum()
    }

    /// Its books, and where those payments stand that no money was ever held for.
    pub(super) async fn lines(&self) -> Vec<Line> {
        let (mut lines, mut refunded) = (Vec::new(), BTreeMap::<String, i64>::new());
        let mut moved = BTreeSet::new();
        let mut sessions = BTreeMap::new();
        for movement in self.0.mock().ledger() {
            let Movement { way, amount, payment_intent: payment, metadata, .. } = movement;
            if let Some(session) = metadata.get("acp_session") {
                sessions.insert(payment.clone(), session.clone());
            }
            let is_taken =
                lines.iter().any(|line: &Line| line.payment == payment && line.state == "captured");
            let given = refunded.entry(payment.clone()).or_default();
            let taken = lines.iter().rfind(|line| line.payment == payment);
            let taken = taken.map_or(0, |line| line.amount);
            let (state, amount) = match way {
                Way::Create => ("created", amount),
                Way::Hold => ("authorized", amount),
                Way::Capture => ("captured", amount),
                // The rest of what was taken in part.
                Way::Release if is_taken => continue,
                Way::Release => ("canceled", amount),
                Way::Refund => {
                    *given += amount;
                    ("captured", taken)
                }
            };
            if way != Way::Create {
                moved.insert(payment.clone());
            }
            let session = sessions[&payment].clone();
            let state = state.to_owned();
            lines.push(Line { payment, session, amount, state, refunded: *given });
        }
        for (payment, session) in sessions {
            if !moved.contains(&payment) {
                let state = self.state(&payment).await;
                lines.push(Line { payment, session, amount: 0, state, refunded: 0 });
            }
        }
        lines
    }

    async fn state(&self, payment: &str) -> String {
        self.0.switches().set_faults(Faults::default()).unwrap();
        let client = Client::connect(self.0.address()).await.unwrap();
        let path = format!("/v1/payment_intents/{payment}");
        let shown = client.with_token(KEY).get(&path).await.unwrap();
        assert_eq!(shown.status, 200, "{}", shown.text());
        shown.json()["status"].as_str().unwrap().to_owned()
    }
}
