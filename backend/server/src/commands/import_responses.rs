use std::path::PathBuf;

use anyhow::bail;
use chrono::NaiveDate;
use clap::Args;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::import::Table;
use valuemap_engine::import::responses::{Destination, Loaded, Mapping, Plan, RowProblem, load, plan};
use valuemap_engine::survey::store::{definition_of, latest_published, survey_named};
use valuemap_shared::ids::{CommunityId, SurveyId};
use valuemap_shared::survey::SurveyDefinition;

use crate::commands::find_community;

/// Maximum number of bad rows that are listed one by one.
const LISTED: usize = 20;

#[derive(Args)]
pub struct ImportResponses {
    /// The CSV file, its first line naming the columns
    file: PathBuf,
    /// The community: its id or exact name
    #[arg(long)]
    community: String,
    /// The name of the survey that was answered; created when there is none
    #[arg(long)]
    survey: String,
    /// What a column is: COLUMN=respondent, COLUMN=date, COLUMN=agreement:POINTS[:BENEFIT][:reversed],
    /// COLUMN=recommendation, COLUMN=text, COLUMN=question:KEY. Repeat it for each column
    #[arg(long = "map", value_name = "COLUMN=TARGET", required = true, num_args = 1.., value_parser = parse_mapping)]
    mappings: Vec<Mapping>,
    /// The day of all answers, where no column says it
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<NaiveDate>,
    /// Load the file. Without it you get a preview only
    #[arg(long)]
    load: bool,
}

impl ImportResponses {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let owned = find_community(database, &self.community).await?;
        let community = CommunityId(owned.id);
        let author = Author::operator(ambient, owned.owner(), "import responses");
        let survey = valuemap_engine::tenancy::names::checked_name(&self.survey)?;
        let table = Table::read(&self.file)?;
        let existing = existing_definition(database, community, survey).await?;
        let destination = Destination {
            community,
            survey,
            existing: existing.as_ref(),
            day: self.date,
            today: ambient.now().date_naive(),
        };
        let plan = plan(&table, &self.mappings, destination)?;
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let loaded = load(database, ambient, (community, &author), &name, &plan, self.load).await?;
        report(&plan, &loaded);
        if !plan.problems.is_empty() || !loaded.problems.is_empty() {
            bail!("nothing was loaded: correct the rows above, and run the same command again");
        }
        if !loaded.committed {
            println!("This was a preview and nothing was loaded. Run it again with --load.");
        }
        Ok(())
    }
}

fn parse_mapping(text: &str) -> Result<Mapping, String> {
    text.parse().map_err(|error: anyhow::Error| format!("{error:#}"))
}

async fn existing_definition(
    database: &Database,
    community: CommunityId,
    survey: &str,
) -> anyhow::Result<Option<SurveyDefinition>> {
    let Some(survey) = survey_named(&database.read, community, survey).await? else { return Ok(None) };
    let latest = latest_published(&database.read, (community, SurveyId(survey.id))).await?;
    Ok(latest.map(|version| definition_of(&version)).transpose()?)
}

fn report(plan: &Plan, loaded: &Loaded) {
    let problems: Vec<&RowProblem> = plan.problems.iter().chain(&loaded.problems).collect();
    for problem in problems.iter().take(LISTED) {
        println!("line {}: {}", problem.line, problem.reason);
    }
    if problems.len() > LISTED {
        println!("... and {} more", problems.len() - LISTED);
    }
    let version = match (loaded.new_survey, loaded.new_version) {
        (true, _) => ", which is new",
        (false, true) => ", in a new version of it",
        (false, false) => "",
    };
    println!("Survey `{}`{version}", plan.survey);
    for (question, answers) in plan.answers_by_question() {
        println!("  {question}: {answers} answers");
    }
    let done = if loaded.committed { "loaded" } else { "to load" };
    println!(
        "{} responses {done}, {} were loaded before, {} rows without any answer, {} bad",
        loaded.new,
        loaded.known,
        plan.empty,
        problems.len()
    );
}
