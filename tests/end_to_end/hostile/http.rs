//! What is hardly HTTP, or not at all.

use super::wire::request;
use super::{Case, Expected, Target};

pub fn cases(target: &Target) -> Vec<Case> {
    [methods(), request_lines(), headers(target), bodies(target), other_protocols()].concat()
}

fn case(name: String, bytes: impl Into<Vec<u8>>) -> Case {
    Case { name, bytes: bytes.into(), expected: Expected::NoFailure }
}

fn methods() -> Vec<Case> {
    let methods = [
        "PUT",
        "PATCH",
        "DELETE",
        "TRACE",
        "CONNECT",
        "OPTIONS",
        "HEAD",
        "PROPFIND",
        "MKCOL",
        "LOCK",
        "PURGE",
        "BREW",
        "get",
        "gET",
        "G\u{e9}T",
        "GET\0",
        "G ET",
        "",
        "\"GET\"",
        "GET,POST",
        &"A".repeat(5_000),
    ];
    let paths = ["/", "/graphql", "/embed/graphql", "/livez", "/sign-out"];
    let all = methods.iter().flat_map(|method| paths.map(|path| (method, path)));
    all.map(|(method, path)| case(format!("method {method:.20} {path}"), request(method, path, &[], b""))).collect()
}

fn request_lines() -> Vec<Case> {
    let long = format!("GET /{} HTTP/1.1", "a".repeat(10_000));
    let too_long = format!("GET /{} HTTP/1.1", "a".repeat(300_000));
    let parameters = format!("GET /livez?{} HTTP/1.1", "a=b&".repeat(2_000));
    let lines = [
        "GET /livez HTTP/0.9",
        "GET /livez HTTP/1.2",
        "GET /livez HTTP/2.0",
        "GET /livez HTTP/3",
        "GET /livez HTTP/11.1",
        "GET /livez HTTP/-1.1",
        "GET /livez http/1.1",
        "GET /livez FTP/1.1",
        "GET /livez",
        "GET",
        "GET  /livez HTTP/1.1",
        "GET /livez  HTTP/1.1",
        "GET\t/livez\tHTTP/1.1",
        " GET /livez HTTP/1.1",
        "GET /livez HTTP/1.1 more",
        "GET livez HTTP/1.1",
        "GET * HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET ? HTTP/1.1",
        "GET # HTTP/1.1",
        "GET http://other.example.com/livez HTTP/1.1",
        "GET http:///livez HTTP/1.1",
        "GET http://[::1/livez HTTP/1.1",
        "GET file:///etc/passwd HTTP/1.1",
        "CONNECT 127.0.0.1:22 HTTP/1.1",
        "GET //livez HTTP/1.1",
        "GET /./livez HTTP/1.1",
        "GET /livez/.. HTTP/1.1",
        "GET /%zz HTTP/1.1",
        "GET /%ff%fe HTTP/1.1",
        "GET /%00 HTTP/1.1",
        "GET /% HTTP/1.1",
        "GET /livez;a=b HTTP/1.1",
        "GET /livez?%zz HTTP/1.1",
        "GET /livez?\u{e9} HTTP/1.1",
        "GET /\u{202e} HTTP/1.1",
        "GET /\\..\\windows HTTP/1.1",
        "GET /{a}<b>|c HTTP/1.1",
        &long,
        &too_long,
        &parameters,
    ];
    let case_of =
        |line: &&str| case(format!("line {line:.60}"), format!("{line}\r\nhost: x\r\nconnection: close\r\n\r\n"));
    lines.iter().map(case_of).collect()
}

