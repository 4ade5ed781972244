//! What a company has at hand on its first day, as its tools export it: loaded without saying which column is which.

use valuemap_tests::Engine;

use crate::records::{expect, import, load, run, texts};
use crate::vendor_files::{preview, with_a_webinar};
use crate::{World, on_both_databases};

on_both_databases!(
    a_first_day_loads_as_it_was_exported,
    a_list_of_attendees_says_who_came_and_what_it_does_not_know,
    what_was_refunded_or_never_paid_is_no_revenue,
    a_crm_that_knows_no_day_leaves_who_is_a_customer,
);

/// The files of a first day, each with its arguments and some of what is said of it.
const FIRST_DAY: &[(&str, &str, &[&str], &[&str])] = &[
    ("activity-types", include_str!("../data/as_exported/types.csv"), &[], &["activity types: 2 new"]),
    ("activities", include_str!("../data/as_exported/activities.csv"), &[], &["activities: 2 new"]),
    ("costs", include_str!("../data/as_exported/costs.csv"), &[], &["costs: 2 new"]),
    (
        "hubspot-companies",
        include_str!("../data/as_exported/hubspot_companies.csv"),
        &[],
        &["members and accounts: 30 new"],
    ),
    (
        "hubspot-contacts",
        include_str!("../data/as_exported/hubspot_contacts.csv"),
        &[],
        &["members and accounts: 90 new"],
    ),
    ("hubspot-deals", include_str!("../data/as_exported/hubspot_deals.csv"), &[], &["outcomes: 30 new"]),
    ("zendesk-tickets", include_str!("../data/as_exported/zendesk.csv"), &[], &["support cases: 60 new"]),
    (
        "attendees",
        include_str!("../data/as_exported/eventbrite.csv"),
        &["--date-format", "MM/DD/YYYY"],
        &["touchpoints: 24 new", "Attendee Status `Checked In` is attended: 16, the first on line 3"],
    ),
    (
        "attendees",
        include_str!("../data/as_exported/zoom.csv"),
        &["--set", "activity=91234567890"],
        &["touchpoints: 20 new", "Rows that name the same again, of which the first time counts: 4"],
    ),
];

async fn a_first_day_loads_as_it_was_exported(engine: Engine) {
    let world = World::new(engine).await;
    for (format, content, arguments, expected) in FIRST_DAY {
        // Looked at first, without a format.
        std::fs::write(world.scratch.folder().join("export.csv"), content).unwrap();
        let look = ["import", "export.csv", "--community", &world.community];
        let (fine, said) = run(&world, &[&look[..], arguments].concat()).await;
        assert!(fine, "{format}: {said}");
        let proposed = format!("To load it: valuemap import {format} export.csv --community {}", world.community);
        expect(&said, &[&format!("It looks like {format} ("), "nothing was loaded", &proposed]);
        let (fine, said) = import(&world, format, content, &[*arguments, &["--load"]].concat()).await;
        assert!(fine, "{format}: {said}");
        expect(&said, expected);
    }
    std::fs::write(world.scratch.folder().join("form.csv"), include_str!("../data/as_exported/google_forms.csv"))
        .unwrap();
    let form = ["import", "responses", "form.csv", "--community", &world.community, "--survey", "Form", "--load"];
    let maps = ["--map", "Timestamp=date", "Email Address=respondent", "#3=agreement:5", "#8=recommendation"];
    let (fine, said) = run(&world, &[&form[..], &maps].concat()).await;
    assert!(fine && said.contains("45 responses loaded"), "{said}");
    let quarter = ["--from", "2026-Q3", "--until", "2026-Q3", "--model", "linear"];
    let (fine, said) = run(&world, &[&["attribute", "--community", &world.community][..], &quarter].concat()).await;
    assert!(fine, "{said}");
    expect(&said, &["24 outcomes credited, worth 41325 EUR", "6 outcomes uncredited, worth 11175 EUR"]);
}

