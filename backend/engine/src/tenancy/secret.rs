//! Secrets: shown once, stored as a hash. They are random and long, so a plain digest keeps them safe.

use crate::base::ambient::Ambient;
use crate::base::digests::{hexadecimal, sha_256};

/// A new secret: 32 random bytes in hexadecimal, marked so that a leaked one is recognised for what it is.
pub fn new_secret(ambient: &Ambient) -> String {
    format!("vm_{}", hexadecimal(&ambient.random::<32>()))
}

/// What is stored in place of a secret.
pub fn hash_of(secret: &str) -> String {
    sha_256(secret.as_bytes())
}
