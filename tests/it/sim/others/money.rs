//! What the provider's books say of money, whoever keeps them.

use acp_core::ids::SessionId;
use acp_core::payment::PaymentStatus;
use acp_mocks::{Bank, Movement};

use crate::sim::core::Core;

#[derive(Default)]
pub(in crate::sim) struct Booked {
    /// In their order.
    pub(in crate::sim) movements: Vec<Movement>,
    /// Every payment there is, with the session it is for.
    pub(in crate::sim) payments: Vec<(SessionId, PaymentStatus)>,
    /// Movements that do not say whose they are.
    pub(in crate::sim) strange: usize,
}

impl Booked {
    pub(in crate::sim) async fn collect(core: &Core) -> Self {
        match &core.services {
            Some(services) => services.booked().await,
            None => Self::at(&core.bank.lock().unwrap()),
        }
    }

    fn at(bank: &Bank) -> Self {
        let payments = bank.payments();
        Self {
            movements: bank.movements().to_vec(),
            payments: payments.map(|(whose, it)| (whose.clone(), it.status.clone())).collect(),
            strange: 0,
        }
    }
}
