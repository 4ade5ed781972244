//! Files as their vendors write them: read right, or refused with the line. Each file is made up, in the shape of an export.

use valuemap_tests::Engine;

use crate::records::{expect, import, load, run, texts};
use crate::{World, on_both_databases};

on_both_databases!(
    reports_are_read_between_their_title_and_their_footer,
    ids_that_a_spreadsheet_changed_make_no_strangers,
    an_amount_is_in_no_other_currency_than_it_says,
    a_column_that_is_missing_leaves_what_is_stored,
    statuses_of_campaigns_are_read_by_their_words,
    who_comes_twice_counts_once_and_the_first_time,
    what_values_mean_is_said_once,
    times_are_of_the_zone_that_is_named,
    names_are_read_in_their_encoding_or_not_at_all,
    what_is_missing_is_said,
    a_community_to_import_into_is_made_on_the_command_line,
);

/// What a preview says, which is refused if `fine` is false.
pub async fn preview(world: &World, format: &str, content: impl AsRef<[u8]>, arguments: &[&str], fine: bool) -> String {
    let (is_fine, said) = import(world, format, content, arguments).await;
    assert_eq!(is_fine, fine, "{format}: {said}");
    said
}

async fn reports_are_read_between_their_title_and_their_footer(engine: Engine) {
    let world = World::new(engine).await;
    let rows =
        "\"006A0000001XyzA\",\"Closed Won\",\"EUR\",\"1200.00\",\"2026-05-12\",\"New Business\",\"001A0000006Vm9u\"\n";
    let header = "\"Opportunity ID\",\"Stage\",\"Amount Currency\",\"Amount\",\"Close Date\",\"Type\",\"Account ID\"\n";
    let title = "\"Won deals\"\n\"As of 2026-11-28\"\n\n";
    let footer = "\n\n\"Copyright (c) 2000-2026 somebody\"\n\"Confidential Information\"\n\"Example Org\"\n";
    let total = "\"Grand Totals (1 records)\",\"\",\"EUR\",\"1200.00\",\"\",\"\",\"\"\n";
    let said = load(&world, "salesforce-opportunities", format!("{title}{header}{rows}{total}{footer}")).await;
    expect(
        &said,
        &[
            "The columns are named on line 4",
            "Skipped 1: rows of totals (line 6)",
            "Skipped 3: the footer below the table (lines 9 to 11)",
            "outcomes: 1 new",
        ],
    );
    assert_eq!(texts(&world, "SELECT CAST(amount AS TEXT) FROM outcome").await, ["12000000"]);
    load(&world, "accounts", "sep=;\r\nkey;name;since;;\r\n1;Acme;2025-01-01;;\r\n;;;;\r\n").await;
    load(&world, "accounts", "key,name,since\n2,Bolt,2025-01-01,\n3,Coil\n").await;
    let halves = "key,since,name,audience\n2,2025-01-01,Bolt\nGmbH,current_customer\n";
    let broken = preview(&world, "accounts", halves, &[], false).await;
    expect(&broken, &["line 3: lines 2 and 3 look like one row that was broken in two"]);
    let two = "key,since\n4,2025-01-01\nkey,name,since\n5,Dyne,2025-01-01\n";
    let asked = preview(&world, "accounts", two, &[], false).await;
    expect(&asked, &["the file has several tables that fit, and one is read at a time: the one on line 1 (1 row)"]);
    assert_eq!(texts(&world, "SELECT external_key FROM party WHERE source = 'csv' ORDER BY 1").await, ["1", "2", "3"]);
}

