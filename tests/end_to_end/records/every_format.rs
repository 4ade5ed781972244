//! A file of each format: previewed, loaded, loaded again and changed.

use valuemap_tests::Engine;

use super::{count, expect, import, texts};
use crate::{World, on_both_databases};

on_both_databases!(every_format_is_previewed_loaded_once_and_changed);

/// Each with what it is called when it is counted, a file, and a row of it with different content.
const FILES: &[(&str, &str, &str, (&str, &str))] = &[
    (
        "accounts",
        "members and accounts",
        "key,name,since,source\n771,Acme,2024-01-31,hubspot\n772,Bolt,,hubspot\n",
        ("Bolt", "Bolts"),
    ),
    (
        "members",
        "members and accounts",
        "key,name,staff,joined,account,account source\nnina,Nina,no,2025-02-01,771,hubspot\nomar,Omar,yes,,,\n",
        ("Omar,yes", "Omar,no"),
    ),
    (
        "links",
        "links",
        "from kind,from,to kind,to,to source,method,confidence\nmember,omar,account,772,hubspot,email match,0.75\n",
        ("0.75", "0.85"),
    ),
    (
        "activity-types",
        "activity types",
        "key,name,modality,goal\nwebinar,Webinar,online,lower support cost\ngroup,User group,in person,goodwill\n",
        ("goodwill", "retention"),
    ),
    (
        "activities",
        "activities",
        "key;type;name;starts on;channels\nweb-1;webinar;Spring webinar;2026-03-05;newsletter|forum\n",
        ("Spring", "March"),
    ),
    (
        "costs",
        "costs",
        "key;activity;kind;day;amount;hours;rate\n1;web-1;cash;2026-03-01;\u{20ac} 1.234,50;;\n2;;staff;2026-03-31;;8;75\n",
        (";8;", ";9;"),
    ),
    (
        "touchpoints",
        "touchpoints",
        "activity,member,at,role\nweb-1,nina,2026-03-05 18:00,attended\nweb-1,omar,2026-03-05 18:05,spoke\n",
        ("18:05", "18:10"),
    ),
    (
        "outcomes",
        "outcomes",
        "key,kind,account,at,amount,title\n1,purchase,771,2026-04-01,\"1,234.50\",Licences\n2,review,,2026-04-02,,\n",
        ("1,234.50", "1,234.75"),
    ),
    (
        "cases",
        "support cases",
        "key,member,opened,solved,channel\n1,nina,2026-03-07 10:00,2026-03-08 09:00,phone\n",
        ("09:00", "09:30"),
    ),
    (
        "contributions",
        "contributions",
        "key,kind,member,at,thread\n1,question,nina,2026-03-07,17\n2,solution,omar,2026-03-07,17\n",
        ("solution", "reply"),
    ),
    (
        "observations",
        "observations",
        "measure,day,value,low,high\ncourse_completions,2026-03-31,4.25,4.1,4.4\ncourse_completions,2026-02-28,4.5,,\n",
        ("4.25", "4.2"),
    ),
    (
        "hubspot-deals",
        "outcomes",
        "Record ID,Deal Name,Deal Stage,Amount,Close Date,Pipeline,Create Date,Deal Type,Associated Company IDs,Owner\n\
         981,Acme plan,Closed Won,900,2026-05-31 14:20,Sales,2026-04-02 09:00,newbusiness,771;772,Jo\n\
         982,\"Bolt\nrenewal\",closedwon,450.5,2026-05-30,Renewals,,,772,Jo\n",
        ("450.5", "450"),
    ),
    (
        "hubspot-contacts",
        "members and accounts",
        "Record ID,First Name,Last Name,Email,Associated Company IDs,Create Date\n\
         51,Kim,Example,kim@example.org,771;772,2026-01-02 10:00\n52,Lou,Muster,lou@example.org,771,2026-01-02 10:00\n",
        ("Muster", "Master"),
    ),
    (
        "hubspot-companies",
        "members and accounts",
        "Record ID,Company name,Lifecycle Stage,Became a Customer Date\n779,Coil,Customer,2025-03-01 10:00\n780,Dent,Lead,\n",
        ("2025-03-01", "2025-04-01"),
    ),
    (
        "salesforce-accounts",
        "members and accounts",
        "Id,Name,Type,Customer Since\n001A0000006Vm9u,Acme,Customer - Direct,2025-03-01\n001A0000006Vm9v,Bolt,Prospect,\n",
        ("Bolt", "Bolts"),
    ),
    (
        "salesforce-contacts",
        "members and accounts",
        "Id,FirstName,LastName,Email,AccountId\n003A0000001XyzA,Kim,Example,kim@example.org,001A0000006Vm9u\n\
         003A0000001XyzB,Lou,Muster,lou@example.org,\n",
        ("Muster", "Master"),
    ),
    (
        "salesforce-leads",
        "members and accounts",
        "Id,Name,Email,Status,IsConverted,ConvertedContactId\n00QA0000001XyzA,Kim,kim@example.org,Qualified,1,003A0000001XyzA\n\
         00QA0000001XyzB,Max,max@example.org,Working,0,\n",
        ("Max", "Mae"),
    ),
    (
        "attendees",
        "touchpoints",
        "Event ID,Email,Attendee Status,Checked In Date,Order Date\n\
         web-1,kim@example.org,Checked In,2026-03-05 18:00,2026-02-01\nweb-1,max@example.org,Attending,,2026-02-02\n",
        ("18:00", "18:05"),
    ),
    (
        "revenue",
        "outcomes",
        "Invoice ID,Customer ID,Invoice Date,Amount,Amount Refunded,Status\n\
         in-1,771,2026-04-01,80.50,5.50,Paid\nin-2,772,2026-04-02,60.00,,Paid\n",
        ("60.00", "61.00"),
    ),
    (
        "salesforce-opportunities",
        "outcomes",
        "Id,AccountId,Name,StageName,Amount,CloseDate,IsClosed,IsWon,Type,LeadSource,CampaignId,CreatedDate\n\
         006A0000001XyzA,001A0000006Vm9u,Licences,Signed,25000,2026-05-31,true,true,New Customer,Web,,2026-05-31T14:20:00.000+0000\n",
        ("25000", "26000"),
    ),
    (
        "salesforce-campaign-members",
        "touchpoints",
        "CampaignId,Campaign Name,ContactId,LeadId,Status,HasResponded,FirstRespondedDate,CreatedDate,AccountId\n\
         701A0000001XyzA,Spring,003A0000001XyzA,,Attended,1,2026-03-05,2026-02-01T08:00:00Z,001A0000006Vm9u\n\
         701A0000001XyzA,Spring,,00QA0000001XyzA,Sent,0,,2026-02-02T08:00:00Z,\n",
        ("Attended", "Registered"),
    ),
    (
        "zendesk-tickets",
        "support cases",
        "Id,Requester id,Requester email,Organization,Created at,Solved at,Status,Via,Subject\n\
         4711,38,nina@example.com,Acme,2026-05-30 09:15:00 +0200,2026-05-31 10:00:00 +0200,Solved,Web form,Help\n\
         4712,,omar@example.com,,2026-05-30 09:15:00 +0200,,Open,Mail,Help me\n",
        ("Open,Mail", "Open,Chat"),
    ),
];

