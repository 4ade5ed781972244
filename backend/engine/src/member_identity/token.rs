//! What a token has to say, and in whose name.

use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::{Map, Value};

use crate::member_identity::crypto;
use crate::member_identity::key::{Algorithm, IdentityKey};

const MAX_BYTES: usize = 8 * 1_024;
const MAX_SUBJECT_CHARS: usize = 255;
/// How far the clocks of two servers may be apart, in seconds.
const LEEWAY: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const LONGEST_LIFE: f64 = 24.0 * HOUR;
/// In the year 5138. Who writes a later time has written milliseconds.
const LATEST: f64 = 1e11;

/// Why a token is not taken. It says which part is wrong and nothing of what the token holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this site takes answers of signed-in members only; send an `identity` that your server has signed")]
    Missing,
    #[error(
        "this site has no identity keys; register your server's public key with setSiteIdentity, or send no identity"
    )]
    NoKeys,
    #[error("the identity has {0} bytes; a token of at most {MAX_BYTES} is accepted")]
    TooLong(usize),
    #[error("the identity is not a JWT: three parts with dots between them, and a header with `alg` ES256 or RS256")]
    NotAToken,
    #[error("`kid`: the header does not say which key the token was signed with")]
    NoKid,
    #[error("`kid`: the site has no key of this name; register it with setSiteIdentity before you sign with it")]
    UnknownKid,
    #[error("`alg`: the key that `kid` names is for {0}, and the token was signed otherwise")]
    OtherAlgorithm(Algorithm),
    #[error("`crit`: the header asks for an extension that is not known here")]
    Critical,
    #[error("the signature is not of the key that `kid` names, or the token was changed after it was signed")]
    Signature,
    #[error("`{claim}`: {why}")]
    Claim { claim: &'static str, why: String },
}

/// Whom a token speaks of, if one of the site's keys signed it and it is for this site and valid now.
pub fn subject_of(token: &str, keys: &[IdentityKey], site: &str, now: DateTime<Utc>) -> Result<String, Refusal> {
    if keys.is_empty() {
        return Err(Refusal::NoKeys);
    }
    if token.len() > MAX_BYTES {
        return Err(Refusal::TooLong(token.len()));
    }
    let header = decode_header(token).map_err(|_| Refusal::NotAToken)?;
    let kid = header.kid.ok_or(Refusal::NoKid)?;
    let key = keys.iter().find(|key| key.kid == kid).ok_or(Refusal::UnknownKid)?;
    if header.alg != key.algorithm.into() {
        return Err(Refusal::OtherAlgorithm(key.algorithm));
    }
    if header.crit.is_some() {
        return Err(Refusal::Critical);
    }
    let claims = signed_claims(token, key)?;
    check_audience(&claims, site)?;
    check_times(&claims, now.timestamp_millis() as f64 / 1_000.0)?;
    subject(&claims)
}

fn signed_claims(token: &str, key: &IdentityKey) -> Result<Map<String, Value>, Refusal> {
    crypto::install();
    let decoding_key = key.parse().map_err(|_| Refusal::Signature)?;
    let mut validation = Validation::new(key.algorithm.into());
    // The library would ask the system's clock, so all claims are checked here.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match decode(token, &decoding_key, &validation) {
        Ok(decoded) => Ok(decoded.claims),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature | ErrorKind::Base64(_)) => {
            Err(Refusal::Signature)
        }
        Err(_) => Err(Refusal::NotAToken),
    }
}

fn wrong(claim: &'static str, why: impl Into<String>) -> Refusal {
    Refusal::Claim { claim, why: why.into() }
}

fn check_audience(claims: &Map<String, Value>, site: &str) -> Result<(), Refusal> {
    let is_for_site = match claims.get("aud") {
        Some(Value::String(audience)) => audience == site,
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == site),
        _ => return Err(wrong("aud", "the token does not say whom it is for; put in the site's key")),
    };
    if is_for_site { Ok(()) } else { Err(wrong("aud", "the token is for somebody else; put in this site's key")) }
}

