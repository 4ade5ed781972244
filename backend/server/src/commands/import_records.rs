use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Command};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::{Database, Transaction};
use valuemap_engine::import::corrections::{Corrections, Meaning};
use valuemap_engine::import::records::{Checked, Request, check, store};
use valuemap_engine::import::{DecimalMark, Format, FormatOption, Problems, SourceFile, recognise_file};
use valuemap_shared::activities::OutcomeKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::imports::{
    ColumnReason, ImportColumn, ImportNote, ImportReport, ImportedRecords, LineProblem, Skipped,
};
use valuemap_shared::money::Currency;

use crate::commands::find_community;
use crate::commands::progress::progress_bar;
use crate::commands::reading::Reading;

#[derive(Args)]
pub struct ImportRecords {
    /// The CSV file or workbook (.xlsx, .ods)
    file: PathBuf,
    /// The community: its id or exact name
    #[arg(long)]
    community: String,
    /// Load the file. Without it you get a preview only
    #[arg(long)]
    load: bool,
    /// Which column a field is, where its name does not tell; nothing behind the `=` means none. It is remembered once the
    /// file is loaded
    #[arg(long = "map", value_name = "FIELD=COLUMN", num_args = 1.., value_parser = parse_mapping)]
    mappings: Vec<(String, String)>,
    /// Do not use what an earlier --map said, and forget it once the file is loaded
    #[arg(long)]
    forget_mapping: bool,
    /// What a field says for all rows, where no column says it
    #[arg(long = "set", value_name = "FIELD=VALUE", num_args = 1.., value_parser = parse_constant)]
    constants: Vec<(String, String)>,
    /// What a value of a field means, such as "role:Checked In=attended"; nothing behind the `=` means an empty cell.
    /// It is remembered once the file is loaded
    #[arg(long = "value", value_name = "FIELD:VALUE=MEANING", num_args = 1.., value_parser = parse_value)]
    values: Vec<(String, String, String)>,
    /// Leave out rows that do not say whom or what they are about
    #[arg(long)]
    skip_without_key: bool,
    #[command(flatten)]
    reading: Reading,
    /// Numbers have a comma before their decimals
    #[arg(long, conflicts_with = "decimal_point")]
    decimal_comma: bool,
    /// Numbers have a point before their decimals
    #[arg(long)]
    decimal_point: bool,
    /// Write the list of bad rows to this file, as CSV
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
    /// How long to wait while another import or another writer is at work
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// Where the records come from: their keys are unique within it
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The currency of amounts that do not say theirs; that of the community without it
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,
    /// A stage that means that a deal is won, beside Closed Won. Repeat it for each stage; remembered for the next file
    #[arg(long = "won-stage", value_name = "STAGE")]
    won_stages: Vec<String>,
    /// What deals are that do not say: purchase, upgrade or renewal
    #[arg(long, value_parser = parse_kind)]
    kind: Option<OutcomeKind>,
    /// Make activities of this type out of campaigns that are none yet
    #[arg(long, value_name = "KEY")]
    activity_type: Option<String>,
}

/// The arguments that not every format has.
const OPTIONS: [(FormatOption, &str); 5] = [
    (FormatOption::Source, "source"),
    (FormatOption::Currency, "currency"),
    (FormatOption::WonStage, "won_stages"),
    (FormatOption::Kind, "kind"),
    (FormatOption::ActivityType, "activity_type"),
];

impl ImportRecords {
    pub fn hide_what_means_nothing(command: Command, format: &Format) -> Command {
        let others = OPTIONS.iter().filter(|(option, _)| !format.options.contains(option));
        others.fold(command, |command, (_, argument)| command.mut_arg(argument, |argument| argument.hide(true)))
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub async fn run(&self, format: &'static Format, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        self.refuse_what_means_nothing(format)?;
        let community = find_community(database, &self.community).await?;
        let corrections = self.corrections();
        let request = Request {
            format,
            path: &self.file,
            name: &self.file.display().to_string(),
            community: CommunityId(community.id),
            author: Author::operator(ambient, community.owner(), &format!("import {}", format.name)),
            currency: community.currency.parse()?,
            corrections: &corrections,
            patience: Duration::from_secs(self.wait),
        };
        let progress = progress_bar();
        let mut problems = Problems::new(self.problems.clone())?;
        let mut checked = check(database, ambient, &request, &progress, &mut problems).await?;
        let is_to_load = self.load && problems.count == 0;
        if is_to_load {
            let nothing_else = async |_: &Transaction, _: &Checked<'_>| Ok(());
            store(database, ambient, &mut checked, &progress, &mut problems, nothing_else).await?;
        }
        drop(progress);
        problems.finish()?;
        let is_loaded = is_to_load && problems.count == 0;
        print(&checked.report(&problems, is_loaded));
        if problems.count > 0 {
            bail!("nothing was loaded: correct the rows above, and run the same command again");
        }
        if !is_loaded {
            println!("This was a preview and nothing was loaded. Run it again with --load.");
        }
        Ok(())
    }

    /// Finds out the format by the columns, says what the file would do, and which command loads it.
    pub async fn recognise(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        if self.load {
            bail!(
                "--load takes the format, too: run it without, look at what it would do, and take the command that it proposes"
            );
        }
        let file = SourceFile::inspect(&self.file, self.reading.encoding, self.reading.sheet.as_deref())?;
        let recognised = recognise_file(&file, self.reading.header_line)
            .with_context(|| format!("cannot use {}", self.file.display()))?;
        let format = recognised.format;
        println!("It looks like {} ({}): {}", format.name, format.about, recognised.because());
        self.run(format, database, ambient).await?;
        println!("To load it: {}", self.loading_command(format));
        Ok(())
    }

    /// This command with the format, and with what it says of the file.
    fn loading_command(&self, format: &Format) -> String {
        let said = std::env::args().skip_while(|argument| argument != "import").skip(1);
        let said = said.map(|argument| quoted(&argument)).collect::<Vec<_>>().join(" ");
        format!("valuemap import {} {said} --load", format.name)
    }

    fn corrections(&self) -> Corrections {
        let meaning = |(field, value, meaning): &(String, String, String)| Meaning {
            field: field.clone(),
            value: value.clone(),
            meaning: meaning.clone(),
        };
        Corrections {
            source: self.source.clone(),
            columns: self.mappings.iter().cloned().collect(),
            constants: self.constants.iter().cloned().collect(),
            meanings: self.values.iter().map(meaning).collect(),
            times: self.reading.times(),
            encoding: self.reading.encoding,
            mark: match (self.decimal_point, self.decimal_comma) {
                (true, _) => Some(DecimalMark::Point),
                (_, true) => Some(DecimalMark::Comma),
                _ => None,
            },
            sheet: self.reading.sheet.clone(),
            header_line: self.reading.header_line,
            skip_without_key: self.skip_without_key,
            currency: self.currency,
            won_stages: self.won_stages.clone(),
            kind: self.kind,
            activity_type: self.activity_type.clone(),
            forget: self.forget_mapping,
        }
    }

    fn refuse_what_means_nothing(&self, format: &Format) -> anyhow::Result<()> {
        let is_given = |option: FormatOption| match option {
            FormatOption::Source => self.source.is_some(),
            FormatOption::Currency => self.currency.is_some(),
            FormatOption::WonStage => !self.won_stages.is_empty(),
            FormatOption::Kind => self.kind.is_some(),
            FormatOption::ActivityType => self.activity_type.is_some(),
        };
        for (option, argument) in OPTIONS {
            if is_given(option) && !format.options.contains(&option) {
                let name = argument.trim_end_matches('s').replace('_', "-");
                bail!("--{name} means nothing to {}", format.name);
            }
        }
        Ok(())
    }
}

/// An argument as it is written in a shell.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,#".contains(c);
    match !argument.is_empty() && !argument.starts_with('#') && argument.chars().all(is_plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    }
}

