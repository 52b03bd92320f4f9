use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::receipts::{Call, Gone, Receipts};
use super::shop::{CABLE, HONEY};
use crate::support::Client;

/// How somebody goes about a purchase: the tokens that are tried in turn, and what else is done.
struct Way {
    tokens: &'static [&'static str],
    /// Whether the session is canceled in the end; otherwise it is paid for.
    walks_away: bool,
    has_two_lines: bool,
}

const fn way(tokens: &'static [&'static str], walks_away: bool, has_two_lines: bool) -> Way {
    Way { tokens, walks_away, has_two_lines }
}

/// Between them they need every call to the provider but a refund.
const WAYS: [Way; 6] = [
    way(&["tok_visa"], false, false),
    way(&["tok_declined", "tok_visa"], false, true),
    way(&["tok_timeout"], false, false),
    way(&["tok_requires_3ds"], true, true),
    way(&["tok_visa"], false, true),
    way(&["tok_insufficient_funds"], true, false),
];

/// Somebody who buys again and again, until the shop falls over or closes.
pub(super) struct Shopper {
    pub(super) address: SocketAddr,
    /// Nobody else ever has it.
    pub(super) number: u64,
    pub(super) receipts: Arc<Receipts>,
    pub(super) closing: Arc<AtomicBool>,
    /// What a token of the demo provider is called where this one pays.
    pub(super) tokens: Tokens,
    /// How often one who is told that the goods are gone, and sees that they are not, pays again.
    pub(super) insists: u32,
}

/// Says what a token of the demo provider is called elsewhere.
pub(super) type Tokens = fn(&'static str) -> &'static str;

/// A body that pays with a token.
pub(super) fn payment(token: &str) -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": token}},
    }})
}

/// Opens a session for these lines and makes it ready to be paid for; gives its path.
pub(super) async fn ready(
    client: &mut Client,
    receipts: &Receipts,
    name: &str,
    lines: &[(&str, u32)],
) -> Result<String, Gone> {
    let wanted = lines.iter().map(|(item, units)| json!({"id": item, "quantity": units}));
    let basket = json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": wanted.collect::<Vec<_>>(),
    });
    let open = Call::new("/checkout_sessions", name, "open", basket);
    let opened = receipts.call(client, open).await?;
    let path = format!("/checkout_sessions/{}", opened["id"].as_str().unwrap());
    let items: Vec<_> = lines.iter().map(|(item, _)| item).collect();
    let pickup = json!({"selected_fulfillment_options": [
        {"type": "pickup", "option_id": "pickup", "item_ids": items},
    ]});
    let chosen = receipts.call(client, Call::new(&path, name, "choose", pickup)).await?;
    assert_eq!(chosen["status"], "ready_for_payment", "{chosen:#}");
    Ok(path)
}

impl Shopper {
    pub(super) async fn shop(self) {
        let Some(mut client) = Client::connect(self.address).await else { return };
        for purchase in 0_u64.. {
            if self.closing.load(Ordering::SeqCst) {
                return;
            }
            match self.buy(&mut client, purchase).await {
                Ok(()) | Err(Gone::Session) => {}
                Err(Gone::Shop) => return,
            }
        }
    }

    /// One purchase.
    async fn buy(&self, client: &mut Client, purchase: u64) -> Result<(), Gone> {
        let name = format!("{}-{purchase}", self.number);
        let turn = usize::try_from(self.number + purchase).unwrap() % WAYS.len();
        let way = &WAYS[turn];
        let lines: &[_] = if way.has_two_lines { &[(HONEY, 1), (CABLE, 2)] } else { &[(HONEY, 1)] };
        let path = ready(client, &self.receipts, &name, lines).await?;
        let mut status = Value::Null;
        for token in way.tokens {
            let body = payment((self.tokens)(token));
            let pay = Call::new(&format!("{path}/complete"), &name, token, body);
            status = self.receipts.call(client, pay).await?["status"].take();
        }
        for insisted in 0..self.insists {
            if way.walks_away || status != "ready_for_payment" {
                break;
            }
            self.receipts.note_insistence();
            let name = format!("{name} again {insisted}");
            let body = payment((self.tokens)("tok_visa"));
            let pay = Call::new(&format!("{path}/complete"), &name, "tok_visa", body);
            status = self.receipts.call(client, pay).await?["status"].take();
        }
        if way.walks_away {
            let cancel = Call::new(&format!("{path}/cancel"), &name, "cancel", json!({}));
            status = self.receipts.call(client, cancel).await?["status"].take();
        }
        let expected = if way.walks_away { "canceled" } else { "completed" };
        assert_eq!(status, expected, "{name} at {path}");
        Ok(())
    }
}
