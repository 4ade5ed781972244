use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use valuemap_api::value_map::read_document;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::scoring_models::store::{Saved, model_of, models_of, save_model};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::Problem;
use valuemap_shared::value_map::model::{MODEL_TEMPLATES, ModelTemplate, ScoringModel, ScoringModelDraft};

use crate::commands::{find_community, say};

#[derive(Subcommand)]
pub enum Model {
    /// List the versions of a community's scoring model
    List {
        /// The community: its id or exact name
        #[arg(long)]
        community: String,
    },
    /// Write a version as a JSON file
    Export {
        /// The community: its id or exact name
        #[arg(long)]
        community: String,
        /// The version [default: the newest]
        #[arg(long)]
        version: Option<u32>,
        /// The file to write [default: standard output]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write a scoring model to start from, or list those that there are
    Template(Template),
    /// Save a JSON file as the next version
    Import {
        /// The file, as `model export` writes it
        file: PathBuf,
        /// The community: its id or exact name
        #[arg(long)]
        community: String,
        /// Refuse it when another version than this is the newest
        #[arg(long)]
        based_on: Option<u32>,
        /// Why it was changed
        #[arg(long)]
        note: Option<String>,
        /// Only check the file
        #[arg(long)]
        check: bool,
    },
}

/// It needs no database.
#[derive(clap::Args)]
pub struct Template {
    /// Its name; without one, all are listed
    name: Option<String>,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Model {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::List { community } => list(database, community).await,
            Self::Export { community, version, output } => export(database, community, *version, output.as_ref()).await,
            Self::Template(template) => template.run(),
            Self::Import { file, community, based_on, note, check } => {
                let owned = find_community(database, community).await?;
                let community = CommunityId(owned.id);
                let draft = read(file)?;
                if *check {
                    return report(file, ScoringModel::parse(&draft, 0).map(|_| "the model keeps all rules".into()));
                }
                let author = Author::operator(ambient, owned.owner(), "model import");
                let transaction = database.begin_write(&author, Touches::tracked(community)).await?;
                let by = ("command line", note.as_deref(), ambient.now());
                match save_model(&transaction, community, &draft, *based_on, by).await? {
                    Saved::Model(stored) => {
                        transaction.commit().await?;
                        report(file, Ok(format!("saved as {}", stored.model.label())))
                    }
                    Saved::Same(stored) => report(file, Ok(format!("the same as {}", stored.model.label()))),
                    Saved::Invalid(problems) => report(file, Err(problems)),
                    Saved::Outdated { newest } => {
                        bail!("version {newest} is the newest; export it and change that one")
                    }
                }
            }
        }
    }
}

impl Template {
    pub fn run(&self) -> anyhow::Result<()> {
        let Some(name) = &self.name else {
            let line = |template: ModelTemplate| format!("{:<14}{}\n", template.name, template.about);
            return say(&MODEL_TEMPLATES.map(line).concat());
        };
        let names = MODEL_TEMPLATES.map(|template| template.name).join(", ");
        let template =
            ModelTemplate::named(name).with_context(|| format!("no template `{name}`; there are {names}"))?;
        write(&template.model(), name, self.output.as_ref())
    }
}

async fn list(database: &Database, community: &str) -> anyhow::Result<()> {
    let community = CommunityId(find_community(database, community).await?.id);
    for stored in models_of(&database.read, community).await? {
        let note = stored.row.note.as_deref().unwrap_or_default();
        println!("{}  {}  {}  {note}", stored.model.label(), stored.row.created_at.date_naive(), stored.row.author);
    }
    Ok(())
}

async fn export(
    database: &Database,
    community: &str,
    version: Option<u32>,
    output: Option<&PathBuf>,
) -> anyhow::Result<()> {
    let community = CommunityId(find_community(database, community).await?.id);
    let stored = model_of(&database.read, community, version).await?;
    let stored = stored.context("there is no such version; `valuemap model list` shows them")?;
    write(&stored.draft, &stored.model.label(), output)
}

fn write(model: &ScoringModelDraft, name: &str, output: Option<&PathBuf>) -> anyhow::Result<()> {
    let written = serde_json::to_string_pretty(model)?;
    match output {
        None => println!("{written}"),
        Some(path) => {
            let cannot = || format!("cannot write {}", path.display());
            writeln!(File::create_new(path).with_context(cannot)?, "{written}").with_context(cannot)?;
            eprintln!("{name} written to {}", path.display());
        }
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<ScoringModelDraft> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let document = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    read_document(document).map_err(|problem| anyhow::anyhow!("{}: {problem}", file.display()))
}

fn report(file: &Path, outcome: Result<String, Vec<Problem>>) -> anyhow::Result<()> {
    match outcome {
        Ok(done) => {
            println!("{done}");
            Ok(())
        }
        Err(problems) => {
            for problem in &problems {
                println!("{problem}");
            }
            bail!("{} breaks {} rules; nothing was saved", file.display(), problems.len())
        }
    }
}
