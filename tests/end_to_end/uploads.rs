//! Files over HTTP: uploaded, checked, corrected and loaded, or refused with nothing left behind.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Instant;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, PATIENCE, Server, valuemap, valuemap_command};

use crate::records::texts;
use crate::{World, on_both_databases};

on_both_databases!(
    a_file_is_checked_corrected_and_loaded,
    a_file_with_a_bad_row_is_not_loaded_and_stays,
    a_load_whose_worker_is_killed_is_done_once,
    what_cannot_be_taken_in_is_refused_and_leaves_nothing,
);

const DEALS: &str = "Record ID,Deal Name,Deal Stage,Deal value,Close Date,Deal Type,Associated Company IDs
1,\"Kim, kim@example.org\",Closed Won,90,05/06/2026,newbusiness,771
2,Plan,Paid,80.50,06/06/2026,existingbusiness,772
3,Plan,Lost,1,07/06/2026,newbusiness,771
";

const REPORT: &str =
    "importReport { file form format because refused rows headerLine header columns { field column because }
    ignoredColumns remembered loadedBefore problems { line reason } problemCount badRows skipped { rows reason }
    passedOver notes { note count firstLine } remarks records { kind new changed known } notLinked isLoaded }";

async fn upload(world: &World, name: &str, content: &str) -> String {
    let reply = world.api.upload(&world.community, name, content).await.unwrap();
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(reply.body["upload"]["bytes"], content.len());
    reply.body["upload"]["id"].as_str().unwrap().to_owned()
}

