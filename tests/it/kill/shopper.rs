use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use super::books::{Books, Call};
use crate::support::Client;

/// What everybody buys: there is enough of it for any number of rounds.
pub(super) const ITEM: &str = "honey-wildflower-350g";

/// Somebody who buys the same thing again and again, until the shop falls over.
pub(super) struct Shopper {
    address: SocketAddr,
    number: u64,
}

impl Shopper {
    pub(super) fn new(address: SocketAddr, number: u64) -> Self {
        Self { address, number }
    }

    pub(super) async fn shop(self, books: Arc<Books>) {
        let Some(mut client) = Client::connect(self.address).await else { return };
        for purchase in 0_u64.. {
            let name = format!("{}-{purchase}", self.number);
            if self.buy(&mut client, &books, &name).await.is_none() {
                return;
            }
        }
    }

    /// One purchase; `None` when the shop fell over on the way.
    async fn buy(&self, client: &mut Client, books: &Books, name: &str) -> Option<()> {
        let basket = json!({
            "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
            "line_items": [{"id": ITEM}],
        });
        let opened =
            books.call(client, Call::new("/checkout_sessions", name, "open", basket)).await?;
        let id = opened["id"].as_str().unwrap().to_owned();
        let path = format!("/checkout_sessions/{id}");
        let pickup = json!({"selected_fulfillment_options": [
            {"type": "pickup", "option_id": "pickup", "item_ids": [ITEM]},
        ]});
        books.call(client, Call::new(&path, name, "choose", pickup)).await?;
        let payment: Value = json!({"payment_data": {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
        }});
        let complete = Call::new(&format!("{path}/complete"), name, "pay", payment);
        let paid = books.call(client, complete).await?;
        assert_eq!(paid["status"], "completed", "{paid:#}");
        Some(())
    }
}
