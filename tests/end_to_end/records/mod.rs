//! Everything that is tracked, from CSV files: previewed, all or nothing, and never twice.

mod bad_input;
mod every_format;

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
use valuemap_tests::{Engine, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    a_deal_that_is_won_no_more_is_withdrawn,
    campaigns_become_activities_of_the_days_of_their_members,
    addresses_and_subjects_are_not_stored,
    one_bad_row_among_many_is_named_and_nothing_is_loaded,
    a_mapping_is_remembered_until_it_is_forgotten,
    money_needs_a_rate_into_the_currency_of_the_community,
    two_imports_at_once_come_one_after_the_other,
    who_finds_the_database_taken_is_told,
    files_come_in_every_encoding,
);

/// Runs `valuemap import FORMAT` on a file of this content; returns whether it succeeded, and all that it said.
pub async fn import(world: &World, format: &str, content: impl AsRef<[u8]>, arguments: &[&str]) -> (bool, String) {
    let name = format!("{format}.csv");
    std::fs::write(world.scratch.folder().join(&name), content).unwrap();
    let mut all = vec!["import", format, &name, "--community", &world.community];
    all.extend(arguments);
    run(world, &all).await
}

pub async fn load(world: &World, format: &str, content: impl AsRef<[u8]>) -> String {
    let (fine, said) = import(world, format, content, &["--load"]).await;
    assert!(fine, "{format}: {said}");
    said
}

pub async fn run(world: &World, arguments: &[&str]) -> (bool, String) {
    let output = valuemap(&world.scratch, arguments).await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), said)
}

