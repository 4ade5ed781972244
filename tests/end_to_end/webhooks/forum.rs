use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use super::{FORUM, Hook, answer, contributions, inbox, members, ok, post, texts, user};
use crate::World;

pub async fn what_a_forum_sends_is_counted(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let mut by_grace = post(124, 2, 77, 1);
    for (field, value) in [("user_id", json!(46)), ("username", json!("grace")), ("moderator", json!(true))] {
        by_grace["post"][field] = value;
    }
    let like = json!({ "like": { "post": by_grace["post"], "user": { "id": 45, "username": "ada", "name": "Ada" } } });
    let solved = json!({ "solved": by_grace["post"] });
    let sent = [
        ("ping", json!({ "ping": "OK" }), "ignored"),
        ("user_created", user("ada", "now"), "applied"),
        ("topic_created", json!({ "topic": { "id": 77 } }), "ignored"),
        ("post_created", post(123, 1, 77, 1), "applied"),
        ("post_created", by_grace.clone(), "applied"),
        ("post_liked", like, "applied"),
        ("accepted_solution", solved.clone(), "applied"),
    ];
    for (number, (event, body, expected)) in sent.iter().enumerate() {
        assert_eq!(hook.discourse(event, number as u32, body).await, ok(expected), "{event}");
    }
    let expected = ["like:124:45 like 77", "post:123 question 77", "post:124 reply 77", "solution:124 solution 77"];
    assert_eq!(contributions(&database).await, expected);
    assert_eq!(members(&database).await, ["45 ada 2026-05-03", "46 grace staff"]);
    let sources = texts(&database, "SELECT DISTINCT source FROM party ORDER BY source").await;
    assert_eq!(sources, ["discourse:forum.example.com", "email"]);

    let mut deleted_later = post(123, 1, 77, 1);
    deleted_later["post"]["reads"] = json!(9);
    for (number, (event, body, expected)) in [
        ("unaccepted_solution", &solved, "solution:124 solution 77 withdrawn"),
        ("post_destroyed", &post(123, 1, 77, 1), "post:123 question 77 withdrawn"),
        ("post_recovered", &post(123, 1, 77, 1), "post:123 question 77"),
        ("post_destroyed", &deleted_later, "post:123 question 77 withdrawn"),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(hook.discourse(event, 20 + number as u32, body).await, ok("applied"), "{event}");
        assert!(contributions(&database).await.contains(&(*expected).to_owned()), "{event}");
    }
    assert_eq!(hook.discourse("user_destroyed", 30, &user("ada", "then")).await, ok("applied"));
    assert_eq!(members(&database).await, ["45 - 2026-05-03", "46 grace staff"]);
}

pub async fn who_does_not_hold_the_secret_is_not_believed(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let body = post(123, 1, 77, 1).to_string();
    let signature = hook.discourse_signature(&body);
    let other = Hook { secret: "another secret".to_owned(), ..hook.clone() }.discourse_signature(&body);
    let unbelieved = (401, "UNAUTHENTICATED".to_owned());
    for (signature, body) in [
        (None, body.clone()),
        (Some(""), body.clone()),
        (Some("sha256="), body.clone()),
        (Some(other.as_str()), body.clone()),
        (Some(&signature[7..]), body.clone()),
        (Some(signature.as_str()), body.replace("\"ada\"", "\"eve\"")),
        (Some(signature.as_str()), format!("{body} ")),
    ] {
        assert_eq!(hook.send_discourse("post_created", 1, signature, &body).await, unbelieved, "{signature:?}");
    }
    let database = world.scratch.connect().await.unwrap();
    assert!(inbox(&database).await.is_empty());
    assert_eq!(hook.send_discourse("post_created", 1, Some(&signature), &body).await, ok("applied"));
    // An endpoint believes its own secret only.
    let signed = Hook::new(&world, "SIGNED_JSON").await;
    assert_eq!(Hook { address: signed.address, ..hook }.discourse("post_created", 2, &json!({})).await, unbelieved);
}

