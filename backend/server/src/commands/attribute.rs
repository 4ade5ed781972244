use std::fmt::Write;

use anyhow::bail;
use clap::Args;
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::attribution::run::{Computed, PrecisionResult, RunResult, SourceResult, run};
use valuemap_engine::attribution::store;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::{Database, Transaction};
use valuemap_engine::scoring_models::store::model_of;
use valuemap_shared::attribution::{Asked, CreditSource, Model, Outcomes, Parameters};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::Problem;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::commands::{find_community, say};

#[derive(Args)]
pub struct Attribute {
    /// The community's exact name or its id
    #[arg(long)]
    community: String,
    /// The first quarter whose outcomes are credited, such as 2026-Q1
    #[arg(long)]
    from: Quarter,
    /// The last one
    #[arg(long)]
    until: Quarter,
    /// A model, such as linear or time_decay:14; give it several times to compare several [default: all]
    #[arg(long = "model")]
    models: Vec<Model>,
    /// What gets the credit: activity, activity_type, modality, goal or channel
    #[arg(long, default_value_t = CreditSource::ActivityType)]
    source: CreditSource,
    /// Whose touches count: account or member [default: as in the scoring model]
    #[arg(long, value_parser = read_unit)]
    by: Option<AttributionUnit>,
    /// Touches up to so many days before an outcome count [default: as in the scoring model]
    #[arg(long)]
    lookback_days: Option<i64>,
    /// Identity links of less confidence are left aside, 0 to 1 [default: as in the scoring model]
    #[arg(long)]
    minimum_confidence: Option<f64>,
    /// Print the credits without keeping them
    #[arg(long)]
    no_store: bool,
}

pub fn read_unit(text: &str) -> Result<AttributionUnit, String> {
    match text {
        "account" => Ok(AttributionUnit::Account),
        "member" => Ok(AttributionUnit::Member),
        _ => Err("write account or member".to_owned()),
    }
}

impl Attribute {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let row = find_community(database, &self.community).await?;
        let community = CommunityId(row.id);
        let Some(scoring) = model_of(&database.read, community, None).await? else {
            bail!("{} has no scoring model; save one first", row.name);
        };
        let parameters = match Parameters::parse(&self.asked(), &scoring.model.financial.attribution) {
            Ok(parameters) => parameters,
            Err(problems) => {
                bail!("{}", problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))
            }
        };
        let computed = run(database, community, &parameters).await??;
        say(&table(&row.name, &parameters, &computed)?)?;
        if !self.no_store {
            let by = "valuemap attribute";
            let keep = async |db: &Transaction| store::keep(db, ambient, community, &parameters, &computed, by).await;
            let author = Author::operator(ambient, row.owner(), "attribute");
            let kept = database.write(&author, Touches::NOTHING, keep).await?;
            say(&format!("\nKept as {}.\n", NodeId::AttributionRun(community, kept.id.into())))?;
        }
        Ok(())
    }

    fn asked(&self) -> Asked {
        let half_life = self.models.iter().find_map(|model| match model {
            Model::TimeDecay { half_life } if *half_life != Default::default() => Some(half_life.days()),
            _ => None,
        });
        Asked {
            models: (!self.models.is_empty()).then(|| self.models.clone()),
            by: self.by,
            source: Some(self.source),
            lookback_days: self.lookback_days,
            half_life_days: half_life,
            minimum_confidence: self.minimum_confidence,
            ..Asked::of(self.from, self.until)
        }
    }
}

fn table(
    name: &str,
    parameters: &Parameters,
    Computed { data_hash, result }: &Computed,
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let RunResult { currency, credited, uncredited, replaced, null_journeys, models, sources } = result;
    writeln!(text, "{name}, {} to {}, look-back {} days", parameters.from, parameters.until, parameters.lookback_days)?;
    writeln!(text, "{} outcomes credited, worth {} {currency}", credited.count, credited.value)?;
    if let Some(replaced) = replaced.filter(|replaced| replaced.count > 0) {
        let Outcomes { count, value } = replaced;
        writeln!(text, "{count} of these, worth {value} {currency}, are counted by a comparison on the value map")?;
    }
    writeln!(text, "{} outcomes uncredited, worth {} {currency}", uncredited.count, uncredited.value)?;
    writeln!(text, "{null_journeys} journeys without an outcome\n")?;
    let answered: Vec<usize> = (0..models.len()).filter(|index| models[*index].failure.is_none()).collect();
    let width = sources.iter().map(|row| row.source.name.chars().count()).max().unwrap_or_default().max(6);
    write!(text, "{:width$}", "source")?;
    for index in &answered {
        write!(text, "  {:>36}", models[*index].model)?;
    }
    writeln!(text, "  rank flips")?;
    for row in sources {
        write!(text, "{:width$}", row.source.name)?;
        for index in &answered {
            write!(text, "  {:>36}", cell(row, *index))?;
        }
        writeln!(text, "  {}", if row.rank_flips { "yes" } else { "" })?;
    }
    for column in models {
        if let Some(failure) = &column.failure {
            writeln!(text, "\n{}: {failure}", column.model)?;
        }
    }
    writeln!(text, "\ndata {data_hash}")?;
    Ok(text)
}

/// Outcomes, their interval where it is known, and their value.
fn cell(row: &SourceResult, model: usize) -> String {
    let Some(credit) = row.credits.get(model).and_then(Option::as_ref) else { return String::new() };
    let value = credit.value.round_dp(2);
    match &credit.precision {
        Some(PrecisionResult::Known { outcomes: (low, high), .. }) => {
            format!("{:.2} ({low:.2} to {high:.2}) / {value}", credit.outcomes)
        }
        _ => format!("{:.2} / {value}", credit.outcomes),
    }
}
