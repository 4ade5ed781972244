//! What weighs in the widget's WebAssembly: crates, and their largest functions.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{KnownCustom, Name, Parser, Payload};

use super::{compile, embed, optimize};
use crate::{setup::node::NodeTools, workspace::Workspace};

/// How many functions are listed.
const LARGEST: usize = 30;

/// Builds the widget once more, with the names of its functions kept.
pub fn print(workspace: &Workspace) -> Result<()> {
    let node = NodeTools::ensure(workspace)?;
    let compiled = compile::compile(workspace, &embed::WIDGET)?;
    let mut output = Bindgen::new().input_bytes("widget", compiled).web(true)?.generate_output()?;
    let wasm = optimize::wasm_with_names(node.as_ref(), output.wasm_mut().emit_wasm())?;

    let sections = sections(&wasm)?;
    let code: usize = sections.functions.iter().map(|function| function.size).sum();
    println!("{code} bytes of functions and {} of data, before compression\n", sections.data);
    println!("{:<28} {:>9} {:>7} {:>10}", "crate", "bytes", "share", "functions");
    for (name, size, count) in by_crate(&sections.functions) {
        println!("{name:<28} {size:>9} {:>6.1}% {count:>10}", 100.0 * size as f64 / code as f64);
    }
    println!("\n{:>9}  function", "bytes");
    for function in sections.functions.iter().take(LARGEST) {
        println!("{:>9}  {}", function.size, function.name);
    }
    Ok(())
}

struct Function {
    name: String,
    size: usize,
}

struct Sections {
    /// The largest first.
    functions: Vec<Function>,
    data: usize,
}

fn sections(wasm: &[u8]) -> Result<Sections> {
    let (mut imported, mut sizes, mut names, mut data) = (0, Vec::new(), HashMap::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::DataSection(section) => data = section.range().len(),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    for part in section {
                        if let Name::Function(functions) = part? {
                            for naming in functions {
                                let naming = naming?;
                                names.insert(naming.index, without_hash(naming.name).to_owned());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let named = sizes
        .into_iter()
        .zip(imported..)
        .map(|(size, index)| Function { name: names.remove(&index).unwrap_or_else(|| "(no name)".to_owned()), size });
    let mut functions: Vec<Function> = named.collect();
    functions.sort_by_key(|function| std::cmp::Reverse(function.size));
    Ok(Sections { functions, data })
}

/// Name, bytes and number of functions of each crate, the largest first.
fn by_crate(functions: &[Function]) -> Vec<(&str, usize, usize)> {
    let mut crates: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for function in functions {
        let (size, count) = crates.entry(crate_of(&function.name)).or_default();
        *size += function.size;
        *count += 1;
    }
    let mut crates: Vec<_> = crates.into_iter().map(|(name, (size, count))| (name, size, count)).collect();
    crates.sort_by_key(|(_, size, _)| std::cmp::Reverse(*size));
    crates
}

/// Rust ends the names of functions with `::h` and sixteen digits.
fn without_hash(name: &str) -> &str {
    const DIGITS: usize = 16;
    let hashed = name
        .rsplit_once("::h")
        .filter(|(_, hash)| hash.len() == DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hashed.map_or(name, |(name, _)| name)
}

/// The crate of the first path in a name: of `<yew::Scope as core::fmt::Debug>::fmt`, yew.
fn crate_of(name: &str) -> &str {
    let mut path = name;
    for before in ["<", "&", "mut ", "dyn "] {
        path = path.trim_start_matches(before);
    }
    let end = path.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(path.len());
    if path[end..].starts_with("::") || path[end..].starts_with('[') { &path[..end] } else { "(others)" }
}

#[cfg(test)]
mod tests {
    use super::{crate_of, without_hash};

    #[test]
    fn a_function_belongs_to_the_first_crate_in_its_name() {
        assert_eq!(crate_of("core::fmt::write"), "core");
        assert_eq!(crate_of("<yew::Scope as core::fmt::Debug>::fmt"), "yew");
        assert_eq!(crate_of("<&mut dyn valuemap_widget::A as B>::c"), "valuemap_widget");
        assert_eq!(crate_of("__wbindgen_malloc"), "(others)");
    }

    #[test]
    fn hashes_are_left_out() {
        assert_eq!(without_hash("yew::a::h0123456789abcdef"), "yew::a");
        assert_eq!(without_hash("yew::a::hello"), "yew::a::hello");
    }
}
