use serde_json::{Value, json};
use valuemap_tests::Engine;

use crate::World;
use crate::records::{expect, import, load, texts};

const CONTACTS: &str = "key,source,email,account\n51,crm,kim@example.org,771\n";

fn upgrade(key: &str, party: &Value, amount: &str) -> Value {
    json!({ "source": "crm", "key": key, "kind": "UPGRADE", "party": party, "at": "2026-07-10T10:00:00Z",
        "money": { "amount": amount, "currency": "EUR" } })
}

fn account(key: &str) -> Value {
    json!({ "kind": "ACCOUNT", "source": "crm", "key": key })
}

/// All rows of what a link must not change.
async fn others(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in [
        ("party", "kind || source || external_key || content_hash || recorded_at"),
        ("touchpoint", "source || external_key || content_hash || recorded_at"),
        ("outcome", "source || external_key || content_hash || recorded_at"),
    ] {
        let columns = columns.split(" || ").map(|column| format!("CAST({column} AS TEXT)")).collect::<Vec<_>>();
        all.extend(texts(world, &format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || "))).await);
    }
    all
}

async fn same(world: &World) -> Vec<Value> {
    let query = "query($id: ID!) { community(id: $id) { identityLinks(of: SAME) { nodes { id why method confidence
        importedFrom from { source key } to { source } ended { by reason } } } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    data["community"]["identityLinks"]["nodes"].as_array().unwrap().clone()
}

async fn change(world: &World, mutation: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ __typename ... on NotFound {{ message }}
            ... on IdentityLink {{ ended {{ by reason }} }} ... on InvalidInput {{ problems {{ path message }} }} }} }}"
    );
    world.api.ask(&query, json!({ "input": input })).await.unwrap()[mutation].clone()
}

pub async fn a_link_that_a_person_ended_stays_ended_until_it_is_restored(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    load(&world, "members", CONTACTS).await;
    load(&world, "touchpoints", "activity,member,at,role\n880011,kim@example.org,2026-06-18,attended\n").await;
    world
        .tell("recordOutcomes", "RecordOutcomesInput", "outcomes", json!([upgrade("1", &account("771"), "1000")]))
        .await;
    world.expect_credited("UPGRADES", [1_000.0, 1_000.0]).await;
    let before = others(&world).await;

    let [link] = same(&world).await.try_into().unwrap();
    assert_eq!(link["why"], "They have the same e-mail address.");
    assert_eq!((&link["importedFrom"], &link["method"]), (&json!("members.csv"), &json!("EMAIL_MATCH")));
    assert_eq!((&link["from"], &link["to"]["source"]), (&json!({ "source": "crm", "key": "51" }), &json!("email")));
    let long = change(&world, "endIdentityLink", json!({ "id": link["id"], "reason": "x".repeat(201) })).await;
    assert_eq!(long["problems"][0]["path"], "reason", "{long}");
    let ended = change(&world, "endIdentityLink", json!({ "id": link["id"], "reason": "A shared mailbox" })).await;
    assert_eq!(ended["ended"]["reason"], "A shared mailbox", "{ended}");
    world.expect_credited("UPGRADES", [0.0, 1_000.0]).await;
    assert_eq!(world.identity("51").await[0], ["crm/51"]);

    // Importing the same file again, or another one, does not restore it; stating it by itself is refused with the reason.
    let (_, said) = import(&world, "members", CONTACTS, &["--load"]).await;
    expect(&said, &["Links that a person has ended, which stay ended: 1"]);
    load(
        &world,
        "links",
        "from_kind,from,from_source,to_kind,to,valid_from\nmember,51,crm,member,kim@example.org,2026-01-01\n",
    )
    .await;
    world.expect_credited("UPGRADES", [0.0, 1_000.0]).await;
    let member = |source: &str, key: &str| json!({ "kind": "MEMBER", "source": source, "key": key });
    let stated = json!([{ "from": member("x", "Kim@example.org"), "to": member("crm", "51"), "method": "MANUAL" }]);
    let problems = refused(&world, stated).await;
    assert!(problems[0].starts_with("links.0.to: `") && problems[0].contains("(A shared mailbox)"), "{problems:?}");
    assert_eq!(same(&world).await.len(), 2);
    assert!(same(&world).await.iter().all(|link| link["ended"]["reason"] == "A shared mailbox"));

    let restored = change(&world, "restoreIdentityLink", json!({ "id": link["id"] })).await;
    assert_eq!(restored["ended"], Value::Null, "{restored}");
    world.expect_credited("UPGRADES", [1_000.0, 1_000.0]).await;
    assert_eq!(others(&world).await, before, "what is recorded stays as it is, to the row");
    let (kept, last) = link["id"].as_str().unwrap().split_at(67);
    let gone = format!("{kept}{}", if last == "0" { "1" } else { "0" });
    let not_found = change(&world, "endIdentityLink", json!({ "id": gone })).await;
    assert_eq!(not_found["__typename"], "NotFound", "{not_found}");
}

