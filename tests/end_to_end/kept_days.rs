//! The sums of days that the server keeps are what was recorded, whatever was changed, withdrawn, linked and parted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use valuemap_tests::{Engine, Server, valuemap};

use crate::kept_credits::{keep_credits, returns_are_those_of_the_records};
use crate::records::texts;
use crate::value_map::{change, input, map, reading, sell};
use crate::{World, on_both_databases};

on_both_databases!(
    each_change_reaches_the_days_that_it_concerns,
    kept_sums_are_what_is_recorded,
    a_sum_that_is_wrong_is_found_and_mended,
    a_server_that_is_killed_leaves_no_sum_behind,
    an_older_model_shows_what_was_recorded_since,
);

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Of the last quarter of 2025, or of the first two of 2026.
    fn day(&mut self) -> String {
        let month = self.one_of(&["2025-10", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]);
        format!("{month}-{:02}", 1 + self.below(28))
    }

    fn time(&mut self) -> String {
        let time = self.one_of(&["00:00:00", "09:30:00", "23:59:59"]);
        format!("{}T{time}Z", self.day())
    }

    fn member(&mut self) -> Value {
        let source = self.one_of(&["forum", "crm"]);
        json!({ "kind": "MEMBER", "source": source, "key": self.below(6).to_string() })
    }

    fn account(&mut self) -> Value {
        json!({ "kind": "ACCOUNT", "source": "crm", "key": self.below(4).to_string() })
    }

    fn anybody(&mut self) -> Value {
        if self.below(2) == 0 { self.member() } else { self.account() }
    }

    /// Some entries under different keys, each a new one or another version of an earlier one.
    fn entries(&mut self, most: usize, keys: usize, mut entry: impl FnMut(&mut Self) -> Value) -> Value {
        let first = self.below(keys);
        let entry = |index: usize| {
            let mut entry = entry(self);
            entry["key"] = json!(((first + index) % keys).to_string());
            entry
        };
        (0..most).map(entry).collect()
    }
}

