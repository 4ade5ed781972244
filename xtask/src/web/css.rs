//! Style sheets without what only their authors read.

/// Removes comments and needless white space.
pub fn minify(css: &str) -> String {
    let mut result = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '"' | '\'' => {
                let end = string_length(rest, character);
                result.push_str(&rest[..end]);
                end
            }
            '/' if rest.starts_with("/*") => {
                push_space(&mut result);
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            }
            _ if character.is_ascii_whitespace() => {
                push_space(&mut result);
                1
            }
            _ => {
                push(&mut result, character);
                character.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    result.truncate(result.trim_end().len());
    result
}

/// White space says something only between two words: `a :hover` is not `a:hover`, and `calc(1px + 2px)` not `calc(1px+2px)`.
fn push_space(result: &mut String) {
    if result.ends_with(|last: char| !matches!(last, ' ' | '{' | '}' | ';' | ',' | ':' | '>' | '(')) {
        result.push(' ');
    }
}

fn push(result: &mut String, character: char) {
    if matches!(character, '{' | '}' | ';' | ',' | '>' | ')') && result.ends_with(' ') {
        result.pop();
    }
    if character == '}' && result.ends_with(';') {
        result.pop();
    }
    result.push(character);
}

fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return position + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[track_caller]
    fn check(css: &str, expected: &str) {
        assert_eq!(minify(css), expected);
    }

    #[test]
    fn white_space_and_comments_go() {
        check("/* a */\n:host {\n  color : red; /* b */\n  margin: 0 1px;\n}\n\n", ":host{color :red;margin:0 1px}");
        check("a > b,\n c  d { --x: calc( 1px + 2px ) }", "a>b,c d{--x:calc(1px + 2px)}");
        check(
            "@media (width > 40em) and (hover: hover) { a { top: 0; } }",
            "@media (width>40em) and (hover:hover){a{top:0}}",
        );
    }

    #[test]
    fn white_space_that_means_something_stays() {
        check("ul :hover a + b", "ul :hover a + b");
        check("margin:1px/**/2px", "margin:1px 2px");
    }

    #[test]
    fn strings_stay_as_they_are() {
        check(r#"a::after { content: " /* } \" ; " ; }"#, r#"a::after{content:" /* } \" ; "}"#);
        check("a::after { content: '", "a::after{content:'");
    }
}
