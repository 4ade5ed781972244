//! An existing survey's answers, from a file: previewed, all or nothing, and never twice.

use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    a_real_survey_is_loaded_once_and_scored_as_other_packages_score_it,
    bad_rows_are_named_and_nothing_is_loaded,
    a_file_that_grew_adds_its_new_rows,
    columns_can_go_to_the_questions_of_a_survey_that_exists,
    what_members_are_shown_is_not_replaced_by_an_import,
    a_file_without_respondents_is_known_again_whatever_is_mapped,
);

const ITEMS: [&str; 25] = [
    "A1", "A2", "A3", "A4", "A5", "C1", "C2", "C3", "C4", "C5", "E1", "E2", "E3", "E4", "E5", "N1", "N2", "N3", "N4",
    "N5", "O1", "O2", "O3", "O4", "O5",
];

/// Runs `valuemap import responses` and returns whether it succeeded, and all that it said.
async fn import(world: &World, file: &str, survey: &str, arguments: &[&str]) -> (bool, String) {
    let mut all = vec!["import", "responses", file, "--community", &world.community, "--survey", survey];
    all.extend(arguments);
    let output = valuemap(&world.scratch, &all).await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), said)
}

fn write(world: &World, name: &str, content: &str) {
    std::fs::write(world.scratch.folder().join(name), content).unwrap();
}

async fn responses(world: &World) -> u64 {
    let output = valuemap(&world.scratch, &["export", "--community", &world.community]).await.unwrap();
    String::from_utf8(output.stdout).unwrap().lines().count() as u64
}

async fn a_real_survey_is_loaded_once_and_scored_as_other_packages_score_it(engine: Engine) {
    let world = World::new(engine).await;
    write(&world, "bfi.csv", include_str!("../data/bfi.csv"));
    let maps: Vec<String> = ITEMS.map(|item| format!("{item}=agreement:6")).to_vec();
    let mut arguments = vec!["--date", "2026-05-31", "--map", "respondent=respondent"];
    arguments.extend(maps.iter().map(String::as_str));

    let (fine, preview) = import(&world, "bfi.csv", "Personality", &arguments).await;
    assert!(fine && preview.contains("This was a preview and nothing was loaded"), "{preview}");
    assert!(preview.contains("2800 responses to load, 0 were loaded before"), "{preview}");
    assert_eq!(responses(&world).await, 0);
    arguments.push("--load");
    let (fine, first) = import(&world, "bfi.csv", "Personality", &arguments).await;
    assert!(fine && first.contains("2800 responses loaded, 0 were loaded before"), "{first}");
    let (fine, second) = import(&world, "bfi.csv", "Personality", &arguments).await;
    assert!(fine && second.contains("0 responses loaded, 2800 were loaded before"), "{second}");
    assert_eq!(responses(&world).await, 2_800);
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());

    let query = "query($id: ID!) { community(id: $id) { surveys { name versions { number results(period: \"2026-Q2\") {
        question reading { ... on Score { value answers interval { low high } topTwoBox { value interval { low high } }
        } } } } } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    let surveys = data["community"]["surveys"].as_array().unwrap();
    let imported = surveys.iter().find(|survey| survey["name"] == "Personality").unwrap();
    assert_eq!(imported["versions"].as_array().unwrap().len(), 1);
    let reference: Value = serde_json::from_str(include_str!("../reference/statistics.json")).unwrap();
    let results = imported["versions"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), ITEMS.len());
    for result in results {
        compare(&reference, &result["question"].as_str().unwrap().to_uppercase(), &result["reading"]);
    }
}

async fn bad_rows_are_named_and_nothing_is_loaded(engine: Engine) {
    let world = World::new(engine).await;
    write(
        &world,
        "bad.csv",
        "who,Q1,Q2,when\na,5,3,2026-01-31\nb,6,x,2026-02-01\nc,1,2\nd,,,2026-02-03\ne,4,,31.1.2026\n",
    );
    let maps = ["--map", "who=respondent", "Q1=agreement:5:product_knowledge", "Q2=agreement:5", "when=date", "--load"];
    let (fine, said) = import(&world, "bad.csv", "Old survey", &maps).await;
    assert!(!fine);
    for expected in [
        "line 3: Q2: `x` is not a whole number",
        "line 4: the row has 3 cells where the header has 4",
        "line 6: `31.1.2026` is not a date like 2026-05-31; where the file writes the day first, give --date-format",
        "nothing was loaded",
    ] {
        assert!(said.contains(expected), "{expected} is missing: {said}");
    }
    assert_eq!(responses(&world).await, 0);
    let (fine, said) =
        import(&world, "bad.csv", "Old survey", &["--map", "Q9=agreement:5", "--date", "2026-01-01"]).await;
    assert!(!fine && said.contains("the file has no column `Q9`; it has who, Q1, Q2, when"), "{said}");
    let (fine, said) = import(&world, "none.csv", "Old survey", &["--map", "Q1=agreement:5"]).await;
    assert!(!fine && said.contains("cannot read none.csv"), "{said}");
    let (fine, said) = import(&world, "bad.csv", "Old survey", &["--map", "Q1=stars"]).await;
    assert!(!fine && said.contains("agreement:POINTS"), "{said}");
    let (fine, said) = import(&world, "bad.csv", "Old survey", &["--map", "Q1=agreement:5"]).await;
    assert!(!fine && said.contains("give --date for all"), "{said}");
}

