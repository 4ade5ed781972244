use serde_json::json;
use valuemap_tests::Engine;

use crate::World;
use crate::records::{expect, import};

/// A company's first day: contacts and deals of its CRM, and who came to an event, joined by e-mail addresses alone.
pub async fn contacts_deals_and_attendees_are_joined_by_address_alone(engine: Engine) {
    let world = World::with_a_user_day(engine).await;
    let load = async |format: &str, content: &str, arguments: &[&str]| {
        let (fine, said) = import(&world, format, content, &[arguments, &["--load"]].concat()).await;
        assert!(fine, "{format}: {said}");
        said
    };
    let attendees = ["--map", "activity=Event ID", "--map", "member=Email", "--map", "at=Checked in"];
    let said = load("touchpoints", include_str!("../../data/first_day/attendees.csv"), &attendees).await;
    expect(&said, &["touchpoints: 5 new", "Not linked: 5 touchpoints of 5 members without an account"]);
    let said = load("hubspot-deals", include_str!("../../data/first_day/deals.csv"), &[]).await;
    expect(&said, &["outcomes: 6 new", "Not linked: 6 outcomes of 6 accounts without a linked member"]);

    // Money that nothing could be credited with is no score, and no €0.
    for (element, outcomes) in [("UPGRADES", "5 outcomes"), ("ACQUISITION", "1 outcome ")] {
        let reading = world.worth_that(element, |reading| reading["reason"] == "NOT_LINKED").await;
        let message = reading["message"].as_str().unwrap();
        expect(message, &["Nothing is linked", outcomes, "5 touchpoints are of members without an account"]);
    }
    // Nothing could have been credited to a renewal either.
    world.worth_that("REPEAT_PURCHASES", |reading| reading["reason"] == "NO_DATA").await;

    let contacts = ["--source", "hubspot", "--map", "key=Record ID", "--map", "account=Associated Company IDs"];
    let said = load("members", include_str!("../../data/first_day/contacts.csv"), &contacts).await;
    expect(&said, &["members and accounts: 7 new", "links: 14 new"]);
    // Of 771, 772 and 775 somebody came; 772 and 775 have the same contact.
    world.expect_credited("UPGRADES", [3_300.5, 7_800.5]).await;
    world.expect_credited("ACQUISITION", [700.0, 700.0]).await;
    // No renewal was sold: now that is a figure.
    world.expect_credited("REPEAT_PURCHASES", [0.0, 0.0]).await;
    let query = "query($id: ID!) { community(id: $id) { unlinked { touchpointsWithoutAccount membersWithoutAccount
        outcomesOfAccountsWithoutMember outcomesOfNobody sentences } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    let expected = json!({ "touchpointsWithoutAccount": 1, "membersWithoutAccount": 1,
        "outcomesOfAccountsWithoutMember": 0, "outcomesOfNobody": 0,
        "sentences": ["1 touchpoint of 1 member without an account"] });
    assert_eq!(data["community"]["unlinked"], expected);
    let said = load("touchpoints", include_str!("../../data/first_day/attendees.csv"), &attendees).await;
    expect(&said, &["5 known", "Not linked: 1 touchpoint of 1 member without an account"]);
}