async fn a_list_of_attendees_says_who_came_and_what_it_does_not_know(engine: Engine) {
    let world = with_a_webinar(engine).await;
    let guests = "api_id,name,email,created_at,approval_status,checked_in_at\n\
                  g1,Kim,kim@example.org,2026-03-01T09:00:00Z,approved,2026-03-10T15:00:00Z\n\
                  g2,Lou,lou@example.org,2026-03-01T09:00:00Z,approved,\n\
                  g3,Max,max@example.org,2026-03-01T09:00:00Z,declined,2026-03-10T15:00:00Z\n\
                  g4,Nin,nin@example.org,2026-03-01T09:00:00Z,session,\ng5,Ona,,2026-03-01T09:00:00Z,approved,\n";
    let said = preview(&world, "attendees", guests, &[], false).await;
    expect(&said, &["the file does not name the event: give --set activity=KEY"]);
    let said = preview(&world, "attendees", guests, &["--set", "activity=w1"], false).await;
    expect(
        &said,
        &[
            "line 5: approval_status: what `session` means is not known; say it with --value \"status:session=attended\"",
            "line 6: email: there is no e-mail address, and a name alone does not tell who it is; give --skip-without-key",
            "a time in checked_in_at is attended: 1, the first on line 2",
            "approval_status `approved` is registered: 1, the first on line 3",
            "Rows that have a time of coming, and approval_status `declined`: they count as not having come: 1",
        ],
    );
    let arguments = ["--set", "activity=w1", "--value", "status:session=registered", "--skip-without-key", "--load"];
    let said = preview(&world, "attendees", guests, &arguments, true).await;
    expect(&said, &["touchpoints: 4 new", "Skipped 1: the row has no key"]);
    let roles = texts(&world, "SELECT role FROM touchpoint ORDER BY 1").await;
    assert_eq!(roles, ["attended", "reached", "registered", "registered"]);
    // It is the same touchpoint, whichever format says it.
    let again = "activity,email,at,role\nw1,Kim@example.org,2026-03-10T15:00:00Z,attended\n";
    expect(&load(&world, "touchpoints", again).await, &["touchpoints: 0 new and 0 changed loaded, 1 known"]);
}

async fn what_was_refunded_or_never_paid_is_no_revenue(engine: Engine) {
    let world = World::new(engine).await;
    let payments = |first: &str| {
        format!(
            "id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email\n\
             ch_1,2026-07-10 10:00,100.00,{first},cus_1,kim@example.org\n\
             ch_2,2026-07-11 10:00,100.00,25.50,eur,Paid,cus_2,lou@example.org\n\
             ch_3,2026-07-11 10:00,100.00,0.00,eur,Failed,cus_2,lou@example.org\n"
        )
    };
    let arguments = ["--kind", "purchase", "--source", "stripe", "--load"];
    let stored =
        "SELECT CAST(amount AS TEXT) || CASE WHEN withdrawn THEN ' withdrawn' ELSE '' END FROM outcome ORDER BY 1";
    let said = preview(&world, "revenue", payments("0.00,eur,Paid"), &arguments, true).await;
    expect(
        &said,
        &[
            "Skipped 1: the status `Failed` is not paid",
            "Amounts less what of them was refunded: 1, the first on line 3",
            "outcomes: 2 new",
            "links: 2 new",
        ],
    );
    assert!(!said.contains("Not linked"), "{said}");
    assert_eq!(texts(&world, stored).await, ["1000000", "745000"]);
    preview(&world, "revenue", payments("100.00,eur,Refunded"), &arguments, true).await;
    assert_eq!(texts(&world, stored).await, ["1000000 withdrawn", "745000"]);
    preview(&world, "revenue", payments("0.00,eur,Paid"), &arguments, true).await;
    assert_eq!(texts(&world, stored).await, ["1000000", "745000"]);
    let said = preview(&world, "revenue", payments("0.00,eur,In review"), &arguments, false).await;
    expect(&said, &["line 2: Status: what `In review` means is not known"]);
}

async fn a_crm_that_knows_no_day_leaves_who_is_a_customer(engine: Engine) {
    let world = World::new(engine).await;
    let companies = |day: &str| {
        format!(
            "Record ID,Company name,Lifecycle Stage,Became a Customer Date\n771,Acme,Customer,{day}\n772,Bolt,Customer,\n"
        )
    };
    let stored = "SELECT external_key || ' ' || COALESCE(CAST(since AS TEXT), '-') FROM party ORDER BY 1";
    load(&world, "hubspot-companies", companies("2025-03-01 10:00")).await;
    assert_eq!(texts(&world, stored).await, ["771 2025-03-01", "772 -"]);
    let said = load(&world, "hubspot-companies", companies("")).await;
    expect(
        &said,
        &[
            "Accounts that are `Customer`, and no day says since when: what is known of them stays, and new ones come in as \
             prospects: 2, the first on line 2",
            "members and accounts: 0 new and 0 changed loaded, 2 known",
        ],
    );
    assert_eq!(texts(&world, stored).await, ["771 2025-03-01", "772 -"]);
    load(&world, "hubspot-companies", companies("2025-04-01 10:00")).await;
    assert_eq!(texts(&world, stored).await, ["771 2025-04-01", "772 -"]);
}
