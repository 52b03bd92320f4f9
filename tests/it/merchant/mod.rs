//! A merchant's own services in the place of ours: carts, catalogue, inventory, orders and terms.

mod carts;
mod catalogue;
mod hand_over;
mod inventory;
mod terms;
