//! What a store on Redis costs in itself: its memory, and how sure one can be of what is in it.

pub(crate) mod durability;
pub(crate) mod memory;