fn headers(target: &Target) -> Vec<Case> {
    let many: String = (0..1_000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let blocks = [
        "".to_owned(),
        "host: a\r\nhost: b\r\n".to_owned(),
        "host: \r\n".to_owned(),
        "host: a b\r\n".to_owned(),
        "host: \0\r\n".to_owned(),
        "host: [::1\r\n".to_owned(),
        "host: x:99999999\r\n".to_owned(),
        "host: x/../y\r\n".to_owned(),
        "host x\r\n".to_owned(),
        ": x\r\n".to_owned(),
        "a b: c\r\n".to_owned(),
        "a\0: c\r\n".to_owned(),
        "host : x\r\n".to_owned(),
        "host: x\r\n folded\r\n".to_owned(),
        "host: x\r\nx: \0\r\n".to_owned(),
        "host: x\r\nx: \u{e9}\u{202e}\r\n".to_owned(),
        "host: x\r\nx: a\rb\r\n".to_owned(),
        format!("host: x\r\nx: {}\r\n", "y".repeat(20_000)),
        format!("host: x\r\nx: {}\r\n", "y".repeat(200_000)),
        format!("host: x\r\n{}: y\r\n", "x".repeat(70_000)),
        format!("host: x\r\n{many}"),
        format!("host: x\r\n{}", "x: y\r\n".repeat(90)),
        "host: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n".to_owned(),
        "host: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n".to_owned(),
        "host: x\r\nexpect: 100-continue\r\n".to_owned(),
        "host: x\r\nexpect: something-else\r\n".to_owned(),
        "host: x\r\nrange: bytes=0-999999999999999999999\r\n".to_owned(),
        "host: x\r\nrange: bytes=-1,-1,-1\r\n".to_owned(),
        "host: x\r\nif-none-match: \"\r\n".to_owned(),
        "host: x\r\nif-modified-since: never\r\n".to_owned(),
        "host: x\r\naccept-encoding: br;q=2, *;q=-1, ;;;\r\n".to_owned(),
        "host: x\r\naccept-language: ,;q=,\u{e9}-\u{e9};q=9999\r\n".to_owned(),
        "host: x\r\ncookie: =; ;;valuemap_session\r\n".to_owned(),
        "host: x\r\ncookie: valuemap_session=\0\r\n".to_owned(),
        format!("host: x\r\ncookie: valuemap_session={}\r\n", "%".repeat(5_000)),
        "host: x\r\norigin: \r\n".to_owned(),
        "host: x\r\norigin: null, null\r\n".to_owned(),
        "host: x\r\nforwarded: for=\"_\";proto=;host=\r\n".to_owned(),
        "host: x\r\nx-forwarded-proto: gopher\r\nx-forwarded-host: \u{e9}\r\n".to_owned(),
        "host: x\r\nauthorization: Bearer\r\n".to_owned(),
        "host: x\r\nauthorization: Bearer \u{e9}\r\n".to_owned(),
        "host: x\r\nauthorization: Basic Og==\r\n".to_owned(),
        format!("host: x\r\nauthorization: Bearer {}\r\n", "v".repeat(50_000)),
        format!("host: x\r\nauthorization: bearer {}\r\n", target.token),
    ];
    let paths = ["/", "/graphql?query=%7B__typename%7D"];
    let all = blocks.iter().enumerate().flat_map(|block| paths.map(|path| (block, path)));
    all.map(|((number, block), path)| {
        case(
            format!("headers {number} {path}: {block:.60}"),
            format!("GET {path} HTTP/1.1\r\n{block}connection: close\r\n\r\n"),
        )
    })
    .collect()
}

fn bodies(target: &Target) -> Vec<Case> {
    let framings = [
        ("content-length: -1", "x"),
        ("content-length: +1", "x"),
        ("content-length: one", "x"),
        ("content-length: 0x1", "x"),
        ("content-length: 1, 1", "x"),
        ("content-length: 1\r\ncontent-length: 2", "xx"),
        ("content-length: 99999999999999999999999999", "x"),
        ("content-length: 18446744073709551615", "x"),
        ("content-length: 1000", "too short"),
        ("content-length: 2", "{} and more"),
        ("content-length: 2\r\ntransfer-encoding: chunked", "0\r\n\r\n"),
        ("transfer-encoding: chunked", "0\r\n\r\n"),
        ("transfer-encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "-1\r\n{}\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "2\r\n{}0\r\n\r\n"),
        ("transfer-encoding: chunked", "2\n{}\n0\n\n"),
        ("transfer-encoding: chunked", "2\r\n{}\r\n"),
        ("transfer-encoding: chunked", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked", "2;a=\"b\"\r\n{}\r\n0\r\nx: y\r\n\r\n"),
        ("transfer-encoding: chunked", "2;\0\r\n{}\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked, chunked", "0\r\n\r\n"),
        ("transfer-encoding: gzip, chunked", "0\r\n\r\n"),
        ("transfer-encoding: gzip", "{}"),
        ("transfer-encoding: xchunked", "{}"),
        ("transfer-encoding:\tchunked", "0\r\n\r\n"),
        ("transfer-encoding: \u{b}chunked", "0\r\n\r\n"),
        ("content-encoding: gzip\r\ncontent-length: 2", "{}"),
        ("content-encoding: br, gzip, br\r\ncontent-length: 2", "{}"),
        ("expect: 100-continue\r\ncontent-length: 2", "{}"),
    ];
    let paths = ["/graphql", "/embed/graphql"];
    let all = framings.iter().flat_map(|framing| paths.map(|path| (framing, path)));
    let framed = all.map(|((framing, body), path)| {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n");
        let head = format!("{head}authorization: Bearer {}\r\n{framing}\r\n\r\n", target.token);
        case(format!("framing {path} {framing:?} {body:?}"), format!("{head}{body}"))
    });
    framed.collect()
}

fn other_protocols() -> Vec<Case> {
    let messages: [(&str, &[u8]); 14] = [
        ("nothing", b""),
        ("a line's end", b"\r\n"),
        ("a newline", b"\n"),
        ("a zero", b"\0"),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
        ("TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03abcdefghijklmnopqrstuvwxyz"),
        ("SSH", b"SSH-2.0-OpenSSH_9.9\r\n"),
        ("SMTP", b"EHLO example.com\r\n"),
        ("PostgreSQL", b"\0\0\0\x08\x04\xd2\x16\x2f"),
        ("Redis", b"*1\r\n$4\r\nPING\r\n"),
        ("half a head", b"GET /livez HTTP/1.1\r\nhost: x\r\nx-unfini"),
        ("newlines alone", b"GET /livez HTTP/1.1\nhost: x\nconnection: close\n\n"),
        ("returns alone", b"GET /livez HTTP/1.1\rhost: x\rconnection: close\r\r"),
        ("HTTP and then not", b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n\xff\xfe\xfd\r\n\r\n"),
    ];
    messages.iter().map(|(name, bytes)| case(format!("protocol {name}"), *bytes)).collect()
}