fn check_times(claims: &Map<String, Value>, now: f64) -> Result<(), Refusal> {
    let expires = time(claims, "exp")?.ok_or_else(|| wrong("exp", "the token does not say until when it is valid"))?;
    let (not_before, issued) = (time(claims, "nbf")?, time(claims, "iat")?);
    if now - expires > LEEWAY {
        return Err(wrong("exp", format!("the token expired {} ago; sign a new one", duration(now - expires))));
    }
    for (claim, start) in [("nbf", not_before), ("iat", issued)] {
        if let Some(ahead) = start.map(|start| start - now).filter(|ahead| *ahead > LEEWAY) {
            let why = format!("it is {} ahead; check the clock of the server that signs", duration(ahead));
            return Err(wrong(claim, why));
        }
    }
    // Without a time of issue it might have been signed just now.
    if expires - issued.unwrap_or(now + LEEWAY) > LONGEST_LIFE {
        return Err(wrong("exp", "the token is valid for more than 24 hours; sign a short-lived one for each visit"));
    }
    Ok(())
}

/// A claim in seconds since 1970 (RFC 7519, NumericDate), if it is there.
fn time(claims: &Map<String, Value>, claim: &'static str) -> Result<Option<f64>, Refusal> {
    match claims.get(claim) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(seconds) if (0.0..=LATEST).contains(&seconds) => Ok(Some(seconds)),
            Some(seconds) if seconds > LATEST => Err(wrong(claim, "it is in seconds since 1970, not in milliseconds")),
            _ => Err(wrong(claim, "it is a number, of seconds since 1970")),
        },
    }
}

fn subject(claims: &Map<String, Value>) -> Result<String, Refusal> {
    match claims.get("sub") {
        Some(Value::String(subject)) if (1..=MAX_SUBJECT_CHARS).contains(&subject.chars().count()) => {
            Ok(subject.clone())
        }
        Some(Value::String(_)) => Err(wrong("sub", format!("it has 1 to {MAX_SUBJECT_CHARS} characters"))),
        Some(_) => Err(wrong("sub", "it is a text")),
        None => Err(wrong("sub", "the token does not name the member; put in an id of yours that stays the same")),
    }
}

fn duration(seconds: f64) -> String {
    let (number, unit) = match seconds {
        seconds if seconds < 120.0 => (seconds, "seconds"),
        seconds if seconds < 2.0 * HOUR => (seconds / 60.0, "minutes"),
        seconds if seconds < 48.0 * HOUR => (seconds / HOUR, "hours"),
        seconds => (seconds / (24.0 * HOUR), "days"),
    };
    format!("{} {unit}", number.floor())
}

