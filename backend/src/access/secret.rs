//! Secrets: shown once, stored as a hash. They are random and long, so a plain digest keeps them safe.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::ambient::Ambient;

/// A new secret: 32 random bytes in hexadecimal, marked so that a leaked one is recognised for what it is.
pub fn new_secret(ambient: &Ambient) -> String {
    format!("vm_{}", hexadecimal(&ambient.random::<32>()))
}

/// What is stored in place of a secret.
pub fn hash_of(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
