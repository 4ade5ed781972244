use gloo_net::http::Request;
use serde::Deserialize;

use super::snippet::Pin;
use crate::api::Failure;

const ADDRESS: &str = "/embed/v1/manifest.json";

/// The loader under its own name, which stays while its content changes.
const LOADER: &str = "valuemap.js";

#[derive(Deserialize)]
struct Manifest {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    integrity: String,
}

impl Manifest {
    /// The loader under a name that tells its content, so that a pinned page outlives an update of the server; else as
    /// it is called.
    fn loader(self) -> Option<Pin> {
        let rank = |name: &str| match name.strip_prefix("valuemap").and_then(|rest| rest.strip_suffix(".js")) {
            Some(hash) if hash.starts_with(['-', '.']) => Some(0),
            Some("") => Some(1),
            _ => None,
        };
        let files = self.files.into_iter().filter_map(|file| Some((rank(&file.name)?, file)));
        let (_, file) = files.min_by_key(|(rank, _)| *rank)?;
        Some(Pin { name: file.name, integrity: file.integrity })
    }
}

impl Pin {
    /// Whether the file of this name is always the same.
    pub fn is_lasting(&self) -> bool {
        self.name != LOADER
    }
}

pub async fn fetch_pin() -> Result<Pin, Failure> {
    let unknown = || Failure::Failed("This server does not tell the hashes of its files.".into());
    let response = Request::get(ADDRESS).send().await.map_err(|_| unknown())?;
    let manifest: Manifest = response.json().await.map_err(|_| unknown())?;
    manifest.loader().ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: Option<(&str, bool)>) {
        let file = |name: &&str| File { name: (*name).into(), integrity: "sha384-x".into() };
        let pin = Manifest { files: names.iter().map(file).collect() }.loader();
        assert_eq!(pin.as_ref().map(|pin| (pin.name.as_str(), pin.is_lasting())), expected);
    }

    #[test]
    fn the_loader_with_its_hash_is_better_than_the_one_without() {
        check(&["en-1.json", "valuemap.js", "valuemap-0a1b.js", "widget-2.js"], Some(("valuemap-0a1b.js", true)));
        check(&["valuemap.js", "widget-2.wasm"], Some(("valuemap.js", false)));
        check(&["valuemap_widget.js"], None);
    }
}
