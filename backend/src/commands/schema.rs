use clap::Args;

use crate::graphql::schema::{embed_schema, internal_schema};

#[derive(Args)]
pub struct Schema {
    /// The public schema that the widget uses
    #[arg(long)]
    embed: bool,
}

impl Schema {
    pub fn run(&self) -> anyhow::Result<()> {
        let schema = if self.embed { embed_schema(None).sdl() } else { internal_schema(None).sdl() };
        print!("{schema}");
        Ok(())
    }
}
