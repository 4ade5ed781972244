use std::fmt::Write;

use anyhow::bail;
use clap::Args;
use valuemap_engine::attribution::conversion::conversion;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::scoring_models::store::model_of;
use valuemap_engine::tenancy::store::organisation_of_community;
use valuemap_shared::activities::Audience;
use valuemap_shared::attribution::{Asked, Parameters};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::conversion::{Conversion as Found, ConversionGroup, MedianReading, RateReading};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::Problem;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::commands::attribute::read_unit;
use crate::commands::{find_community, say, shown};

#[derive(Args)]
pub struct Conversion {
    /// The community's exact name or its id
    #[arg(long)]
    community: String,
    /// The first quarter whose leads and opportunities are followed, such as 2026-Q1
    #[arg(long)]
    from: Quarter,
    /// The last one
    #[arg(long)]
    until: Quarter,
    /// Who is followed: account or member [default: as in the scoring model]
    #[arg(long, value_parser = read_unit)]
    by: Option<AttributionUnit>,
    /// Who was met up to so many days before counts as touched [default: as in the scoring model]
    #[arg(long)]
    lookback_days: Option<i64>,
    /// Only those who were this on the day on which they entered a stage, such as prospective_partner
    #[arg(long)]
    audience: Option<Audience>,
}

impl Conversion {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let row = find_community(database, &self.community).await?;
        let community = CommunityId(row.id);
        let Some(scoring) = model_of(&database.read, community, None).await? else {
            bail!("{} has no scoring model; save one first", row.name);
        };
        let asked = Asked { by: self.by, lookback_days: self.lookback_days, ..Asked::of(self.from, self.until) };
        let parameters = match Parameters::parse(&asked, &scoring.model.financial.attribution) {
            Ok(parameters) => parameters,
            Err(problems) => bail!("{}", problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")),
        };
        let Some(organisation) = organisation_of_community(&database.read, community).await? else {
            bail!("{} belongs to no organisation", row.name);
        };
        let minimum = u64::try_from(organisation.minimum_answers)?;
        let found = conversion(database, community, (&parameters, self.audience), minimum, ambient.now()).await?;
        say(&text(&shown(&row.name), &found)?)
    }
}

fn text(name: &str, found: &Found) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let Found { from, until, followed_until, lookback_days, of_nobody, of_accounts, steps, .. } = found;
    writeln!(text, "{name}, {from} to {until}, look-back {lookback_days} days, followed until {followed_until}")?;
    if *of_nobody > 0 {
        writeln!(text, "{of_nobody} leads and opportunities of nobody are left out")?;
    }
    if *of_accounts > 0 {
        writeln!(
            text,
            "{of_accounts} leads and opportunities of accounts are left out: follow them with --by account"
        )?;
    }
    for step in steps {
        writeln!(text, "\nFrom {} to {}\n{}", step.from, step.to, step.summary)?;
        for (name, group) in [("all", &step.all), ("touched", &step.touched), ("untouched", &step.untouched)] {
            writeln!(text, "  {name:9}  {}", line(group))?;
        }
    }
    Ok(text)
}

/// A rate with its interval, and the time that it takes; or why there is none.
fn line(ConversionGroup { entered, reading }: &ConversionGroup) -> String {
    let rate = match reading {
        RateReading::ConversionRate(rate) => rate,
        RateReading::NoScore(absence) => return format!("{entered} entered: {}", absence.message),
    };
    let time = match &rate.time {
        MedianReading::MedianTime(time) => {
            let high = time.high.map_or("more than is known".to_owned(), |high| high.to_string());
            format!("half of all within {} days ({} to {high})", time.days, time.low)
        }
        MedianReading::NoScore(absence) => absence.message.clone(),
    };
    let [share, low, high] = [rate.share, rate.interval.low, rate.interval.high].map(|share| 100.0 * share);
    format!("{} of {entered}, {share:.1}% ({low:.1} to {high:.1}); {time}", rate.reached)
}
