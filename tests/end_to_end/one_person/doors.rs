use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use serde_json::json;
use valuemap_tests::Engine;

use crate::World;
use crate::records::{load, run};
use crate::webhooks::Hook;

/// Kim is a contact of the CRM, a requester of the help desk, an attendee by file, API and webhook, and a member of the
/// forum: the same address each time, and written otherwise.
pub async fn an_address_is_one_person_and_stands_nowhere(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    load(&world, "members", "key,source,email,account\n51,hubspot,Kim Example <Kim@Example.org>,771\n").await;
    let ticket = "Id,Requester id,Requester email,Created at,Status\n9001,38,KIM@example.org,2026-05-30,Open\n";
    load(&world, "zendesk-tickets", ticket).await;
    load(&world, "touchpoints", "activity,member,at,role\n880011, kim@example.org ,2026-06-18,attended\n").await;
    let party = json!({ "kind": "MEMBER", "source": "zoom", "key": "\"Example, Kim\" <KIM@EXAMPLE.ORG>" });
    let activity = json!({ "source": "csv", "key": "880011" });
    let touch = json!([{ "source": "zoom", "key": "kim@example.org/1", "activity": activity, "party": party,
        "at": "2026-06-18T09:00:00Z", "role": "SPOKE", "channel": "from lou@example.org" }]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touch).await;

    let hook = Hook::new(&world, "SIGNED_JSON").await;
    let data = json!({ "source": "kim@example.org", "key": "t-2", "activity": activity, "at": "2026-06-18T10:00:00Z",
        "party": { "kind": "member", "source": "mail", "key": "mailto:kim@example.org" }, "role": "attended" });
    let event = json!({ "type": "touchpoint.recorded", "data": data });
    assert_eq!(hook.signed("from-kim@example.org", 0, &event).await, (200, "applied".to_owned()));
    let outcome = json!({ "type": "outcome.recorded", "data": { "source": "crm", "key": "d-1", "kind": "lead",
        "title": "Lead of Kim <kim@example.org>", "at": "2026-07-01T10:00:00Z" } });
    assert_eq!(hook.signed("d-1", 0, &outcome).await, (200, "applied".to_owned()));
    // What is kept because it is wrong is kept without addresses.
    let wrong = json!({ "type": "party.recorded", "data": { "kind": "kim@example.org", "note": ["lou@example.org"] } });
    assert_eq!(hook.signed("d-2", 0, &wrong).await, (200, "kept".to_owned()));
    let forum = Hook::new(&world, "DISCOURSE").await;
    let user = json!({ "user": { "id": 45, "username": "kim", "email": "kim@example.org", "created_at": "2026-05-03T10:00:00Z" } });
    assert_eq!(forum.discourse("user_created", 1, &user).await, (200, "applied".to_owned()));

    let costs = json!([{ "kind": "CASH", "day": "2026-06-18", "currency": "EUR", "amount": "10",
        "description": "Paid by kim@example.org" }]);
    world.tell("recordCosts", "RecordCostsInput", "costs", costs).await;
    let named = json!([{ "kind": "MEMBER", "source": "zoom", "key": "7", "name": "kim@example.org" }]);
    world.tell("recordParties", "RecordPartiesInput", "parties", named).await;
    let activities = json!([{ "source": "plan", "key": "kim@example.org", "activityType": "userday",
        "name": "Tea with kim@example.org", "startsOn": "2026-06-19", "owner": "kim@example.org",
        "channels": ["list@example.org"] }]);
    world.tell("saveActivities", "SaveActivitiesInput", "activities", activities).await;
    let file = "members of kim@example.org.csv";
    std::fs::write(world.scratch.folder().join(file), "key,source\n52,hubspot\n").unwrap();
    let (fine, said) = run(&world, &["import", "members", file, "--community", &world.community, "--load"]).await;
    assert!(fine, "{said}");

    let [parties, accounts] = world.identity("51").await;
    assert_eq!(accounts, ["hubspot/771"]);
    let [address, others @ ..] = parties.as_slice() else { panic!("nobody") };
    assert_eq!(others.len(), 3, "{parties:?}");
    let mut expected = vec!["discourse:forum.example.com/45", "hubspot/51", "zendesk/38"];
    expected.insert(1, parties.iter().find(|party| party.starts_with("email/email:")).unwrap());
    assert_eq!(parties, expected, "first is {address}");
    let touched =
        "query($id: ID!) { community(id: $id) { touchpoints { nodes { key source channel party { source key } } } } }";
    let data = world.api.ask(touched, json!({ "id": world.community })).await.unwrap();
    let nodes = data["community"]["touchpoints"]["nodes"].as_array().unwrap().clone();
    assert_eq!(nodes.len(), 3);
    assert!(nodes.iter().all(|touch| touch["party"] == nodes[0]["party"] && touch["party"]["source"] == "email"));
    assert!(nodes.iter().any(|touch| touch["channel"] == "from [e-mail]"), "{nodes:?}");

    let stored = stored(&world, engine).await;
    assert!(stored.contains("hubspot") && stored.contains("lead of kim <[e-mail]>"));
    for part in ["kim@", "lou@", "list@", "@example.org", "example.org", "u0040"] {
        let at = stored.find(part).map(|at| stored[at.saturating_sub(200)..].chars().take(300).collect::<String>());
        assert_eq!(at, None, "`{part}` is in the database");
    }
}

/// All that is stored, in lower case.
async fn stored(world: &World, engine: Engine) -> String {
    if engine == Engine::Sqlite {
        let files = ["valuemap.db", "valuemap.db-wal"].map(|name| world.scratch.folder().join(name));
        let bytes: Vec<u8> = files.iter().flat_map(|path| std::fs::read(path).unwrap_or_default()).collect();
        return String::from_utf8_lossy(&bytes).to_lowercase();
    }
    let connection = world.scratch.connect().await.unwrap();
    let ask = async |query: String| {
        let statement = Statement::from_string(DatabaseBackend::Postgres, query);
        let rows = connection.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<String>>()
    };
    let tables =
        ask("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'".into()).await;
    let mut all = String::new();
    for table in tables {
        all.extend(ask(format!("SELECT kept::text FROM \"{table}\" AS kept")).await);
    }
    all.to_lowercase()
}
