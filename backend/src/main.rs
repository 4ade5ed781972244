//! The Valuemap server and command line.

mod access;
mod activities;
mod ambient;
mod app;
mod attribution;
mod commands;
mod database;
mod embed_pages;
mod error;
mod follow_ups;
mod graphql;
mod import;
mod logging;
mod migrations;
mod recent;
mod request_body;
mod routing;
mod sample;
mod security_headers;
mod settings;
mod survey;
mod value_map;
mod web;
mod webhooks;

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
