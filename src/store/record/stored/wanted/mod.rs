//! What somebody wants before there is a checkout: put into a cart, said, or allowed.

mod authentication;
mod cart;
mod conversation;
mod mandate;
mod vault;
