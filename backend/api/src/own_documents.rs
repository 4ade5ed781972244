//! Holds every GraphQL document in the repository against the schemas: the dashboard's and the widget's, and the examples
//! in the README and in `docs/`.

use std::fs;
use std::path::{Path, PathBuf};

use async_graphql::{EmptySubscription, ObjectType, Schema, SchemaBuilder};
use valuemap_shared::survey::documents;

use crate::documents::gate;
use crate::known_documents::OnlyValidate;
use crate::schema::{embed_builder, internal_builder};

type Builder<Query, Mutation> = SchemaBuilder<Query, Mutation, EmptySubscription>;

/// A document and the file that it is in.
struct Written {
    file: PathBuf,
    text: String,
}

/// What is wrong with documents, each with its file.
async fn faults<Query, Mutation>(builder: Builder<Query, Mutation>, all: &[Written]) -> Vec<String>
where
    Query: ObjectType + 'static,
    Mutation: ObjectType + 'static,
{
    let schema: Schema<Query, Mutation, EmptySubscription> = builder.extension(OnlyValidate).finish();
    let mut faults = Vec::new();
    for Written { file, text } in all {
        let response = schema.execute(text.as_str()).await;
        let messages = response.errors.into_iter().map(|error| error.message);
        let messages = messages.chain(gate::count(text).err().map(|fault| fault.message));
        faults.extend(messages.map(|message| format!("{}: {message} in\n{text}", file.display())));
    }
    faults
}

fn repository() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().find(|folder| folder.join("docs").is_dir()).expect("docs/ is above this crate").to_owned()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { files(&path, extension) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn of_the_dashboard() -> Vec<Written> {
    let files = files(&repository().join("frontend/dashboard"), "graphql");
    files.into_iter().map(|file| Written { text: fs::read_to_string(&file).unwrap(), file }).collect()
}

fn of_the_docs() -> Vec<Written> {
    let mut pages = files(&repository().join("docs"), "md");
    pages.push(repository().join("README.md"));
    let examples = |file: PathBuf| {
        let texts = examples(&fs::read_to_string(&file).unwrap());
        texts.into_iter().map(move |text| Written { file: file.clone(), text })
    };
    pages.into_iter().flat_map(examples).collect()
}

/// The documents in blocks of GraphQL, with blank lines between them, and in the bodies of requests.
fn examples(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut blocks = page.split("```");
    while let (Some(prose), Some(block)) = (blocks.next(), blocks.next()) {
        assert!(!prose.contains("{\"query\""), "a request outside of a block: {prose}");
        if let Some(text) = block.strip_prefix("graphql\n") {
            found.extend(text.split("\n\n").map(str::to_owned));
        }
        let bodies = block.split('\'').filter(|part| part.starts_with("{\"query\""));
        let bodies = bodies.map(|body| serde_json::from_str::<serde_json::Value>(body).unwrap());
        found.extend(bodies.map(|body| body["query"].as_str().unwrap().to_owned()));
    }
    found
}

#[tokio::test]
async fn every_document_in_the_repository_fits_its_schema() {
    let internal: Vec<Written> = of_the_dashboard().into_iter().chain(of_the_docs()).collect();
    let of_the_widget =
        documents::ALL.map(|text| Written { file: "shared/src/survey/documents.rs".into(), text: text.into() });
    let mut found = faults(internal_builder(), &internal).await;
    found.extend(faults(embed_builder(), &of_the_widget).await);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn a_document_that_does_not_fit_is_named_with_its_file() {
    let written = |text: &str| Written { file: "docs/api.md".into(), text: text.into() };
    let all = [written("{ communities { nodes { nmae } } }"), written("{ communities { nodes { name } } }")];
    let found = faults(internal_builder(), &all).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("docs/api.md: Unknown field \"nmae\""), "{found:?}");
}

#[test]
fn examples_are_found_in_blocks_and_in_requests() {
    let page = "Ask:\n```console\n$ curl -d '{\"query\": \"{ a }\"}'\n```\nor\n```graphql\n{ b\n}\n\nquery { c }\n```\n```js\n{ d }\n```\n";
    assert_eq!(examples(page), ["{ a }", "{ b\n}", "query { c }\n"]);
    assert!(of_the_dashboard().len() >= 5 && of_the_docs().len() > 20);
}
