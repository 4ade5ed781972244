use anyhow::{Context, anyhow};
use base64::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// A partner's server, which signs for its members.
#[derive(Debug)]
pub struct Signer {
    pub kid: String,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Signer {
    /// With a new key of the curve P-256.
    pub fn es256(kid: &str) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let failed = |_| anyhow!("no key of P-256 could be made");
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pair.as_ref(), &random)
            .map_err(|error| anyhow!("{error}"))?;
        Ok(Self { kid: kid.to_owned(), key: Key::Es256(pair) })
    }

    /// With the RSA key of the tests: making one takes long.
    pub fn rs256(kid: &str) -> anyhow::Result<Self> {
        let pem = include_str!("../data/keys/rsa_2048_private.pem");
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let pair = RsaKeyPair::from_pkcs8(&BASE64_STANDARD.decode(body)?).map_err(|error| anyhow!("{error}"))?;
        Ok(Self { kid: kid.to_owned(), key: Key::Rs256(pair) })
    }

    pub fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Es256(_) => "ES256",
            Key::Rs256(_) => "RS256",
        }
    }

    /// In PEM.
    pub fn public_key(&self) -> anyhow::Result<String> {
        match &self.key {
            Key::Es256(pair) => {
                // What every public key of P-256 begins with in DER, up to its point.
                let mut der = BASE64_STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=")?;
                der.extend(pair.public_key().as_ref());
                let body = BASE64_STANDARD.encode(der);
                Ok(format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"))
            }
            Key::Rs256(_) => Ok(include_str!("../data/keys/rsa_2048.pem").to_owned()),
        }
    }

    /// The key as `setSiteIdentity` takes it.
    pub fn key_input(&self) -> anyhow::Result<Value> {
        Ok(json!({ "kid": self.kid, "algorithm": self.algorithm(), "publicKey": self.public_key()? }))
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> anyhow::Result<String> {
        self.sign_with(&json!({ "alg": self.algorithm(), "kid": self.kid, "typ": "JWT" }), claims)
    }

    /// The same under another header.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> anyhow::Result<String> {
        let message = unsigned(header, claims);
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Es256(pair) => pair.sign(&random, message.as_bytes()).map(|signature| signature.as_ref().to_vec()),
            Key::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).map(|()| signature)
            }
        };
        let signature = signature.ok().context("the token could not be signed")?;
        Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }

    /// A token for a member who visits now.
    pub fn token(&self, site: &str, member: &str) -> anyhow::Result<String> {
        let now = seconds_since_1970();
        self.sign(&json!({ "sub": member, "aud": site, "iat": now, "exp": now + 300 }))
    }
}

/// Header and claims of a token, before it is signed.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

#[allow(clippy::disallowed_methods, reason = "tokens are for the clock of the server, which is the system's")]
pub fn seconds_since_1970() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}