/// Records something, or changes what was recorded.
pub async fn step(world: &World, dice: &mut Dice) {
    match dice.below(10) {
        0 | 1 => {
            let outcome = |dice: &mut Dice| {
                let kind = dice.one_of(&["PURCHASE", "PURCHASE", "UPGRADE", "RENEWAL", "LEAD"]);
                let amount = if kind == "PURCHASE" && dice.below(6) == 0 { -20 } else { 10 + dice.below(500) as i64 };
                let mut outcome = json!({ "kind": kind, "party": dice.anybody(), "at": dice.time(), "withdrawn": dice.below(5) == 0 });
                if kind != "LEAD" {
                    outcome["money"] = json!({ "amount": amount.to_string(), "currency": "EUR" });
                }
                if dice.below(8) == 0 {
                    outcome["party"] = Value::Null;
                }
                outcome
            };
            let outcomes = dice.entries(3, 30, outcome);
            world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcomes).await;
        }
        2 | 3 => {
            // From a hundred parties on, days are marked without a look at whom they concern.
            let most = if dice.below(8) == 0 { 250 } else { 2 };
            let touchpoint = |dice: &mut Dice| {
                let role = dice.one_of(&["ATTENDED", "REGISTERED", "REACHED"]);
                let mut party = dice.anybody();
                if most == 250 {
                    party["key"] = json!(dice.below(4_000).to_string());
                }
                let channel = [Value::Null, json!("forum"), json!("newsletter")][dice.below(3)].clone();
                json!({ "activity": { "source": "plan", "key": dice.one_of(&["w", "m"]) }, "party": party,
                    "at": dice.time(), "role": role, "channel": channel })
            };
            let touchpoints = dice.entries(most, 300, touchpoint);
            world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touchpoints).await;
        }
        4 => {
            let contribution = |dice: &mut Dice| {
                let kind = dice.one_of(&["QUESTION", "QUESTION", "REPLY", "SOLUTION", "LIKE"]);
                let thread = if dice.below(5) == 0 { Value::Null } else { json!(dice.below(6).to_string()) };
                json!({ "kind": kind, "thread": thread, "party": dice.member(), "at": dice.time(),
                    "withdrawn": dice.below(4) == 0 })
            };
            let contributions = dice.entries(3, 40, contribution);
            world.tell("recordContributions", "RecordContributionsInput", "contributions", contributions).await;
        }
        5 => {
            let case = |dice: &mut Dice| json!({ "party": dice.anybody(), "openedAt": dice.time(), "withdrawn": dice.below(4) == 0 });
            let cases = dice.entries(2, 20, case);
            world.tell("recordCases", "RecordCasesInput", "cases", cases).await;
            let cost = |dice: &mut Dice| {
                let kind = dice.one_of(&["CASH", "TRAVEL"]);
                json!({ "kind": kind, "day": dice.day(), "currency": "EUR", "amount": (1 + dice.below(90)).to_string() })
            };
            let costs = dice.entries(1, 6, cost);
            world.tell("recordCosts", "RecordCostsInput", "costs", costs).await;
        }
        6 => {
            let party = |dice: &mut Dice| {
                let mut party = dice.anybody();
                party["isStaff"] = json!(party["kind"] == "MEMBER" && dice.below(3) == 0);
                party["since"] = json!(dice.one_of(&["2024-01-01", "2026-01-15"]));
                party
            };
            world.tell("recordParties", "RecordPartiesInput", "parties", json!([party(dice)])).await;
        }
        7 | 8 => {
            let from = dice.member();
            let to = dice.anybody();
            let valid_from = [Value::Null, json!("2026-02-01")][dice.below(2)].clone();
            let confidence = [1.0, 0.95, 0.1][dice.below(3)];
            let link = json!({ "from": from, "to": to, "method": "MANUAL", "confidence": confidence,
                "validFrom": valid_from });
            // Of somebody with themselves, or one that a person has ended, it is refused.
            let query = "mutation($input: LinkIdentitiesInput!) { linkIdentities(input: $input) { __typename } }";
            let input = json!({ "community": world.community, "links": [link] });
            world.api.ask(query, json!({ "input": input })).await.unwrap();
        }
        _ => {
            let query = "query($id: ID!) { community(id: $id) { identityLinks { nodes { id ended { by } } } } }";
            let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
            let links = data["community"]["identityLinks"]["nodes"].as_array().unwrap();
            if links.is_empty() {
                return;
            }
            let link = &links[dice.below(links.len())];
            let (mutation, input) = match link["ended"].is_null() {
                true => ("endIdentityLink", "EndIdentityLinkInput"),
                false => ("restoreIdentityLink", "RestoreIdentityLinkInput"),
            };
            let query = format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ __typename }} }}");
            world.api.ask(&query, json!({ "input": { "id": link["id"] } })).await.unwrap();
        }
    }
}

/// Has every day summed up and kept, and its outcomes credited. A map that is asked for at once may still be the one before.
pub async fn keep_all(world: &World) {
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM kept_sum WHERE body IS NULL";
    while texts(world, open).await != ["0"] {
        map(world, json!({ "period": "2026-Q1" })).await;
    }
    keep_credits(world).await;
}

pub async fn verify(world: &World, arguments: &[&str]) -> (bool, String) {
    let output = valuemap(&world.scratch, &[&["verify"], arguments].concat()).await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), said)
}

/// With a webinar and a meetup.
pub async fn world_with_activities(engine: Engine) -> World {
    let world = World::new(engine).await;
    let types = json!([
        { "key": "webinar", "name": "Webinar", "modality": "ONLINE", "goal": "REVENUE" },
        { "key": "meetup", "name": "Meetup", "modality": "IN_PERSON", "goal": "GOODWILL" },
    ]);
    change(&world, "saveActivityTypes", json!({ "types": types }), "Recorded").await;
    let activity = |key: &str, of_type: &str, starts_on: &str| {
        let costs = json!([{ "kind": "CASH", "currency": "EUR", "amount": "70" }]);
        json!({ "source": "plan", "key": key, "activityType": of_type, "name": key, "startsOn": starts_on,
            "costs": costs })
    };
    let activities = json!([activity("w", "webinar", "2026-01-10"), activity("m", "meetup", "2026-03-01")]);
    change(&world, "saveActivities", json!({ "activities": activities }), "Recorded").await;
    world
}

