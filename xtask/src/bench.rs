//! The benchmarks: the server and the models on a release build, the widget as browsers get it.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    process, server, setup,
    test::{
        POSTGRES_URL,
        postgres::{Durability, Postgres},
    },
    web,
    workspace::Workspace,
};

#[derive(Clone, Copy, ValueEnum)]
pub enum Benchmark {
    /// Submissions and score queries per second, on SQLite and on PostgreSQL
    Load,
    /// How long members wait while the server is attacked, beside the same without
    Attack,
    /// Time to parse and validate the costliest GraphQL document that is let through; fails above 20 ms
    Gate,
    /// The value map and what is asked beside it at several sizes of a community, beside a count of its touchpoints
    Map,
    /// An import of touchpoints and what those wait who submit answers meanwhile, beside a prepared insert of the same rows
    Import,
    /// Attribution models on a million touches, beside the Python package ChannelAttribution
    Attribution,
    /// Requests that schemathesis makes up from the GraphQL schema; fails where one is the server's fault
    Schemathesis,
    /// Bytes and times until the survey is there, beside SurveyJS, PostHog, Formbricks and Preact
    Widget,
}

pub fn run(workspace: &Workspace, benchmark: Benchmark, arguments: &[String]) -> Result<ExitCode> {
    match benchmark {
        Benchmark::Widget => widget(workspace, arguments),
        Benchmark::Load => on_databases(workspace, "load", &[]),
        Benchmark::Attack => on_databases(workspace, "load", &["attack".to_owned()]),
        Benchmark::Map => on_databases(workspace, "map", arguments),
        Benchmark::Import => on_databases(workspace, "import", arguments),
        Benchmark::Gate => gate(workspace),
        Benchmark::Attribution => attribution(workspace),
        Benchmark::Schemathesis => schemathesis(workspace, arguments),
    }
}

/// On databases that sync every commit.
fn on_databases(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<ExitCode> {
    let tools = setup::system::ensure_test_tools()?;
    web::build(workspace)?;
    let server = server::build(workspace, true)?;
    let postgres = Postgres::start(&tools.postgres, Durability::Commits)?;
    let mut bench = cargo_bench(workspace, name);
    bench.env("VALUEMAP_TEST_SERVER", server).env(POSTGRES_URL, postgres.url());
    if !arguments.is_empty() {
        bench.arg("--").args(arguments);
    }
    exit_code(&mut bench)
}

/// A test of the server that looks at the clock, and is therefore none of the suite.
fn gate(workspace: &Workspace) -> Result<ExitCode> {
    const NAME: &str = "documents::costliest::the_costliest_document_is_parsed_and_validated_in_time";
    let mut bench = workspace.cargo();
    bench.args(["test", "--quiet", "--release", "--package", "valuemap-api", "--lib", "--"]);
    bench.args(["--ignored", "--exact", "--nocapture", NAME]);
    exit_code(&mut bench)
}

fn attribution(workspace: &Workspace) -> Result<ExitCode> {
    let requirements = workspace.root.join("tests/benches/attribution/requirements.txt");
    let python = setup::python::ensure(workspace, &requirements)?;
    let mut bench = cargo_bench(workspace, "attribution");
    bench.envs(python.map(|python| ("VALUEMAP_BENCH_PYTHON", python)));
    exit_code(&mut bench)
}

/// With a debug server, which finds overflows that a release does not.
fn schemathesis(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let requirements = workspace.root.join("tests/benches/schemathesis/requirements.txt");
    let python = setup::python::ensure(workspace, &requirements)?;
    let server = server::build(workspace, false)?;
    let mut bench = cargo_bench(workspace, "schemathesis");
    bench.env("VALUEMAP_TEST_SERVER", server).envs(python.map(|python| ("VALUEMAP_BENCH_PYTHON", python)));
    exit_code(bench.arg("--").args(arguments))
}

/// With a debug server: what is measured waits for it only once or twice, and for a millisecond.
fn widget(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    const FOLDER: &str = "tests/benches/widget";
    let chromium = setup::system::ensure_chromium()?;
    let modules = setup::node::modules(workspace, FOLDER)?;
    web::build(workspace)?;
    let server = server::build(workspace, false)?;
    let mut bench = Command::new("node");
    bench.arg(workspace.root.join(FOLDER).join("main.mjs")).args(arguments);
    bench.env("VALUEMAP_TEST_SERVER", server).env("CHROMIUM", chromium);
    bench.env("VALUEMAP_NODE_MODULES", modules).env("VALUEMAP_DIST", workspace.dist());
    exit_code(&mut bench)
}

fn cargo_bench(workspace: &Workspace, name: &str) -> Command {
    let mut bench = workspace.cargo();
    bench.args(["bench", "--quiet", "--package", "valuemap-tests", "--bench", name]);
    bench
}

fn exit_code(bench: &mut Command) -> Result<ExitCode> {
    let status = process::status(bench)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
