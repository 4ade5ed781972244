//! Who sends a request: the peer of the connection, or whom a trusted proxy names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, web};
use ipnet::IpNet;
use serde::Deserialize;
use valuemap_engine::limits::Client;

pub fn client_of(http: &HttpRequest) -> Client {
    // Every connection has a peer, but for those of a test without a network.
    let peer = http.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    match http.app_data::<web::Data<TrustedProxies>>() {
        Some(proxies) => proxies.client(peer, http.headers()),
        None => Client { address: peer, is_https: false },
    }
}

/// The networks of the proxies that say truthfully whom they speak for.
/// None, unless the operator names some: whoever else can reach the server could say anything.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Vec<String>")]
pub struct TrustedProxies(Vec<IpNet>);

impl TryFrom<Vec<String>> for TrustedProxies {
    type Error = String;

    fn try_from(networks: Vec<String>) -> Result<Self, String> {
        let network = |text: String| {
            let address = || text.parse::<IpAddr>().map(IpNet::from);
            let refused = |_| format!("trusted_proxies: `{text}` is not a network; write it like 10.0.0.0/8");
            text.parse::<IpNet>().or_else(|_| address()).map_err(refused)
        };
        Ok(Self(networks.into_iter().map(network).collect::<Result<_, _>>()?))
    }
}

static WARNED: Once = Once::new();

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        if !self.trusts(peer) {
            if headers.contains_key("x-forwarded-for") {
                WARNED.call_once(|| {
                    tracing::warn!(
                        %peer,
                        "X-Forwarded-For of this address is ignored: if it is your proxy, add it to trusted_proxies, or \
                         all that comes by it counts as one address (said once)"
                    );
                });
            }
            return Client { address: peer, is_https: false };
        }
        let text = |name| headers.get_all(name).filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
        let is_https = text("x-forwarded-proto").split(',').next().is_some_and(|scheme| scheme.trim() == "https");
        Client { address: self.forwarded(peer, &text("x-forwarded-for")), is_https }
    }

    /// Each proxy appends the address that it was asked from, so only what trusted ones appended is true: from the right
    /// up to the first that is not trusted.
    fn forwarded(&self, peer: IpAddr, list: &str) -> IpAddr {
        let mut address = peer;
        for entry in list.rsplit(',') {
            let Some(named) = address_in(entry.trim()) else { break };
            address = named;
            if !self.trusts(named) {
                break;
            }
        }
        address
    }
}

/// Reads `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` and `[2001:db8::1]:443`.
fn address_in(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn check(peer: &str, headers: &[(&'static str, &'static str)], address: &str, is_https: bool) {
        let networks = ["10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"].map(str::to_owned).to_vec();
        let proxies = TrustedProxies::try_from(networks).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let expected = Client { address: address.parse().unwrap(), is_https };
        assert_eq!(proxies.client(peer.parse().unwrap(), &map), expected, "{peer} {headers:?}");
    }

    const FOR: &str = "x-forwarded-for";
    const PROTO: &str = "x-forwarded-proto";

    #[test]
    fn a_trusted_proxy_names_the_client() {
        check("10.0.0.1", &[(FOR, "192.0.2.7"), (PROTO, "https")], "192.0.2.7", true);
        check("10.0.0.1", &[(FOR, "192.0.2.7:4711"), (PROTO, "http")], "192.0.2.7", false);
        check("::ffff:10.0.0.1", &[(FOR, "[2001:db8::7]:443")], "2001:db8::7", false);
        check("127.0.0.1", &[(FOR, "2001:db8::7")], "2001:db8::7", false);
        check("10.0.0.1", &[], "10.0.0.1", false);
    }

    #[test]
    fn only_what_trusted_proxies_appended_is_believed() {
        check("10.0.0.1", &[(FOR, "198.51.100.1, 192.0.2.7")], "192.0.2.7", false);
        check("10.0.0.1", &[(FOR, "198.51.100.1, 192.0.2.7, 10.0.0.2")], "192.0.2.7", false);
        check("10.0.0.1", &[(FOR, "198.51.100.1"), (FOR, "192.0.2.7,2001:db8:1::2")], "192.0.2.7", false);
        check("10.0.0.1", &[(FOR, "10.0.0.3, 10.0.0.2")], "10.0.0.3", false);
        check("10.0.0.1", &[(FOR, "198.51.100.1, unknown, 10.0.0.2")], "10.0.0.2", false);
        check("10.0.0.1", &[(FOR, "unknown")], "10.0.0.1", false);
    }

    #[test]
    fn anybody_else_speaks_for_nobody() {
        check("192.0.2.1", &[(FOR, "198.51.100.1"), (PROTO, "https")], "192.0.2.1", false);
        check("127.0.0.2", &[(FOR, "198.51.100.1")], "127.0.0.2", false);
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for bad in ["", "10.0.0.0/33", "proxy.example.com", "10.0.0"] {
            assert!(TrustedProxies::try_from(vec![bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
