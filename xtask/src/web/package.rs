//! dist/npm: the npm package `valuemap-survey`, which is the widget of dist/embed/v1 for pages that are bundled.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, ensure};

use super::{
    bundle::{Bundle, files_in},
    embed::read,
};
use crate::workspace::Workspace;

/// How the loader says where the server is, and what takes its place: a bundled script comes from somewhere else.
const HOME: [&str; 2] = [r#"new URL("../..",import.meta.url).href"#, r#"location.origin+"/""#];
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

pub fn build(workspace: &Workspace) -> Result<()> {
    let built = workspace.dist().join("embed/v1");
    let mut files = BTreeMap::new();
    for path in files_in(&built)?.into_iter().filter(|path| path.extension().is_some_and(|extension| extension != "br"))
    {
        let content = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
        files.insert(path.strip_prefix(&built)?.to_string_lossy().into_owned(), content);
    }
    let loader = files.remove("valuemap.js").context("there is no widget in dist/")?;

    let mut package = Bundle::default();
    let loader = String::from_utf8(loader)?;
    ensure!(loader.contains(HOME[0]), "the loader does not say where it is as {}: build it with Node.js", HOME[0]);
    let loader = located(&loader.replace(HOME[0], HOME[1]), &files)?;
    // On a server, where there are no elements, the import is to do nothing.
    let module = format!("if (typeof HTMLElement === \"function\") {{\n{}\n}}\nexport {{}};\n", loader.trim_end());
    for (name, content) in needed(&module, &files) {
        package.add(name, content.clone());
    }
    package.add("valuemap-survey.js", module);
    let sources = workspace.frontend().join("package");
    for path in files_in(&sources)? {
        let name = path.strip_prefix(&sources)?.to_string_lossy().into_owned();
        package.add(name, read(&path)?.replace("__VERSION__", env!("CARGO_PKG_VERSION")));
    }
    for licence in LICENCES {
        package.add(licence, read(&workspace.root.join(licence))?);
    }
    package.write_plain_to(&workspace.dist().join("npm"))
}

type Files = BTreeMap<String, Vec<u8>>;

/// A script in which bundlers see what it loads. They see `import("./file")` and `new URL("./file", import.meta.url)`, so
/// other mentions of a file become one of these.
fn located(script: &str, files: &Files) -> Result<String> {
    let mut script = script.to_owned();
    for file in files.keys() {
        let named = format!("\"./{file}\"");
        let url = format!("new URL({named},import.meta.url)");
        let seen = [url.clone(), format!("import({named})")];
        // Where bundlers see it already, nothing is to be done.
        script = script.replace(&seen[0], "\0").replace(&seen[1], "\u{1}");
        script = script.replace(&named, &format!("{url}.href")).replace('\0', &seen[0]).replace('\u{1}', &seen[1]);
        let uses: usize = seen.iter().map(|seen| script.matches(seen).count()).sum();
        ensure!(
            script.matches(file.as_str()).count() == uses,
            "{file} is named in a way that bundlers would not see: write \"./{file}\" as a text of its own"
        );
    }
    Ok(script)
}

/// The files that a script names, and those that they name.
fn needed<'a>(script: &str, files: &'a Files) -> BTreeMap<&'a str, &'a Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut texts = vec![script.to_owned()];
    while let Some(text) = texts.pop() {
        for (name, content) in files.iter().filter(|(name, _)| text.contains(name.as_str())) {
            if found.insert(name.as_str(), content).is_none() {
                texts.extend(String::from_utf8(content.clone()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Files, located, needed};

    fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect()
    }

    #[test]
    fn bundlers_see_every_file() {
        let files = files(&[("a-1.js", ""), ("b-2.wasm", "")]);
        let seen = r#"import("./a-1.js");fetch(new URL("./b-2.wasm",import.meta.url))"#;
        assert_eq!(located(seen, &files).unwrap(), seen);
        assert_eq!(
            located(r#"const u={b:"./b-2.wasm"}"#, &files).unwrap(),
            r#"const u={b:new URL("./b-2.wasm",import.meta.url).href}"#
        );
        let error = located("fetch(`${here}/b-2.wasm`)", &files).unwrap_err().to_string();
        assert!(error.starts_with("b-2.wasm is named in a way"), "{error}");
    }

    #[test]
    fn only_files_that_are_loaded_are_packed() {
        let files = files(&[("a-1.js", r#"import("./b-2.js")"#), ("b-2.js", ""), ("frame.js", "")]);
        assert_eq!(needed(r#"import("./a-1.js")"#, &files).into_keys().collect::<Vec<_>>(), ["a-1.js", "b-2.js"]);
    }
}
