//! An agent that keeps product feeds: it is told of products, and shows what it knows.
//!
//! It takes what the protocol says a feed may hold, and no more.

mod answer;
mod kept;
mod mock;
mod routes;

pub use mock::{FeedMock, Settings};
