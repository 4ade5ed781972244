use anyhow::bail;
use clap::Args;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::{Author, Owner};
use valuemap_engine::database::failure::is_duplicate;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::store::create_organisation;
use valuemap_shared::ids::OrganisationId;
use valuemap_shared::value_map::{DEFAULT_MINIMUM, LOWEST_MINIMUM};

#[derive(Args)]
pub struct Organisation {
    /// Its name, which no other organisation has
    name: String,
    /// Show no score of fewer answers than this
    #[arg(long, default_value_t = DEFAULT_MINIMUM, value_parser = clap::value_parser!(u64).range(LOWEST_MINIMUM..=1_000))]
    minimum_answers: u64,
}

impl Organisation {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let name = checked_name(&self.name)?;
        let minimum = self.minimum_answers;
        let id = OrganisationId(ambient.new_id());
        let author = Author::operator(ambient, Owner::organisation(id), "organisation");
        let created = database
            .write(&author, Touches::NOTHING, async |db| create_organisation(db, ambient, id, name, minimum).await);
        match created.await {
            Ok(_) => println!("Created the organisation {name}. Next: `valuemap sign-in` or `valuemap token create`."),
            Err(error) if is_duplicate(error.cause()) => bail!("there is an organisation `{name}` already"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
