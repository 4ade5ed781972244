//! Values that are hardly ever tried.

use serde_json::{Value, json};

/// Texts in the place of any other text.
pub fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\0",
        "a\0b",
        "\n",
        "\r\nx-injected: 1",
        "null",
        "undefined",
        "true",
        "-1",
        "NaN",
        "99999999999999999999999999999999",
        "1e308",
        "' OR 1=1 --",
        "'; DROP TABLE response; --",
        "\" onload=\"alert(1)",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "../../../../etc/passwd",
        "%00",
        "%2e%2e%2f",
        "\\..\\..",
        "\u{202e}gpj.exe",
        "\u{200b}\u{200d}\u{feff}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "e\u{301}\u{301}\u{301}\u{301}",
        "\u{fffe}\u{ffff}\u{10ffff}",
        "com_00000000000000000000000000000000",
        "com_ffffffffffffffffffffffffffffffff",
        "sur_1",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ]
    .map(str::to_owned)
    .into();
    texts.extend(["x", "\u{e9}", "\u{202e}", "("].map(|one| one.repeat(6_000)));
    texts
}

/// Values of JSON in the place of any other value.
pub fn values() -> Vec<Value> {
    let mut nested = json!(1);
    let mut deep = json!({});
    for _ in 0..100 {
        nested = json!([nested]);
        deep = json!({ "x": deep });
    }
    let mut values: Vec<Value> = texts().into_iter().map(Value::String).collect();
    values.extend([
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!([]),
        json!([null]),
        json!([[[]]]),
        json!(vec![1; 2_000]),
        json!({}),
        json!({ "": null }),
        json!({ "__proto__": { "admin": true } }),
        nested,
        deep,
    ]);
    values
}
