use gloo_net::http::Request;
use serde::Deserialize;

use super::Pin;
use crate::server::Failure;

const ADDRESS: &str = "/embed/v1/manifest.json";

#[derive(Deserialize)]
struct Manifest {
    /// The name of the loader with its hash, which a page can pin until the server is updated.
    loader: String,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    integrity: String,
}

impl Manifest {
    fn pin(self) -> Option<Pin> {
        let file = self.files.into_iter().find(|file| file.name == self.loader)?;
        Some(Pin { name: file.name, integrity: file.integrity })
    }
}

pub async fn fetch_pin() -> Result<Pin, Failure> {
    let unknown = || Failure::Failed("This server does not tell the hashes of its files.".into());
    let response = Request::get(ADDRESS).send().await.map_err(|_| unknown())?;
    let manifest: Manifest = response.json().await.map_err(|_| unknown())?;
    manifest.pin().ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_is_pinned_under_its_lasting_name() {
        let pin = |loader: &str| {
            let files = r#"[{"name": "en-1.json", "integrity": "sha384-a", "bytes": 1},
                {"name": "valuemap-0a1b.js", "integrity": "sha384-b"}, {"name": "valuemap.js", "integrity": "sha384-b"}]"#;
            let json = format!(r#"{{"loader": "{loader}", "files": {files}}}"#);
            serde_json::from_str::<Manifest>(&json).unwrap().pin()
        };
        let expected = Pin { name: "valuemap-0a1b.js".into(), integrity: "sha384-b".into() };
        assert_eq!((pin("valuemap-0a1b.js"), pin("valuemap-9.js")), (Some(expected), None));
    }
}