/// Each of these changes what was summed up of another day than its own.
async fn each_change_reaches_the_days_that_it_concerns(engine: Engine) {
    let world = world_with_activities(engine).await;
    let member = |key: &str| json!({ "kind": "MEMBER", "source": "forum", "key": key });
    let account = |key: &str| json!({ "kind": "ACCOUNT", "source": "crm", "key": key });
    let post = |key: &str, kind: &str, at: &str, withdrawn: bool| json!([{ "key": key, "kind": kind, "thread": "1", "party": member("ada"), "at": at, "withdrawn": withdrawn }]);
    let bought = |key: &str, party: Value, at: &str| {
        json!([{ "key": key, "kind": "PURCHASE", "party": party, "at": at,
            "money": { "amount": "100", "currency": "EUR" } }])
    };
    let met = |key: &str, at: &str, role: &str| {
        json!([{ "key": key, "activity": { "source": "plan", "key": "w" }, "party": member("ada"), "at": at,
            "role": role }])
    };
    let link = json!([{ "from": member("ada"), "to": account("A"), "method": "MANUAL" }]);
    let same = json!([{ "from": member("ada"), "to": member("ada2"), "method": "MANUAL" }]);
    let staff = |is_staff: bool| json!([{ "kind": "MEMBER", "source": "forum", "key": "ada", "isStaff": is_staff }]);
    let since = json!([{ "kind": "ACCOUNT", "source": "crm", "key": "A", "since": "2020-01-01" }]);
    let other = |until: Value| json!([{ "kind": "ACCOUNT", "source": "crm", "key": "A2", "since": "2026-01-05", "until": until }]);
    let one_account =
        json!([{ "from": account("A2"), "to": account("A"), "method": "MANUAL", "validFrom": "2026-02-01" }]);
    let later = |key: &str| json!([{ "key": key, "kind": "LIKE", "party": member(key), "at": "2026-03-20T10:00:00Z" }]);
    let (posts, outcomes) = ("recordContributions", "recordOutcomes");
    let changes = [
        ("a question", posts, post("q", "QUESTION", "2026-01-10T10:00:00Z", false)),
        ("and its answer later", posts, post("s", "SOLUTION", "2026-02-20T10:00:00Z", false)),
        ("which is withdrawn", posts, post("s", "SOLUTION", "2026-02-20T10:00:00Z", true)),
        ("and accepted again", posts, post("s", "SOLUTION", "2026-02-20T10:00:00Z", false)),
        ("a reply", posts, post("r", "REPLY", "2026-02-21T10:00:00Z", false)),
        ("by staff", "recordParties", staff(true)),
        ("or not", "recordParties", staff(false)),
        ("a purchase", outcomes, bought("late", account("A"), "2026-03-10T10:00:00Z")),
        ("which was not the first", outcomes, bought("early", account("A"), "2026-02-10T10:00:00Z")),
        ("of a customer of old", "recordParties", since),
        ("of whose somebody was there", "recordTouchpoints", met("t", "2026-02-01T10:00:00Z", "ATTENDED")),
        ("that somebody works there", "linkIdentities", link),
        ("who was only invited", "recordTouchpoints", met("t", "2026-02-01T10:00:00Z", "REACHED")),
        ("and was there later", "recordTouchpoints", met("t", "2026-02-25T10:00:00Z", "ATTENDED")),
        ("somebody else", posts, later("ada2")),
        ("who is the same", "linkIdentities", same),
        ("another customer", "recordParties", other(Value::Null)),
        ("who is one that is known", "linkIdentities", one_account),
        ("and left", "recordParties", other(json!("2026-01-20"))),
        ("and was there before", posts, post("b", "LIKE", "2026-01-02T10:00:00Z", false)),
    ];
    for (what, mutation, entries) in changes {
        let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let list = match mutation {
            "linkIdentities" => "links".to_owned(),
            other => other["record".len()..].to_lowercase(),
        };
        keep_all(&world).await;
        world.tell(mutation, &input, &list, entries).await;
        keep_all(&world).await;
        let (fine, said) = verify(&world, &[]).await;
        assert!(fine && !said.contains(" 0 days"), "{what}: {said}");
    }
    let query = "query($id: ID!) { community(id: $id) { identityLinks { nodes { id } } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    for link in data["community"]["identityLinks"]["nodes"].as_array().unwrap() {
        for (mutation, input) in
            [("endIdentityLink", "EndIdentityLinkInput"), ("restoreIdentityLink", "RestoreIdentityLinkInput")]
        {
            let query = format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ __typename }} }}");
            world.api.ask(&query, json!({ "input": { "id": link["id"] } })).await.unwrap();
            keep_all(&world).await;
            let (fine, said) = verify(&world, &[]).await;
            assert!(fine, "{mutation}: {said}");
        }
    }
}

