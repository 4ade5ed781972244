//! dist/embed/v1: the loader under its fixed name, and what it loads under names that change with the content.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::{
    bindgen,
    bundle::{self, Bundle, files_in},
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

/// The modules that the loader loads when it needs them, with their placeholders.
const MODULES: [(&str, &str); 6] = [
    ("attributes", "__ATTRIBUTES__"),
    ("delivery", "__DELIVERY__"),
    ("fallback", "__FALLBACK__"),
    ("overlay", "__OVERLAY__"),
    ("shuffle", "__SHUFFLE__"),
    ("theme", "__THEME__"),
];

pub fn build(workspace: &Workspace, node: Option<&NodeTools>) -> Result<()> {
    timed("widget built", || {
        let compiled = compile::compile_without_panics(workspace, &WIDGET)?;
        let sources = workspace.frontend().join("widget");
        let written: Vec<Vec<u8>> = files_in(&sources)?
            .iter()
            .filter(|file| {
                file.extension().is_some_and(|kind| ["js", "css", "json"].iter().any(|known| kind == *known))
            })
            .map(|file| fs::read(file).with_context(|| format!("could not read {}", file.display())))
            .collect::<Result<_>>()?;
        let inputs: Vec<&[u8]> = [compiled.as_slice()].into_iter().chain(written.iter().map(Vec::as_slice)).collect();
        let stamp = Stamp::new(workspace, "embed", &inputs, node.is_some())?;
        if stamp.is_current() {
            return Ok(());
        }
        let bundle = bundle_of(&sources, &compiled, node)?;
        bundle.write_to(&workspace.dist().join("embed/v1"))?;
        stamp.set()
    })
}

fn bundle_of(sources: &Path, compiled: &[u8], node: Option<&NodeTools>) -> Result<Bundle> {
    let script = |name: &str| read(&sources.join(name));
    let mut bundle = Bundle::default();
    let mut names = vec![("__LOCALES__", locales(sources, &mut bundle)?)];
    names.extend(modules(sources, &mut bundle, node)?);
    let style = bundle.add_hashed("survey", "css", css::minify(&script("widget.css")?));
    names.push(("__STYLE__", format!("./{style}")));
    let outcome = bundle.add_hashed("outcome", "css", css::minify(&script("outcome.css")?));
    names.push(("__OUTCOME__", format!("./{outcome}")));

    let bound = bindgen::bind("survey", compiled)?;
    let wasm = bundle.add_hashed("survey", "wasm", optimize::wasm(node, bound.wasm)?);
    names.push(("__WASM__", format!("./{wasm}")));
    let glue = own_marks(&bound.glue)?
        + &script("keys.js")?
        + &template::fill("frontend/widget/handover.js", &script("handover.js")?, &pairs(&names))?;
    let glue = bundle.add_hashed("survey", "js", optimize::script(node, glue)?);
    names.push(("__GLUE__", format!("./{glue}")));

    let loader = template::fill("frontend/widget/loader.js", &script("loader.js")?, &pairs(&names))?;
    let loader = optimize::script(node, loader)?;
    let pinned = bundle.add_hashed("valuemap", "js", loader.clone());
    bundle.add("valuemap.js", loader);
    bundle.add("frame.js", optimize::script(node, script("frame.js")?)?);
    bundle.add("form.css", css::minify(&script("form.css")?));
    let manifest = manifest(&bundle, &pinned)?;
    bundle.add("manifest.json", manifest);
    Ok(bundle)
}

/// Yew finds an event's listeners by marks on elements. A page around the survey that is made with Yew too would take ours
/// for its own, and do what its listener of the same number does: so ours have other names.
fn own_marks(glue: &str) -> Result<String> {
    const YEW: &str = "__yew_";
    ensure!(glue.contains(&format!("{YEW}listener_id")), "Yew marks its elements with other names now: look for them");
    Ok(glue.replace(YEW, "__valuemap_"))
}

fn pairs<'a>(names: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    names.iter().map(|(placeholder, name)| (*placeholder, name.as_str())).collect()
}

/// Adds the modules that the loader loads when it needs them. Returns what to fill in for their placeholders. One hash of
/// all of them is in every name: hashes do not compress, and the loader holds all names.
fn modules(sources: &Path, bundle: &mut Bundle, node: Option<&NodeTools>) -> Result<Vec<(&'static str, String)>> {
    let mut texts = Vec::new();
    for (module, _) in MODULES {
        texts.push(optimize::script(node, read(&sources.join(format!("{module}.js")))?)?);
    }
    let hash = hash::short(texts.concat().as_bytes());
    let mut names = Vec::new();
    for ((module, placeholder), text) in MODULES.into_iter().zip(texts) {
        let name = format!("{module}-{hash}.js");
        names.push((placeholder, format!("./{name}")));
        bundle.add(name, text);
    }
    Ok(names)
}

/// Adds what the survey says in each language, without the texts that only the server's own form has. Returns where
/// they are, as an expression of JavaScript that bundlers understand. They share a hash as the modules do.
fn locales(sources: &Path, bundle: &mut Bundle) -> Result<String> {
    let mut languages = Vec::new();
    for file in files_in(&sources.join("locales"))? {
        let tag = file.file_stem().and_then(|name| name.to_str()).context("a language has a name")?;
        let texts: Map<String, Value> =
            serde_json::from_str(&read(&file)?).with_context(|| format!("{} is not JSON", file.display()))?;
        let texts: Map<String, Value> = texts.into_iter().filter(|(key, _)| !key.starts_with("form_")).collect();
        languages.push((tag.to_owned(), serde_json::to_string(&texts)?));
    }
    let all: String = languages.iter().map(|(_, texts)| texts.as_str()).collect();
    let hash = hash::short(all.as_bytes());
    let mut addresses = Vec::new();
    for (tag, texts) in languages {
        let name = format!("{tag}-{hash}.json");
        addresses.push(format!("{}: new URL(\"./{name}\", import.meta.url)", serde_json::to_string(&tag)?));
        bundle.add(name, texts);
    }
    Ok(format!("{{{}}}", addresses.join(",")))
}

/// What a partner needs to pin the files, and what we need to keep an eye on their size.
fn manifest(bundle: &Bundle, loader: &str) -> Result<String> {
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
    Ok(serde_json::to_string_pretty(&json!({ "loader": loader, "files": files }))? + "\n")
}

pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}
