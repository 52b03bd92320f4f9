//! Somebody who is told of orders. As an agent, it takes order events and checks who signed them;
//! as a merchant, it takes the orders themselves and gives them ids of its own. It keeps all that
//! ever came, whatever became of it.
//!
//! What an agent answers is described by the protocol, in the OpenAPI document of its webhooks; what
//! a merchant does, in `openapi/backends.yaml`.

mod desk;
mod event;
mod mock;
mod received;
mod routes;

pub use desk::Order;
pub use mock::{ReceiverMock, Settings};
pub use received::{Kind, Received, Taken};
