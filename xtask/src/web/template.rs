//! Hand-written files in which the build fills in the names of its results.

use anyhow::{Result, bail};

/// Replaces placeholders such as `__WASM__`. One that has no value here is an error; a value that is not asked for is none.
pub fn fill(file: &str, template: &str, values: &[(&str, &str)]) -> Result<String> {
    let filled = values.iter().fold(template.to_owned(), |text, (placeholder, value)| text.replace(placeholder, value));
    if let Some(unknown) = placeholders(template).find(|name| values.iter().all(|(known, _)| known != name)) {
        let known = values.iter().map(|(placeholder, _)| *placeholder).collect::<Vec<_>>().join(", ");
        bail!("{file} has the placeholder {unknown}, but only these can be filled in: {known}");
    }
    Ok(filled)
}

fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    let words = template.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.filter(|word| {
        let name = word.strip_prefix("__").and_then(|word| word.strip_suffix("__"));
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn placeholders_are_filled_wherever_they_stand() {
        let filled = fill(
            "loader.js",
            r#"import("__GLUE__"); use(__STYLE__)"#,
            &[("__GLUE__", "./a.js"), ("__STYLE__", "\"p{}\"")],
        );
        assert_eq!(filled.unwrap(), r#"import("./a.js"); use("p{}")"#);
    }

    #[test]
    fn an_unknown_placeholder_is_named() {
        let error = fill("index.html", "<a href='__WSAM__'>", &[("__WASM__", "/a.wasm")]).unwrap_err().to_string();
        assert_eq!(error, "index.html has the placeholder __WSAM__, but only these can be filled in: __WASM__");
    }

    #[test]
    fn other_names_with_underscores_are_left_alone() {
        let text = "object.__proto__ = __x__; ____";
        assert_eq!(fill("boot.js", text, &[]).unwrap(), text);
    }
}
