use std::time::Duration;

use acp_core::time::Timestamp;

use super::{Books, Call, Form, Version, Way};
use crate::stripe::charge::Outcome;
use crate::stripe::intent::{Intent, Reason, Stage};

/// How long money is held for a shop that does not take it.
pub(super) const HOLD: Duration = Duration::from_hours(7 * 24);

impl Books {
    /// Lets go of what was held for too long.
    pub(in crate::stripe) fn catch_up(&mut self, now: Timestamp) {
        while let Some(intent) = self.first_hold() {
            let Stage::Held { until } = intent.stage else { continue };
            if until > now {
                break;
            }
            let (form, version) = (Form::default(), Version::latest());
            let call =
                Call { now: until, form: &form, key: None, version: &version, declines: false };
            self.let_go(&call, intent, Some(Reason::Expired));
            self.holds.pop_front();
        }
    }

    /// The oldest hold; those that are over are forgotten on the way.
    fn first_hold(&mut self) -> Option<Intent> {
        loop {
            let intent = self.intents.get(self.holds.front()?);
            if let Some(intent) = intent.filter(|intent| matches!(intent.stage, Stage::Held { .. }))
            {
                return Some(intent.clone());
            }
            self.holds.pop_front();
        }
    }

    /// Cancels a `PaymentIntent`, and with it the hold it may have.
    pub(super) fn let_go(&mut self, call: &Call, mut intent: Intent, reason: Option<Reason>) {
        let held = matches!(intent.stage, Stage::Held { .. });
        intent.stage = Stage::Canceled { at: call.now, reason };
        if let Some(stored) = self.intents.get_mut(&intent.id) {
            *stored = intent.clone();
        }
        if held {
            self.book(call, Way::Release, &intent, intent.amount);
            self.free_token(&intent, 0, call.now);
            let charge = intent.latest_charge.as_ref().and_then(|id| self.charges.get_mut(id));
            if let Some(charge) = charge
                && let Outcome::Held { until } = charge.outcome
            {
                charge.outcome = Outcome::Released { until };
            }
        }
        self.tell("payment_intent.canceled", &intent);
    }
}