async fn kept_sums_are_what_is_recorded(engine: Engine) {
    let world = world_with_activities(engine).await;
    let mut dice = Dice::new(20_261_130);
    for round in 0..10 {
        for _ in 0..8 {
            step(&world, &mut dice).await;
            keep_all(&world).await;
        }
        let (fine, said) = verify(&world, &[]).await;
        assert!(fine && !said.contains(" 0 days"), "round {round}: {said}");
        returns_are_those_of_the_records(&world, &format!("round {round}")).await;
        // Days are marked by the look-back window of the newest model, which is a longer one or a shorter one now.
        let (days, model) = [(30, "u_shaped"), (90, "time_decay"), (45, "first_touch"), (60, "linear")][round % 4];
        credit_by(&world, days, model).await;
    }
}

/// Saves a scoring model that credits outcomes by this model, with this look-back window in days.
async fn credit_by(world: &World, days: u32, credited_by: &str) {
    let model = async |command: &str, arguments: &[&str]| {
        let of_community = ["--community", world.community.as_str()];
        let output = valuemap(&world.scratch, &[&["model", command], arguments, &of_community].concat()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let mut document: Value = serde_json::from_slice(&model("export", &[]).await).unwrap();
    document["financial"]["attribution"]["lookbackDays"] = json!(days);
    document["financial"]["attribution"]["model"] = json!(credited_by);
    std::fs::write(world.scratch.folder().join("model.json"), document.to_string()).unwrap();
    model("import", &["model.json"]).await;
}

async fn a_sum_that_is_wrong_is_found_and_mended(engine: Engine) {
    let world = world_with_activities(engine).await;
    sell(&world).await;
    keep_all(&world).await;
    let connection = world.scratch.connect().await.unwrap();
    let wrong = "UPDATE kept_sum SET body = '{\"cases\": 99}' WHERE day = '2026-02-01'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, wrong).await.unwrap();
    let wrong = "UPDATE kept_sum SET body = '{\"quarter\": [9], \"later_months\": [[], []]}' WHERE part > 0";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, wrong).await.unwrap();
    let missing = "DELETE FROM kept_sum WHERE day = '2026-03-01'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, missing).await.unwrap();
    let (fine, said) = verify(&world, &[]).await;
    assert!(!fine && said.contains("2026-02-01: the sums that are kept"), "{said}");
    assert!(said.contains("2026-Q1: the active members that are kept"), "{said}");
    assert!(said.contains("2026-03-01: something is recorded of it"), "{said}");
    assert!(verify(&world, &["--mend"]).await.0);
    keep_all(&world).await;
    assert!(verify(&world, &[]).await.0);
    let found = map(&world, json!({ "period": "2026-Q1" })).await;
    assert_eq!(input(&reading(&found, "UPGRADES"), "outcomes in the quarter"), 2.0);
}

/// Killed while it records and sums up, the server has lost and doubled nothing of what it acknowledged.
async fn a_server_that_is_killed_leaves_no_sum_behind(engine: Engine) {
    let mut world = world_with_activities(engine).await;
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    for round in 1..=5 {
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel::<String>();
        let api = &world.api;
        let write = async |writer: usize| {
            let query = "mutation($input: RecordOutcomesInput!) { recordOutcomes(input: $input) { __typename } }";
            for number in 0.. {
                let key = format!("{round}-{writer}-{number}");
                let outcome = json!({ "key": key, "kind": "UPGRADE", "at": "2026-02-10T10:00:00Z",
                    "party": { "kind": "ACCOUNT", "source": "crm", "key": writer.to_string() },
                    "money": { "amount": "10", "currency": "EUR" } });
                let input = json!({ "community": world.community, "outcomes": [outcome] });
                let Ok(recorded) = api.ask(query, json!({ "input": input })).await else { return };
                assert_eq!(recorded["recordOutcomes"]["__typename"], "Recorded", "{recorded}");
                told.send(key).unwrap();
            }
        };
        let read = async || {
            let variables = json!({ "id": world.community });
            let query = "query($id: ID!) { valueMap(community: $id, period: \"2026-Q1\") { period } }";
            while api.send(query, variables.clone()).await.is_ok() {}
        };
        let server = world.server;
        let kill = async {
            for _ in 0..6 * round {
                acknowledged.insert(heard.recv().await.unwrap());
            }
            server.kill().await.unwrap();
        };
        tokio::join!(write(0), write(1), write(2), read(), kill);
        while let Ok(key) = heard.try_recv() {
            acknowledged.insert(key);
        }
        let server = Server::start(&world.scratch, &[]).await.unwrap();
        let api = server.api(&world.scratch).await.unwrap();
        world = World { server, api, ..world };
        let stored = texts(&world, "SELECT external_key FROM outcome").await;
        let keys: BTreeSet<String> = stored.iter().cloned().collect();
        assert!(keys.is_superset(&acknowledged) && keys.len() == stored.len(), "{acknowledged:?} {stored:?}");
        keep_all(&world).await;
        let (fine, said) = verify(&world, &[]).await;
        assert!(fine, "round {round}: {said}");
        let query = "query($id: ID!) { explain(community: $id, period: \"2026-Q1\", figure: { element: UPGRADES }) {
            rows(first: 1) { totalCount } } }";
        let explained = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
        assert_eq!(explained["explain"]["rows"]["totalCount"].to_string().trim_matches('"'), stored.len().to_string());
    }
}

