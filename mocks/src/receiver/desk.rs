use std::collections::BTreeMap;

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::event;
use super::received::{Kind, Received, Taken};
use crate::server::Reply;

/// An order the merchant has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Order {
    /// What the merchant calls it.
    pub id: String,
    /// The key it came with.
    pub key: String,
    /// As it came.
    pub order: Value,
}

/// Everything that came, and what was taken of it.
#[derive(Debug, Default)]
pub(super) struct Desk {
    received: Vec<Received>,
    /// The body each event was first taken with, and how often it was taken since.
    events: BTreeMap<String, (Bytes, u64)>,
    orders: Vec<Order>,
}

impl Desk {
    /// Lays something down, and tells where.
    pub(super) fn lay_down(&mut self, received: Received) -> usize {
        self.received.push(received);
        self.received.len() - 1
    }

    /// Writes down what something was answered.
    pub(super) fn note_answer(&mut self, place: usize, status: u16) {
        if let Some(received) = self.received.get_mut(place) {
            received.answered = Some(status);
        }
    }

    /// Takes what was laid down, or refuses it.
    pub(super) fn take(&mut self, place: usize) -> Option<Reply> {
        let received = self.received.get(place)?.clone();
        let outcome = match received.kind {
            Kind::Event => self.take_event(&received),
            Kind::Order => self.take_order(&received),
        };
        match outcome {
            Ok((taken, reply)) => {
                self.received.get_mut(place)?.taken = Some(taken);
                Some(reply)
            }
            Err(refusal) => Some(refusal),
        }
    }

    fn take_event(&mut self, received: &Received) -> Result<(Taken, Reply), Reply> {
        received.proof.map_or(Ok(()), event::check_signature)?;
        event::check(&received.body)?;
        let Some(id) = received.id() else {
            return Ok((Taken::First, Reply::of(StatusCode::OK, json!({ "received": true }))));
        };
        let taken = match self.events.get_mut(id) {
            None => {
                self.events.insert(id.to_owned(), (received.body.clone(), 0));
                Taken::First
            }
            Some((first, repeated)) => {
                *repeated = repeated.saturating_add(1);
                if *first == received.body { Taken::Again } else { Taken::Changed }
            }
        };
        Ok((taken, Reply::of(StatusCode::OK, json!({ "received": true, "request_id": id }))))
    }

    fn take_order(&mut self, received: &Received) -> Result<(Taken, Reply), Reply> {
        let mistake = |message: &str| event::refused(StatusCode::BAD_REQUEST, "invalid", message);
        let key = received.id().ok_or_else(|| mistake("there is no Idempotency-Key"))?;
        let order: Value =
            serde_json::from_slice(&received.body).map_err(|error| mistake(&error.to_string()))?;
        if !order.is_object() {
            return Err(mistake("an order is an object"));
        }
        let answer = |status, id: &str| Reply::of(status, json!({ "id": id }));
        match self.orders.iter().find(|known| known.key == key) {
            Some(known) if known.order == order => {
                Ok((Taken::Again, answer(StatusCode::OK, &known.id)))
            }
            Some(_) => {
                let message = "the key came with another order";
                Err(event::refused(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "idempotency_conflict",
                    message,
                ))
            }
            None => {
                let id = format!("M-{}", 1_001 + self.orders.len());
                let reply = answer(StatusCode::CREATED, &id);
                self.orders.push(Order { id, key: key.to_owned(), order });
                Ok((Taken::First, reply))
            }
        }
    }

    pub(super) fn received(&self) -> &[Received] {
        &self.received
    }

    /// How many events were taken, each once.
    pub(super) fn events(&self) -> usize {
        self.events.len()
    }

    pub(super) fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// How often each event was taken that had been taken before.
    pub(super) fn duplicates(&self) -> BTreeMap<String, u64> {
        let repeated = self.events.iter().filter(|(_, (_, repeated))| *repeated > 0);
        repeated.map(|(id, (_, repeated))| (id.clone(), *repeated)).collect()
    }
}
