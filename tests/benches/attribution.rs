//! Every attribution model on a million touches, beside the package ChannelAttribution on the same paths in the same
//! run.
//!
//! Run it with `cargo xtask bench attribution`, which installs the package. A time of ours is the median of five runs,
//! a time of the package's one run, since some of them take minutes.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "attribution/generate.rs"]
mod generate;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use generate::Journey;
use serde_json::Value;
use valuemap_shared::attribution::{
    Attribution, Bucket, CreditSource, Journeys, MAX_SOURCES_OF_PRECISE_MARKOV, Model, attribute,
    compare as compare_models,
};

const JOURNEYS: usize = 250_000;
const SOURCES: u32 = 12;
const RUNS: usize = 5;
const PYTHON: &str = "VALUEMAP_BENCH_PYTHON";

/// Model names to credited outcomes by source.
type Credits = BTreeMap<String, Vec<f64>>;

fn main() -> anyhow::Result<()> {
    let listed = generate::journeys(JOURNEYS, SOURCES, 1);
    let (journeys, building) = timed(|| build(&listed, SOURCES))?;
    let touches: u64 = journeys.activity().iter().map(|activity| activity.touches).sum();
    let conversions = journeys.credited().count;
    println!("{touches} touches of {SOURCES} sources in {JOURNEYS} journeys, {conversions} of them converting.\n");

    println!("| Valuemap | time |");
    println!("|---|---:|");
    println!("| journeys built from touches | {} |", shown(building));
    let mut credits = Credits::new();
    let mut times = BTreeMap::new();
    for model in Model::ALL {
        let (attribution, time) = timed(|| Ok(attribute(&journeys, model)?))?;
        println!("| {model} | {} |", shown(time));
        credits.insert(model.to_string(), outcomes(&attribution));
        times.insert(model.name(), time);
    }
    let markov = [300, 1_000, 2_000].map(|sources| (Model::MarkovRemoval, sources));
    for (model, sources) in [(Model::Shapley, 20)].into_iter().chain(markov) {
        let journeys = build(&generate::journeys(JOURNEYS, sources, 2), sources)?;
        let start = Instant::now();
        attribute(&journeys, model)?;
        println!("| {model}, {sources} sources | {} |", shown(start.elapsed()));
    }
    let precise = [(Model::Linear, SOURCES), (Model::Shapley, 20), (Model::MarkovRemoval, SOURCES)];
    for (model, sources) in precise.into_iter().chain([(Model::MarkovRemoval, MAX_SOURCES_OF_PRECISE_MARKOV as u32)]) {
        let journeys = build(&generate::journeys(JOURNEYS, sources, 2), sources)?;
        let start = Instant::now();
        compare_models(&journeys, &[model]);
        println!("| {model} with intervals, {sources} sources | {} |", shown(start.elapsed()));
    }

    let Some(python) = std::env::var_os(PYTHON) else {
        println!("\nChannelAttribution: skipped, because {PYTHON} names no Python that has it");
        return Ok(());
    };
    let peer = ask_peer(Path::new(&python), &listed)?;
    let heuristics = building + times["first_touch"] + times["last_touch"] + times["linear"];
    let markov = building + times["markov_removal"];
    compare(&peer, &credits, [heuristics, markov])
}

fn build(listed: &[Journey], sources: u32) -> anyhow::Result<Journeys> {
    let mut builder = Journeys::builder(CreditSource::Channel, sources, Duration::MAX)?;
    for (unit, journey) in (0..).zip(listed) {
        builder.add(Bucket::of_hash(unit), journey.touches.iter().copied(), journey.conversion)?;
    }
    Ok(builder.build())
}

fn outcomes(attribution: &Attribution) -> Vec<f64> {
    attribution.sources.iter().map(|credit| credit.outcomes).collect()
}

/// The result, and the median time of several runs.
fn timed<T>(mut work: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<(T, Duration)> {
    let mut times = Vec::new();
    loop {
        let start = Instant::now();
        let result = work()?;
        times.push(start.elapsed());
        if times.len() == RUNS {
            times.sort();
            return Ok((result, times[RUNS / 2]));
        }
    }
}

fn ask_peer(python: &Path, listed: &[Journey]) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let (paths, result) = (folder.path().join("paths.csv"), folder.path().join("result.json"));
    std::fs::write(&paths, generate::csv(listed)?)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/attribution/peer.py");
    // The package greets on standard output.
    let output = Command::new(python).arg(script).args([&paths, &result]).output()?;
    anyhow::ensure!(output.status.success(), "peer.py failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&std::fs::read(result)?)?)
}

/// `ours` are the times of first, last and linear touch together and of the Markov model, the journeys built each time.
fn compare(peer: &Value, credits: &Credits, ours: [Duration; 2]) -> anyhow::Result<()> {
    let mut exact = credits.clone();
    exact.insert("markov_removal".to_owned(), serde_json::from_value(peer["exact"].clone())?);
    let difference = |credits: &Credits| {
        let differences = credits.iter().map(|(model, credits)| {
            let total: f64 = credits.iter().sum();
            let pairs = credits.iter().zip(&exact[model]);
            pairs.map(|(one, other)| (one - other).abs() / total).fold(0.0, f64::max)
        });
        100.0 * differences.fold(0.0, f64::max)
    };

    let version = peer["version"].as_str().context("peer.py gave no version")?;
    println!(
        "\n| beside ChannelAttribution {version} | time | ours is faster by | furthest from exact, of all outcomes |"
    );
    println!("|---|---:|---:|---:|");
    let [heuristics, markov] = ours;
    println!("| journeys built, first_touch, last_touch, linear | {} | | |", shown(heuristics));
    let exactness = difference(credits);
    println!("| journeys built, markov_removal | {} | | {exactness:.1e} % |", shown(markov));
    for (name, run) in peer["runs"].as_object().context("peer.py gave no runs")? {
        let seconds = run["seconds"].as_f64().context("a run has no time")?;
        let ours = if name.starts_with("heuristic") { heuristics } else { markov };
        let ratio = seconds / ours.as_secs_f64();
        let exactness = difference(&serde_json::from_value(run["credits"].clone())?);
        let time = shown(Duration::from_secs_f64(seconds));
        println!("| {name} | {time} | {ratio:.1} x | {exactness:.1e} % |");
    }
    Ok(())
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}
