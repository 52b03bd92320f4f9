//! Doubles of the world around the gateway, for tests: they do what they are told, and write down
//! what was done to them.
//!
//! Some live inside a test:
//!
//! - [`ScriptedPayments`] is a payment provider with books. A test says what becomes of a token,
//!   which call fails before or after it took effect and which call waits at a [`Gate`]; later it
//!   reads in the books how much is held and how often money was taken.
//! - [`Bank`] keeps the books of a provider in a simulated world, and lives in time.
//! - [`StillClock`] stands still until it is moved.
//! - [`SeededEntropy`] rolls the same dice for the same seed.
//!
//! These start no task, do not read the time and need no runtime.
//!
//! Others listen, so that a gateway reaches them as it reaches the real thing. They run in the
//! program `acp-mocks` or in a test, take the time of day and can be put ahead of it, and end with
//! the [`server::Running`] that holds them:
//!
//! - [`stripe::StripeMock`] is a payment provider that speaks Stripe's v1 API.
//! - [`inventory::InventoryMock`] keeps stock, by reservations and by adjustments.
//! - [`catalog::CatalogMock`] sells items, and changes its prices.
//! - [`receiver::ReceiverMock`] is told of orders, as an agent and as a merchant.
//! - [`llm::LlmMock`] is a language model with a script.
//! - [`terms::TermsMock`] tells taxes, ways of delivery and promotions.
//! - [`cart::CartMock`] keeps carts.
//! - [`three_ds::ThreeDsMock`] finds out whether a shopper is who a card says.
//! - [`feed::FeedMock`] keeps product feeds, as an agent does.
//!
//! What goes wrong with them is said by [`faults::Faults`].
//!
//! What a double does without being told is what a decent provider does: repeating a call is safe,
//! a canceled payment stays canceled, and money is taken once. A test that wants something worse
//! says so.
//!
//! ```
//! use acp_core::payment::{Decline, PaymentFault};
//! use acp_mocks::{Operation, Outcome, ScriptedPayments, Turn};
//!
//! let payments = ScriptedPayments::default();
//! payments.on_token("tok_poor", Outcome::Decline(Decline::Soft));
//! // The first capture takes the money, but nobody hears of it.
//! payments.script(Operation::Capture, [Turn::FailAfter(PaymentFault::Ambiguous)]);
//! // … the test buys something …
//! assert_eq!(payments.captures(), [], "nobody has bought anything yet");
//! ```

mod bank;
pub mod cart;
pub mod catalog;
mod clock;
mod entropy;
pub mod faults;
pub mod feed;
mod gate;
pub mod inventory;
mod ledger;
pub mod llm;
mod payments;
pub mod receiver;
pub mod server;
pub mod stripe;
pub mod terms;
pub mod three_ds;

pub use bank::{Bank, Move, Movement};
pub use clock::StillClock;
pub use entropy::SeededEntropy;
pub use gate::Gate;
pub use ledger::{Booking, Outcome};
pub use payments::{Operation, ScriptedPayments, Turn};
