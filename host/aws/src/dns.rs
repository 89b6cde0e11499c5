//! Name resolution: the system's, but for names that can only mean this machine or an address
//! that is already written out.

use std::net::{IpAddr, Ipv4Addr};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};

/// Resolves names for the HTTP client.
///
/// S3 Control puts the account in front of the host of the endpoint (`111122223333.localhost`,
/// `111122223333.127.0.0.1`). With an endpoint of one's own such names exist in no name service,
/// yet there is no doubt what they mean.
#[derive(Clone, Debug)]
pub(crate) struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        if let Some(address) = evident(name) {
            return DnsFuture::ready(Ok(vec![address]));
        }
        DnsFuture::new(async move {
            tokio::net::lookup_host((name, 0))
                .await
                .map(|addresses| addresses.map(|address| address.ip()).collect())
                .map_err(ResolveDnsError::new)
        })
    }
}

/// The address that a name can only mean: loopback for everything below `localhost` (RFC 6761,
/// section 6.3), and the address itself where one label stands in front of an IPv4 address.
fn evident(name: &str) -> Option<IpAddr> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.ends_with(".localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let (_, rest) = name.split_once('.')?;
    rest.parse::<Ipv4Addr>().ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_evident_names_are_answered_here() {
        let loopback = Some(IpAddr::from(Ipv4Addr::LOCALHOST));
        assert_eq!(evident("111122223333.localhost"), loopback);
        assert_eq!(evident("111122223333.127.0.0.1"), loopback);
        for name in [
            "localhost",
            "s3.amazonaws.com",
            "127.0.0.1",
            "localhost.example.com",
        ] {
            assert_eq!(evident(name), None, "{name}");
        }
    }
}
