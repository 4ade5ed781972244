//! Names and origins as they are stored.

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to 100 characters, none of them a control character")]
pub struct BadName;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin; write it like https://forum.example.com")]
pub struct BadOrigin(String);

/// A name as it is stored: trimmed, neither empty nor long.
pub fn checked_name(name: &str) -> Result<&str, BadName> {
    let trimmed = name.trim();
    if trimmed.is_empty() || trimmed.chars().count() > 100 || trimmed.contains(char::is_control) {
        return Err(BadName);
    }
    Ok(trimmed)
}

/// An origin as browsers write it: scheme, host and a port that is not the scheme's own.
pub fn checked_origin(origin: &str) -> Result<String, BadOrigin> {
    let refused = || BadOrigin(origin.chars().take(80).collect());
    let parsed = url::Url::parse(origin).map_err(|_| refused())?;
    let normal = parsed.origin().ascii_serialization();
    let is_bare = parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none();
    let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty();
    if is_bare && is_web { Ok(normal) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_stored_as_browsers_write_them() {
        let check = |origin: &str, expected: Option<&str>| {
            assert_eq!(checked_origin(origin).ok().as_deref(), expected, "{origin}");
        };
        check("https://forum.example.com", Some("https://forum.example.com"));
        check("HTTPS://Forum.Example.com:443/", Some("https://forum.example.com"));
        check("http://localhost:3000", Some("http://localhost:3000"));
        for bad in ["forum.example.com", "https://forum.example.com/topics", "ftp://x.example", "null", "*", ""] {
            check(bad, None);
        }
    }
}
