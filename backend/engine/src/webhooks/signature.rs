//! Signature verification: whether a body was signed with an endpoint's secret. Signatures are compared in constant
//! time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;

/// How far the time of a Standard Webhooks signature may be from now, in seconds.
const TOLERANCE: u64 = 5 * 60;
const SECRET_PREFIX: &str = "whsec_";

/// Why a request is not from whoever holds the secret. For the log; the sender learns nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("the header {0} is missing or not readable")]
    Header(&'static str),
    #[error("the signature was made too long ago, or in the future")]
    Time,
    #[error("the signature is another one")]
    Signature,
    #[error("the stored secret is not readable")]
    Secret,
}

/// Discourse: `X-Discourse-Event-Signature: sha256=<hexadecimal>` of the body.
pub fn check_discourse(secret: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Forged> {
    const HEADER: &str = "x-discourse-event-signature";
    let digits = text(headers, HEADER)?.strip_prefix("sha256=").ok_or(Forged::Header(HEADER))?;
    let signature = from_hexadecimal(digits).ok_or(Forged::Header(HEADER))?;
    if is_signed(secret.as_bytes(), &[body], &signature) { Ok(()) } else { Err(Forged::Signature) }
}

/// Standard Webhooks: `webhook-signature: v1,<base64>` of id, time and body, one or several separated by spaces.
pub fn check_standard(secret: &str, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<(), Forged> {
    let (id, timestamp) = (text(headers, "webhook-id")?, text(headers, "webhook-timestamp")?);
    let signatures = text(headers, "webhook-signature")?;
    let seconds: i64 = timestamp.parse().map_err(|_| Forged::Header("webhook-timestamp"))?;
    if now.timestamp().abs_diff(seconds) > TOLERANCE {
        return Err(Forged::Time);
    }
    let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret)).map_err(|_| Forged::Secret)?;
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let mut readable = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
    let is_any =
        readable.any(|signature| STANDARD.decode(signature).is_ok_and(|signature| is_signed(&key, &parts, &signature)));
    if is_any { Ok(()) } else { Err(Forged::Signature) }
}

/// A secret for Standard Webhooks, from random bytes.
pub fn standard_secret(random: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(random))
}

fn is_signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(signature).is_ok()
}

/// A header that is there once, and in ASCII.
fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Forged> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if !value.is_empty() => Ok(value),
        _ => Err(Forged::Header(name)),
    }
}

fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16);
    digits.chunks(2).map(|pair| u8::try_from(16 * value(pair[0])? + value(pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    /// RFC 4231, test case 2.
    #[test]
    fn discourse_signs_the_body_with_hmac_sha_256() {
        let signature = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let check = |secret: &str, signature: &str, body: &str, expected| {
            let headers = headers(&[("x-discourse-event-signature", signature)]);
            assert_eq!(check_discourse(secret, &headers, body.as_bytes()), expected, "{signature}");
        };
        let body = "what do ya want for nothing?";
        check("Jefe", signature, body, Ok(()));
        check("jefe", signature, body, Err(Forged::Signature));
        check("Jefe", signature, "what do ya want for nothing!", Err(Forged::Signature));
        check("Jefe", &signature[..signature.len() - 2], body, Err(Forged::Signature));
        let unreadable = Err(Forged::Header("x-discourse-event-signature"));
        check("Jefe", &signature["sha256=".len()..], body, unreadable);
        check("Jefe", "sha256=5", body, unreadable);
        check("Jefe", "sha256=zz", body, unreadable);
        check("Jefe", "sha256=", body, Err(Forged::Signature));
        assert_eq!(check_discourse("Jefe", &HeaderMap::new(), b""), unreadable);
    }

    /// The example of the Standard Webhooks specification's own libraries.
    #[test]
    fn standard_webhooks_sign_id_time_and_body() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, time) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let body = r#"{"test": 2432232314}"#;
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let check = |id: &str, signature: &str, body: &str, passed: i64, expected| {
            let timestamp = time.to_string();
            let pairs = [("webhook-id", id), ("webhook-timestamp", &*timestamp), ("webhook-signature", signature)];
            let now = DateTime::from_timestamp(time + passed, 0).unwrap();
            assert_eq!(check_standard(secret, &headers(&pairs), body.as_bytes(), now), expected, "{signature}");
        };
        check(id, signature, body, 0, Ok(()));
        check(id, signature, body, 300, Ok(()));
        check(id, signature, body, -300, Ok(()));
        check(id, signature, body, 301, Err(Forged::Time));
        check(id, signature, body, -301, Err(Forged::Time));
        check(id, &format!("v1a,AAAA v1,AAAA {signature}"), body, 0, Ok(()));
        check(id, "v1,AAAA", body, 0, Err(Forged::Signature));
        check(id, "", body, 0, Err(Forged::Header("webhook-signature")));
        check("msg_other", signature, body, 0, Err(Forged::Signature));
        check(id, signature, "{}", 0, Err(Forged::Signature));
    }

    #[test]
    fn a_header_that_is_sent_twice_is_refused() {
        let twice = headers(&[("webhook-id", "a"), ("webhook-id", "b")]);
        assert_eq!(text(&twice, "webhook-id"), Err(Forged::Header("webhook-id")));
    }
}
