//! dist/embed/v1: the loader under its fixed name, and what it loads under names that change with the content.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;

use super::{
    bindgen,
    bundle::{self, Bundle, write_if_changed},
    compile::{self, Crate},
    css, hash, optimize,
    stamp::Stamp,
    template,
};
use crate::{process::timed, setup::node::NodeTools, workspace::Workspace};

pub const WIDGET: Crate = Crate {
    package: "valuemap-widget",
    // Without the crate type, Cargo would make an rlib too, and leave out the link-time optimisation because of it.
    target: &["--lib", "--crate-type", "cdylib"],
    file: "valuemap_widget.wasm",
};

pub fn build(workspace: &Workspace, node: Option<&NodeTools>) -> Result<()> {
    timed("widget built", || {
        let compiled = compile::compile(workspace, &WIDGET)?;
        let sources = workspace.frontend().join("widget");
        let [loader, style] = [read(&sources.join("loader.js"))?, read(&sources.join("widget.css"))?];
        let inputs = [&compiled, loader.as_bytes(), style.as_bytes()];
        let stamp = Stamp::new(workspace, "embed", &inputs, node.is_some())?;
        if stamp.is_current() {
            return Ok(());
        }

        let bound = bindgen::bind("widget", compiled)?;
        let mut bundle = Bundle::default();
        let wasm = bundle.add_hashed("widget", "wasm", optimize::wasm(node, bound.wasm)?);
        let glue = bundle.add_hashed("widget", "js", optimize::script(node, bound.glue)?);
        let values = [
            ("__GLUE__", &*format!("./{glue}")),
            ("__WASM__", &*format!("./{wasm}")),
            ("__STYLE__", &*serde_json::to_string(&css::minify(&style))?),
        ];
        let loader = template::fill("frontend/widget/loader.js", &loader, &values)?;
        bundle.add("valuemap.js", optimize::script(node, loader)?);
        write_if_changed(&workspace.dist().join("manifest.json"), manifest(&bundle)?.as_bytes())?;
        bundle.write_to(&workspace.dist().join("embed/v1"))?;
        stamp.set()
    })
}

/// What a partner needs to pin the files, and what we need to keep an eye on their size.
fn manifest(bundle: &Bundle) -> Result<String> {
    let files: Vec<_> = bundle
        .files()
        .map(|(name, content)| {
            json!({
                "name": name,
                "bytes": content.len(),
                "brotli": bundle::brotli(content).len(),
                "integrity": hash::integrity(content),
            })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&json!({ "files": files }))? + "\n")
}

pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}
