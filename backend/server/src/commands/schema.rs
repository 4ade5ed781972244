use clap::Args;
use valuemap_api::schema::{embed_sdl, internal_sdl};

#[derive(Args)]
pub struct Schema {
    /// The public schema that the widget uses
    #[arg(long)]
    embed: bool,
}

impl Schema {
    pub fn run(&self) -> anyhow::Result<()> {
        let schema = if self.embed { embed_sdl() } else { internal_sdl() };
        print!("{schema}");
        Ok(())
    }
}
