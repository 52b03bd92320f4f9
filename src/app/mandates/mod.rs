//! Spending mandates, as the use cases reach them.

use acp_core::mandate::Purse;

use super::App;

impl App {
    /// The one way money leaves a mandate.
    pub fn purse(&self) -> Purse<'_> {
        Purse { mandates: self.ports.mandates.as_ref(), calendar: self.ports.calendar.as_ref() }
    }
}
