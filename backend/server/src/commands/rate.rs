use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;
use valuemap_engine::activities::rates::{RateError, parse_rate, state_rate};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::failure::is_passing;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;

use crate::commands::find_community;

#[derive(Args)]
pub struct Rate {
    /// The community: its id or exact name
    #[arg(long)]
    community: String,
    /// The currency, like USD
    currency: Currency,
    /// The first day that the rate holds for, until a later one is stated
    #[arg(value_name = "YYYY-MM-DD")]
    valid_from: NaiveDate,
    /// What one unit of it is worth in the community's own currency, like 0.92
    #[arg(value_parser = parse_rate)]
    rate: Decimal,
}

impl Rate {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let community = find_community(database, &self.community).await?;
        let id = CommunityId(community.id);
        let (currency, from) = (self.currency, self.valid_from);
        let author = Author::operator(ambient, community.owner(), "rate");
        let stated = async {
            let transaction = database.begin_write(&author, Touches::tracked(id)).await?;
            let stated = state_rate(&transaction, id, currency, from, self.rate, ambient.now()).await?;
            transaction.commit().await.map_err(sea_orm::DbErr::from)?;
            Ok(stated)
        };
        let stated = stated.await.map_err(|error| match error {
            RateError::Database(cause) if is_passing(&cause) => {
                anyhow::anyhow!(
                    "the database is busy, with an import perhaps; nothing was stated, try again in a moment"
                )
            }
            other => other.into(),
        })?;
        println!("From {from} on, 1 {currency} is {} {}", stated.rate, community.currency);
        Ok(())
    }
}
