//! The part of an address that stands for one household, office or Wi-Fi.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the first 56 bits of an IPv6 address: providers give that much, or more, to one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

const IPV6_MASK: u128 = u128::MAX << (128 - 56);

impl Network {
    pub fn octets(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & IPV6_MASK)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, are_same: bool) {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network(one) == network(other), are_same, "{one} and {other}");
    }

    #[test]
    fn ipv4_counts_whole_and_ipv6_by_its_first_56_bits() {
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1", "192.0.2.2", false);
        check("2001:db8:0:1200::1", "2001:db8:0:12ff:ffff::9", true);
        check("2001:db8:0:1200::1", "2001:db8:0:1300::1", false);
        check("::ffff:192.0.2.1", "192.0.2.1", true);
    }
}
