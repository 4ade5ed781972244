//! Files that are refused: with the line and the reason, and with nothing stored.

use valuemap_tests::Engine;

use super::{DEALS, count, expect, import, run, texts};
use crate::{World, on_both_databases};

on_both_databases!(bad_input_says_what_is_wrong_and_stores_nothing);

/// Files that are refused, with what is said of them.
const BAD: &[(&str, &str, &[&str], &[&str])] = &[
    ("outcomes", "", &[], &["the file is empty; its first line has to name the columns"]),
    (
        "outcomes",
        "key,kind,at\n1,purchase,31/05/2026\n2,gift,2026-05-31\n3,review\n,review,2026-02-30\n",
        &[],
        &[
            "line 2: at: `31/05/2026` is not a date like 2026-05-31; where the file writes the day first, give \
             --date-format DD/MM/YYYY",
            "line 3: kind: `gift` is not a kind of outcome; write one of download, lead",
            "line 4: the row has 2 cells where the header has 3",
            "line 5: key: it must not be empty",
            "line 5: at: `2026-02-30` is not a date",
            "4 bad rows",
            "nothing was loaded: correct the rows above",
        ],
    ),
    (
        "outcomes",
        "key,kind,at,amount,currency\n1,purchase,2026-05-31,5,XYZ\n2,lead,2026-05-31,5,EUR\n3,purchase,2026-05-31,-5.0012,EUR\n",
        &[],
        &[
            "line 2: currency: `XYZ` is not an ISO 4217 currency",
            "line 3: money: outcomes of the kind lead carry no money of their own",
        ],
    ),
    (
        "outcomes",
        "key,kind,at\n1,review,2026-05-31\n1,review,2026-05-30\n1,review,2026-05-31\n",
        &[],
        &["line 3: an earlier record has the same key and different content", "1 bad row\n"],
    ),
    (
        "outcomes",
        "key,kind,at,amount\n1,purchase,2026-05-31,\"1,234\"\n",
        &[],
        &["`1,234` on line 2 can be read in two ways", "give --decimal-point or --decimal-comma"],
    ),
    (
        "outcomes",
        "key;kind;at;amount\n1;purchase;2026-05-31;1234,5\n2;purchase;2026-05-31;1234.5\n",
        &[],
        &["the file writes decimals in two ways: `1234.5` on line 3 and `1234,5` on line 2"],
    ),
    (
        "outcomes",
        "key;kind;at;amount\n1;purchase;2026-05-31;1234,5\n2;purchase;2026-05-31;1234.5\n",
        &["--decimal-comma"],
        &["line 3: amount: `1234.5` is not a number like 1234,50"],
    ),
    (
        "costs",
        "key,kind,day,hours,rate\n1,staff,2026-05-31,-8,75\n",
        &[],
        &["line 2: hours: -8 is negative", "line 2: amount: -600 is negative"],
    ),
    (
        "touchpoints",
        "activity,member,at,role\nweb-9,nina,2026-03-05,attended\n",
        &[],
        &["line 2: activity: there is no activity `web-9` of csv; add it first"],
    ),
    (
        "hubspot-deals",
        "Id,AccountId,Name,StageName,Amount,CloseDate,IsWon,Type\n1,2,3,4,5,6,7,8\n",
        &[],
        &[
            "not a valid hubspot-deals file: missing columns `Record ID`, `Deal Stage`; it has Id, AccountId",
            "It looks like salesforce-opportunities: try `valuemap import salesforce-opportunities`",
            "the fields are id, name, stage",
        ],
    ),
    (
        "zendesk-tickets",
        "Record ID,Deal Name,Deal Stage,Amount,Close Date\n1,2,3,4,5\n",
        &[],
        &[
            "missing columns `Id` (or `Ticket ID`), `Created at`, `Status` (or `Ticket status`), `Requester id` or ",
            "It looks like hubspot-deals",
        ],
    ),
    (
        "hubspot-deals",
        "Record ID,Record Id,Deal Stage,Close Date\n1,1,closedwon,2026-05-31\n",
        &[],
        &["the columns 1 and 2 could both be `id`", "rename one"],
    ),
    ("outcomes", "key,kind,at\n", &["--map", "when=at"], &["outcomes has no field `when`; it has key, kind, member"]),
    ("outcomes", "key,kind,at\n", &["--map", "at=Day"], &["the file has no column `Day`; it has key, kind, at"]),
    ("outcomes", "key,kind,at\n", &["--map", "at"], &["`at` is not FIELD=COLUMN"]),
    ("outcomes", "key,kind,at\n", &["--won-stage", "won"], &["--won-stage means nothing to outcomes"]),
    ("outcomes", "key,kind,at\n", &["--currency", "XYZ"], &["`XYZ` is not an ISO 4217 currency"]),
    ("hubspot-deals", DEALS, &["--kind", "lead"], &["a deal is a purchase, an upgrade or a renewal"]),
    (
        "hubspot-deals",
        "Record ID,Deal Stage,Close Date\n1,closedwon,2026-05-31\n",
        &[],
        &["line 2: type: the deal has no type; give --kind purchase, upgrade or renewal for such deals"],
    ),
    (
        "outcomes",
        "key,kind,at,title\n1,review,2026-05-31,fine\n2,review,2026-05-31,\"open\n3,review,2026-05-31,fine\n",
        &[],
        &["line 3: a quotation mark is opened in this row and never closed", "1 bad row\n"],
    ),
    ("outcomes", "PK\u{3}\u{4}", &[], &["it is no Excel workbook that can be read"]),
];

async fn bad_input_says_what_is_wrong_and_stores_nothing(engine: Engine) {
    let world = World::new(engine).await;
    for (format, content, arguments, expected) in BAD {
        let (fine, said) = import(&world, format, content, &[*arguments, &["--load"]].concat()).await;
        assert!(!fine, "{format} {content}: {said}");
        expect(&said, expected);
    }
    let (fine, said) = run(&world, &["import", "outcomes", "none.csv", "--community", &world.community]).await;
    assert!(!fine && said.contains("cannot read none.csv"), "{said}");
    let (fine, said) = run(&world, &["import", "none.csv", "--community", &world.community]).await;
    assert!(!fine && said.contains("cannot read none.csv"), "{said}");
    let (fine, said) = run(&world, &["import", "contracts", "none.csv", "--community", &world.community]).await;
    assert!(!fine && said.contains("`contracts` is no format: name one of responses, "), "{said}");
    for table in ["outcome", "touchpoint", "cost_line", "party"] {
        assert_eq!(count(&world, table).await, 0, "{table}");
    }
    assert!(texts(&world, "SELECT format FROM import_batch").await.is_empty());
    let other_orders = "key,kind,at\n1,review,31/05/2026\n2,review,1.6.2026 14:20\n";
    let (fine, said) = import(&world, "outcomes", other_orders, &["--date-format", "dd/mm/yyyy", "--load"]).await;
    assert!(fine, "{said}");
    let days = texts(&world, "SELECT CAST(at AS TEXT) FROM outcome ORDER BY at").await;
    assert!(days[0].starts_with("2026-05-31") && days[1].starts_with("2026-06-01"), "{days:?}");
}
