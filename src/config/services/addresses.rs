//! Addresses somebody may call from.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::reading;

/// Addresses that belong together: those that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    first: IpAddr,
    bits: u32,
}

impl Addresses {
    /// Reads an address, with or without how many of its bits count.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let width = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(width), |bits| bits.parse().ok())?;
        (bits <= width).then_some(Self { first, bits })
    }

    /// Whether this is one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let differs = |one: u128, other: u128, width: u32| {
            // Without any bits that count, all are the same.
            let shift = width.saturating_sub(self.bits);
            (one ^ other).checked_shr(shift).unwrap_or_default() != 0
        };
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                !differs(u32::from(first).into(), u32::from(address).into(), 32)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => !differs(first.into(), address.into(), 128),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl Serialize for Addresses {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}/{}", self.first, self.bits))
    }
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected =
            "an address or a network, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32";
        reading::from_text(from, expected, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        Addresses::parse(network).unwrap().contain(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_in_a_network_by_its_first_bits() {
        assert!(contains("203.0.113.0/24", "203.0.113.255"));
        assert!(!contains("203.0.113.0/24", "203.0.114.0"));
        assert!(contains("203.0.113.7", "203.0.113.7"));
        assert!(!contains("203.0.113.7", "203.0.113.8"));
        assert!(contains("0.0.0.0/0", "198.51.100.1"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!contains("2001:db8::/32", "2001:db9::1"));
        assert!(contains("::/0", "2001:db9::1"));
        assert!(contains("203.0.113.0/24", "::ffff:203.0.113.9"), "the same address");
        for wrong in ["203.0.113.0/33", "::/129", "shop.example", "203.0.113", "1.2.3.4/x", ""] {
            assert_eq!(Addresses::parse(wrong), None, "{wrong}");
        }
    }
}
