//! What somebody wants before there is a checkout: put into a cart, or said.

mod cart;
mod conversation;
