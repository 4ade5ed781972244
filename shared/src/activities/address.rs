//! E-mail addresses in keys and texts: finding them, whatever form they are written in.

use std::borrow::Cow;
use std::ops::Range;

/// What stands for an address in keys: this and 32 hexadecimal digits.
const DIGEST_PREFIX: &str = "email:";
const DIGEST_DIGITS: usize = 32;

/// The address that a text is, in lower case and without what may surround it: `Kim Example <Kim@Example.org>` is
/// `kim@example.org`. `None` where it is anything else, or more than one.
pub fn address_of(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = |text: &str| decoded(text).to_lowercase();
    let strange = |c: char| c.is_whitespace() || matches!(c, '/' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"');
    if let Some((name, host)) = text.split_once('@')
        && !name.is_empty()
        && !name.contains(strange)
        && host_length(host) == host.len()
        && !host.is_empty()
    {
        return Some(bare(text));
    }
    let found = addresses_in(text);
    let [range] = found.as_slice() else { return None };
    is_alone(text, range).then(|| bare(&text[range.clone()]))
}

/// The key that stands for an address and that a text is, without what may surround an address.
pub fn address_digest_of(text: &str) -> Option<&str> {
    let text = text.trim();
    let [range] = &digests_in(text)[..] else { return None };
    is_alone(text, range).then(|| &text[range.clone()])
}

/// Whether nothing but the name of whoever has an address stands around it.
fn is_alone(text: &str, address: &Range<usize>) -> bool {
    match (text[..address.start].trim(), text[address.end..].trim()) {
        ("" | "'", "" | "'") => true,
        (before, ">") => before.ends_with('<'),
        ("", after) => after.starts_with('(') && after.ends_with(')'),
        (before, "") => before.eq_ignore_ascii_case("mailto:"),
        _ => false,
    }
}

fn is_address_digest(text: &str) -> bool {
    text.strip_prefix(DIGEST_PREFIX).is_some_and(|digits| {
        digits.len() == DIGEST_DIGITS
            && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

/// The key that stands for an address, of the first digits of its digest.
pub fn address_digest(digits: &str) -> String {
    format!("{DIGEST_PREFIX}{}", digits.get(..DIGEST_DIGITS).unwrap_or(digits))
}

/// A text with each address in it replaced; `None` where it holds none.
pub fn with_addresses_replaced(text: &str, replacement: impl Fn(&str) -> String) -> Option<String> {
    replaced(text, &addresses_in(text), |address| replacement(&decoded(address)))
}

/// The `@` of an address, and what it is in the address of a page.
const AT: [&str; 2] = ["@", "%40"];

/// An address as it is written elsewhere than in the address of a page.
fn decoded(address: &str) -> Cow<'_, str> {
    match address.contains('@') {
        true => address.into(),
        false => address.replace("%40", "@").replace("%2B", "+").replace("%2b", "+").into(),
    }
}

fn replaced(text: &str, found: &[Range<usize>], replacement: impl Fn(&str) -> String) -> Option<String> {
    let last = found.last()?.end;
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    for range in found {
        replaced.push_str(&text[from..range.start]);
        replaced.push_str(&replacement(&text[range.clone()]));
        from = range.end;
    }
    replaced.push_str(&text[last..]);
    Some(replaced)
}

/// A text with each key that stands for an address replaced; `None` where it holds none.
pub fn with_digests_replaced(text: &str, replacement: impl Fn(&str) -> String) -> Option<String> {
    replaced(text, &digests_in(text), replacement)
}

/// Where keys that stand for addresses are in a text, from left to right.
fn digests_in(text: &str) -> Vec<Range<usize>> {
    let length = DIGEST_PREFIX.len() + DIGEST_DIGITS;
    let digest_at =
        |at: usize| Some(at..at + length).filter(|range| text.get(range.clone()).is_some_and(is_address_digest));
    text.match_indices(DIGEST_PREFIX).filter_map(|(at, _)| digest_at(at)).collect()
}

/// Where addresses stand in a text, from left to right.
fn addresses_in(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut signs: Vec<(usize, &str)> = AT.iter().flat_map(|sign| text.match_indices(sign)).collect();
    signs.sort_unstable();
    for (at, sign) in signs {
        let after = at + sign.len();
        let earliest = found.last().map_or(0, |range| range.end);
        let Some(before) = text.get(earliest..at) else { continue };
        let name = before.trim_end_matches(is_of_name);
        let start = at - before[name.len()..].trim_start_matches(['.', '\'', '-']).len();
        let end = after + host_length(&text[after..]);
        if start < at && end > after {
            found.push(start..end);
        }
    }
    found
}

/// What may stand before the `@` in the midst of a text. An address may hold `/`, `=` and the like, too, but there these
/// separate it from what comes before.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '%' | '\'' | '!' | '~' | '*' | '$' | '^')
}

/// How many bytes at the start of a text are the name of a host on the Internet: at least two labels, the last one with
/// letters in it. Zero where they are none.
fn host_length(text: &str) -> usize {
    let is_of_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let all = text.find(|c| !is_of_host(c)).unwrap_or(text.len());
    let mut host = text[..all].trim_end_matches(['.', '-']);
    // `kim@example.org.2026`: what goes on is no part of it.
    while let Some((rest, last)) = host.rsplit_once('.') {
        let is_top = last.chars().count() >= 2 && last.contains(char::is_alphabetic);
        if is_top && rest.split('.').all(|label| !label.is_empty()) {
            return host.len();
        }
        host = rest;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        for text in [
            "kim@example.org",
            "  Kim@Example.ORG ",
            "Kim Example <kim@example.org>",
            "\"Example, Kim\" <KIM@example.org>",
            "<kim@example.org>",
            "mailto:kim@example.org",
            "kim@example.org (Kim)",
            "'kim@example.org'",
            "kim%40example.org",
            "mailto:Kim%40Example.org",
        ] {
            assert_eq!(address_of(text).as_deref(), Some("kim@example.org"), "{text}");
        }
        for address in
            ["o'brien+news@mail.example.co.uk", "m\u{fc}ller@b\u{fc}cher.example", "a=b#c@xn--bcher-kva.xn--p1ai"]
        {
            assert_eq!(address_of(address).as_deref(), Some(address));
        }
    }

    #[test]
    fn other_keys_are_no_addresses() {
        for text in [
            "",
            "@",
            "@nina",
            "nina@",
            "nina@forum",
            "38",
            "a b@c",
            "react@18.2",
            "kim@example.org, lou@example.org",
            "web-1/member/kim@example.org/attended",
            "kim@example.org wrote",
            "email:00112233445566778899aabbccddeeff",
        ] {
            assert_eq!(address_of(text), None, "{text}");
        }
    }

    #[test]
    fn every_address_in_a_text_is_replaced() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(with_addresses_replaced(text, |_| "#".to_owned()).as_deref(), expected, "{text}");
        };
        check("Ask kim@example.org.", Some("Ask #."));
        check("web-1/member/kim@example.org/attended", Some("web-1/member/#/attended"));
        check("kim@example.org,lou.x@mail.example.org;", Some("#,#;"));
        check("to=kim@example.org&cc=<lou@example.org>", Some("to=#&cc=<#>"));
        check("kim@example.org@lou@example.org", Some("#@#"));
        check("kim@example.org.2026", Some("#.2026"));
        check("kim@example.org-kept", Some("#"));
        check("/members/kim%2Bnews%40example.org?by=kim@example.org", Some("/members/#?by=#"));
        check("@kim and ...@example.org at 5 @ 3.5", None);
    }

    #[test]
    fn what_stands_for_an_address_is_recognised() {
        let digits = "00112233445566778899aabbccddeeff0011";
        assert_eq!(address_digest(digits), "email:00112233445566778899aabbccddeeff");
        assert!(is_address_digest(&address_digest(digits)));
        let named = format!("Kim <{}>", address_digest(digits));
        assert_eq!(address_digest_of(&named), Some(address_digest(digits).as_str()));
        assert_eq!(address_digest_of("Kim <kim@example.org>"), None);
        let text = format!("ask {}, or email: Kim", address_digest(digits));
        assert_eq!(with_digests_replaced(&text, |_| "#".to_owned()).as_deref(), Some("ask #, or email: Kim"));
        assert_eq!(with_digests_replaced("email: Kim", |_| "#".to_owned()), None);
        assert!(!is_address_digest("email:0011") && !is_address_digest("email:00112233445566778899AABBCCDDEEFF"));
    }
}