/// What is wrong with some links.
async fn refused(world: &World, links: Value) -> Vec<String> {
    let query = "mutation($input: LinkIdentitiesInput!) { linkIdentities(input: $input) { __typename
        ... on InvalidInput { problems { path message } } } }";
    let input = json!({ "community": world.community, "links": links });
    let data = world.api.ask(query, json!({ "input": input })).await.unwrap();
    let problem =
        |problem: &Value| format!("{}: {}", problem["path"].as_str().unwrap(), problem["message"].as_str().unwrap());
    let problems = data["linkIdentities"]["problems"].as_array();
    problems.unwrap_or_else(|| panic!("{data}")).iter().map(problem).collect()
}

pub async fn what_contradicts_itself_is_refused(engine: Engine) {
    let world = World::new(engine).await;
    let member = |key: &str| json!({ "kind": "MEMBER", "source": "crm", "key": key });
    let link = |from: Value, to: Value, confidence: f64| json!({ "from": from, "to": to, "method": "MANUAL", "confidence": confidence });
    let check = async |links: Value, expected: &str| {
        let problems = refused(&world, links).await;
        assert!(problems.len() == 1 && problems[0].contains(expected), "{problems:?}");
    };
    check(json!([link(account("1"), account("1"), 1.0)]), "links.0.to: a party cannot be linked to itself").await;
    let kim = link(member("Kim <kim@example.org>"), member("KIM@example.org"), 1.0);
    check(json!([kim]), "links.0.to: both are known by the same e-mail address").await;
    let merges = json!([link(account("1"), account("2"), 0.9), link(account("2"), account("1"), 0.4)]);
    check(merges, "links.1: an earlier record has the same key and different content").await;
    let loaded = import(
        &world,
        "links",
        "from_kind,from,to_kind,to,confidence\nmember,1,member,2,0.9\nmember,2,member,1,0.4\n",
        &["--load"],
    );
    let (fine, said) = loaded.await;
    assert!(!fine, "{said}");
    expect(&said, &["line 3: an earlier record has the same key and different content"]);
    assert_eq!(texts(&world, "SELECT source FROM identity_link").await.len(), 0, "nothing is stored");
}

/// An export that went through a spreadsheet: 10325700000000 stands for the id of two requesters.
pub async fn an_id_with_several_addresses_makes_nobody_one_person(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    load(&world, "members", "key,source,email,account\n51,crm,kim@example.org,771\n52,crm,lou@example.org,772\n").await;
    load(&world, "touchpoints", "activity,member,at,role\n880011,lou@example.org,2026-06-18,attended\n").await;
    let outcomes = json!([upgrade("1", &account("771"), "1000"), upgrade("2", &account("772"), "300")]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcomes).await;
    let tickets = "Id,Requester id,Requester email,Created at,Status\n1,10325700000000,kim@example.org,2026-05-30,Open\n\
                   2,10325700000000,lou@example.org,2026-05-31,Open\n3,38,lou@example.org,2026-05-31,Open\n";
    for done in ["links: 3 new and 0 changed loaded", "links: 0 new and 0 changed loaded, 3 known"] {
        let said = load(&world, "zendesk-tickets", tickets).await;
        expect(&said, &["Doubtful: 1 ids have several e-mail addresses", done]);
    }
    world.expect_credited("UPGRADES", [300.0, 1_300.0]).await;
    assert_eq!(world.identity("10325700000000").await[0], ["zendesk/10325700000000"]);
    assert_eq!(world.identity("38").await[1], ["crm/772"]);
    // Over time, a member may have several.
    load(&world, "members", "key,source,email\n38,zendesk,lou@elsewhere.example\n").await;
    assert_eq!(world.identity("38").await[0].len(), 4);
}

pub async fn a_member_of_two_accounts_is_shared_and_nothing_counts_twice(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    load(&world, "members", "key,source,email,account\n56,crm,di@example.org,772;775\n").await;
    load(&world, "touchpoints", "activity,member,at,role\n880011,di@example.org,2026-06-18,attended\n").await;
    let di = json!({ "kind": "MEMBER", "source": "crm", "key": "56" });
    let outcomes = json!([
        upgrade("1", &account("772"), "1000"),
        upgrade("2", &account("775"), "300"),
        upgrade("3", &account("776"), "50"),
        upgrade("4", &di, "7"),
    ]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcomes).await;
    world.expect_credited("UPGRADES", [1_307.0, 1_357.0]).await;
    let run = "mutation($input: RunAttributionInput!) { runAttribution(input: $input) { __typename
        ... on AttributionRun { nullJourneys credited { count value { amount } } uncredited { count value { amount } }
            sources { nodes { credits { outcomes value { amount } } } } } } }";
    let input = json!({ "community": world.community, "from": "2026-Q3", "until": "2026-Q3", "models": ["LINEAR"] });
    let data = world.api.ask(run, json!({ "input": input })).await.unwrap();
    let run = &data["runAttribution"];
    assert_eq!(run["credited"], json!({ "count": 3, "value": { "amount": "1307" } }), "{run}");
    assert_eq!(run["uncredited"], json!({ "count": 1, "value": { "amount": "50" } }), "{run}");
    assert_eq!(run["nullJourneys"], 0, "{run}");
    assert_eq!(run["sources"]["nodes"][0]["credits"][0], json!({ "outcomes": 3.0, "value": { "amount": "1307" } }));
    let query = "query($id: ID!) { community(id: $id) { activities { nodes { participants } } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    assert_eq!(data["community"]["activities"]["nodes"][0]["participants"], 1);
}
