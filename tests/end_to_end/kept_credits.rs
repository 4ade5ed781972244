//! The returns of activities are sums of days that the server keeps, and the same as from the records.

use serde_json::{Value, json};
use valuemap_tests::{Engine, PATIENCE};

use crate::kept_days::{keep_all, verify, world_with_activities};
use crate::records::texts;
use crate::{World, on_both_databases};

on_both_databases!(
    each_change_reaches_the_credits_that_it_concerns,
    credits_that_are_wrong_are_found_and_mended,
    only_the_scoring_models_own_settings_are_kept,
    many_are_credited_as_few_are,
);

const RETURNS: &str = "query($id: ID!, $by: CreditSource!, $options: ReturnsOptions!) {
    activityReturns(community: $id, from: \"2025-Q4\", until: \"2026-Q2\", by: $by, options: $options) {
        ... on ActivityReturns {
            credited { count value { amount } } uncredited { count value { amount } } runningCosts { amount }
            groups(first: 50) { nodes { source { key } rank touches participants outcomes creditedValue { amount }
                precision { outcomes { low high } value { low { amount } high { amount } } rankStability } imprecise
                value { p10 { amount } p50 { amount } p90 { amount } } fullyLoadedCost { amount }
                weightedOutcomeIndex returnOnInvestment { p10 p50 p90 } chanceOfGain } }
            goals { goal types mostSuccessful { source { key } } leastSuccessful { source { key } } } } } }";

/// With the settings of the scoring model days are summed up. No link is as sure as .85 and less sure than .8, so that
/// this asks for the same of the records.
const OF_RECORDS: f64 = 0.85;

async fn returns(world: &World, by: &str, options: Value) -> Value {
    let variables = json!({ "id": world.community, "by": by, "options": options });
    loop {
        let reply = world.api.send(RETURNS, variables.clone()).await.unwrap();
        if reply.code() != "BEING_COMPUTED" {
            return reply.data().unwrap()["activityReturns"].clone();
        }
    }
}

/// Has the credits of all days kept. Of a day that something was recorded of since, those that are kept have its old mark.
pub async fn keep_credits(world: &World) {
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM kept_sum of_day WHERE part = 0 AND NOT EXISTS (
        SELECT 1 FROM kept_sum credits WHERE credits.part = -2 AND credits.community_id = of_day.community_id
        AND credits.day = of_day.day AND credits.mark = of_day.mark)";
    returns(world, "GOAL", json!({})).await;
    let kept = async { while texts(world, open).await != ["0"] {} };
    tokio::time::timeout(PATIENCE, kept).await.unwrap();
}

/// Figures are sums of floats, in one order or another.
fn is_close(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_close(one, other))
        }
        (Value::Object(one), Value::Object(other)) => one.iter().all(|(name, one)| is_close(one, &other[name])),
        _ => match (number(one), number(other)) {
            (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
            _ => one == other,
        },
    }
}

/// In every grouping, of outcomes in money and of all.
pub async fn returns_are_those_of_the_records(world: &World, when: &str) {
    for by in ["ACTIVITY", "ACTIVITY_TYPE", "MODALITY", "GOAL", "CHANNEL"] {
        for outcomes in [json!(["PURCHASE", "UPGRADE", "RENEWAL"]), json!(["PURCHASE", "LEAD"])] {
            let summed_up = returns(world, by, json!({ "outcomes": outcomes })).await;
            let of_records = json!({ "outcomes": outcomes, "minimumConfidence": OF_RECORDS });
            let of_records = returns(world, by, of_records).await;
            assert!(is_close(&summed_up, &of_records), "{when}, by {by}:\n{summed_up}\n{of_records}");
        }
    }
}

fn member(key: &str) -> Value {
    json!({ "kind": "MEMBER", "source": "forum", "key": key })
}

fn account(key: &str) -> Value {
    json!({ "kind": "ACCOUNT", "source": "crm", "key": key })
}

