use serde_json::json;
use valuemap_tests::Engine;

use crate::World;
use crate::records::load;
use crate::value_map::{close, map, reading};

/// Kim is a contact, an attendee and somebody in the forum; account 771 is 772 elsewhere; Sam is staff, and comes as a guest.
pub async fn who_is_one_person_counts_once(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    let contacts = "key,source,email,staff\n51,crm,kim@example.org,no\nsam,forum,sam@example.org,yes\n\
                    k,forum,kim@example.org,no\n";
    load(&world, "members", contacts).await;
    let touchpoints = "activity,member,member_source,at,role\n880011,kim@example.org,events,2026-06-18,attended\n\
                       880011,51,crm,2026-06-18,registered\n880011,k,forum,2026-06-18,attended\n\
                       880011,sam@example.org,events,2026-06-18,attended\n880011,9,crm,2026-06-18,attended\n";
    load(&world, "touchpoints", touchpoints).await;
    load(&world, "accounts", "key,source,since\n771,crm,2026-01-01\n772,billing,2026-02-01\n773,crm,2026-03-01\n")
        .await;
    load(&world, "links", "from_kind,from,from_source,to_kind,to,to_source\naccount,771,crm,account,772,billing\n")
        .await;
    let cases = "Id,Requester id,Created at,Status\n1,5,2026-04-02,Open\n2,5,2026-05-30,Open\n3,6,2026-05-31,Open\n\
                 4,6,2026-06-01,Open\n";
    load(&world, "zendesk-tickets", cases).await;

    let query = "query($id: ID!) { community(id: $id) { activities { nodes { reached participants } } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    let heads = &data["community"]["activities"]["nodes"][0];
    // Kim, Sam and contact 9.
    assert_eq!((&heads["reached"], &heads["participants"]), (&json!(3), &json!(3)), "{heads}");
    let map = map(&world, json!({ "period": "2026-Q2" })).await;
    let part = |element: &str, key: &str| {
        let score = reading(&map, element);
        let parts = score["parts"].as_array().unwrap_or_else(|| panic!("{score}")).clone();
        parts.into_iter().find(|part| part["key"] == key).unwrap_or_else(|| panic!("{score}"))["value"].clone()
    };
    // Kim and contact 9; Sam is staff by another name.
    close(&part("ENGAGEMENT", "active_members"), 2.0);
    close(&part("SCALABILITY", "contact_rate"), 2.0);
}
