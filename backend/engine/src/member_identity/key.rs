//! The public keys of a site, which the signatures of its members' tokens are checked with.

use std::collections::HashSet;
use std::fmt;

use jsonwebtoken::DecodingKey;
use pkcs1::{RsaPublicKey, UintRef};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use serde::{Deserialize, Serialize};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use valuemap_shared::survey::{Problem, ProblemCode};

/// Maximum number of keys of a site: enough to rotate them.
pub const MAX_KEYS: usize = 10;
const MAX_KID_CHARS: usize = 128;
/// The largest key that is accepted has about half as many.
const MAX_PEM_BYTES: usize = 4_096;
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on the curve P-256 with SHA-256.
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::ES256 => Self::ES256,
            Algorithm::RS256 => Self::RS256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
        })
    }
}

/// A public key as it is stored with its site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityKey {
    /// What the header of a token calls it.
    pub kid: String,
    pub algorithm: Algorithm,
    /// In PEM.
    pub public_key: String,
}

impl IdentityKey {
    /// The key, or why it is none of its algorithm.
    pub fn parse(&self) -> Result<DecodingKey, String> {
        if self.public_key.len() > MAX_PEM_BYTES {
            return Err(format!("the key has {} bytes; at most {MAX_PEM_BYTES} are allowed", self.public_key.len()));
        }
        let pem = pem::parse(&self.public_key)
            .map_err(|_| "this is not PEM; a public key begins with -----BEGIN PUBLIC KEY-----")?;
        if pem.tag().contains("PRIVATE") {
            return Err(
                "this is a private key and now known to others: make a new pair, and send its public key".into()
            );
        }
        if pem.tag() != "PUBLIC KEY" {
            let hint = "send what begins with -----BEGIN PUBLIC KEY-----, such as `openssl pkey -pubout` writes";
            return Err(format!("this is a {}; {hint}", pem.tag().to_lowercase()));
        }
        let info = SubjectPublicKeyInfoRef::try_from(pem.contents()).map_err(|_| UNREADABLE)?;
        match self.algorithm {
            Algorithm::ES256 => es256_key(&info),
            Algorithm::RS256 => rs256_key(&info),
        }
    }
}

const UNREADABLE: &str = "the key cannot be read; it may have been cut off when it was copied";
const ELLIPTIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

fn es256_key(info: &SubjectPublicKeyInfoRef<'_>) -> Result<DecodingKey, String> {
    if info.algorithm.oid != ELLIPTIC {
        return Err("ES256 takes a key of the elliptic curve P-256, and this is a key of another kind".into());
    }
    if info.algorithm.parameters_oid() != Ok(P_256) {
        return Err("ES256 is signed on the curve P-256, and the key is on another one".into());
    }
    let point = info.subject_public_key.raw_bytes();
    // Agreeing on a secret with it, which nobody will use, is how the library checks that a point is on the curve.
    let checked = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())
        .and_then(|ours| agree_ephemeral(ours, &UnparsedPublicKey::new(&ECDH_P256, point), |_| ()));
    checked.map_err(|_| "the key is not a point of the curve P-256, uncompressed")?;
    Ok(DecodingKey::from_ec_der(point))
}

fn rs256_key(info: &SubjectPublicKeyInfoRef<'_>) -> Result<DecodingKey, String> {
    if info.algorithm.oid != pkcs1::ALGORITHM_OID {
        return Err("RS256 takes an RSA key, and this is a key of another kind".into());
    }
    let der = info.subject_public_key.raw_bytes();
    let modulus: UintRef<'_> = RsaPublicKey::try_from(der).map_err(|_| UNREADABLE)?.modulus;
    let first = modulus.as_bytes().first().copied().unwrap_or_default();
    let bits = 8 * modulus.as_bytes().len() - first.leading_zeros() as usize;
    if !RSA_BITS.contains(&bits) {
        let (least, most) = (RSA_BITS.start(), RSA_BITS.end());
        return Err(format!("the RSA key has {bits} bits; {least} to {most} are accepted"));
    }
    Ok(DecodingKey::from_rsa_der(der))
}