async fn ids_that_a_spreadsheet_changed_make_no_strangers(engine: Engine) {
    let world = World::new(engine).await;
    load(&world, "accounts", "key,name\n771,Acme\n00772,Bolt\n").await;
    let outcomes = "key,kind,account,at\nd1,review,771.0,2026-05-31\nd2,review,\"=\"\"00772\"\"\",2026-05-31\n\
                    d3,review,771;772,2026-05-31\n";
    let said = load(&world, "outcomes", outcomes).await;
    expect(&said, &["Cells that name several accounts, of which the first is taken: 1, the first on line 4"]);
    let keys = texts(&world, "SELECT external_key FROM party ORDER BY 1").await;
    assert_eq!(keys, ["00772", "771"]);
    let tickets =
        "Id,Requester id,Status,Created at\n101,1.03257E+13,Solved,2026-05-01\n102,\"12,345\",Open,2026-05-01\n";
    let said = preview(&world, "zendesk-tickets", tickets, &[], false).await;
    expect(
        &said,
        &[
            "line 2: Requester id: `1.03257E+13` is an id that a spreadsheet destroyed: export it again",
            "line 3: Requester id: `12,345` is an id that a spreadsheet wrote as a number of thousands",
        ],
    );
    let deals = "Record ID,Deal Stage,Close Date\n1.23457E+11,Closed Lost,2026-05-31\n";
    expect(&preview(&world, "hubspot-deals", deals, &[], false).await, &["line 2: Record ID: `1.23457E+11` is an id"]);
    let zeros = preview(&world, "outcomes", "key,kind,account,at\nd4,review,772,2026-05-31\n", &[], true).await;
    expect(&zeros, &["Doubtful: account `772` of line 2 and `00772`, which is stored, differ by zeros alone"]);
    let within = preview(&world, "accounts", "key,name\n55,Coil\n055,Coil\n", &[], true).await;
    expect(&within, &["Doubtful: account `055` of line 3 and `55` of line 2 differ by zeros alone"]);
}

async fn an_amount_is_in_no_other_currency_than_it_says(engine: Engine) {
    let world = World::new(engine).await;
    let file = |header: &str, amount: &str| {
        format!(
            "Record ID,Deal Stage,Close Date,{header},Deal Type,Associated Company IDs\n1,Closed Won,2026-05-31,\"{amount}\",\
             newbusiness,5\n"
        )
    };
    let said = preview(&world, "hubspot-deals", file("Amount", "$1,234.50"), &[], false).await;
    expect(
        &said,
        &[
            "line 2: Amount: it is marked as $, and amounts that do not name their currency are taken as EUR: give --currency",
        ],
    );
    let said =
        preview(&world, "hubspot-deals", file("Value (USD)", "99.50"), &["--map", "amount=Value (USD)"], false).await;
    expect(&said, &["line 2: money: there is no exchange rate"]);
    let said = preview(&world, "hubspot-deals", file("Amount", "33.333333"), &[], true).await;
    expect(&said, &["Amounts rounded to the smallest coin of EUR: 1, the first on line 2"]);
    load(&world, "hubspot-deals", file("Amount", "EUR 5,000.00")).await;
    assert_eq!(texts(&world, "SELECT CAST(amount AS TEXT) || currency FROM outcome").await, ["50000000EUR"]);
    let mixed = format!("{}2,Closed Won,2026-05-31,1.234,newbusiness,5\n", file("Amount", "99.5"));
    let said = preview(&world, "hubspot-deals", mixed, &[], false).await;
    expect(
        &said,
        &["`1.234` on line 3 can be read in two ways, and beside `99.5` on line 2 it would have three decimals"],
    );
    let pipeline = "Record ID,Deal Stage,Close Date,Pipeline,Deal Type\n7,Closed Won,2026-05-31,Renewals and new,newbusiness\n\
                    8,Closed Won,2026-05-31,Renewals and new,existingbusiness\n";
    load(&world, "hubspot-deals", pipeline).await;
    let kinds =
        texts(&world, "SELECT external_key || ' ' || kind FROM outcome WHERE external_key <> '1' ORDER BY 1").await;
    assert_eq!(kinds, ["7 purchase", "8 upgrade"]);
}

