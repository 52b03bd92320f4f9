use acp_core::ports::{KeyState, PortError};
use acp_core::vault::VaultToken;
use serde_json::{Value, json};

use super::{Belonging, Belongings};
use crate::store::record::inspect::shown;

/// What an operator is shown of a session that is not about its buyer.
const NOT_THEIRS: [&str; 3] = ["stock", "run", "revision"];

/// What is known of a card that was handed over. Its token pays, and is nobody's to read.
fn card(token: &VaultToken) -> Value {
    json!({
        "brand": token.brand,
        "last4": token.last4,
        "allowed": token.allowance.amount_max.to_string(),
        "is_spent": token.spent.is_some(),
    })
}

impl Belongings {
    /// Everything that is kept of a belonging, for its person to read: the session with its
    /// history, payments and order (or the order alone), the cart, cards, or a plan with its
    /// conversation, and the answers that are kept to be repeated.
    ///
    /// # Errors
    /// Fails when the store does, and when a record is damaged.
    pub async fn export(&self, belonging: &Belonging) -> Result<Value, PortError> {
        let whole = belonging.session.as_ref().map(ToString::to_string);
        let whole = whole.or_else(|| belonging.order.as_ref().map(ToString::to_string));
        let mut checkout = match whole {
            Some(id) => self.inspector.inspect(&id).await?,
            None => None,
        };
        if let Some(Value::Object(parts)) = &mut checkout {
            // What is promised to others is told with the stock, and how we work is nobody's data.
            parts.retain(|name, _| !NOT_THEIRS.contains(&name.as_str()));
        }
        let cart = match &belonging.cart {
            Some(id) => self.cart(id).await?,
            None => None,
        };
        let cart = cart.as_ref().map(shown).transpose()?;
        let plan = match &belonging.plan {
            Some(id) => self.plan(id).await?,
            None => None,
        };
        let plan = plan.as_ref().map(|(plan, _)| shown(plan)).transpose()?;
        let talk = match &belonging.conversation {
            Some(id) => self.conversation(id).await?,
            None => None,
        };
        let talk = talk.as_ref().map(|(talk, _)| shown(talk)).transpose()?;
        let mut answers = Vec::new();
        for (_, state) in self.answers_about(belonging).await? {
            if let KeyState::Answered { answer, .. } = state {
                let body = serde_json::from_slice::<Value>(&answer.body);
                answers.push(json!({ "status": answer.status, "body": body.ok() }));
            }
        }
        let mut cards = Vec::new();
        for token in &belonging.tokens {
            cards.extend(self.token(token).await?.as_ref().map(card));
        }
        Ok(json!({ "ids": belonging.ids(), "checkout": checkout, "cart": cart, "cards": cards,
                   "plan": plan, "conversation": talk, "answers": answers }))
    }
}
