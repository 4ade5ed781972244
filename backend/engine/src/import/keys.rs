//! What rows are known by.

use sha2::{Digest, Sha256};
use valuemap_shared::ids::CommunityId;

use crate::base::digests::hexadecimal;

/// A key as it is stored: an e-mail address as its digest, anything else as it is.
pub fn stored_key(community: CommunityId, key: &str) -> String {
    let key = key.trim();
    if is_email(key) { email_key(community, key) } else { key.to_owned() }
}

/// What stands for an e-mail address: the same in one community whatever the case it is written in, and another in
/// each community.
pub fn email_key(community: CommunityId, address: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(community.0.as_bytes());
    digest.update(address.trim().to_lowercase());
    format!("email:{}", hexadecimal(&digest.finalize()[..16]))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !text.contains(|c: char| c.is_whitespace() || c == '/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden_and_other_keys_kept() {
        let community = CommunityId(uuid::Uuid::from_u128(7));
        assert_eq!(stored_key(community, " 9876 "), "9876");
        assert_eq!(stored_key(community, "@nina"), "@nina");
        let key = stored_key(community, "Nina@Example.com");
        assert!(key.starts_with("email:") && !key.contains("xample"), "{key}");
        assert_eq!(key, stored_key(community, "nina@example.com "));
        assert_ne!(key, stored_key(CommunityId(uuid::Uuid::from_u128(8)), "nina@example.com"));
    }
}
