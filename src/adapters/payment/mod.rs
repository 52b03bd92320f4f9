//! Payment providers: whoever holds and takes the money.
//!
//! An adapter turns the port's calls into those of one provider and every failure into what may
//! be done about it. It must not learn what is bought, or decide whether an order exists.

mod books;
mod demo;
mod demo_cards;
mod ledger;
mod on_account;
mod reference;
mod routed;
mod stripe;

pub use demo::DemoPayments;
pub use demo_cards::DemoCards;
pub use on_account::WithAccounts;
pub use routed::{Account, RoutedPayments, Taken};
pub use stripe::{Acquirer, StripeNews, StripeOptions, StripePayments};
