//! The Valuemap server and command line.

mod commands;
mod http;
mod logging;
mod settings;

use clap::Parser;

fn main() -> std::process::ExitCode {
    match commands::run(commands::Cli::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("valuemap: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