/// The values of one column, as texts and in order.
pub async fn texts(world: &World, query: &str) -> Vec<String> {
    let connection = world.scratch.connect().await.unwrap();
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

async fn count(world: &World, table: &str) -> usize {
    texts(world, &format!("SELECT external_key FROM {table}")).await.len()
}

pub fn expect(said: &str, expected: &[&str]) {
    for expected in expected {
        assert!(said.contains(expected), "{expected} is missing: {said}");
    }
}

const DEALS: &str = "Record Id,Deal Stage,Close Date,Amount,Deal Type\n";

async fn a_deal_that_is_won_no_more_is_withdrawn(engine: Engine) {
    let world = World::new(engine).await;
    let deals = |stage: &str| format!("{DEALS}1,{stage},2026-05-31,900,newbusiness\n2,Qualified,,,newbusiness\n");
    let withdrawn = "SELECT external_key FROM outcome WHERE withdrawn";
    let said = load(&world, "hubspot-deals", deals("Closed Won")).await;
    expect(&said, &["outcomes: 1 new and 0 changed loaded", "Skipped 1: the deal stage `Qualified` is not won"]);
    assert!(texts(&world, withdrawn).await.is_empty());
    let (fine, said) = import(&world, "hubspot-deals", deals("Closed Lost"), &[]).await;
    assert!(fine && said.contains("outcomes: 0 new and 1 changed to load, 0 known"), "{said}");
    assert!(texts(&world, withdrawn).await.is_empty());
    for changed in [1, 0] {
        let said = load(&world, "hubspot-deals", deals("Closed Lost")).await;
        expect(&said, &[&format!("outcomes: 0 new and {changed} changed loaded, 0 known")]);
        assert_eq!(texts(&world, withdrawn).await, ["1"]);
    }
    expect(
        &load(&world, "hubspot-deals", deals("closedwon")).await,
        &["outcomes: 0 new and 1 changed loaded, 0 known"],
    );
    assert!(texts(&world, withdrawn).await.is_empty());
    let (fine, said) = import(&world, "hubspot-deals", deals("Signed"), &["--won-stage", "signed", "--load"]).await;
    assert!(fine && said.contains("outcomes: 0 new and 0 changed loaded, 1 known"), "{said}");
    let both = format!("{DEALS}1,closedwon,2026-05-31,900,newbusiness\n1,lost,,,\n");
    let (fine, said) = import(&world, "hubspot-deals", both, &["--load"]).await;
    assert!(!fine && said.contains("line 3: an earlier record has the same key and different content"), "{said}");
}

async fn campaigns_become_activities_of_the_days_of_their_members(engine: Engine) {
    let world = World::new(engine).await;
    let members = "CampaignId,Campaign Name,ContactId,Status,CreatedDate,AccountId\n\
                   701A0000001XyzA,Spring,003A0000001XyzA,Attended,2026-03-05,\n\
                   701A0000001XyzAIAS,Spring,003A0000001XyzB,Sent,2026-02-01,001A0000006Vm9u\n";
    let (fine, said) = import(&world, "salesforce-campaign-members", members, &["--load"]).await;
    assert!(!fine);
    expect(&said, &["line 2: activity: there is no activity `701A0000001XyzAIAS` of salesforce; add it first"]);
    let with_type = ["--activity-type", "webinar", "--load"];
    let (fine, said) = import(&world, "salesforce-campaign-members", members, &with_type).await;
    assert!(
        !fine && said.contains("line 2: activityType: there is no activity type `webinar`; add it first"),
        "{said}"
    );
    load(&world, "activity-types", "key,name,modality,goal\nwebinar,Webinar,online,revenue\n").await;
    let (fine, said) = import(&world, "salesforce-campaign-members", members, &with_type).await;
    assert!(fine, "{said}");
    expect(&said, &["activities: 1 new", "touchpoints: 2 new", "links: 1 new"]);
    let days = "SELECT CAST(starts_on AS TEXT) || ' to ' || CAST(ends_on AS TEXT) FROM activity";
    assert_eq!(texts(&world, days).await, ["2026-02-01 to 2026-03-05"]);
    // The activity is there and stays as it is.
    let more = format!("{members}701A0000001XyzA,Autumn,003A0000001XyzC,Sent,2026-09-01,\n");
    let (fine, said) = import(&world, "salesforce-campaign-members", more, &with_type).await;
    assert!(fine && said.contains("touchpoints: 1 new and 0 changed loaded, 2 known"), "{said}");
    assert_eq!(texts(&world, days).await, ["2026-02-01 to 2026-03-05"]);
}

async fn addresses_and_subjects_are_not_stored(engine: Engine) {
    let world = World::new(engine).await;
    let tickets = "Id,Requester email,Created at,Status,Subject\n1,Nina@example.com,2026-05-30,Open,Lost my password\n\
                   2,nina@example.com,2026-05-31,Spam,Buy now\n3,omar@example.com,2026-05-31,Deleted,\n";
    let said = load(&world, "zendesk-tickets", tickets).await;
    expect(&said, &["support cases: 1 new", "Skipped 1: the ticket is spam", "Skipped 1: the ticket is deleted"]);
    load(&world, "members", "key,source\nnina@example.com,zendesk\n").await;
    let keys = texts(&world, "SELECT external_key FROM party").await;
    assert!(keys.len() == 1 && keys[0].starts_with("email:") && !keys[0].contains("nina"), "{keys:?}");
    if engine == Engine::Sqlite {
        let stored = std::fs::read(world.scratch.folder().join("valuemap.db")).unwrap();
        let log = std::fs::read(world.scratch.folder().join("valuemap.db-wal")).unwrap_or_default();
        let text = String::from_utf8_lossy(&[stored, log].concat()).to_lowercase();
        assert!(text.contains("zendesk") && !text.contains("nina") && !text.contains("password"));
    }
}

async fn one_bad_row_among_many_is_named_and_nothing_is_loaded(engine: Engine) {
    let world = World::new(engine).await;
    let mut content = "key,kind,at,title\r\n".to_owned();
    for row in 0..100_000 {
        let day = if row == 50_000 { "2026-02-29" } else { "2026-02-28" };
        write!(content, "{row},review,{day},\"Said, once\"\r\n").unwrap();
    }
    let (fine, said) = import(&world, "outcomes", &content, &["--load", "--problems", "bad.csv"]).await;
    assert!(!fine && said.contains("line 50002: at: `2026-02-29` is not a date"), "{said}");
    assert!(said.contains("1 bad row\n"), "{said}");
    assert_eq!(count(&world, "outcome").await, 0);
    let written = std::fs::read_to_string(world.scratch.folder().join("bad.csv")).unwrap();
    assert!(written.starts_with("line,reason\n50002,at: `2026-02-29` is not a date"), "{written}");
    let (fine, said) = import(&world, "outcomes", &content, &["--problems", "bad.csv"]).await;
    assert!(!fine && said.contains("cannot write bad.csv: there is such a file already"), "{said}");

    let all_bad = content.replace("review", "revue");
    let (fine, said) = import(&world, "outcomes", all_bad, &["--load", "--problems", "all.csv"]).await;
    assert!(!fine, "{said}");
    expect(&said, &["line 21: kind", "... and 99981 more; --problems FILE", "100000 bad rows"]);
    assert!(!said.contains("line 22:"), "{said}");
    let written = std::fs::read_to_string(world.scratch.folder().join("all.csv")).unwrap();
    assert_eq!(written.lines().count(), 1 + 100_001);

    load(&world, "outcomes", many(0, 12_000)).await;
    let said = load(&world, "outcomes", many(0, 12_000).replace("\n7000,review", "\n7000,referral")).await;
    assert!(said.contains("outcomes: 0 new and 1 changed loaded, 11999 known"), "{said}");
    assert_eq!(texts(&world, "SELECT external_key FROM outcome WHERE kind = 'referral'").await, ["7000"]);
}

async fn a_mapping_is_remembered_until_it_is_forgotten(engine: Engine) {
    let world = World::new(engine).await;
    let deals = "Deal No.,Phase,Closed on,Value,Deal Type\n1,Closed Won,2026-05-31,900,newbusiness\n";
    let maps = ["--map", "id=deal no", "stage=Phase", "closed=Closed on", "amount=Value"];
    let (fine, said) = import(&world, "hubspot-deals", deals, &maps).await;
    assert!(fine, "{said}");
    expect(
        &said,
        &["id is the column `Deal No.`, as --map says", "type is the column `Deal Type`\n", "outcomes: 1 new"],
    );
    // A preview remembers nothing.
    let (fine, said) = import(&world, "hubspot-deals", deals, &[]).await;
    assert!(!fine && said.contains("missing columns `Record ID`, `Deal Stage`, `Close Date`"), "{said}");
    let (fine, said) = import(&world, "hubspot-deals", deals, &[&maps[..], &["--load"]].concat()).await;
    assert!(fine, "{said}");
    let said = load(&world, "hubspot-deals", deals).await;
    expect(
        &said,
        &["amount is the column `Value`, as --map said before", "outcomes: 0 new and 0 changed loaded, 1 known"],
    );
    let (fine, said) = import(&world, "hubspot-deals", deals, &["--source", "other"]).await;
    assert!(!fine && said.contains("missing columns"), "{said}");
    let (fine, said) = import(&world, "hubspot-deals", DEALS, &[]).await;
    assert!(!fine && said.contains("names the column `Deal No.`"), "{said}");
    expect(&said, &["give --map again, or --forget-mapping"]);
    let standard = format!("{DEALS}1,Closed Won,2026-05-31,900,newbusiness\n");
    let (fine, said) = import(&world, "hubspot-deals", &standard, &["--forget-mapping", "--load"]).await;
    assert!(fine && said.contains("1 known"), "{said}");
    expect(&load(&world, "hubspot-deals", &standard).await, &["id is the column `Record Id`\n"]);
    let (_, said) = import(&world, "outcomes", "key,kind,at,Mood,Weather\n1,review,2026-05-31,good,fair\n", &[]).await;
    expect(&said, &["Ignored columns: Mood, Weather"]);
}

async fn money_needs_a_rate_into_the_currency_of_the_community(engine: Engine) {
    let world = World::new(engine).await;
    let deals = "key,kind,at,amount,currency\n1,purchase,2026-05-31,900,USD\n";
    let (fine, said) = import(&world, "outcomes", deals, &["--load"]).await;
    assert!(!fine && said.contains("line 2: money: there is no exchange rate from USD to EUR on 2026-05-31"), "{said}");
    let rate = async |arguments: &[&str]| run(&world, &[&["rate", "--community", "Makers"], arguments].concat()).await;
    for (arguments, expected) in [
        (["USD", "2026-01-01", "0"], "`0` is not an exchange rate"),
        (["USD", "2026-01-01", "0,92"], "`0,92` is not an exchange rate"),
        (["XYZ", "2026-01-01", "1"], "`XYZ` is not an ISO 4217 currency"),
        (["USD", "1.1.2026", "1"], "invalid value '1.1.2026'"),
        (["EUR", "2026-01-01", "1"], "the community counts in EUR itself"),
    ] {
        let (fine, said) = rate(&arguments).await;
        assert!(!fine && said.contains(expected), "{expected} is missing: {said}");
    }
    assert!(rate(&["USD", "2026-01-01", "0.95"]).await.0);
    let (fine, said) = rate(&["USD", "2026-01-01", "0.920"]).await;
    assert!(fine && said.contains("From 2026-01-01 on, 1 USD is 0.92 EUR"), "{said}");
    assert_eq!(texts(&world, "SELECT rate FROM exchange_rate").await, ["0.92"]);
    load(&world, "outcomes", deals).await;
    let other = "key,kind,at,amount\n2,purchase,2025-12-31,900\n";
    let (fine, said) = import(&world, "outcomes", other, &["--currency", "usd", "--load"]).await;
    assert!(!fine && said.contains("from USD to EUR on 2025-12-31"), "{said}");
}

fn many(from: u32, to: u32) -> String {
    let rows = (from..to).map(|row| format!("{row},review,2026-02-28\n"));
    std::iter::once("key,kind,at\n".to_owned()).chain(rows).collect()
}

async fn two_imports_at_once_come_one_after_the_other(engine: Engine) {
    let world = World::new(engine).await;
    for (name, content) in [("one.csv", many(0, 20_000)), ("two.csv", many(10_000, 30_000))] {
        std::fs::write(world.scratch.folder().join(name), content).unwrap();
    }
    let load =
        async |name: &str| run(&world, &["import", "outcomes", name, "--community", &world.community, "--load"]).await;
    let ((fine, one), (also_fine, two)) = tokio::join!(load("one.csv"), load("two.csv"));
    assert!(fine && also_fine, "{one}\n{two}");
    assert_eq!(count(&world, "outcome").await, 30_000);
    let new = |said: &str| {
        let (_, rest) = said.split_once("outcomes: ").unwrap();
        rest.split_once(" new").unwrap().0.parse::<u32>().unwrap()
    };
    assert_eq!(new(&one) + new(&two), 30_000, "{one}\n{two}");
}

async fn who_finds_the_database_taken_is_told(engine: Engine) {
    let world = World::new(engine).await;
    let writer = take(&world, engine).await;
    let (fine, said) = import(&world, "outcomes", many(0, 10), &[]).await;
    assert!(fine && said.contains("10 new and 0 changed to load"), "a preview waited: {said}");
    let (fine, said) = import(&world, "outcomes", many(0, 10), &["--load", "--wait", "1"]).await;
    assert!(!fine && said.contains("another import or another writer is at work for more than 1 seconds"), "{said}");
    assert_eq!(count(&world, "outcome").await, 0);
    let patient = import(&world, "outcomes", many(0, 10), &["--load"]);
    let (_, (fine, said)) = tokio::join!(release(writer, &world, engine), patient);
    assert!(fine && said.contains("10 new and 0 changed loaded"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_refers_to_the_community_keeps_no_import_waiting() {
    let world = World::new(Engine::Postgres).await;
    let reader = world.scratch.connect().await.unwrap();
    // What a foreign key does while an answer to a survey is stored.
    for statement in ["BEGIN", "SELECT 1 FROM community FOR KEY SHARE"] {
        reader.execute_unprepared(statement).await.unwrap();
    }
    let (fine, said) = import(&world, "outcomes", many(0, 10), &["--load", "--wait", "1"]).await;
    assert!(fine && said.contains("10 new and 0 changed loaded"), "{said}");
}

/// Writes in the community, and does not come to an end.
async fn take(world: &World, engine: Engine) -> DatabaseConnection {
    let connection = world.scratch.connect().await.unwrap();
    let statements: &[&str] = match engine {
        Engine::Sqlite => &["BEGIN IMMEDIATE"],
        Engine::Postgres => &["BEGIN", "SELECT 1 FROM community FOR UPDATE"],
    };
    for statement in statements {
        connection.execute_unprepared(statement).await.unwrap();
    }
    connection
}

/// Comes to an end after all: on PostgreSQL once the other one is seen to wait. SQLite does not tell who waits.
async fn release(writer: DatabaseConnection, world: &World, engine: Engine) {
    if engine == Engine::Postgres {
        let watcher = world.scratch.connect().await.unwrap();
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        let statement = || Statement::from_string(DatabaseBackend::Postgres, waiting);
        while watcher.query_one_raw(statement()).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    }
    writer.execute_unprepared("ROLLBACK").await.unwrap();
}

async fn files_come_in_every_encoding(engine: Engine) {
    let world = World::new(engine).await;
    let text = "key;name\r\n1;Caf\u{e9} \u{20ac}\r\n2;\"A; \"\"B\"\"\"\r\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let windows = text.chars().map(|c| if c == '\u{20ac}' { 0x80 } else { c as u8 }).collect();
    let files: [(&str, Vec<u8>); 4] = [
        ("UTF-8", text.into()),
        ("UTF-8", format!("\u{feff}{text}").into()),
        ("UTF-16LE", utf16),
        ("windows-1252", windows),
    ];
    for (index, (encoding, bytes)) in files.into_iter().enumerate() {
        let said = load(&world, "accounts", bytes).await;
        expect(&said, &[&format!("2 rows, {encoding} separated by semicolons")]);
        let expected =
            if index == 0 { "2 new and 0 changed loaded, 0 known" } else { "0 new and 0 changed loaded, 2 known" };
        expect(&said, &[expected]);
    }
    assert_eq!(texts(&world, "SELECT name FROM party ORDER BY name").await, ["A; \"B\"", "Caf\u{e9} \u{20ac}"]);
}
