use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::import::{FORMATS, Format};

use crate::commands::import_records::ImportRecords;
use crate::commands::import_responses::ImportResponses;

#[derive(Subcommand)]
pub enum Import {
    /// The answers to a survey: one row a respondent
    Responses(ImportResponses),
    #[command(flatten)]
    Records(OfFormat),
}

impl Import {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::Responses(import) => import.run(database, ambient).await,
            Self::Records(import) => import.arguments.run(import.format, database, ambient).await,
        }
    }
}

/// An import in one of the [`FORMATS`]: each is a command of its own.
pub struct OfFormat {
    format: &'static Format,
    arguments: ImportRecords,
}

impl FromArgMatches for OfFormat {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let chosen = matches.subcommand();
        let found =
            chosen.and_then(|(name, matches)| Some((*FORMATS.iter().find(|format| format.name == name)?, matches)));
        let (format, matches) = found.ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidSubcommand))?;
        Ok(Self { format, arguments: ImportRecords::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for OfFormat {
    fn augment_subcommands(command: Command) -> Command {
        FORMATS.iter().fold(command, |command, format| {
            let arguments = ImportRecords::augment_args(Command::new(format.name)).about(format.about);
            command.subcommand(ImportRecords::hide_what_means_nothing(arguments, format))
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        FORMATS.iter().any(|format| format.name == name)
    }
}