/// Checks the keys of a site, and reports all that is wrong with them.
pub fn checked_keys(keys: Vec<IdentityKey>, required: bool) -> Result<Vec<IdentityKey>, Vec<Problem>> {
    let mut problems = Vec::new();
    if keys.len() > MAX_KEYS {
        let message = format!("{} keys were sent; a site has at most {MAX_KEYS}", keys.len());
        return Err(vec![Problem::new("keys", ProblemCode::Size, message)]);
    }
    if required && keys.is_empty() {
        let message = "nobody could answer: an identity is required, and there is no key to check it with";
        problems.push(Problem::new("keys", ProblemCode::Missing, message));
    }
    let mut kids = HashSet::new();
    for (index, key) in keys.iter().enumerate() {
        if key.kid.is_empty() || key.kid.chars().count() > MAX_KID_CHARS || key.kid.contains(char::is_control) {
            let message = format!("1 to {MAX_KID_CHARS} characters, none of them a control character");
            problems.push(Problem::new(format!("keys.{index}.kid"), ProblemCode::Size, message));
        } else if !kids.insert(key.kid.as_str()) {
            let message = "two keys have the same kid, and a token names its key by it";
            problems.push(Problem::new(format!("keys.{index}.kid"), ProblemCode::Duplicate, message));
        }
        if let Err(message) = key.parse() {
            problems.push(Problem::new(format!("keys.{index}.publicKey"), ProblemCode::Malformed, message));
        }
    }
    if problems.is_empty() { Ok(keys) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use base64::prelude::*;

    use super::*;

    macro_rules! key_file {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/data/keys/", $name, ".pem"))
        };
    }

    const RSA_2048: &str = key_file!("rsa_2048");
    const ON_P_256: &str = key_file!("p_256");

    fn key(kid: &str, algorithm: Algorithm, public_key: &str) -> IdentityKey {
        IdentityKey { kid: kid.into(), algorithm, public_key: public_key.into() }
    }

    fn check(algorithm: Algorithm, public_key: &str, expected: &str) {
        let refused = key("a", algorithm, public_key).parse().err().unwrap_or_default();
        assert!(if expected.is_empty() { refused.is_empty() } else { refused.contains(expected) }, "{refused}");
    }

    #[test]
    fn only_a_key_of_the_algorithm_is_accepted() {
        use Algorithm::{ES256, RS256};
        check(ES256, ON_P_256, "");
        check(RS256, RSA_2048, "");
        check(ES256, RSA_2048, "a key of another kind");
        check(RS256, ON_P_256, "a key of another kind");
        check(ES256, key_file!("p_384"), "on another one");
        check(ES256, key_file!("secp_256k1"), "on another one");
        check(ES256, key_file!("ed_25519"), "a key of another kind");
        check(RS256, key_file!("rsa_1024"), "has 1024 bits");
        check(RS256, key_file!("rsa_2048_private"), "is a private key");
        check(ES256, "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "is not PEM");
        check(ES256, "", "is not PEM");
        check(RS256, &RSA_2048.replace("PUBLIC KEY", "RSA PUBLIC KEY"), "this is a rsa public key");
        check(ES256, &"x".repeat(5_000), "at most 4096");
    }

    #[test]
    fn what_is_encoded_is_read_to_its_end_and_no_deeper_than_it_is() {
        let encoded = |der: Vec<u8>| {
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(der))
        };
        let decoded = |pem: &str| pem::parse(pem).unwrap().into_contents();
        let mut point = decoded(ON_P_256);
        *point.last_mut().unwrap() ^= 1;
        check(Algorithm::ES256, &encoded(point), "not a point of the curve");
        let mut cut_off = decoded(RSA_2048);
        cut_off.truncate(200);
        check(Algorithm::RS256, &encoded(cut_off), UNREADABLE);
        // Sequences in sequences, as deep as they fit.
        let mut nested = Vec::new();
        while nested.len() < 2_900 {
            let length = u16::try_from(nested.len()).unwrap().to_be_bytes();
            nested.splice(0..0, [0x30, 0x82, length[0], length[1]]);
        }
        check(Algorithm::RS256, &encoded(nested), UNREADABLE);
    }

    #[test]
    fn all_problems_of_the_keys_are_reported() {
        let found = |keys: Vec<IdentityKey>, required| {
            let problems = checked_keys(keys, required).err().unwrap_or_default();
            problems.into_iter().map(|problem| (problem.path, problem.code)).collect::<Vec<_>>()
        };
        let good = || key("a", Algorithm::ES256, ON_P_256);
        assert_eq!(found(vec![], false), []);
        assert_eq!(found(vec![], true), [("keys".into(), ProblemCode::Missing)]);
        let keys = vec![good(), key("a", Algorithm::RS256, RSA_2048), key("", Algorithm::RS256, ON_P_256)];
        let expected = [
            ("keys.1.kid".into(), ProblemCode::Duplicate),
            ("keys.2.kid".into(), ProblemCode::Size),
            ("keys.2.publicKey".into(), ProblemCode::Malformed),
        ];
        assert_eq!(found(keys, true), expected);
        assert_eq!(found((0..11).map(|_| good()).collect(), true), [("keys".into(), ProblemCode::Size)]);
    }
}
