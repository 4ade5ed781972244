//! The identity keys of a site on the internal API.

use async_graphql::{Enum, InputObject, SimpleObject};
use valuemap_engine::member_identity::key;

use crate::wire::results::Problem;

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "key::Algorithm")]
pub enum IdentityAlgorithm {
    /// ECDSA on the curve P-256 with SHA-256.
    #[graphql(name = "ES256")]
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, by a key of 2048 to 8192 bits.
    #[graphql(name = "RS256")]
    RS256,
}

/// A public key that signatures of members' tokens are checked with.
#[derive(SimpleObject)]
pub struct IdentityKey {
    /// What the header of a token calls it.
    kid: String,
    algorithm: IdentityAlgorithm,
    /// In PEM.
    public_key: String,
}

impl From<key::IdentityKey> for IdentityKey {
    fn from(key: key::IdentityKey) -> Self {
        Self { kid: key.kid, algorithm: key.algorithm.into(), public_key: key.public_key }
    }
}

#[derive(InputObject)]
pub struct IdentityKeyInput {
    /// 1 to 128 characters, another one for each key of the site.
    kid: String,
    algorithm: IdentityAlgorithm,
    /// In PEM: what begins with `-----BEGIN PUBLIC KEY-----`.
    public_key: String,
}

impl From<IdentityKeyInput> for key::IdentityKey {
    fn from(input: IdentityKeyInput) -> Self {
        let public_key = input.public_key.trim().to_owned();
        Self { kid: input.kid, algorithm: input.algorithm.into(), public_key }
    }
}

/// Nothing was changed: a key is not one, or not of its algorithm.
#[derive(SimpleObject)]
pub struct InvalidKeys {
    pub problems: Vec<Problem>,
}