/// Starts `checkUpload` or `loadUpload`, and returns the id of the job.
async fn start(api: &Api, mutation: &str, upload: &str, format: Option<&str>, corrections: Value) -> String {
    let query =
        format!("mutation($input: ImportUploadInput!) {{ {mutation}(input: $input) {{ ... on Job {{ id }} }} }}");
    let input = json!({ "upload": upload, "format": format, "corrections": corrections });
    let data = api.ask(&query, json!({ "input": input })).await.unwrap();
    data[mutation]["id"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
}

/// The job once it has ended.
async fn ended(api: &Api, id: &str) -> Value {
    let query = format!("query($id: ID!) {{ job(id: $id) {{ state problem attempts {REPORT} }} }}");
    let asked = Instant::now();
    loop {
        let job = api.ask(&query, json!({ "id": id })).await.unwrap()["job"].clone();
        if ["DONE", "FAILED", "CANCELLED"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        assert!(asked.elapsed() < PATIENCE, "{job}");
    }
}

async fn report(world: &World, mutation: &str, upload: &str, corrections: Value) -> Value {
    let id = start(&world.api, mutation, upload, None, corrections).await;
    let job = ended(&world.api, &id).await;
    assert_eq!(job["state"], "DONE", "{job}");
    job["importReport"].clone()
}

async fn waiting(world: &World) -> Vec<Value> {
    let query = "query($id: ID!) { community(id: $id) { uploads { fileName bytes } } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    data["community"]["uploads"].as_array().unwrap().clone()
}

async fn outcomes(world: &World) -> Vec<String> {
    let stored = "SELECT external_key || ' ' || CAST(amount AS TEXT) FROM published_outcome WHERE NOT withdrawn";
    let mut found = texts(world, stored).await;
    found.sort();
    found
}

async fn a_file_is_checked_corrected_and_loaded(engine: Engine) {
    let world = World::new(engine).await;
    let id = upload(&world, "deals.csv", DEALS).await;
    assert_eq!(waiting(&world).await, [json!({ "fileName": "deals.csv", "bytes": DEALS.len() })]);

    // As it is, its dates cannot be read, and nobody knows of the amounts and of what the stage `Paid` means.
    let checked = report(&world, "checkUpload", &id, json!({})).await;
    assert_eq!((&checked["format"], &checked["isLoaded"]), (&json!("hubspot-deals"), &json!(false)));
    assert!(checked["because"].as_str().unwrap().contains("`Record ID`"), "{checked}");
    assert_eq!(checked["problems"][0]["line"], 2);
    assert!(checked["problems"][0]["reason"].as_str().unwrap().contains("05/06/2026"), "{checked}");

    let corrections = json!({
        "columns": [{ "field": "amount", "column": "Deal value" }],
        "dateFormat": "DAY_FIRST",
        "wonStages": ["Paid"],
    });
    let checked = report(&world, "checkUpload", &id, corrections.clone()).await;
    assert_eq!((&checked["problemCount"], &checked["rows"]), (&json!(0), &json!(3)), "{checked}");
    assert_eq!(checked["records"], json!([{ "kind": "outcomes", "new": 2, "changed": 0, "known": 0 }]));
    assert_eq!(outcomes(&world).await, [""; 0], "what is checked is not stored");

    let loaded = report(&world, "loadUpload", &id, corrections).await;
    assert_eq!(loaded["isLoaded"], true, "{loaded}");
    assert_eq!(outcomes(&world).await, ["1 900000", "2 805000"]);
    assert_eq!(waiting(&world).await, [] as [Value; 0], "what is loaded is deleted");

    // The next file is read in the same way, and says so.
    let id = upload(&world, "deals.csv", DEALS).await;
    let checked = report(&world, "checkUpload", &id, json!({})).await;
    assert_eq!(checked["records"], json!([{ "kind": "outcomes", "new": 0, "changed": 0, "known": 2 }]), "{checked}");
    assert_eq!(checked["remembered"], json!(["Dates are written DD/MM/YYYY, as was said of an earlier file"]));
    let amount = json!({ "field": "amount", "column": "Deal value", "because": "REMEMBERED" });
    assert!(checked["columns"].as_array().unwrap().contains(&amount), "{checked}");
    assert!(checked["loadedBefore"].is_string());
    let forgetting = report(&world, "checkUpload", &id, json!({ "forget": true })).await;
    assert_eq!(forgetting["problems"][0]["line"], 2);

    let delete = "mutation($id: ID!) { deleteUpload(input: { upload: $id }) { __typename } }";
    let deleted = async || world.api.ask(delete, json!({ "id": id })).await.unwrap()["deleteUpload"].clone();
    assert_eq!(deleted().await["__typename"], "UploadDeleted");
    assert_eq!(deleted().await["__typename"], "NotFound");
    assert_eq!(texts(&world, "SELECT CAST(COUNT(*) AS TEXT) FROM upload_piece").await, ["0"]);
}

async fn a_file_with_a_bad_row_is_not_loaded_and_stays(engine: Engine) {
    let world = World::new(engine).await;
    let content =
        "key,kind,account,at,amount\n1,purchase,771,2026-05-31,kim@example.org\n2,purchase,771,2026-05-31,5\n";
    // Its name has nothing of where it lay.
    let corrections = json!({ "source": "books", "constants": [{ "field": "title", "value": "of kim@example.org" }] });
    let id = upload(&world, "C:%5CTemp%5Cour outcomes.csv", content).await;
    let loaded = report(&world, "loadUpload", &id, corrections).await;
    assert_eq!((&loaded["isLoaded"], &loaded["problemCount"]), (&json!(false), &json!(1)), "{loaded}");
    assert_eq!(loaded["file"], "our outcomes.csv");
    let reason = loaded["problems"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("amount: `[e-mail]` is not a number"), "{reason}");
    assert_eq!(outcomes(&world).await, [""; 0]);
    assert_eq!(waiting(&world).await.len(), 1);
    let addresses = "SELECT kind FROM job WHERE CAST(result AS TEXT) LIKE '%@%' OR CAST(payload AS TEXT) LIKE '%@%'";
    assert_eq!(texts(&world, addresses).await, [""; 0]);

    // What cannot be read at all fails with its reason, and names no path.
    for (content, expected) in [
        ("Weather,Wind\n1,2\n", "no format is recognised by its columns (Weather, Wind)"),
        ("%PDF-1.7", "cannot use weather.csv: it is a PDF"),
    ] {
        let id = upload(&world, "weather.csv", content).await;
        let checked = report(&world, "checkUpload", &id, json!({})).await;
        let refused = checked["refused"].as_str().unwrap();
        assert!(refused.contains(expected) && !refused.contains("tmp"), "{checked}");
    }
    let input = json!({ "upload": id, "format": "weather" });
    let query = "mutation($input: ImportUploadInput!) { checkUpload(input: $input) { __typename } }";
    assert_eq!(world.api.send(query, json!({ "input": input })).await.unwrap().code(), "BAD_USER_INPUT");
    let input = json!({ "upload": id, "corrections": { "timeZone": "Mars" } });
    let refused = world.api.send(query, json!({ "input": input })).await.unwrap();
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().starts_with("corrections.timeZone: `Mars`"));
}

async fn a_load_whose_worker_is_killed_is_done_once(engine: Engine) {
    let mut world = World::new(engine).await;
    world.server.stop().await.unwrap();
    world.server = Server::start(&world.scratch, &["--no-jobs"]).await.unwrap();
    world.api = world.server.api(&world.scratch).await.unwrap();
    let rows = (0..4_000).map(|row| format!("{row},purchase,a{row},2026-05-31,5\n"));
    let content = format!("key,kind,account,at,amount\n{}", rows.collect::<String>());
    let id = upload(&world, "outcomes.csv", &content).await;
    let job = start(&world.api, "loadUpload", &id, None, json!({})).await;
    let connection = world.scratch.connect().await.unwrap();
    let stored = async || texts(&world, "SELECT CAST(COUNT(*) AS TEXT) FROM outcome").await[0].clone();
    for at in [0, 1_000, 3_000] {
        let mut worker = valuemap_command(&world.scratch, &["work"]).unwrap();
        let mut worker = worker.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while stored().await.parse::<usize>().unwrap() < at.max(1) {
            assert!(worker.try_wait().unwrap().is_none());
        }
        worker.kill().await.unwrap();
        assert_eq!(outcomes(&world).await.len(), 0, "nobody sees a part of it");
        for gone in [
            "UPDATE job SET leased_until = '2026-01-01 00:00:00 +00:00' WHERE state = 'running'",
            "UPDATE open_batch SET alive_at = '2026-01-01 00:00:00 +00:00'",
        ] {
            connection.execute_unprepared(gone).await.unwrap();
        }
    }
    assert!(valuemap(&world.scratch, &["work", "--once"]).await.unwrap().status.success());
    let job = ended(&world.api, &job).await;
    assert_eq!((&job["importReport"]["isLoaded"], &job["attempts"]), (&json!(true), &json!(4)), "{job}");
    assert_eq!((outcomes(&world).await.len(), stored().await.as_str()), (4_000, "4000"));
}

async fn what_cannot_be_taken_in_is_refused_and_leaves_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let other = valuemap(&world.scratch, &["organisation", "Others"]).await.unwrap();
    assert!(other.status.success());
    let output =
        valuemap(&world.scratch, &["token", "create", "--organisation", "Others", "--write", "--name", "x"]).await;
    let stranger = Api::new(&world.server.address, String::from_utf8(output.unwrap().stdout).unwrap().trim());
    let nobody = Api::new(&world.server.address, "nobody");
    for (api, content, status, code) in [
        (&stranger, "a,b\n", 404, "NOT_FOUND"),
        (&nobody, "a,b\n", 401, "UNAUTHENTICATED"),
        (&world.api, "", 400, "BAD_REQUEST"),
    ] {
        let reply = api.upload(&world.community, "file.csv", content).await.unwrap();
        assert_eq!((reply.status, reply.code()), (status, code), "{}", reply.body);
    }
    // A form of another site can send this, a file cannot be that long, and the last one breaks off.
    for (media_type, length, status) in [
        ("text/plain", 4_u64, Some("415")),
        ("application/octet-stream", 1_u64 << 40, Some("413")),
        ("application/octet-stream", 1_000_000, None),
    ] {
        let address = world.server.address.strip_prefix("http://").unwrap();
        let mut connection = TcpStream::connect(address).unwrap();
        write!(
            connection,
            "POST /uploads?community={}&name=cut.csv HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
             content-type: {media_type}\r\ncontent-length: {length}\r\n\r\n{}",
            world.community,
            world.api.token(),
            "a,b\n".repeat(if status.is_some() { 1 } else { 200_000 })
        )
        .unwrap();
        if let Some(status) = status {
            let mut answer = [0; 12];
            connection.read_exact(&mut answer).unwrap();
            assert_eq!(&answer[9..], status.as_bytes());
        }
        drop(connection);
    }
    let asked = Instant::now();
    while texts(&world, "SELECT CAST(COUNT(*) AS TEXT) FROM upload").await != ["0"] {
        assert!(asked.elapsed() < PATIENCE);
    }
}
