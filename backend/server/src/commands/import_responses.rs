use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::Args;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::import::responses::{
    Destination, Loaded, Mapping, Plan, RowProblem, known_by, load, plan, propose,
};
use valuemap_engine::import::{SourceFile, Table};
use valuemap_engine::survey::store::{definition_of, latest_published, survey_named};
use valuemap_shared::ids::{CommunityId, SurveyId};
use valuemap_shared::survey::SurveyDefinition;

use crate::commands::find_community;
use crate::commands::propose_responses::show;
use crate::commands::reading::Reading;

/// Maximum number of bad rows that are listed one by one.
const LISTED: usize = 20;

#[derive(Args)]
pub struct ImportResponses {
    /// The CSV file or Excel workbook (.xlsx)
    file: PathBuf,
    /// The community: its id or exact name
    #[arg(long)]
    community: String,
    /// The name of the survey that was answered; created when there is none
    #[arg(long)]
    survey: Option<String>,
    /// What a column is: COLUMN=respondent, COLUMN=date, COLUMN=agreement:POINTS[:BENEFIT][:reversed],
    /// COLUMN=recommendation, COLUMN=text, COLUMN=question:KEY. Repeat it for each column. Without any, the file is looked at and a command is proposed
    #[arg(long = "map", value_name = "COLUMN=TARGET", num_args = 1.., value_parser = parse_mapping)]
    mappings: Vec<Mapping>,
    /// The day of all answers, where no column says it
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<NaiveDate>,
    /// What a label means: the number of its scale, the key of a choice, or nothing where it is no answer. COLUMN:LABEL is
    /// that label in one column
    #[arg(long = "value", value_name = "LABEL=NUMBER", num_args = 1.., value_parser = parse_label)]
    labels: Vec<(String, String)>,
    /// How many rows the header has, where that is not found
    #[arg(long, value_name = "ROWS")]
    header_rows: Option<usize>,
    /// Leave out answers that were not finished
    #[arg(long)]
    finished_only: bool,
    #[command(flatten)]
    reading: Reading,
    /// Load the file. Without it you get a preview only
    #[arg(long)]
    load: bool,
}

impl ImportResponses {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let owned = find_community(database, &self.community).await?;
        let community = CommunityId(owned.id);
        let author = Author::operator(ambient, owned.owner(), "import responses");
        let file = SourceFile::inspect(&self.file, self.reading.encoding, self.reading.sheet.as_deref())?;
        let wanted: Vec<&str> = self.mappings.iter().map(|mapping| mapping.column.as_str()).collect();
        let table = Table::read(&file, self.reading.header_line, self.header_rows, &wanted)
            .with_context(|| format!("cannot use {}", self.file.display()))?;
        if self.mappings.is_empty() {
            if self.load {
                bail!("nothing says what the columns are: run it without --load to see what they seem to be");
            }
            println!("{}: {} rows, {}", file.name(), table.rows.len(), file.form());
            show(&propose(&table), &self.arguments(&table));
            return Ok(());
        }
        let survey = self.survey.as_deref().context("give the survey a name: --survey NAME")?;
        let survey = valuemap_engine::tenancy::names::checked_name(survey)?;
        let known_by = known_by(&database.read, community, survey).await?;
        let existing = existing_definition(database, community, survey).await?;
        let destination = Destination {
            community,
            survey,
            existing: existing.as_ref(),
            known_by: known_by.as_deref(),
            day: self.date,
            times: self.reading.times(),
            labels: &self.labels,
            finished_only: self.finished_only,
            today: ambient.now().date_naive(),
        };
        let plan =
            plan(&table, &self.mappings, destination).with_context(|| format!("cannot use {}", self.file.display()))?;
        let loaded = load(database, ambient, (community, &author), file.name(), &plan, self.load).await?;
        println!("{}: {} rows, {}", file.name(), table.rows.len(), file.form());
        if table.layout_line > 1 {
            println!("The columns are named on line {}; what stands above it is passed over", table.layout_line);
        }
        table.trailer.sentences().iter().for_each(|sentence| println!("{sentence}"));
        report(&plan, &loaded);
        if !plan.problems.is_empty() || !loaded.problems.is_empty() {
            bail!("nothing was loaded: correct the rows above, and run the same command again");
        }
        if !loaded.committed {
            println!("This was a preview and nothing was loaded. Run it again with --load.");
        }
        Ok(())
    }

    /// What the proposed command says beside what is proposed.
    fn arguments(&self, table: &Table) -> Vec<(&'static str, String)> {
        let named = || self.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let mut arguments = vec![
            ("import responses", self.file.display().to_string()),
            ("--community", self.community.clone()),
            ("--survey", self.survey.clone().or_else(named).unwrap_or_default()),
        ];
        arguments.extend(self.date.map(|day| ("--date", day.to_string())));
        arguments.extend(self.header_rows.map(|rows| ("--header-rows", rows.to_string())));
        arguments.extend(self.reading.arguments());
        if self.reading.header_line.is_none() && table.layout_line > 1 {
            arguments.push(("--header-line", table.layout_line.to_string()));
        }
        let labels = self.labels.iter().map(|(label, meaning)| ("--value", format!("{label}={meaning}")));
        arguments.extend(labels);
        arguments
    }
}

fn parse_mapping(text: &str) -> Result<Mapping, String> {
    text.parse().map_err(|error: anyhow::Error| format!("{error:#}"))
}

fn parse_label(text: &str) -> Result<(String, String), String> {
    let parts = text.rsplit_once('=').map(|(label, meaning)| (label.trim(), meaning.trim()));
    match parts.filter(|(label, _)| !label.is_empty()) {
        Some((label, meaning)) => Ok((label.to_owned(), meaning.to_owned())),
        None => Err(format!("`{text}` is not LABEL=NUMBER, such as Agree=4")),
    }
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
    for (reason, rows) in &plan.skipped {
        println!("Skipped {rows}: {reason}");
    }
    for (note, count) in &plan.notes {
        let count = if *count == 0 { String::new() } else { format!(": {count}") };
        println!("{note}{count}");
    }
    if loaded.again > 0 {
        println!("Respondents who answered in another quarter, too; these are answers of their own: {}", loaded.again);
    }
    if loaded.elsewhere > 0 {
        println!("Loaded before with a day of another quarter, which stays: {}", loaded.elsewhere);
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
