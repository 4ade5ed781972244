//! Exports that come again, changed, and exports of several tables: nothing turns into something else without a word.

use valuemap_tests::Engine;

use crate::records::{expect, import, load, run, texts};
use crate::{World, on_both_databases};

on_both_databases!(
    tickets_that_are_merged_or_deleted_count_no_more,
    an_amount_keeps_its_currency_until_somebody_says_another,
    a_kind_that_changes_is_said,
    one_of_several_tables_is_read_and_the_others_are_named,
    a_zone_in_the_name_of_a_column_goes_first,
);

const TICKETS: &str = "Id,Requester id,Status,Created at,Tags\n";

async fn tickets_that_are_merged_or_deleted_count_no_more(engine: Engine) {
    let world = World::new(engine).await;
    let row = |id: u8, status: &str, tags: &str| format!("{id},5,{status},2026-03-30 10:00,{tags}\n");
    let open = format!("{TICKETS}{}{}{}", row(1, "Open", ""), row(2, "Open", ""), row(3, "Open", ""));
    let later = [row(1, "Closed", "closed_by_merge"), row(2, "Deleted", ""), row(3, "Open", "")].concat();
    let later = format!("{TICKETS}{later}");
    let withdrawn = "SELECT external_key FROM support_case WHERE withdrawn ORDER BY 1";
    load(&world, "zendesk-tickets", &open).await;
    assert!(texts(&world, withdrawn).await.is_empty());
    let said = load(&world, "zendesk-tickets", &later).await;
    let expected = [
        "Skipped 1: the ticket is deleted",
        "Tickets that were merged into others, which stay on record and do not count: 1, the first on line 2",
        "Loaded before, and counting no more: 1 withdrawn",
        "support cases: 0 new and 2 changed loaded, 1 known",
    ];
    expect(&said, &expected);
    assert_eq!(texts(&world, withdrawn).await, ["1", "2"]);
    let said = load(&world, "zendesk-tickets", &later).await;
    expect(&said, &["support cases: 0 new and 0 changed loaded, 2 known"]);
    // What was deleted may be restored. What was merged stays so, whichever export of it comes later.
    load(&world, "zendesk-tickets", &open).await;
    assert_eq!(texts(&world, withdrawn).await, ["1"]);
    let said = load(&world, "zendesk-tickets", &open).await;
    expect(&said, &["support cases: 0 new and 0 changed loaded, 3 known"]);
    let (fine, said) = run(&world, &["verify"]).await;
    assert!(fine, "{said}");

    let world = World::new(engine).await;
    load(&world, "zendesk-tickets", &later).await;
    load(&world, "zendesk-tickets", &open).await;
    assert_eq!(texts(&world, withdrawn).await, ["1"]);
    let cases = "key,opened_at,withdrawn\n7,2026-03-30,\n8,2026-03-30,ja\n";
    load(&world, "cases", cases).await;
    load(&world, "cases", "key,opened_at\n7,2026-03-31\n8,2026-03-31\n").await;
    assert_eq!(texts(&world, withdrawn).await, ["1", "8"]);
}

async fn an_amount_keeps_its_currency_until_somebody_says_another(engine: Engine) {
    let world = World::new(engine).await;
    run(&world, &["rate", "--community", &world.community, "USD", "2026-01-01", "0.92"]).await;
    load(&world, "outcomes", "key,kind,at,amount,currency\n1,purchase,2026-05-31,900,USD\n").await;
    load(&world, "costs", "key,kind,day,amount,currency\n1,cash,2026-05-31,90,USD\n").await;
    let without = "key,kind,at,amount\n1,purchase,2026-05-31,900\n";
    let refused = "currency: the file does not say it, and the amount is stored in USD: add the column, or give --currency USD, \
                   or --currency EUR if it is in EUR from now on";
    let (fine, said) = import(&world, "outcomes", without, &["--load"]).await;
    assert!(!fine && said.contains(&format!("line 2: {refused}")), "{said}");
    let empty = "key,kind,at,amount,currency\n1,purchase,2026-05-31,900,\n";
    let (fine, said) = import(&world, "outcomes", empty, &["--load"]).await;
    assert!(!fine && said.contains(&format!("line 2: {refused}")), "{said}");
    expect(&said, &["Amounts whose cell for the currency is empty, taken as EUR: 1"]);
    let (fine, said) = import(&world, "costs", "key,kind,day,amount\n1,cash,2026-05-31,90\n", &["--load"]).await;
    assert!(!fine && said.contains(&format!("line 2: {refused}")), "{said}");
    let (fine, said) = import(&world, "outcomes", without, &["--currency", "USD", "--load"]).await;
    assert!(fine && said.contains("0 new and 0 changed loaded, 1 known"), "{said}");
    let (fine, said) = import(&world, "outcomes", without, &["--currency", "EUR", "--load"]).await;
    assert!(fine && said.contains("0 new and 1 changed loaded"), "{said}");
    assert_eq!(texts(&world, "SELECT currency FROM outcome").await, ["EUR"]);
}

