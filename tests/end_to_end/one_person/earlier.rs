use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use valuemap_tests::Engine;

use crate::World;
use crate::records::{expect, import, load, run, texts};

/// Earlier versions stored the plain digest of an address where it came by a file, by the source of the file, and the
/// address itself where it came by the API or a webhook.
pub async fn what_earlier_versions_stored_becomes_one_person(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    load(&world, "members", "key,source\n51,crm\nkim,forum\nlou,zoom\n").await;
    load(&world, "touchpoints", "activity,member,at,role\n880011,nobody,2026-06-18,attended\n").await;
    let outcome =
        json!([{ "source": "crm", "key": "d-1", "kind": "LEAD", "at": "2026-07-01T10:00:00Z", "title": "Lead" }]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcome).await;
    load(&world, "links", "from_kind,from,from_source,to_kind,to,to_source\nmember,51,crm,member,kim,forum\n").await;

    let community = world.community.strip_prefix("com_").unwrap().parse::<Uuid>().unwrap();
    let mut plain = Sha256::new();
    plain.update(community.as_bytes());
    plain.update("kim@example.org");
    let digits: String = plain.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let plain = format!("email:{digits}");
    let connection = world.scratch.connect().await.unwrap();
    let execute = async |sql: String| {
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        connection.execute_raw(statement).await.unwrap();
    };
    execute(format!("UPDATE party SET external_key = '{plain}' WHERE external_key = 'kim'")).await;
    execute("UPDATE party SET external_key = 'Kim@example.org', name = 'Kim' WHERE external_key = 'lou'".into()).await;
    execute(format!("UPDATE party SET external_key = '{plain}' WHERE external_key = 'nobody'")).await;
    execute(format!("UPDATE touchpoint SET external_key = '880011/member/{plain}/attended'")).await;
    execute("UPDATE outcome SET title = 'Lead of kim@example.org'".into()).await;
    execute("DELETE FROM seaql_migrations WHERE version = 'm20261129_000041_addresses'".into()).await;
    drop(connection);
    let (fine, said) = run(&world, &["migrate"]).await;
    assert!(fine, "{said}");

    let parties = texts(&world, "SELECT source || '/' || external_key FROM party ORDER BY 1").await;
    let [contact, address] = parties.as_slice() else { panic!("{parties:?}") };
    assert_eq!(contact, "crm/51");
    assert!(address.starts_with("email/email:") && !address.contains(&digits), "{address}");
    assert_eq!(texts(&world, "SELECT title FROM outcome").await, ["Lead of [e-mail]"]);
    // What comes in again under the address meets what is stored.
    let touches = "activity,member,at,role\n880011,KIM@example.org,2026-06-18,attended\n";
    let (_, said) = import(&world, "touchpoints", touches, &["--load"]).await;
    expect(&said, &["touchpoints: 0 new and 1 changed"]);
    load(&world, "links", "from_kind,from,from_source,to_kind,to\nmember,51,crm,member,kim@example.org\n").await;
    assert_eq!(texts(&world, "SELECT source FROM identity_link").await, ["crm"]);
    assert_eq!(texts(&world, "SELECT source FROM party").await.len(), 2);
    let [one, _] = world.identity("51").await;
    assert_eq!(one, ["crm/51", address]);
}
