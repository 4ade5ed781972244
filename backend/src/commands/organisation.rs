use anyhow::bail;
use clap::Args;

use crate::access::graphql::checked_name;
use crate::access::store::{create_organisation, is_duplicate};
use crate::ambient::Ambient;
use crate::database::Database;

#[derive(Args)]
pub struct Organisation {
    /// Its name, which no other organisation has
    name: String,
}

impl Organisation {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let name = checked_name(&self.name)?;
        match create_organisation(&database.write, ambient, name).await {
            Ok(_) => println!("Created the organisation {name}. Next: `valuemap sign-in` or `valuemap token create`."),
            Err(error) if is_duplicate(&error) => bail!("there is an organisation `{name}` already"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
