use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Command};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::import::records::{Checked, Request, check, store};
use valuemap_engine::import::{DecimalMark, Format, FormatOption, How, Problems, Trailer};
use valuemap_shared::activities::{OutcomeKind, RecordKind};
use valuemap_shared::ids::CommunityId;
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
    /// Which column a field is, where its name does not tell. It is remembered once the file is loaded
    #[arg(long = "map", value_name = "FIELD=COLUMN", num_args = 1.., value_parser = parse_mapping)]
    mappings: Vec<(String, String)>,
    /// Do not use what an earlier --map said, and forget it once the file is loaded
    #[arg(long)]
    forget_mapping: bool,
    /// What a field says for all rows, where no column says it
    #[arg(long = "set", value_name = "FIELD=VALUE", num_args = 1.., value_parser = parse_mapping)]
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

/// Maximum number of doubtful keys that are listed one by one.
const LISTED: usize = 20;

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

    pub async fn run(&self, format: &'static Format, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        self.refuse_what_means_nothing(format)?;
        let community = find_community(database, &self.community).await?;
        let own_currency = community.currency.parse()?;
        let request = Request {
            format,
            path: &self.file,
            community: CommunityId(community.id),
            author: Author::operator(ambient, community.owner(), &format!("import {}", format.name)),
            currency: self.currency.unwrap_or(own_currency),
            is_currency_said: self.currency.is_some(),
            source: self.source.clone(),
            mapping: self.mappings.iter().cloned().collect(),
            forget_mapping: self.forget_mapping,
            mark: match (self.decimal_point, self.decimal_comma) {
                (true, _) => Some(DecimalMark::Point),
                (_, true) => Some(DecimalMark::Comma),
                _ => None,
            },
            times: self.reading.times(),
            encoding: self.reading.encoding,
            sheet: self.reading.sheet.clone(),
            header_line: self.reading.header_line,
            values: self.values.clone(),
            constants: self.constants.iter().cloned().collect(),
            skip_without_key: self.skip_without_key,
            won_stages: self.won_stages.clone(),
            kind: self.kind,
            activity_type: self.activity_type.clone(),
            patience: Duration::from_secs(self.wait),
        };
        let progress = progress_bar();
        let mut problems = Problems::new(self.problems.clone())?;
        let mut checked = check(database, ambient, &request, &progress, &mut problems).await?;
        let is_to_load = self.load && problems.count == 0;
        if is_to_load {
            store(database, ambient, &mut checked, &progress, &mut problems).await?;
        }
        drop(progress);
        problems.finish()?;
        let is_loaded = is_to_load && problems.count == 0;
        report(&checked, &problems, is_loaded);
        if problems.count > 0 {
            bail!("nothing was loaded: correct the rows above, and run the same command again");
        }
        if !is_loaded {
            println!("This was a preview and nothing was loaded. Run it again with --load.");
        }
        Ok(())
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

fn parse_mapping(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(field, column)| (field.trim(), column.trim()));
    match parts {
        Some((field, column)) if !field.is_empty() && !column.is_empty() => Ok((field.to_owned(), column.to_owned())),
        _ => Err(format!("`{text}` is not FIELD=COLUMN, such as amount=Deal value")),
    }
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

fn report(checked: &Checked<'_>, problems: &Problems, is_loaded: bool) {
    let separator = match checked.layout.delimiter {
        b'\t' => "tabs",
        b';' => "semicolons",
        _ => "commas",
    };
    let separated = if checked.file.is_workbook() { String::new() } else { format!(" separated by {separator}") };
    println!("{}: {} rows, {}{separated}", checked.file.name(), checked.rows(), checked.file.form());
    if checked.layout.line > 1 {
        println!("The columns are named on line {}; what stands above it is passed over", checked.layout.line);
    }
    for other in &checked.layout.others {
        println!("Passed over another table: {other}; --header-line {} reads it in place of this one", other.line);
    }
    for matched in &checked.columns.matched {
        let how = match matched.how {
            How::Name => "",
            How::Given => ", as --map says",
            How::Remembered => ", as --map said before",
        };
        println!("  {} is the column `{}`{how}", matched.field, matched.called);
    }
    if checked.is_plain() && !checked.columns.others.is_empty() {
        println!("Ignored columns: {}", checked.columns.others.join(", "));
    }
    if let Some(time) = checked.loaded_before {
        println!("This very file was loaded before, at {}.", time.format("%Y-%m-%d %H:%M UTC"));
    }
    for (line, reason) in &problems.listed {
        println!("line {line}: {reason}");
    }
    let unlisted = problems.count - problems.listed.len() as u64;
    if unlisted > 0 {
        println!("... and {unlisted} more; --problems FILE writes them all to a file");
    }
    let found = checked.found();
    for (reason, rows) in &found.skipped {
        println!("Skipped {rows}: {reason}");
    }
    for sentence in passed_over(&found.trailer) {
        println!("{sentence}");
    }
    for (note, (count, line)) in &found.notes {
        println!("{note}: {count}, the first on line {line}");
    }
    for advice in checked.missing_columns() {
        println!("{advice}");
    }
    if !checked.won_stages().is_empty() {
        println!("Won are the stages Closed Won, {}", checked.won_stages().join(", "));
    }
    if checked.withdrawn() > 0 {
        let done = if is_loaded { "withdrawn" } else { "to withdraw" };
        println!("{} that were loaded before and count no more: {done}", checked.withdrawn());
    }
    for (kind, stored) in &checked.stored {
        let done = if is_loaded { "loaded" } else { "to load" };
        println!("{}: {} new and {} changed {done}, {} known", plural(*kind), stored.new, stored.changed, stored.known);
    }
    if checked.kept_ended > 0 {
        println!("links that a person has ended, which stay ended: {}", checked.kept_ended);
    }
    let doubtful = checked.address_book.doubtful();
    if doubtful > 0 {
        println!(
            "Doubtful: {doubtful} ids have several e-mail addresses in this file; they are one with none of these"
        );
    }
    for sentence in checked.doubtful_keys.iter().take(LISTED) {
        println!("Doubtful: {sentence}");
    }
    if checked.doubtful_keys.len() > LISTED {
        println!("... and {} more pairs of keys", checked.doubtful_keys.len() - LISTED);
    }
    for sentence in checked.unlinked.sentences() {
        println!("Not linked: {sentence}");
    }
    if problems.rows > 0 {
        println!("{} bad row{}", problems.rows, if problems.rows == 1 { "" } else { "s" });
    }
}

/// What stands in a file and is no row of its table.
pub fn passed_over(trailer: &Trailer) -> Vec<String> {
    let lines = |lines: &[u64]| match lines {
        [line] => format!("line {line}"),
        [first, .., last] => format!("lines {first} to {last}"),
        [] => String::new(),
    };
    let mut said = Vec::new();
    if !trailer.totals.is_empty() {
        said.push(format!("Skipped {}: rows of totals ({})", trailer.totals.len(), lines(&trailer.totals)));
    }
    if !trailer.footer.is_empty() {
        said.push(format!("Skipped {}: the footer below the table ({})", trailer.footer.len(), lines(&trailer.footer)));
    }
    if trailer.repeated_headers > 0 {
        said.push(format!("Skipped {}: the header again", trailer.repeated_headers));
    }
    said
}

fn plural(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Party => "members and accounts",
        RecordKind::Link => "links",
        RecordKind::ActivityType => "activity types",
        RecordKind::Activity => "activities",
        RecordKind::Cost => "costs",
        RecordKind::Touchpoint => "touchpoints",
        RecordKind::Outcome => "outcomes",
        RecordKind::Case => "support cases",
        RecordKind::Contribution => "contributions",
        RecordKind::Observation => "observations",
    }
}
