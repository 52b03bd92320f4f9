//! Identifiers: opaque to callers, typed for us.
//!
//! Ids that name a partition carry it in readable form, so that a call about a session goes
//! straight to the place where the session lives: `cs_<cell><partition>_<random>`. The cell is
//! for a second region; today it is always `0`.

use std::fmt;
use std::sync::Arc;

use crate::limits::{MERCHANT_ORDER_ID_CHARS_MAX, PARTITIONS};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RANDOM_CHARS: usize = 26;
const CELL: char = '0';

/// A slot of the store; everything that is committed together lives in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(u16);

impl Partition {
    /// The partition with this number; `None` when there is no such partition.
    pub fn new(number: u16) -> Option<Self> {
        (number < PARTITIONS).then_some(Self(number))
    }

    /// The partition a keyed hash falls into.
    pub fn of_hash(hash: [u8; 8]) -> Self {
        let number = u64::from_be_bytes(hash).checked_rem(u64::from(PARTITIONS)).unwrap_or(0);
        Self(u16::try_from(number).unwrap_or(0))
    }

    /// The number of this partition.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// 128 random bits, the part of an id nobody can guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random128(pub [u8; 16]);

impl Random128 {
    fn encode(self) -> String {
        let mut bits = u128::from_be_bytes(self.0);
        let mut text = [b'0'; RANDOM_CHARS];
        for place in text.iter_mut().rev() {
            let digit = usize::try_from(bits & 31).unwrap_or(0);
            *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
            bits >>= 5_u32;
        }
        text.iter().map(|byte| char::from(*byte)).collect()
    }
}

/// Text that is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a well-formed id")]
pub struct NotAnId;

/// Whether a byte is in [`ALPHABET`]; asked 26 times for each request.
const fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'h' | b'j' | b'k' | b'm' | b'n' | b'p'..=b't' | b'v'..=b'z')
}

/// The hexadecimal partition and the random part behind `prefix`, if `text` has that form.
fn parse_partitioned(prefix: &str, text: &str) -> Option<Partition> {
    let rest = text.strip_prefix(prefix)?.strip_prefix('_')?.strip_prefix(CELL)?;
    let (partition, random) = rest.split_once('_')?;
    let is_lower_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if partition.len() != 3 || !partition.chars().all(is_lower_hex) {
        return None;
    }
    if random.len() != RANDOM_CHARS || !random.bytes().all(is_digit) {
        return None;
    }
    Partition::new(u16::from_str_radix(partition, 16).ok()?)
}

macro_rules! partitioned_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            partition: Partition,
            text: Arc<str>,
        }

        impl $name {
            /// A new id inside `partition`.
            pub fn new(partition: Partition, random: Random128) -> Self {
                let number = partition.number();
                let text = format!("{}_{CELL}{number:03x}_{}", $prefix, random.encode());
                Self { partition, text: text.into() }
            }

            /// Reads an id somebody sent or stored.
            ///
            /// # Errors
            /// Refuses text that was never made by [`Self::new`].
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                let partition = parse_partitioned($prefix, text).ok_or(NotAnId)?;
                Ok(Self { partition, text: text.into() })
            }

            /// Where everything that belongs to this id lives.
            pub const fn partition(&self) -> Partition {
                self.partition
            }

            /// The id as it is sent.
            pub fn as_str(&self) -> &str {
                &self.text
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }
    };
}

partitioned_id!(
    /// Names a checkout session.
    SessionId,
    "cs"
);
partitioned_id!(
    /// Names a cart.
    CartId,
    "cart"
);
partitioned_id!(
    /// Names an order; it lives beside the session it came from.
    OrderId,
    "ord"
);
partitioned_id!(
    /// Names a plan; everything that is written about it lives beside it.
    PlanId,
    "plan"
);
partitioned_id!(
    /// Names a spending mandate; its ledger lives beside it.
    MandateId,
    "mdt"
);

partitioned_id!(
    /// Names a conversation with a shopper.
    ConversationId,
    "conv"
);
partitioned_id!(
    /// Names what a sentence came to; it lives beside its conversation.
    IntentId,
    "int"
);

partitioned_id!(
    /// Names what pays in the place of a card that was handed over.
    VaultTokenId,
    "vt"
);