async fn a_file_that_grew_adds_its_new_rows(engine: Engine) {
    let world = World::new(engine).await;
    let maps = ["--map", "who=respondent", "Q1=agreement:5:product_knowledge", "--date", "2026-03-01", "--load"];
    write(&world, "grows.csv", "who,Q1\na,5\nb,4\n");
    assert!(import(&world, "grows.csv", "Old survey", &maps).await.0);
    write(&world, "grows.csv", "who,Q1\na,5\nb,4\nc,3\n");
    let (fine, said) = import(&world, "grows.csv", "Old survey", &maps).await;
    assert!(fine && said.contains("1 responses loaded, 2 were loaded before"), "{said}");
    write(&world, "grows.csv", "who,Q1\na,5\nb,1\nc,3\nd,2\n");
    let (fine, said) = import(&world, "grows.csv", "Old survey", &maps).await;
    assert!(!fine && said.contains("line 3: this row was loaded before"), "{said}");
    assert_eq!(responses(&world).await, 3);
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
}

async fn columns_can_go_to_the_questions_of_a_survey_that_exists(engine: Engine) {
    let world = World::new(engine).await;
    let rows: String = (0..6).map(|row| format!("{};{};\"more; please\"\r\n", row % 5 + 1, row + 4)).collect();
    write(&world, "old.csv", &format!("\u{feff}Learns;Recommends;Comment\r\n{rows}"));
    let maps = [
        "--map",
        "Learns=question:product_knowledge",
        "Recommends=question:recommendation",
        "Comment=question:more_useful",
        "--date",
        "2026-03-01",
        "--load",
    ];
    let (fine, said) = import(&world, "old.csv", "Member survey", &maps).await;
    assert!(fine && said.contains("6 responses loaded"), "{said}");
    let reading = world.api.reading(&world.community, "PRODUCT_KNOWLEDGE").await.unwrap();
    assert_eq!(reading["answers"], 6, "{reading}");
    let (fine, said) = import(&world, "old.csv", "Member survey", &["--map", "Learns=question:wealth"]).await;
    assert!(!fine && said.contains("the survey has no question `wealth`; it has product_knowledge"), "{said}");
}

async fn what_members_are_shown_is_not_replaced_by_an_import(engine: Engine) {
    let world = World::new(engine).await;
    let shown = world.embed.survey(&world.site).await.unwrap();
    write(&world, "own.csv", "Q1\n3\n4\n");
    let maps = ["--map", "Q1=agreement:5", "--date", "2026-03-01", "--load"];
    let (fine, said) = import(&world, "own.csv", "Member survey", &maps).await;
    assert!(!fine && said.contains("members are shown this survey"), "{said}");
    assert_eq!(world.embed.survey(&world.site).await.unwrap(), shown);
    assert_eq!(responses(&world).await, 0);
}

async fn a_file_without_respondents_is_known_again_whatever_is_mapped(engine: Engine) {
    let world = World::new(engine).await;
    write(&world, "plain.csv", "Q1,Q2\n3,4\n3,4\n5,5\n");
    let first = ["--map", "Q1=agreement:5", "--date", "2026-03-01", "--load"];
    let (fine, said) = import(&world, "plain.csv", "Old survey", &first).await;
    assert!(fine && said.contains("3 responses loaded"), "{said}");
    let (fine, said) = import(&world, "plain.csv", "Old survey", &first).await;
    assert!(fine && said.contains("0 responses loaded, 3 were loaded before"), "{said}");
    let more = ["--map", "Q1=agreement:5", "Q2=agreement:5", "--date", "2026-03-01", "--load"];
    let (fine, said) = import(&world, "plain.csv", "Old survey", &more).await;
    assert!(!fine && said.contains("line 2: this row was loaded before"), "{said}");
    assert_eq!(responses(&world).await, 3);
}

/// Compares an item's reading with what scipy and statsmodels computed from the same file.
fn compare(reference: &Value, item: &str, reading: &Value) {
    let items = reference["bfi_items"].as_array().unwrap();
    let expected = items.iter().find(|expected| expected["item"] == item).unwrap();
    assert_eq!(reading["answers"], expected["size"], "{item}");
    let share = &expected["top_two_box"];
    let top_two_box = share["successes"].as_f64().unwrap() / share["trials"].as_f64().unwrap();
    for (found, expected) in [
        (&reading["value"], expected["mean"].as_f64().unwrap()),
        (&reading["interval"]["low"], expected["low"].as_f64().unwrap()),
        (&reading["interval"]["high"], expected["high"].as_f64().unwrap()),
        (&reading["topTwoBox"]["value"], top_two_box),
        (&reading["topTwoBox"]["interval"]["low"], share["low"].as_f64().unwrap()),
        (&reading["topTwoBox"]["interval"]["high"], share["high"].as_f64().unwrap()),
    ] {
        let found = found.as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{item}: {found} is not {expected}");
    }
}