/// Each of these changes what the outcome of another day is credited to, or who took part on it.
async fn each_change_reaches_the_credits_that_it_concerns(engine: Engine) {
    let world = world_with_activities(engine).await;
    let met = |key: &str, activity: &str, at: &str, role: &str, channel: Option<&str>| {
        json!([{ "key": key, "activity": { "source": "plan", "key": activity }, "party": member("ada"), "at": at,
            "role": role, "channel": channel }])
    };
    let upgrade = |at: &str, amount: &str, withdrawn: bool| {
        json!([{ "key": "u", "kind": "UPGRADE", "party": account("A"), "at": at, "withdrawn": withdrawn,
            "money": { "amount": amount, "currency": "EUR" } }])
    };
    let works = |who: &str| json!([{ "from": member(who), "to": account("A"), "method": "MANUAL" }]);
    let same = json!([{ "from": member("ada"), "to": member("ada2"), "method": "MANUAL" }]);
    let of_other = json!([{ "key": "o", "activity": { "source": "plan", "key": "m" }, "party": member("ada2"),
        "at": "2026-02-03T10:00:00Z", "role": "SPOKE" }]);
    let (touches, outcomes) = ("recordTouchpoints", "recordOutcomes");
    let changes = [
        ("met", touches, met("t", "w", "2026-02-01T10:00:00Z", "ATTENDED", None)),
        ("bought later", outcomes, upgrade("2026-03-01T10:00:00Z", "100", false)),
        ("works there", "linkIdentities", works("ada")),
        ("by another channel", touches, met("t", "w", "2026-02-01T10:00:00Z", "ATTENDED", Some("forum"))),
        ("another activity", touches, met("t", "m", "2026-02-01T10:00:00Z", "ATTENDED", Some("forum"))),
        ("another role", touches, met("t", "m", "2026-02-01T10:00:00Z", "REGISTERED", Some("forum"))),
        ("another day", touches, met("t", "m", "2026-01-20T10:00:00Z", "ATTENDED", Some("forum"))),
        ("once more", touches, met("t2", "w", "2026-02-10T10:00:00Z", "CONTRIBUTED", None)),
        ("by somebody else", touches, of_other),
        ("who is the same", "linkIdentities", same),
        ("bought for more", outcomes, upgrade("2026-03-01T10:00:00Z", "250", false)),
        ("bought earlier", outcomes, upgrade("2026-02-02T10:00:00Z", "250", false)),
        ("bought nothing", outcomes, upgrade("2026-02-02T10:00:00Z", "250", true)),
        ("bought after all", outcomes, upgrade("2026-02-20T10:00:00Z", "-250", false)),
    ];
    for (what, mutation, entries) in changes {
        let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let list = match mutation {
            "linkIdentities" => "links".to_owned(),
            other => other["record".len()..].to_lowercase(),
        };
        keep_all(&world).await;
        world.tell(mutation, &input, &list, entries).await;
        returns_are_those_of_the_records(&world, what).await;
    }
    keep_all(&world).await;
    let (fine, said) = verify(&world, &[]).await;
    assert!(fine, "{said}");
}

