//! Whether a request comes from a page of this server.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::http::client::client_of;

/// Whether the browser speaks TLS, to this server or to the proxy in front of it.
pub fn is_tls(http: &HttpRequest) -> bool {
    client_of(http).is_https
}

/// Where this server is, as the browser that sends the request has it: `https://valuemap.example.com`.
pub fn own_origin(http: &HttpRequest) -> Option<String> {
    let host = http.headers().get(header::HOST)?.to_str().ok()?;
    let scheme = if is_tls(http) { "https" } else { "http" };
    Some(format!("{scheme}://{host}"))
}

/// What the browser says. One that names no origin has to say that it is the same.
pub fn is_own_page(http: &HttpRequest) -> bool {
    let headers = http.headers();
    match headers.get(header::ORIGIN) {
        Some(origin) => {
            let own = own_origin(http);
            origin.to_str().is_ok_and(|origin| own.is_some_and(|own| own.eq_ignore_ascii_case(origin)))
        }
        None => headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(headers: &[(&str, &str)], expected: bool) {
        let request = TestRequest::default().insert_header(("host", "valuemap.example.com:8080"));
        let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
        assert_eq!(is_own_page(&request.to_http_request()), expected, "{headers:?}");
    }

    #[test]
    fn scheme_host_and_port_have_to_be_the_same() {
        check(&[("origin", "http://valuemap.example.com:8080")], true);
        check(&[("origin", "https://valuemap.example.com:8080")], false);
        check(&[("origin", "http://valuemap.example.com")], false);
        check(&[("origin", "http://evil.example.com"), ("sec-fetch-site", "same-origin")], false);
        check(&[("origin", "null")], false);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[], false);
    }
}