async fn every_format_is_previewed_loaded_once_and_changed(engine: Engine) {
    let world = World::new(engine).await;
    for (format, counted, content, (before, after)) in FILES {
        let options: &[&str] = match *format {
            "salesforce-campaign-members" => &["--activity-type", "webinar"],
            "revenue" => &["--kind", "renewal"],
            _ => &[],
        };
        let loading = [options, &["--load"]].concat();
        let rows = content.lines().count() - 1 - usize::from(content.contains("\"Bolt\n"));
        let (fine, said) = import(&world, format, content, options).await;
        assert!(fine, "{format}: {said}");
        let preview = format!("{counted}: {rows} new and 0 changed to load, 0 known");
        expect(&said, &[&preview, "This was a preview and nothing was loaded", &format!(": {rows} rows, UTF-8")]);
        let (fine, said) = import(&world, format, content, &loading).await;
        assert!(fine, "{format}: {said}");
        expect(&said, &[&format!("{counted}: {rows} new and 0 changed loaded, 0 known")]);
        let (fine, said) = import(&world, format, content, &loading).await;
        assert!(fine, "{format}: {said}");
        let again = format!("{counted}: 0 new and 0 changed loaded, {rows} known");
        expect(&said, &[&again, "This very file was loaded before, at 20"]);
        assert!(content.contains(before), "{format}");
        let (fine, said) = import(&world, format, content.replace(before, after), &loading).await;
        assert!(fine, "{format}: {said}");
        expect(&said, &[&format!("{counted}: 0 new and 1 changed loaded, {} known", rows - 1)]);
    }
    let batches = texts(&world, "SELECT format FROM import_batch").await;
    assert_eq!(batches.len(), 3 * FILES.len());
    assert_eq!(count(&world, "touchpoint").await, 6);
    assert_eq!(count(&world, "support_case").await, 3);
    // 61 and 75 of the invoices, 450 of the deal and 1234.75 of the plain file, in ten-thousandths.
    let amounts = "SELECT CAST(amount AS TEXT) FROM outcome WHERE amount IS NOT NULL ORDER BY outcome.amount";
    assert_eq!(texts(&world, amounts).await, ["610000", "750000", "4500000", "9000000", "12347500", "260000000"]);
    let first_company = "SELECT p.source || '/' || p.external_key FROM outcome o JOIN party p ON p.id = o.party_id \
                         WHERE o.external_key = '981'";
    assert_eq!(texts(&world, first_company).await, ["hubspot/771"]);
}
