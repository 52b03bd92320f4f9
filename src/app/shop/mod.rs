//! What whoever looks after the shop does with what it sells. Where the merchant's own services
//! keep it, nothing is changed here.

mod change;
mod count;
mod read;
mod search;

use std::fmt;
use std::sync::Arc;

use acp_core::ports::{Assortment, Counts};

pub use read::ItemsWanted;
pub use search::SessionsWanted;

/// Who keeps a part of the shop.
pub enum Kept<T: ?Sized> {
    /// We do.
    Here(Arc<T>),
    /// A service of the merchant's.
    Elsewhere,
}

impl<T: ?Sized> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here(_) => "Here",
            Self::Elsewhere => "Elsewhere",
        })
    }
}

/// Who keeps what the shop sells.
#[derive(Debug)]
pub struct Shelves {
    /// What is sold, and for how much.
    pub items: Kept<dyn Assortment>,
    /// How much there is of it.
    pub counts: Kept<dyn Counts>,
}

impl Default for Shelves {
    fn default() -> Self {
        Self { items: Kept::Elsewhere, counts: Kept::Elsewhere }
    }
}
