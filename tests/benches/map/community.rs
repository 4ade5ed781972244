//! A made-up community of any size: the same seed makes the same files.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::ensure;
use valuemap_tests::{Scratch, valuemap};

/// All happens on so many days, the last of which is 30 September 2026.
pub const DAYS: u64 = 740;
const ACTIVITIES: u64 = 600;
const TYPES: [(&str, &str, &str); 6] = [
    ("webinar", "online", "revenue"),
    ("meetup", "in_person", "goodwill"),
    ("conference", "hybrid", "new_customers"),
    ("council", "in_person", "product_insight"),
    ("course", "online", "lower_support_cost"),
    ("mailing", "online", "retention"),
];
const ROLES: [&str; 6] = ["reached", "registered", "attended", "attended", "contributed", "spoke"];
const CHANNELS: [&str; 4] = ["newsletter", "forum", "social", ""];

/// Sizes in proportion to the touchpoints.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub touchpoints: u64,
    pub members: u64,
    pub accounts: u64,
    pub outcomes: u64,
    pub cases: u64,
    pub contributions: u64,
}

impl Sizes {
    pub fn of(touchpoints: u64) -> Self {
        Self {
            touchpoints,
            members: touchpoints / 10,
            accounts: touchpoints / 50,
            outcomes: touchpoints * 3 / 50,
            cases: touchpoints / 5,
            contributions: touchpoints * 2 / 5,
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    /// A few of them come up far more often than the rest.
    fn busy(&mut self, end: u64) -> u64 {
        let end = self.below(end) + 1;
        self.below(end)
    }

    fn time(&mut self, day: u64) -> String {
        format!("{}T{:02}:{:02}:{:02}Z", date(day), self.below(24), self.below(60), self.below(60))
    }
}

/// The day of this number, from 0 on: 22 September 2024 is the first.
fn date(day: u64) -> String {
    const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut year, mut month, mut left) = (2024, 8, day + 21);
    while left >= MONTHS[month] {
        left -= MONTHS[month];
        (year, month) = if month == 11 { (year + 1, 0) } else { (year, month + 1) };
    }
    format!("{year}-{:02}-{:02}", month + 1, left + 1)
}

/// Imports some of the files of a community of this size, one after the other.
pub async fn import(scratch: &Scratch, community: &str, sizes: Sizes, formats: &[&str]) -> anyhow::Result<()> {
    for format in formats {
        let name = write_file(scratch, format, sizes)?;
        let output = valuemap(scratch, &["import", format, &name, "--community", community, "--load"]).await?;
        ensure!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stdout));
        std::fs::remove_file(scratch.folder().join(name))?;
    }
    Ok(())
}

/// Writes one of the files, and returns its name.
pub fn write_file(scratch: &Scratch, format: &str, sizes: Sizes) -> anyhow::Result<String> {
    let rows = match format {
        "activity-types" => TYPES.len() as u64,
        "activities" => ACTIVITIES,
        "costs" => 2 * ACTIVITIES,
        "accounts" => sizes.accounts,
        "members" => sizes.members,
        "touchpoints" => sizes.touchpoints,
        "outcomes" => sizes.outcomes,
        "cases" => sizes.cases,
        "contributions" => sizes.contributions,
        _ => DAYS,
    };
    let name = format!("{format}.csv");
    let mut dice = Dice(20_260_930 + rows);
    write(&scratch.folder().join(&name), format, rows, sizes, &mut dice)?;
    Ok(name)
}

fn write(path: &Path, format: &str, rows: u64, sizes: Sizes, dice: &mut Dice) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", header(format))?;
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        write_row(&mut line, format, row, sizes, dice)?;
        writeln!(file, "{line}")?;
    }
    Ok(file.flush()?)
}

fn header(format: &str) -> &'static str {
    match format {
        "activity-types" => "key,name,modality,goal",
        "activities" => "key,type,name,starts_on",
        "costs" => "key,kind,day,amount,activity",
        "accounts" => "key,name,since",
        "members" => "key,name,account",
        "touchpoints" => "key,activity,member,at,role,channel",
        "outcomes" => "key,kind,at,account,amount,lead_at",
        "cases" => "key,opened_at,account,channel",
        "contributions" => "key,kind,member,at,thread",
        _ => "measure,day,value",
    }
}

/// On which day an activity takes place.
fn day_of(activity: u64) -> u64 {
    activity * DAYS / ACTIVITIES
}

fn write_row(line: &mut String, format: &str, row: u64, sizes: Sizes, dice: &mut Dice) -> std::fmt::Result {
    match format {
        "activity-types" => {
            let (key, modality, goal) = TYPES[row as usize];
            write!(line, "{key},{key}s,{modality},{goal}")
        }
        "activities" => {
            write!(line, "a{row},{},Number {row},{}", TYPES[row as usize % TYPES.len()].0, date(day_of(row)))
        }
        "costs" => {
            let activity = row / 2;
            let kind = if row.is_multiple_of(2) { "cash" } else { "travel" };
            let amount = sizes.touchpoints / 500 + dice.below(500);
            write!(line, "c{row},{kind},{},{amount},a{activity}", date(day_of(activity)))
        }
        "accounts" => write!(line, "k{row},Account {row},{}", date(dice.below(DAYS))),
        // Most members are of an account, two in ten of none.
        "members" if dice.below(10) < 2 => write!(line, "m{row},Member {row},"),
        "members" => write!(line, "m{row},Member {row},k{}", dice.below(sizes.accounts)),
        "touchpoints" => {
            let activity = dice.below(ACTIVITIES);
            let (role, channel) = (dice.below(ROLES.len() as u64), dice.below(CHANNELS.len() as u64));
            let (member, at) = (dice.busy(sizes.members), dice.time(day_of(activity)));
            write!(line, "t{row},a{activity},m{member},{at},{},{}", ROLES[role as usize], CHANNELS[channel as usize])
        }
        "outcomes" => {
            let day = 30 + dice.below(DAYS - 30);
            let kind = ["purchase", "upgrade", "renewal", "lead"][dice.below(4) as usize];
            let amount = if kind == "lead" { String::new() } else { (100 + dice.below(5_000)).to_string() };
            let before = 1 + dice.below(25);
            let lead_at = dice.time(day - before);
            write!(line, "o{row},{kind},{},k{},{amount},{lead_at}", dice.time(day), dice.below(sizes.accounts))
        }
        "cases" => {
            let channel = ["mail", "phone", "chat"][dice.below(3) as usize];
            let day = dice.below(DAYS);
            write!(line, "s{row},{},k{},{channel}", dice.time(day), dice.below(sizes.accounts))
        }
        "contributions" => {
            let kind = ["question", "reply", "reply", "like", "solution"][dice.below(5) as usize];
            let thread = dice.below(sizes.contributions / 5);
            let day = dice.below(DAYS);
            write!(line, "p{row},{kind},m{},{},{thread}", dice.busy(sizes.members), dice.time(day))
        }
        _ => write!(line, "self_help_sessions,{},{}", date(row), 50 + dice.below(100)),
    }
}