fn parse_mapping(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(field, column)| (field.trim(), column.trim()));
    match parts {
        Some((field, column)) if !field.is_empty() => Ok((field.to_owned(), column.to_owned())),
        _ => Err(format!("`{text}` is not FIELD=COLUMN, such as amount=Deal value")),
    }
}

fn parse_constant(text: &str) -> Result<(String, String), String> {
    let parts = parse_mapping(text).ok().filter(|(_, value)| !value.is_empty());
    parts.ok_or_else(|| format!("`{text}` is not FIELD=VALUE, such as activity=880011"))
}

fn parse_value(text: &str) -> Result<(String, String, String), String> {
    let parts = text.split_once(':').and_then(|(field, rest)| Some((field, rest.rsplit_once('=')?)));
    match parts.map(|(field, (value, meaning))| (field.trim(), value.trim(), meaning.trim())) {
        Some((field, value, meaning)) if !field.is_empty() && !value.is_empty() => {
            Ok((field.to_owned(), value.to_owned(), meaning.to_owned()))
        }
        _ => Err(format!("`{text}` is not FIELD:VALUE=MEANING, such as role:Checked In=attended")),
    }
}

fn parse_kind(text: &str) -> Result<OutcomeKind, String> {
    let kind: OutcomeKind = text.parse()?;
    if kind.takes_money() { Ok(kind) } else { Err("a deal is a purchase, an upgrade or a renewal".to_owned()) }
}

/// Says what came of a file.
fn print(report: &ImportReport) {
    println!("{}: {} rows, {}", report.file, report.rows, report.form);
    if report.header_line > 1 {
        println!("The columns are named on line {}; what stands above it is passed over", report.header_line);
    }
    for ImportColumn { field, column, because } in &report.columns {
        let because = match because {
            ColumnReason::Name => "",
            ColumnReason::Given => ", as --map says",
            ColumnReason::Remembered => ", as --map said before",
        };
        match column.is_empty() {
            true => println!("  {field} is no column, as --map says or said before"),
            false => println!("  {field} is the column `{column}`{because}"),
        }
    }
    if !report.ignored_columns.is_empty() {
        println!("Ignored columns: {}", report.ignored_columns.join(", "));
    }
    report.remembered.iter().for_each(|sentence| println!("{sentence}"));
    if let Some(time) = report.loaded_before {
        println!("This very file was loaded before, at {}.", time.format("%Y-%m-%d %H:%M UTC"));
    }
    for LineProblem { line, reason } in &report.problems {
        println!("line {line}: {reason}");
    }
    let unlisted = report.problem_count - report.problems.len() as u64;
    if unlisted > 0 {
        println!("... and {unlisted} more; --problems FILE writes them all to a file");
    }
    for Skipped { rows, reason } in &report.skipped {
        println!("Skipped {rows}: {reason}");
    }
    report.passed_over.iter().for_each(|sentence| println!("{sentence}"));
    for ImportNote { note, count, first_line } in &report.notes {
        println!("{note}: {count}, the first on line {first_line}");
    }
    report.remarks.iter().for_each(|sentence| println!("{sentence}"));
    let done = if report.is_loaded { "loaded" } else { "to load" };
    for ImportedRecords { kind, new, changed, known } in &report.records {
        println!("{kind}: {new} new and {changed} changed {done}, {known} known");
    }
    report.not_linked.iter().for_each(|sentence| println!("Not linked: {sentence}"));
    if report.bad_rows > 0 {
        println!("{} bad row{}", report.bad_rows, if report.bad_rows == 1 { "" } else { "s" });
    }
}