/// The signature covers the body and not the headers, which somebody who repeats it may change.
pub async fn a_body_that_was_signed_is_of_no_other_forum(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let body = post(123, 1, 77, 1);
    assert_eq!(hook.discourse("post_created", 1, &body).await, ok("applied"));
    let text = body.to_string();
    let repeated = async |instance: &str, event: &str| {
        let request = hook
            .http
            .post(&hook.address)
            .header("content-type", "application/json")
            .header("x-discourse-instance", instance)
            .header("x-discourse-event", event)
            .header("x-discourse-event-id", "9")
            .header("x-discourse-event-signature", hook.discourse_signature(&text));
        answer(request.body(text.clone())).await
    };
    assert_eq!(repeated("https://evil.example.com", "post_created").await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(repeated("https://FORUM.example.com.", "post_created").await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(repeated(FORUM, "post_created").await, ok("repeated"));
    assert_eq!(repeated(FORUM, "post_liked").await, ok("kept"));
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
}

pub async fn an_event_that_is_sent_again_under_another_id_does_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let body = post(123, 1, 77, 1);
    for event in ["post_created", "post_destroyed"] {
        assert_eq!(hook.discourse(event, 1, &body).await, ok("applied"));
        assert_eq!(hook.discourse(event, 2, &body).await, ok("repeated"));
    }
    assert_eq!(hook.discourse("post_recovered", 3, &body).await, ok("applied"));
    assert_eq!(hook.discourse("post_destroyed", 4, &body).await, ok("repeated"));
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(
        inbox(&database).await,
        ["post_created applied 1", "post_destroyed applied 1", "post_recovered applied 1"]
    );
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
}

pub async fn what_comes_late_does_not_undo_what_is_newer(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let check = async |event: &str, body: Value, status: &str, expected: &str| {
        assert_eq!(hook.discourse(event, 1, &body).await, ok(status), "{event}");
        assert_eq!(contributions(&database).await, [expected], "{event}");
    };
    check("post_edited", post(123, 2, 99, 3), "applied", "post:123 reply 99").await;
    check("post_created", post(123, 2, 77, 1), "ignored", "post:123 reply 99").await;
    // Who deletes their own post edits it by that, and the deletion is sent as of before the edit.
    check("post_destroyed", post(123, 2, 77, 2), "applied", "post:123 reply 99 withdrawn").await;
    check("post_edited", post(123, 2, 99, 4), "applied", "post:123 reply 99 withdrawn").await;
    check("post_recovered", post(123, 2, 77, 1), "ignored", "post:123 reply 99 withdrawn").await;
    check("post_recovered", post(123, 2, 99, 5), "applied", "post:123 reply 99").await;
    check("post_destroyed", post(123, 2, 99, 4), "ignored", "post:123 reply 99").await;

    // The same holds for plain JSON, whose sender may say when it happened.
    let hook = Hook::new(&world, "SIGNED_JSON").await;
    let outcome = |title: &str, timestamp: &str| {
        let data = json!({ "source": "crm", "key": "1", "kind": "lead", "at": "2026-05-01T00:00:00Z", "title": title });
        json!({ "type": "outcome.recorded", "timestamp": timestamp, "data": data })
    };
    assert_eq!(hook.signed("a", 0, &outcome("new", "2026-05-02T00:00:00Z")).await, ok("applied"));
    assert_eq!(hook.signed("b", 0, &outcome("old", "2026-05-01T00:00:00Z")).await, ok("ignored"));
    assert_eq!(texts(&database, "SELECT title FROM outcome").await, ["new"]);
    assert_eq!(hook.signed("c", 0, &outcome("newest", "2026-05-03T00:00:00Z")).await, ok("applied"));
    // Replaying all of it takes nothing back.
    let replayed = valuemap(&world.scratch, &["inbox", "replay", "--community", "Makers", "--status", "applied"]).await;
    assert!(String::from_utf8(replayed.unwrap().stdout).unwrap().starts_with("6 applied, 0 ignored, 0 failed"));
    assert_eq!(texts(&database, "SELECT title FROM outcome").await, ["newest"]);
    assert_eq!(contributions(&database).await, ["post:123 reply 99"]);
}

pub async fn a_rename_is_not_undone_by_a_post_that_was_queued_before(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(hook.discourse("post_created", 1, &post(123, 1, 77, 1)).await, ok("applied"));
    assert_eq!(members(&database).await, ["45 ada"]);
    assert_eq!(hook.discourse("user_updated", 2, &user("countess", "now")).await, ok("applied"));
    assert_eq!(hook.discourse("post_created", 3, &post(124, 2, 77, 1)).await, ok("applied"));
    assert_eq!(members(&database).await, ["45 countess 2026-05-03"]);
    assert_eq!(hook.discourse("user_destroyed", 4, &user("countess", "now")).await, ok("applied"));
    assert_eq!(hook.discourse("user_updated", 5, &user("late", "now")).await, ok("ignored"));
    assert_eq!(members(&database).await, ["45 - 2026-05-03"]);
}

/// What a forum sends when a topic is moderated: of what follows from it there are no events.
pub async fn what_depends_on_a_post_or_topic_goes_and_comes_with_it(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let (question, answer, other) = (post(1, 1, 77, 1), post(2, 2, 77, 1), post(3, 3, 77, 1));
    let solved = |post: &Value| json!({ "solved": post["post"] });
    let topic = json!({ "topic": { "id": 77, "archetype": "regular" } });
    let mut hidden = post(2, 2, 77, 2);
    hidden["post"]["hidden"] = json!(true);
    let mut shown = post(2, 2, 77, 3);
    shown["post"]["hidden"] = json!(false);
    let mut by_system = post(9, 1, 78, 1);
    by_system["post"]["user_id"] = json!(-1);
    let steps: [(&str, &Value, &[&str]); 14] = [
        ("post_created", &question, &["post:1"]),
        ("post_created", &answer, &["post:1", "post:2"]),
        ("post_created", &other, &["post:1", "post:2", "post:3"]),
        ("accepted_solution", &solved(&answer), &["post:1", "post:2", "post:3", "solution:2"]),
        // Another one is accepted in its place.
        ("accepted_solution", &solved(&other), &["post:1", "post:2", "post:3", "solution:3"]),
        ("post_destroyed", &other, &["post:1", "post:2"]),
        ("post_recovered", &other, &["post:1", "post:2", "post:3", "solution:3"]),
        ("post_edited", &hidden, &["post:1", "post:3", "solution:3"]),
        ("topic_destroyed", &topic, &[]),
        // It comes late, and its topic is deleted.
        ("post_created", &post(4, 4, 77, 1), &[]),
        (
            "topic_recovered",
            &json!({ "topic": { "id": 77, "archetype": "regular", "views": 2 } }),
            &["post:1", "post:3", "post:4", "solution:3"],
        ),
        ("post_edited", &shown, &["post:1", "post:2", "post:3", "post:4", "solution:3"]),
        ("post_destroyed", &post(2, 2, 77, 4), &["post:1", "post:3", "post:4", "solution:3"]),
        ("unaccepted_solution", &solved(&other), &["post:1", "post:3", "post:4"]),
    ];
    for (number, (event, body, expected)) in steps.iter().enumerate() {
        assert_eq!(hook.discourse(event, number as u32, body).await, ok("applied"), "{event}");
        let standing = contributions(&database).await.into_iter().filter(|row| !row.ends_with("withdrawn"));
        let standing: Vec<String> = standing.filter_map(|row| row.split(' ').next().map(str::to_owned)).collect();
        assert_eq!(standing, *expected, "after {number}, {event}");
    }
    assert_eq!(hook.discourse("post_created", 90, &by_system).await, ok("ignored"));
}