#[cfg(test)]
mod tests {
    use base64::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    const SITE: &str = "pk_site";
    const NOW: i64 = 1_795_000_000;

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            let random = SystemRandom::new();
            let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pair.as_ref(), &random).unwrap())
        }

        fn keys(&self) -> Vec<IdentityKey> {
            // What every public key of P-256 begins with in DER, up to its point.
            let mut der = BASE64_STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=").unwrap();
            der.extend(self.0.public_key().as_ref());
            let body = BASE64_STANDARD.encode(der);
            let public_key = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
            vec![IdentityKey { kid: "k".into(), algorithm: Algorithm::ES256, public_key }]
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
            let message = format!("{}.{}", part(header), part(claims));
            let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
            format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn good() -> Value {
        json!({ "sub": "member-7", "aud": SITE, "iat": NOW - 5, "exp": NOW + 300 })
    }

    /// The good claims with these in place of theirs; null takes one away.
    fn with(changes: Value) -> Value {
        let mut claims = good();
        for (claim, value) in changes.as_object().unwrap() {
            claims[claim] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    fn read(signer: &Signer, token: &str) -> Result<String, Refusal> {
        subject_of(token, &signer.keys(), SITE, DateTime::from_timestamp(NOW, 0).unwrap())
    }

    /// Signs the changed claims and checks that they are taken, or refused with these words.
    #[track_caller]
    fn check(changes: Value, expected: Result<(), &str>) {
        let signer = Signer::new();
        let token = signer.sign(&json!({ "alg": "ES256", "kid": "k" }), &with(changes.clone()));
        match (read(&signer, &token), expected) {
            (Ok(subject), Ok(())) => assert_eq!(subject, with(changes)["sub"]),
            (Err(refusal), Err(words)) => assert!(refusal.to_string().contains(words), "{changes}: {refusal}"),
            (found, _) => panic!("{changes}: {found:?}"),
        }
    }

    #[test]
    fn a_token_is_valid_from_a_minute_before_until_a_minute_after_its_times() {
        check(json!({}), Ok(()));
        check(json!({ "exp": NOW - 59 }), Ok(()));
        check(json!({ "exp": NOW - 61 }), Err("`exp`: the token expired 61 seconds ago; sign a new one"));
        check(json!({ "exp": NOW - 150 }), Err("expired 2 minutes ago"));
        check(json!({ "exp": NOW as f64 - 150.5 }), Err("expired 2 minutes ago"));
        check(json!({ "nbf": NOW + 59 }), Ok(()));
        check(json!({ "nbf": NOW + 61 }), Err("`nbf`: it is 61 seconds ahead"));
        check(json!({ "iat": NOW + 59 }), Ok(()));
        check(json!({ "iat": NOW + 3_660 }), Err("`iat`: it is 61 minutes ahead"));
        check(json!({ "iat": NOW, "exp": NOW + 86_400 }), Ok(()));
        check(json!({ "iat": NOW, "exp": NOW + 86_401 }), Err("`exp`: the token is valid for more than 24 hours"));
        check(json!({ "iat": null, "exp": NOW + 86_400 }), Ok(()));
        check(json!({ "iat": null, "exp": NOW + 90_000 }), Err("more than 24 hours"));
        check(json!({ "exp": null }), Err("`exp`: the token does not say"));
        check(json!({ "exp": NOW * 1_000 }), Err("not in milliseconds"));
        check(json!({ "exp": "tomorrow" }), Err("`exp`: it is a number"));
        check(json!({ "nbf": -1 }), Err("`nbf`: it is a number"));
    }

    #[test]
    fn a_token_is_for_one_site_and_names_a_member() {
        check(json!({ "aud": ["pk_other", SITE] }), Ok(()));
        check(json!({ "aud": "pk_other" }), Err("`aud`: the token is for somebody else"));
        check(json!({ "aud": [] }), Err("`aud`: the token is for somebody else"));
        check(json!({ "aud": null }), Err("`aud`: the token does not say whom"));
        check(json!({ "sub": "x".repeat(255) }), Ok(()));
        check(json!({ "sub": "x".repeat(256) }), Err("`sub`: it has 1 to 255"));
        check(json!({ "sub": "" }), Err("`sub`: it has 1 to 255"));
        check(json!({ "sub": 7 }), Err("`sub`: it is a text"));
        check(json!({ "sub": null }), Err("`sub`: the token does not name"));
    }

    #[test]
    fn the_header_names_a_key_of_the_site_and_its_algorithm() {
        let signer = Signer::new();
        let check = |header: Value, expected: Refusal| {
            assert_eq!(read(&signer, &signer.sign(&header, &good())), Err(expected), "{header}");
        };
        check(json!({ "alg": "ES256" }), Refusal::NoKid);
        check(json!({ "alg": "ES256", "kid": "other" }), Refusal::UnknownKid);
        for algorithm in ["HS256", "RS256", "ES384", "PS256"] {
            check(json!({ "alg": algorithm, "kid": "k" }), Refusal::OtherAlgorithm(Algorithm::ES256));
        }
        check(json!({ "alg": "none", "kid": "k" }), Refusal::NotAToken);
        check(json!({ "alg": "ES256", "kid": "k", "crit": ["b64"] }), Refusal::Critical);
        assert_eq!(
            read(&Signer::new(), &signer.sign(&json!({ "alg": "ES256", "kid": "k" }), &good())),
            Err(Refusal::Signature)
        );
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let signer = Signer::new();
        let token = signer.sign(&json!({ "alg": "ES256", "kid": "k" }), &good());
        for broken in ["", ".", "..", "a.b", "a.b.c.d", token.trim_end_matches(|c| c != '.').trim_end_matches('.')] {
            assert_eq!(read(&signer, broken), Err(Refusal::NotAToken), "{broken}");
        }
        let (message, signature) = token.rsplit_once('.').unwrap();
        for changed in [format!("{message}."), format!("{message}.{}", &signature[2..]), format!("{message}.?")] {
            assert_eq!(read(&signer, &changed), Err(Refusal::Signature), "{changed}");
        }
        assert_eq!(read(&signer, &"x".repeat(8_193)), Err(Refusal::TooLong(8_193)));
        let text = signer.sign(&json!({ "alg": "ES256", "kid": "k" }), &json!("member-7"));
        assert_eq!(read(&signer, &text), Err(Refusal::NotAToken));
        assert_eq!(subject_of(&token, &[], SITE, DateTime::UNIX_EPOCH), Err(Refusal::NoKeys));
    }
}
