//! wasm-bindgen: gives a compiled crate its JavaScript side, the *glue*.

use anyhow::{Result, ensure};
use walrus::ModuleConfig;
use wasm_bindgen_cli_support::Bindgen;

pub struct Bound {
    pub glue: String,
    pub wasm: Vec<u8>,
}

pub fn bind(name: &str, compiled: &[u8]) -> Result<Bound> {
    let module = ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .strict_validate(false)
        .parse(compiled)?;
    let mut bindgen = Bindgen::new();
    bindgen.input_module(name, module).web(true)?;
    bindgen.typescript(false).omit_default_module_path(true);
    let mut output = bindgen.generate_output()?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "{name}: a crate brings JavaScript of its own (`inline_js` or `module = ...`), which is not bundled: use web-sys"
    );
    let mut glue = output.js().to_owned();
    let module = output.wasm_mut();
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    shorten(&mut glue, "", imports);
    let exports = module.exports.iter_mut().map(|export| &mut export.name);
    shorten(&mut glue, "wasm.", exports);
    Ok(Bound { glue, wasm: output.wasm_mut().emit_wasm() })
}

/// Shortens the names by which the two sides know each other's functions. They carry hashes, which do not compress: this
/// is worth 4 % of a small download.
fn shorten<'a>(glue: &mut String, before: &str, names: impl Iterator<Item = &'a mut String>) {
    for (number, name) in names.enumerate() {
        let short = short_name(number);
        // A name that the glue does not use is for somebody else.
        if let Some(shorter) = replace_word(glue, &format!("{before}{name}"), &format!("{before}{short}")) {
            *glue = shorter;
            *name = short;
        }
    }
}

/// a, b, ... z, aa, ba, ...
fn short_name(number: usize) -> String {
    const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let mut name = String::new();
    let mut rest = Some(number);
    while let Some(number) = rest {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        rest = (number / LETTERS.len()).checked_sub(1);
    }
    name
}

/// Replaces a word wherever it stands by itself; `None` if it nowhere does.
fn replace_word(text: &str, word: &str, replacement: &str) -> Option<String> {
    let in_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$' | '.');
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, _) in text.match_indices(word) {
        let end = start + word.len();
        if !text[..start].ends_with(in_word) && !text[end..].starts_with(|next| next != '.' && in_word(next)) {
            result += &text[copied..start];
            result += replacement;
            copied = end;
        }
    }
    result += &text[copied..];
    (copied > 0).then_some(result)
}

#[cfg(test)]
mod tests {
    use super::{replace_word, short_name, shorten};

    #[test]
    fn short_names_are_distinct() {
        assert_eq!([0, 25, 26, 27, 26 * 27].map(short_name), ["a", "z", "aa", "ba", "aaa"]);
    }

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(
            replace_word("wasm.f(wasm.f.x, wasm.ff, my.wasm.f)", "wasm.f", "wasm.a").unwrap(),
            "wasm.a(wasm.a.x, wasm.ff, my.wasm.f)"
        );
        assert_eq!(replace_word("wasm.ff()", "wasm.f", "wasm.a"), None);
    }

    #[test]
    fn both_sides_get_the_same_names() {
        let mut glue =
            "const import0 = { __wbg_add_1: function() {} }; export function add() { wasm.add(); }".to_owned();
        let mut imports = ["__wbg_add_1".to_owned()];
        let mut exports = ["unused".to_owned(), "add".to_owned()];
        shorten(&mut glue, "", imports.iter_mut());
        shorten(&mut glue, "wasm.", exports.iter_mut());
        assert_eq!(glue, "const import0 = { a: function() {} }; export function add() { wasm.b(); }");
        assert_eq!((imports, exports), (["a".to_owned()], ["unused".to_owned(), "b".to_owned()]));
    }
}