async fn a_kind_that_changes_is_said(engine: Engine) {
    let world = World::new(engine).await;
    let deals = "Record ID,Deal Stage,Close Date\n1,Closed Won,2026-05-31\n2,Closed Won,2026-05-31\n";
    let (fine, said) = import(&world, "hubspot-deals", deals, &["--kind", "upgrade", "--load"]).await;
    assert!(fine && !said.contains("become one"), "{said}");
    let (fine, said) = import(&world, "hubspot-deals", deals, &["--kind", "purchase"]).await;
    let expected = "Outcomes of the kind upgrade that become one of the kind purchase: 2, the first on line 2";
    assert!(fine && said.contains(expected), "{said}");
}

async fn one_of_several_tables_is_read_and_the_others_are_named(engine: Engine) {
    let world = World::new(engine).await;
    load(&world, "activity-types", "key,name,modality,goal\nwebinar,Webinar,online,lower support cost\n").await;
    load(&world, "activities", "key,type,name,starts_on\nw1,webinar,Spring webinar,2026-03-10\n").await;
    let report = "Attendee Report\nTopic,Webinar ID\nSpring,912 3456\nHost Details,\nAttended,Email,Join Time\n\
                  Yes,ann@example.org,2026-03-10 15:00\nAttendee Details,\nAttended,Email,Join Time\n\
                  Yes,kim@example.org,2026-03-10 15:00\nYes,lou@example.org,2026-03-10 15:01\nOther Attended,\n\
                  Email,Phone,Join Time\n,12345,2026-03-10 15:02\n";
    let options =
        ["--set", "activity=w1", "--map", "role=Attended", "at=Join Time", "--value", "role:Yes=attended", "--load"];
    let (fine, said) = import(&world, "touchpoints", report, &options).await;
    let expected = "the file has several tables that fit, and one is read at a time: `Host Details` on line 5 (1 row), \
                    `Attendee Details` on line 8 (2 rows); say which with --header-line, such as --header-line 8";
    assert!(!fine && said.contains(expected), "{said}");
    let (fine, said) = import(&world, "touchpoints", report, &[&options[..], &["--header-line", "8"]].concat()).await;
    assert!(fine, "{said}");
    let passed_over = [
        "Passed over another table: `Host Details` on line 5 (1 row); --header-line 5 reads it in place of this one",
        "Passed over another table: `Other Attended` on line 12 (1 row)",
        "touchpoints: 2 new and 0 changed loaded",
    ];
    expect(&said, &passed_over);
}

async fn a_zone_in_the_name_of_a_column_goes_first(engine: Engine) {
    let world = World::new(engine).await;
    let outcomes = "key,kind,At (UTC)\n1,review,2026-07-01 00:30\n";
    let options = ["--map", "at=At (UTC)", "--time-zone", "Europe/Berlin", "--load"];
    let (fine, said) = import(&world, "outcomes", outcomes, &options).await;
    assert!(fine, "{said}");
    expect(&said, &["Times of `At (UTC)`, which are of the zone that the column names and not of Europe/Berlin: 1"]);
    let times = texts(&world, "SELECT CAST(at AS TEXT) FROM outcome").await;
    assert!(times[0].replace('T', " ").starts_with("2026-07-01 00:30"), "{times:?}");
    let (fine, said) =
        import(&world, "outcomes", "key,kind,at\n2,review,2026-07-01 00:30 CST\n", &["--forget-mapping"]).await;
    assert!(!fine && said.contains("line 2: at: `CST` is what several zones are called: give --time-zone"), "{said}");
}
