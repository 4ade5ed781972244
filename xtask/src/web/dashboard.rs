//! dist/dashboard: a page, and what it loads from /assets/ under names that change with the content.

/// Only the table of pages: with the whole crate, every change of the domain would build this program anew.
#[allow(dead_code, reason = "the build needs less of a page than the dashboard")]
#[path = "../../../shared/src/pages.rs"]
mod pages;

use std::collections::BTreeMap;

use anyhow::Result;

use self::pages::Page;
use super::{
    bindgen,
    bundle::{Bundle, files_in},
    compile::{self, Crate},
    css,
    embed::read,
    optimize,
    stamp::Stamp,
    template,
};
use crate::{process::timed, setup::node::NodeTools, workspace::Workspace};

const DASHBOARD: Crate =
    Crate { package: "valuemap-dashboard", target: &["--bin", "valuemap-dashboard"], file: "valuemap-dashboard.wasm" };

pub fn build(workspace: &Workspace, node: Option<&NodeTools>) -> Result<()> {
    timed("dashboard built", || {
        let compiled = compile::compile(workspace, &DASHBOARD)?;
        let sources = workspace.frontend().join("dashboard");
        let [page, boot] = [read(&sources.join("index.html"))?, read(&sources.join("boot.js"))?];
        let style = styles(workspace)?;
        let headings: BTreeMap<&str, &str> = Page::ALL.map(|page| (page.path(), page.heading())).into();
        let headings = serde_json::to_string(&headings)?;
        let inputs = [&compiled, page.as_bytes(), boot.as_bytes(), style.as_bytes(), headings.as_bytes()];
        let stamp = Stamp::new(workspace, "dashboard", &inputs, node.is_some())?;
        if stamp.is_current() {
            return Ok(());
        }

        let bound = bindgen::bind("dashboard", &compiled)?;
        let mut bundle = Bundle::default();
        let style = bundle.add_hashed("assets/dashboard", "css", css::minify(&style));
        let wasm = bundle.add_hashed("assets/dashboard", "wasm", optimize::wasm(node, bound.wasm)?);
        let glue = bundle.add_hashed("assets/dashboard", "js", optimize::script(node, bound.glue)?);
        let [style, wasm, glue] = [style, wasm, glue].map(|path| format!("/{path}"));
        let [first, ..] = Page::ALL;
        let values = [
            ("__STYLE__", &*style),
            ("__WASM__", &*wasm),
            ("__GLUE__", &*glue),
            ("__HEADING__", first.heading()),
            ("__HEADINGS__", &*headings),
        ];

        let boot = template::fill("frontend/dashboard/boot.js", &boot, &values)?;
        let boot = format!("/{}", bundle.add_hashed("assets/boot", "js", optimize::script(node, boot)?));
        let values = values.into_iter().chain([("__BOOT__", &*boot)]).collect::<Vec<_>>();
        bundle.add("index.html", template::fill("frontend/dashboard/index.html", &page, &values)?);
        bundle.write_to(&workspace.dist().join("dashboard"))?;
        stamp.set()
    })
}

/// Where style sheets are: what others build on comes first.
const STYLES: [&str; 5] =
    ["ui", "dashboard/src/shell", "dashboard/src/parts", "dashboard/src/charts", "dashboard/src/pages"];

/// All style sheets, each folder's in order of their names.
fn styles(workspace: &Workspace) -> Result<String> {
    let mut styles = String::new();
    for folder in STYLES {
        for file in files_in(&workspace.frontend().join(folder))? {
            if file.extension().is_some_and(|extension| extension == "css") {
                styles += &read(&file)?;
                styles += "\n";
            }
        }
    }
    Ok(styles)
}