async fn a_column_that_is_missing_leaves_what_is_stored(engine: Engine) {
    let world = World::new(engine).await;
    let accounts = "key,name,since,audience\n771,Acme,2025-01-01,partner\n772,Bolt,2025-02-01,\n";
    load(&world, "accounts", accounts).await;
    let said = load(&world, "accounts", "key,name\n771,Acme\n772,Bolts\n773,Coil\n").await;
    expect(&said, &["members and accounts: 1 new and 1 changed loaded, 1 known"]);
    let stored = "SELECT external_key || ' ' || name || ' ' || COALESCE(CAST(since AS TEXT), '-') || ' ' || \
                  COALESCE(audience, '-') FROM party WHERE source = 'csv' ORDER BY 1";
    let expected = ["771 Acme 2025-01-01 partner", "772 Bolts 2025-02-01 -", "773 Coil - -"];
    assert_eq!(texts(&world, stored).await, expected);
    // An empty cell says that there is none.
    load(&world, "accounts", "key,name,since\n771,Acme,\n").await;
    assert_eq!(texts(&world, stored).await[0], "771 Acme - partner");

    let outcomes = "key,kind,account,at,amount,title,opportunity at\n1,purchase,771,2026-05-31,100,Seats,2026-04-01\n";
    load(&world, "outcomes", outcomes).await;
    let said = load(&world, "outcomes", "key,kind,at\n1,purchase,2026-05-30\n").await;
    expect(&said, &["outcomes: 0 new and 1 changed loaded"]);
    let stored = "SELECT title || ' ' || CAST(amount AS TEXT) || ' ' || p.external_key FROM outcome o JOIN party p \
                  ON p.id = o.party_id AND p.community_id = o.community_id WHERE o.opportunity_at IS NOT NULL";
    assert_eq!(texts(&world, stored).await, ["Seats 1000000 771"]);
    let said = load(&world, "outcomes", "key,kind,at\n1,purchase,2026-05-30\n").await;
    expect(&said, &["outcomes: 0 new and 0 changed loaded, 1 known"]);
    // A deal that is won again counts again, whatever the file has no column for.
    let deals = |stage: &str| format!("Record ID,Deal Stage,Close Date,Deal Type\n9,{stage},2026-05-31,newbusiness\n");
    for (stage, expected) in [("Closed Won", "0"), ("Closed Lost", "1"), ("Closed Won", "0")] {
        load(&world, "hubspot-deals", deals(stage)).await;
        let query = "SELECT CASE WHEN withdrawn THEN '1' ELSE '0' END FROM outcome WHERE source = 'hubspot'";
        assert_eq!(texts(&world, query).await, [expected], "{stage}");
    }
}

async fn statuses_of_campaigns_are_read_by_their_words(engine: Engine) {
    let world = World::new(engine).await;
    load(&world, "activity-types", "key,name,modality,goal\nwebinar,Webinar,online,lower support cost\n").await;
    let member = |id: char, status: &str, responded: &str| {
        format!("701A0000001XyzA,003A0000001Xyz{id},{status},{responded},2026-03-05\n")
    };
    let rows = [
        member('A', "Attended", "1"),
        member('B', "Unattended", "1"),
        member('C', "Attended", "0"),
        member('D', "Unattended", "1"),
    ];
    let file = format!("CampaignId,ContactId,Status,HasResponded,CreatedDate\n{}", rows.concat());
    let (fine, said) =
        import(&world, "salesforce-campaign-members", file, &["--activity-type", "webinar", "--load"]).await;
    assert!(fine, "{said}");
    expect(
        &said,
        &[
            "Status `Attended` is attended: 1, the first on line 2",
            "Status `Unattended` is registered: 2, the first on line 3",
            "Status `Attended` is reached, as they did not respond: 1, the first on line 4",
        ],
    );
    let roles = texts(&world, "SELECT role FROM touchpoint ORDER BY 1").await;
    assert_eq!(roles, ["attended", "reached", "registered", "registered"]);
}

/// With an activity that people can have come to.
pub async fn with_a_webinar(engine: Engine) -> World {
    let world = World::new(engine).await;
    load(&world, "activity-types", "key,name,modality,goal\nwebinar,Webinar,online,lower support cost\n").await;
    load(&world, "activities", "key,type,name,starts_on\nw1,webinar,Spring webinar,2026-03-10\n").await;
    world
}

async fn who_comes_twice_counts_once_and_the_first_time(engine: Engine) {
    let world = with_a_webinar(engine).await;
    let attendees = "activity,Email,Join Time,role\nw1,kim@example.org,2026-03-10 15:25,attended\n\
                     w1,lou@example.org,2026-03-10 15:00,attended\nw1,Kim@example.org,2026-03-10 15:00,attended\n";
    let said = preview(&world, "touchpoints", attendees, &["--map", "at=Join Time", "--load"], true).await;
    expect(
        &said,
        &[
            "Rows that name the same again, of which the first time counts: 1, the first on line 2",
            "touchpoints: 2 new",
        ],
    );
    let times = texts(&world, "SELECT CAST(at AS TEXT) FROM touchpoint").await;
    assert!(times.len() == 2 && times.iter().all(|at| at.contains("15:00")), "{times:?}");
    let said = preview(&world, "touchpoints", attendees, &["--map", "at=Join Time", "--load"], true).await;
    expect(&said, &["touchpoints: 0 new and 0 changed loaded, 2 known"]);
    // A key of its own is a promise: the same again is a contradiction, and both lines are named.
    let keyed =
        "key,activity,member,at,role\nk,w1,nina,2026-03-10 15:00,attended\nk,w1,nina,2026-03-10 16:00,attended\n";
    let said = preview(&world, "touchpoints", keyed, &["--forget-mapping"], false).await;
    expect(&said, &["line 3: an earlier record has the same key and different content (line 2)"]);
}