async fn credits_that_are_wrong_are_found_and_mended(engine: Engine) {
    let world = world_with_activities(engine).await;
    let met = json!([{ "key": "t", "activity": { "source": "plan", "key": "w" }, "party": account("A"),
        "at": "2026-02-01T10:00:00Z", "role": "ATTENDED" }]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", met).await;
    let upgrade = json!([{ "key": "u", "kind": "UPGRADE", "party": account("A"), "at": "2026-03-01T10:00:00Z",
        "money": { "amount": "100", "currency": "EUR" } }]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", upgrade).await;
    keep_all(&world).await;
    let connection = world.scratch.connect().await.unwrap();
    let wrong = "UPDATE kept_sum SET body = REPLACE(body, '\"amount\":1000000', '\"amount\":9000000')
        WHERE part = -2 AND day = '2026-03-01'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, wrong).await.unwrap();
    let shown = returns(&world, "CHANNEL", json!({})).await;
    assert_eq!(shown["credited"]["value"]["amount"], "900", "it is what is kept that is shown");
    let (fine, said) = verify(&world, &[]).await;
    assert!(!fine && said.contains("2026-03-01: the credits that are kept"), "{said}");
    assert!(verify(&world, &["--mend"]).await.0);
    keep_all(&world).await;
    assert!(verify(&world, &[]).await.0);
    returns_are_those_of_the_records(&world, "mended").await;
}

/// Of more than a thousand, all that was met is read at once.
async fn many_are_credited_as_few_are(engine: Engine) {
    let world = world_with_activities(engine).await;
    let customers: Vec<usize> = (0..1_200).collect();
    for some in customers.chunks(240) {
        let day = |number: usize| format!("{:02}T10:00:00Z", 1 + number % 28);
        let outcome = |number: &usize| {
            json!({ "key": number.to_string(), "kind": "UPGRADE", "party": account(&number.to_string()),
                "at": format!("2026-03-{}", day(*number)), "money": { "amount": number.to_string(), "currency": "EUR" } })
        };
        let met = |number: &usize| {
            let activity = ["w", "m"][number % 2];
            json!({ "key": number.to_string(), "party": member(&(number / 2).to_string()), "channel": "forum",
                "activity": { "source": "plan", "key": activity },
                "at": format!("2026-{}-{}", ["02", "03"][number % 2], day(number / 3)), "role": "ATTENDED" })
        };
        // Some members are of two accounts.
        let link = |number: &usize| json!({ "from": member(&(number * 2 / 3).to_string()), "to": account(&number.to_string()), "method": "MANUAL" });
        let list = |entry: &dyn Fn(&usize) -> Value| some.iter().map(entry).collect::<Value>();
        world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", list(&outcome)).await;
        world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", list(&met)).await;
        world.tell("linkIdentities", "LinkIdentitiesInput", "links", list(&link)).await;
    }
    let shown = returns(&world, "CHANNEL", json!({})).await;
    assert!(shown["credited"]["count"].as_u64().is_some_and(|count| count > 100), "{shown}");
    returns_are_those_of_the_records(&world, "all at once").await;
    keep_all(&world).await;
    let met = json!([{ "key": "new", "activity": { "source": "plan", "key": "m" }, "party": account("7"),
        "at": "2026-03-01T10:00:00Z", "role": "SPOKE" }]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", met).await;
    returns_are_those_of_the_records(&world, "some days again").await;
    assert!(verify(&world, &[]).await.0);
}

/// Days are marked by the scoring model's window and kept by its settings; what else is asked for changes none of it.
async fn only_the_scoring_models_own_settings_are_kept(engine: Engine) {
    let world = world_with_activities(engine).await;
    let met = |key: &str, activity: &str, at: &str| {
        json!([{ "key": key, "activity": { "source": "plan", "key": activity }, "party": account("A"), "at": at,
            "role": "ATTENDED" }])
    };
    for touch in [met("1", "w", "2026-02-01T10:00:00Z"), met("2", "m", "2026-02-20T10:00:00Z")] {
        world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touch).await;
    }
    let upgrade = json!([{ "key": "u", "kind": "UPGRADE", "party": account("A"), "at": "2026-03-01T10:00:00Z",
        "money": { "amount": "100", "currency": "EUR" } }]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", upgrade).await;
    keep_all(&world).await;
    let credited = async |options: Value| {
        let returns = returns(&world, "ACTIVITY", options).await;
        let nodes = returns["groups"]["nodes"].as_array().unwrap().clone();
        let of = |key: &str| {
            nodes.iter().find(|group| group["source"]["key"] == key).unwrap()["creditedValue"]["amount"].clone()
        };
        json!([of("w"), of("m")])
    };
    assert_eq!(credited(json!({})).await, json!(["50", "50"]));
    assert_eq!(credited(json!({ "model": "LAST_TOUCH" })).await, json!(["0", "100"]));
    assert_eq!(credited(json!({ "model": "FIRST_TOUCH" })).await, json!(["100", "0"]));
    assert_eq!(credited(json!({ "lookbackDays": 15 })).await, json!(["0", "100"]));
    assert_eq!(credited(json!({ "model": "MARKOV_REMOVAL" })).await, json!(["50", "50"]));
    assert_eq!(credited(json!({})).await, json!(["50", "50"]));
}
