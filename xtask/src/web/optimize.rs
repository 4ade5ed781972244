//! Smaller files by wasm-opt and esbuild, where they are installed.

use std::fs;

use anyhow::{Context, Result};

use crate::{process, setup::node::NodeTools};

/// What Rust's target uses; browsers have had all of it since 2022.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What compresses best: `-Oz` makes the file 1 % smaller and the download 1 % larger. Control flow that is taken apart
/// and put together anew between two rounds is worth 1.5 %. `--traps-never-happen` is left out, though it would be worth
/// something: it drops the checks before what traps, which panics are.
const WASM_OPTIMIZATION: [&str; 5] =
    ["-Os", "--flatten", "--rereloop", "-Os", "--one-caller-inline-max-function-size=50"];

pub fn wasm(node: Option<&NodeTools>, wasm: Vec<u8>) -> Result<Vec<u8>> {
    optimized(node, wasm, &[])
}

/// As [`wasm`], to be looked into.
pub fn wasm_with_names(node: Option<&NodeTools>, wasm: Vec<u8>) -> Result<Vec<u8>> {
    optimized(node, wasm, &["--debuginfo"])
}

fn optimized(node: Option<&NodeTools>, wasm: Vec<u8>, more: &[&str]) -> Result<Vec<u8>> {
    let Some(node) = node else { return Ok(wasm) };
    let folder = tempfile::tempdir()?;
    let [input, output] = ["input.wasm", "output.wasm"].map(|name| folder.path().join(name));
    fs::write(&input, wasm)?;
    let mut wasm_opt = node.wasm_opt();
    wasm_opt
        .args(WASM_OPTIMIZATION)
        .args(["--strip-target-features", "--strip-producers"])
        .args(WASM_FEATURES)
        .args(more);
    process::output(wasm_opt.arg(&input).arg("--output").arg(&output)).context("wasm-opt did not optimise the wasm")?;
    Ok(fs::read(&output)?)
}

/// Minifies one module; its imports and exports keep their names.
pub fn script(node: Option<&NodeTools>, script: String) -> Result<String> {
    let Some(node) = node else { return Ok(script) };
    let folder = tempfile::tempdir()?;
    let input = folder.path().join("input.js");
    fs::write(&input, script)?;
    let mut esbuild = node.esbuild();
    esbuild.args(["--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=none"]);
    let minified = process::output(esbuild.arg(&input)).context("esbuild did not minify the JavaScript")?;
    Ok(String::from_utf8(minified)?)
}
