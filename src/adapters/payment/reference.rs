//! The id of a demo payment. It says all there is to know of a payment that nobody remembers:
//! which key made it, and how much it is for.

use acp_core::ids::PaymentId;
use acp_core::money::{Currency, Money};
use acp_core::payment::ProviderKey;
use sha2::{Digest, Sha256};

/// A payment by what never changes of it: `pay_<digest of the key>_<minor units>_<currency>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) digest: u128,
    pub(super) amount: Money,
}

impl Reference {
    pub(super) fn of(key: &ProviderKey, amount: Money) -> Self {
        let hash: [u8; 32] = Sha256::digest(key.0.as_bytes()).into();
        let digest = hash.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte));
        Self { digest, amount }
    }

    pub(super) fn id(&self) -> PaymentId {
        let (minor, currency) = (self.amount.minor(), self.amount.currency().lowercase());
        PaymentId::new(format!("pay_{:032x}_{minor}_{currency}", self.digest))
    }

    /// Reads an id back; `None` for what was never made here.
    pub(super) fn parse(id: &PaymentId) -> Option<Self> {
        let mut parts = id.as_str().strip_prefix("pay_")?.split('_');
        let digest = u128::from_str_radix(parts.next()?, 16).ok()?;
        let minor = parts.next()?.parse().ok()?;
        let currency = Currency::parse(parts.next()?).ok()?;
        let reference = Self { digest, amount: Money::new(minor, currency).ok()? };
        (reference.id() == *id).then_some(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(key: &str, minor: i64) -> Reference {
        let usd = Currency::parse("usd").unwrap();
        Reference::of(&ProviderKey(key.into()), Money::new(minor, usd).unwrap())
    }

    #[test]
    fn the_form_of_an_id_never_changes() {
        let id = reference("cs_1|payment|1", 2_922).id();
        assert_eq!(id.as_str(), "pay_df7928a987b9f8fc6f6138da6de65541_2922_usd");
    }

    #[test]
    fn an_id_tells_its_key_and_its_amount() {
        let made = reference("a key", 5);
        assert_eq!(Reference::parse(&made.id()), Some(made));
        assert_ne!(made.id(), reference("another key", 5).id());
    }

    #[test]
    fn what_was_never_made_here_is_not_read() {
        let good = reference("a key", 5).id();
        for bad in ["", "pay_", "pay_1", "pi_123", "pay_00_5_usd"] {
            assert_eq!(Reference::parse(&PaymentId::new(bad)), None, "{bad:?}");
        }
        for bad in [
            good.as_str().to_uppercase(),
            format!("{good}_"),
            good.as_str().replace("_5_", "_05_"),
            good.as_str().replace("_5_", "_-5_"),
            good.as_str().replace("usd", "xxx"),
        ] {
            assert_eq!(Reference::parse(&PaymentId::new(bad.as_str())), None, "{bad:?}");
        }
    }
}