/// Days are marked by the window of the newest model; another's reaches farther.
async fn an_older_model_shows_what_was_recorded_since(engine: Engine) {
    let world = world_with_activities(engine).await;
    let (ada, account) = (
        json!({ "kind": "MEMBER", "source": "forum", "key": "ada" }),
        json!({ "kind": "ACCOUNT", "source": "crm", "key": "A" }),
    );
    let link = json!([{ "from": ada, "to": account, "method": "MANUAL" }]);
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", link).await;
    let upgrade = json!([{ "key": "u", "kind": "UPGRADE", "party": account, "at": "2026-03-01T10:00:00Z",
        "money": { "amount": "100", "currency": "EUR" } }]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", upgrade).await;
    // The first version looks back for 90 days.
    credit_by(&world, 10, "linear").await;
    let credited = async |model: u32| {
        let found = map(&world, json!({ "period": "2026-Q1", "model": model })).await;
        input(&reading(&found, "UPGRADES"), "amount credited")
    };
    assert_eq!((credited(1).await, credited(2).await), (0.0, 0.0));
    let met = json!([{ "key": "t", "activity": { "source": "plan", "key": "w" }, "party": ada,
        "at": "2026-01-10T10:00:00Z", "role": "ATTENDED" }]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", met).await;
    assert_eq!((credited(1).await, credited(2).await), (100.0, 0.0));
}
