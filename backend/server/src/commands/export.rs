use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use sea_orm::ActiveEnum;
use sea_orm::prelude::Uuid;
use serde_json::{Value, json};
use valuemap_engine::database::Database;
use valuemap_engine::survey::entities::{answer, response};
use valuemap_engine::survey::store::{responses_after, surveys_of, versions_of};
use valuemap_shared::ids::{CommunityId, SurveyId};

use crate::commands::find_community;

#[derive(Args)]
pub struct Export {
    /// The community: its id or exact name
    #[arg(long)]
    community: String,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    pub async fn run(&self, database: &Database) -> anyhow::Result<()> {
        let community = CommunityId(find_community(database, &self.community).await?.id);
        match &self.output {
            None => {
                let written = write_responses(database, community, BufWriter::new(std::io::stdout())).await;
                written.map(|_| ()).or_else(|error| if is_closed_pipe(&error) { Ok(()) } else { Err(error) })
            }
            Some(path) => {
                let cannot = || format!("cannot write {}", path.display());
                let file = File::create_new(path).with_context(cannot)?;
                let written = write_responses(database, community, BufWriter::new(file)).await.with_context(cannot)?;
                eprintln!("{written} responses written to {}", path.display());
                Ok(())
            }
        }
    }
}

async fn write_responses(database: &Database, community: CommunityId, mut output: impl Write) -> anyhow::Result<u64> {
    let surveys = surveys_of(&database.read, [community]).await?;
    let versions = versions_of(&database.read, surveys.iter().map(|survey| (community, SurveyId(survey.id)))).await?;
    let names: HashMap<Uuid, String> = surveys.into_iter().map(|survey| (survey.id, survey.name)).collect();
    let numbers: HashMap<Uuid, i32> = versions.into_iter().map(|version| (version.id, version.number)).collect();
    let mut written = 0;
    let mut after = None;
    loop {
        let page = responses_after(&database.read, community, after, 1_000).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some((last.survey_id, last.id));
        for (response, answers) in &page {
            let line = line(response, answers, names.get(&response.survey_id), numbers.get(&response.version_id));
            writeln!(output, "{line}")?;
            written += 1;
        }
    }
    output.flush()?;
    Ok(written)
}

fn line(
    response: &response::Model,
    answers: &[answer::Model],
    survey: Option<&String>,
    version: Option<&i32>,
) -> Value {
    let orders: BTreeMap<&str, &Value> = answers
        .iter()
        .filter_map(|answer| answer.choice_order.as_ref().map(|order| (answer.question.as_str(), order)))
        .collect();
    let answers: BTreeMap<&str, &Value> = answers
        .iter()
        .map(|answer| (answer.question.as_str(), answer.value.as_object().and_then(single).unwrap_or(&answer.value)))
        .collect();
    json!({
        "id": response.id,
        "survey": survey,
        "version": version,
        "day": response.day,
        "receivedAt": response.received_at,
        "source": response.source,
        "standing": response.standing.to_value(),
        "answers": answers,
        "orders": orders,
    })
}

/// Whoever read the output has seen enough, as `head` has.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// The answer itself, without the name of its kind.
fn single(value: &serde_json::Map<String, Value>) -> Option<&Value> {
    value.values().next()
}
