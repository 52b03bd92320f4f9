//! What several versions say in the same words.

pub mod action;
pub mod address;
mod asked;
pub mod attribution;
pub mod authentication;
pub mod cancel;
pub mod challenge;
mod email;
pub mod goods;
pub mod intent;
pub mod mandate;
pub mod news_word;
pub mod order_command;
pub mod order_event;
pub mod order_news;
pub mod plan;
pub mod session_entry;
pub mod shop;
pub mod webhook_endpoint;

pub(crate) use asked::{
    AskedItem, basket, first_nested, metadata, patch, selections, strings_in, told_fault,
};
pub use asked::{AskedSelection, FulfillmentType};
pub(crate) use email::email;