partitioned_id!(
    /// Names the finding out of whether a shopper is who a card says.
    AuthenticationId,
    "auth"
);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the text of an id.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The id as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// Names a merchant on this gateway.
    TenantId
);
text_id!(
    /// Names an agent of one tenant, whichever key it uses today.
    AgentId
);
text_id!(
    /// Names what can be bought: a variant, or a product without variants.
    ItemId
);
text_id!(
    /// Names a line inside one session.
    LineId
);
text_id!(
    /// Names a fulfillment option inside one session.
    OptionId
);
text_id!(
    /// Names a payment at the provider.
    PaymentId
);

/// Names an order in the merchant's own system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MerchantOrderId(Arc<str>);

impl MerchantOrderId {
    /// Reads the id a merchant's system gave an order.
    ///
    /// # Errors
    /// Refuses what is empty, too long to be kept, or cannot be shown to a person.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        let is_short = text.chars().count() <= MERCHANT_ORDER_ID_CHARS_MAX;
        let is_shown = !text.trim().is_empty() && !text.chars().any(char::is_control);
        if is_short && is_shown { Ok(Self(text.into())) } else { Err(NotAnId) }
    }

    /// The id as the merchant gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MerchantOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names a place an agent is told of its orders at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(Arc<str>);

impl EndpointId {
    const PREFIX: &'static str = "we_";

    /// A new id.
    pub fn new(random: Random128) -> Self {
        Self(format!("{}{}", Self::PREFIX, random.encode()).into())
    }

    /// Reads an id somebody sent or stored.
    ///
    /// # Errors
    /// Refuses text that was never made by [`Self::new`].
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        let random = text.strip_prefix(Self::PREFIX).ok_or(NotAnId)?;
        let is_ours = random.len() == RANDOM_CHARS && random.bytes().all(is_digit);
        if is_ours { Ok(Self(text.into())) } else { Err(NotAnId) }
    }

    /// The id as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition(number: u16) -> Partition {
        Partition::new(number).unwrap()
    }

    #[test]
    fn an_id_reads_back_with_its_partition() {
        let id = SessionId::new(partition(0xabc), Random128([7; 16]));
        assert_eq!(SessionId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(id.partition().number(), 0xabc);
    }

    #[test]
    fn the_form_of_an_id_never_changes() {
        let id = SessionId::new(partition(26), Random128([0xff; 16]));
        assert_eq!(id.as_str(), "cs_001a_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    }

    #[test]
    fn what_we_never_made_is_refused() {
        let good = SessionId::new(partition(1), Random128([1; 16]));
        for bad in [
            "",
            "cs_",
            "ord_0001_00000000000000000000000001",
            "cs_1001_00000000000000000000000001",
            "cs_0001_0000000000000000000000000",
            "cs_0001_0000000000000000000000000i",
            "cs_0+01_00000000000000000000000001",
            "cs_0ABC_00000000000000000000000001",
            &format!("{good}:x"),
            &format!(" {good}"),
        ] {
            assert_eq!(SessionId::parse(bad), Err(NotAnId), "{bad:?}");
        }
    }

    #[test]
    fn what_a_merchant_calls_an_order_is_bounded_and_can_be_shown() {
        let longest = "ö".repeat(MERCHANT_ORDER_ID_CHARS_MAX);
        for good in ["M-1001", "2026/117 b", "7", longest.as_str()] {
            assert_eq!(MerchantOrderId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "M-1\n", "\u{7f}", format!("{longest}1").as_str()] {
            assert_eq!(MerchantOrderId::parse(bad), Err(NotAnId), "{bad:?}");
        }
    }

    #[test]
    fn the_id_of_an_endpoint_reads_back() {
        let id = EndpointId::new(Random128([7; 16]));
        assert_eq!(EndpointId::parse(id.as_str()), Ok(id.clone()));
        for bad in ["", "we_", "we_0", &format!("{id}0"), &id.as_str().to_uppercase()] {
            assert_eq!(EndpointId::parse(bad), Err(NotAnId), "{bad:?}");
        }
    }

    #[test]
    fn the_digits_are_those_of_the_alphabet() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_digit(byte), ALPHABET.contains(&byte), "{byte}");
        }
    }

    #[test]
    fn every_hash_falls_into_a_partition() {
        assert_eq!(Partition::of_hash([0xff; 8]).number(), 4095);
        assert_eq!(Partition::of_hash(4096_u64.to_be_bytes()).number(), 0);
        assert_eq!(Partition::new(PARTITIONS), None);
    }
}