async fn what_values_mean_is_said_once(engine: Engine) {
    let world = with_a_webinar(engine).await;
    let report = "Attendee Report\n\"Report Generated:\",\"Mar 11, 2026 09:05 AM\"\nTopic,Webinar ID\nSpring,912 3456\n\
                  Attendee Details\nAttended,Email,Registration Time,Join Time\n\
                  Yes,kim@example.org,\"Mar 01, 2026 09:00 AM\",\"Mar 10, 2026 03:00 PM\"\n\
                  No,lou@example.org,\"Mar 02, 2026 09:00 AM\",--\nNo,,\"Mar 02, 2026 09:00 AM\",--\n";
    let maps = ["--set", "activity=w1", "--map", "role=Attended", "at=Registration Time"];
    let said = preview(&world, "touchpoints", report, &maps, false).await;
    expect(
        &said,
        &[
            "The columns are named on line 6",
            "line 7: Attended: `Yes` is not a role; write one of reached",
            "or say what it means with --value \"role:Yes=...\"",
            "line 9: member: name the member or the account; give --skip-without-key to leave such rows out",
        ],
    );
    let values = ["--value", "role:Yes=attended", "role:No=registered", "--skip-without-key", "--load"];
    let said = preview(&world, "touchpoints", report, &[&maps[..], &values].concat(), true).await;
    expect(&said, &["Skipped 1: the row has no key", "touchpoints: 2 new"]);
    let again = preview(&world, "touchpoints", report, &["--set", "activity=w1", "--skip-without-key"], true).await;
    expect(
        &again,
        &["role is the column `Attended`, as --map said before", "touchpoints: 0 new and 0 changed to load, 2 known"],
    );
    let said = preview(&world, "touchpoints", report, &["--skip-without-key"], false).await;
    expect(&said, &["missing columns `activity`", "with --set FIELD=VALUE what all rows say"]);
}

async fn times_are_of_the_zone_that_is_named(engine: Engine) {
    let world = World::new(engine).await;
    let outcomes = "key,kind,at\n1,review,2026-04-01 00:30\n2,review,2026-04-01\n3,review,2026-04-01T00:30:00Z\n\
                    4,review,2026/04/01 2:20:05 PM GMT+1\n";
    let said = preview(&world, "outcomes", outcomes, &[], true).await;
    expect(&said, &["Times without an offset, taken as UTC (--time-zone says otherwise): 1, the first on line 2"]);
    let said = preview(&world, "outcomes", outcomes, &["--time-zone", "europe/berlin", "--load"], true).await;
    assert!(!said.contains("taken as UTC"), "{said}");
    let times = texts(&world, "SELECT external_key || ' ' || CAST(at AS TEXT) FROM outcome ORDER BY 1").await;
    for (time, expected) in
        times.iter().zip(["1 2026-03-31 22:30", "2 2026-04-01 00:00", "3 2026-04-01 00:30", "4 2026-04-01 13:20"])
    {
        assert!(time.replace('T', " ").starts_with(expected), "{time}");
    }
    let said = preview(&world, "outcomes", "key,kind,at\n1,review,46091.625\n", &[], false).await;
    expect(&said, &["line 2: at: `46091.625` is a spreadsheet's serial number of 2026-03-10 15:00"]);
    let said = preview(&world, "outcomes", outcomes, &["--time-zone", "Berlin"], false).await;
    expect(&said, &["`Berlin` is not the name of a time zone, such as Europe/Berlin"]);
}

