//! Which addresses belong to everybody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is not reached over the internet, or stands for something that is not (RFC 6890 and the
/// registries it began): this host, private and shared networks, links, examples, tests, groups,
/// what is reserved, and relays.
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The one part of IPv6 that is given out. Mapped and translated addresses of IPv4, unique local
/// ones, links and groups are all outside of it.
const OPEN_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What of it is not reached, or stands for an address of IPv4: protocol assignments with Teredo
/// and benchmarks, examples, 6to4.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one anybody can reach, so that reaching it from here gives nobody
/// anything.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4.iter().any(|network| is_in_v4(address, *network)),
        IpAddr::V6(address) => {
            is_in_v6(address, OPEN_V6)
                && !CLOSED_V6.iter().any(|network| is_in_v6(address, *network))
        }
    }
}

fn is_in_v4(address: Ipv4Addr, (network, bits): (Ipv4Addr, u32)) -> bool {
    let mask = u32::MAX.checked_shl(u32::BITS.saturating_sub(bits)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits()
}

fn is_in_v6(address: Ipv6Addr, (network, bits): (Ipv6Addr, u32)) -> bool {
    let mask = u128::MAX.checked_shl(u128::BITS.saturating_sub(bits)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reads(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_everybody_are_open() {
        for text in ["1.1.1.1", "93.184.215.14", "8.8.8.8", "100.63.255.255", "100.128.0.0"] {
            assert!(reads(text), "{text}");
        }
        for text in ["172.15.255.255", "172.32.0.0", "223.255.255.255", "198.20.0.0"] {
            assert!(reads(text), "{text}");
        }
        for text in ["2606:4700::1111", "2a00:1450:4001::8a", "2001:200::1", "2001:4860::8888"] {
            assert!(reads(text), "{text}");
        }
    }

    #[test]
    fn addresses_that_stand_for_something_else_are_closed() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ] {
            assert!(!reads(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_the_library_knows_to_be_closed_is_closed(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            let is_closed = address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_unspecified();
            prop_assert!(!(is_closed && is_public(address.into())));
        }

        #[test]
        fn every_address_of_a_closed_network_is_closed(host: u32, place in 0..CLOSED_V4.len()) {
            let (network, bits) = CLOSED_V4[place];
            let own = network.to_bits() | host.checked_shr(bits).unwrap_or(0);
            prop_assert!(!is_public(Ipv4Addr::from_bits(own).into()));
        }

        #[test]
        fn an_address_of_another_kind_inside_of_ipv6_is_closed(bits: u32) {
            let inner = u128::from(bits);
            let outer = [0, 0xffff_u128 << 32, 0x64_ff9b_u128 << 96, 0x2002_u128 << 112];
            for outer in outer {
                let mapped = if outer >> 112 == 0x2002 { inner << 80 } else { inner };
                prop_assert!(!is_public(Ipv6Addr::from_bits(outer | mapped).into()));
            }
        }

        #[test]
        fn what_is_not_given_out_is_closed(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            let is_given_out = bits >> 125 == 1;
            prop_assert!(is_given_out || !is_public(address.into()));
        }
    }
}
