use std::path::PathBuf;

use anyhow::bail;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::import::{FORMATS, Format};

use crate::commands::import_records::ImportRecords;
use crate::commands::import_responses::ImportResponses;

pub enum Import {
    Named(Named),
    /// Without a format: it is found out by the columns, and the file is only looked at.
    Unnamed(Unnamed),
}

#[derive(Args)]
pub struct Unnamed {
    #[command(flatten)]
    arguments: ImportRecords,
    /// There is one where what stands before the file is no format.
    #[arg(hide = true)]
    surplus: Option<PathBuf>,
}

impl Args for Import {
    fn augment_args(command: Command) -> Command {
        let command = Named::augment_subcommands(Unnamed::augment_args(command));
        command.args_conflicts_with_subcommands(true).subcommand_negates_reqs(true).subcommand_required(false)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Import {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand_name() {
            Some(_) => Ok(Self::Named(Named::from_arg_matches(matches)?)),
            None => Ok(Self::Unnamed(Unnamed::from_arg_matches(matches)?)),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Subcommand)]
pub enum Named {
    /// The answers to a survey: one row a respondent
    Responses(ImportResponses),
    #[command(flatten)]
    Records(OfFormat),
}

impl Import {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::Named(Named::Responses(import)) => import.run(database, ambient).await,
            Self::Named(Named::Records(import)) => import.arguments.run(import.format, database, ambient).await,
            Self::Unnamed(import) if import.surplus.is_some() => {
                let formats = FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
                let named = import.arguments.file().display();
                bail!("`{named}` is no format: name one of responses, {formats}")
            }
            Self::Unnamed(import) => import.arguments.recognise(database, ambient).await,
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