async fn names_are_read_in_their_encoding_or_not_at_all(engine: Engine) {
    let world = World::new(engine).await;
    let mixed = b"key,name\nM\xc3\xbcller,M\xc3\xbcller\nCaf\xe9,Caf\xe9\n";
    let said = preview(&world, "accounts", mixed, &["--load"], false).await;
    expect(&said, &["line 3 is not UTF-8, and the rest is"]);
    let japanese = b"key,name\n1,\x8a\x94\x8e\xae\x89\xef\x8e\xd0\n";
    let said = preview(&world, "accounts", japanese, &["--load"], false).await;
    expect(&said, &["it is not UTF-8 (see line 2), and what else it is cannot be told for sure", "--encoding"]);
    let macintosh = b"key,name\n2,M\x9fller\n";
    preview(&world, "accounts", macintosh, &["--load"], false).await;
    preview(&world, "accounts", japanese, &["--encoding", "Shift_JIS", "--load"], true).await;
    preview(&world, "accounts", macintosh, &["--encoding", "macroman", "--load"], true).await;
    let names = texts(&world, "SELECT name FROM party ORDER BY external_key").await;
    assert_eq!(names, ["\u{682a}\u{5f0f}\u{4f1a}\u{793e}", "M\u{fc}ller"]);
    let page = "<html><table><tr><th>key</th></tr></table></html>";
    expect(&preview(&world, "accounts", page, &[], false).await, &["it is a web page, whatever its name says"]);
}

async fn what_is_missing_is_said(engine: Engine) {
    let world = World::new(engine).await;
    let report = "Opportunity ID,Account Name,Stage,Amount (converted) Currency,Amount (converted),Close Date,Type\n\
                  006A0000001Xyz5,Acme,Closed Won,EUR,1200.00,2026-05-12,New Business\n\
                  006A0000001Xyz6,Acme,Closed Won,EUR,,2026-05-12,New Business\n";
    let said = load(&world, "salesforce-opportunities", report).await;
    expect(
        &said,
        &[
            "Outcomes without an amount, which count and are worth nothing: 1, the first on line 3",
            "Outcomes of nobody, which no activity can be credited with: 2, the first on line 2",
            "No column is `Account ID`",
        ],
    );
    assert_eq!(texts(&world, "SELECT CAST(amount AS TEXT) FROM outcome WHERE amount IS NOT NULL").await, ["12000000"]);
    let standard = "Opportunity Owner,Account Name,Stage,Amount,Close Date,Type\nR,Acme,Closed Won,1,2026-05-12,New\n";
    let said = preview(&world, "salesforce-opportunities", standard, &[], false).await;
    expect(&said, &["missing columns `Id` (or `Opportunity ID`)", "Add them to the export"]);
    let tickets = "Id,Requester id,Requester email,Status,Created at,Tags\n1,5,kim@example.org,Closed,2026-03-30,closed_by_merge\n\
                   2,5,kim@example.org,Solved,2026-03-30,vip\n";
    let said = load(&world, "zendesk-tickets", tickets).await;
    expect(
        &said,
        &[
            "Tickets that were merged into others, which stay on record and do not count: 1",
            "support cases: 2 new",
            "links: 1 new",
        ],
    );
    let (_, said) =
        run(&world, &["import", "zendesk-tickets", "zendesk-tickets.csv", "--community", &world.community]).await;
    assert!(!said.contains("No column is"), "{said}");
}

async fn a_community_to_import_into_is_made_on_the_command_line(engine: Engine) {
    let world = World::new(engine).await;
    let (fine, said) = run(&world, &["community", "create", "Bakers", "--currency", "USD"]).await;
    assert!(fine && said.contains("Created the community Bakers (com_"), "{said}");
    let (fine, said) = run(&world, &["community", "create", "Bakers"]).await;
    assert!(!fine && said.contains("there is a community `Bakers` already"), "{said}");
    let (fine, said) = run(&world, &["community", "list"]).await;
    assert!(fine && said.contains("  USD  Bakers") && said.contains("  EUR  Makers"), "{said}");
    std::fs::write(world.scratch.folder().join("own.csv"), "key,kind,at,amount\n1,purchase,2026-05-31,$5\n").unwrap();
    let (fine, said) = run(&world, &["import", "outcomes", "own.csv", "--community", "Bakers", "--load"]).await;
    assert!(fine, "{said}");
    assert_eq!(texts(&world, "SELECT currency FROM outcome").await, ["USD"]);
}
