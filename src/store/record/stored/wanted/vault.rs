//! What pays in the place of a card.

use acp_core::money::Currency;
use acp_core::vault::{Allowance, Spending, VaultToken};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::party::StoredOwner;
use crate::store::record::stored::scalars::{Amount, Moment, Sealed};

mirror! {
    StoredAllowance of Allowance {
        amount_max: Amount,
        session: Box<str>,
        merchant: Box<str>,
        expires_at: Moment,
    }
}

mirror! {
    StoredTokenSpending of Spending {
        attempt: u32,
        at: Moment,
    }
}

mirror! {
    StoredVaultToken of VaultToken {
        id: Box<str>,
        owner: StoredOwner,
        allowance: StoredAllowance,
        credential: Sealed,
        last4: Box<str>,
        made_at: Moment,
    } or_absent {
        brand: Option<Box<str>>,
        spent: Option<StoredTokenSpending>,
        over_up_to: u32,
    }
}

impl Document for VaultToken {
    type Shape = StoredVaultToken;

    fn currency(&self) -> Option<Currency> {
        Some(self.allowance.amount_max.currency())
    }

    fn size(&self) -> usize {
        512
    }
}
