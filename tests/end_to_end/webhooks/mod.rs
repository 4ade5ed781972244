//! What other systems post: who is believed, what is kept, and what it changes.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use sha2::Sha256;
use valuemap_tests::Reply;

use crate::{World, on_both_databases};

mod at_once;
mod endpoints;
mod forum;
mod inbox;

on_both_databases!(
    what_a_forum_sends_is_counted,
    who_does_not_hold_the_secret_is_not_believed,
    a_body_that_was_signed_is_of_no_other_forum,
    an_event_that_is_sent_again_under_another_id_does_nothing,
    what_comes_late_does_not_undo_what_is_newer,
    a_rename_is_not_undone_by_a_post_that_was_queued_before,
    what_depends_on_a_post_or_topic_goes_and_comes_with_it,
    what_cannot_be_applied_is_kept_and_replayed_later,
    bodies_are_bounded_and_json,
    signed_json_follows_standard_webhooks,
    the_secret_is_shown_once,
    a_disabled_endpoint_is_gone,
    another_organisations_webhooks_are_not_there,
    the_same_event_many_times_at_once_is_applied_once,
    many_events_at_once_are_all_applied,
    what_a_crash_left_pending_is_applied_by_a_job,
    a_database_that_is_busy_has_the_sender_try_again,
);

use at_once::{
    a_database_that_is_busy_has_the_sender_try_again, many_events_at_once_are_all_applied,
    the_same_event_many_times_at_once_is_applied_once, what_a_crash_left_pending_is_applied_by_a_job,
};
use endpoints::{
    a_disabled_endpoint_is_gone, another_organisations_webhooks_are_not_there, signed_json_follows_standard_webhooks,
    the_secret_is_shown_once,
};
use forum::{
    a_body_that_was_signed_is_of_no_other_forum, a_rename_is_not_undone_by_a_post_that_was_queued_before,
    an_event_that_is_sent_again_under_another_id_does_nothing, what_a_forum_sends_is_counted,
    what_comes_late_does_not_undo_what_is_newer, what_depends_on_a_post_or_topic_goes_and_comes_with_it,
    who_does_not_hold_the_secret_is_not_believed,
};
use inbox::{bodies_are_bounded_and_json, what_cannot_be_applied_is_kept_and_replayed_later};

const FORUM: &str = "https://forum.example.com";

/// An endpoint, and a sender who holds its secret.
#[derive(Clone)]
pub struct Hook {
    id: String,
    address: String,
    secret: String,
    http: reqwest::Client,
}

impl Hook {
    pub async fn new(world: &World, kind: &str) -> Self {
        let create = "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
            ... on WebhookEndpointCreated { endpoint { id addressPath } secretShownOnce } } }";
        let input = json!({ "community": world.community, "kind": kind, "name": kind });
        let data = world.api.ask(create, json!({ "input": input })).await.unwrap();
        let created = &data["createWebhookEndpoint"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&created["endpoint"]["id"]),
            address: format!("{}{}", world.server.address, text(&created["endpoint"]["addressPath"])),
            secret: text(&created["secretShownOnce"]),
            http: reqwest::Client::new(),
        }
    }

    fn discourse_signature(&self, body: &str) -> String {
        let digits: String = hmac(self.secret.as_bytes(), body).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256={digits}")
    }

    /// Sends as Discourse does; returns status and what became of it.
    pub async fn discourse(&self, event: &str, event_id: u32, body: &Value) -> (u16, String) {
        let body = body.to_string();
        let signature = self.discourse_signature(&body);
        self.send_discourse(event, event_id, Some(&signature), &body).await
    }

    async fn send_discourse(&self, event: &str, event_id: u32, signature: Option<&str>, body: &str) -> (u16, String) {
        let mut request = self
            .http
            .post(&self.address)
            .header("content-type", "application/json")
            .header("x-discourse-instance", FORUM)
            .header("x-discourse-event-id", event_id)
            .header("x-discourse-event-type", event.split('_').next().unwrap())
            .header("x-discourse-event", event);
        if let Some(signature) = signature {
            request = request.header("x-discourse-event-signature", signature);
        }
        answer(request.body(body.to_owned())).await
    }

    /// Sends as Standard Webhooks says, signed `age` seconds ago.
    pub async fn signed(&self, id: &str, age: i64, body: &Value) -> (u16, String) {
        let (time, body) = (now() - age, body.to_string());
        self.send_signed(id, time, &format!("v1,{}", self.standard_signature(id, time, &body)), &body).await
    }

    fn standard_signature(&self, id: &str, time: i64, body: &str) -> String {
        let key = STANDARD.decode(self.secret.strip_prefix("whsec_").unwrap()).unwrap();
        STANDARD.encode(hmac(&key, &format!("{id}.{time}.{body}")))
    }

    async fn send_signed(&self, id: &str, time: i64, signature: &str, body: &str) -> (u16, String) {
        let request = self
            .http
            .post(&self.address)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature);
        answer(request.body(body.to_owned())).await
    }
}

fn hmac(key: &[u8], content: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(content.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[allow(clippy::disallowed_methods, reason = "signatures are checked against the time of day")]
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let reply = Reply::read(request.send().await.unwrap()).await.unwrap();
    let reported = reply.body["status"].as_str().or(reply.body["error"]["code"].as_str()).unwrap_or_default();
    (reply.status, reported.to_owned())
}

fn ok(status: &str) -> (u16, String) {
    (200, status.to_owned())
}

/// A post as Discourse describes it: number 1 is the topic's first. Minute and version count its edits.
fn post(id: u32, number: u32, topic: u32, version: u32) -> Value {
    json!({ "post": {
        "id": id, "name": "Ada Example", "username": "ada", "user_id": 45, "created_at": "2026-05-04T08:00:00.000Z",
        "updated_at": format!("2026-05-04T08:{version:02}:00.000Z"), "version": version, "post_number": number,
        "post_type": 1, "topic_id": topic, "topic_archetype": "regular", "cooked": "<p>Hello</p>", "reads": 0,
        "moderator": false, "admin": false, "staff": false, "deleted_at": null, "user_deleted": false,
    }})
}

fn user(name: &str, seen: &str) -> Value {
    json!({ "user": {
        "id": 45, "username": name, "name": "Ada Example", "email": "ada@example.com", "last_seen_at": seen,
        "created_at": "2026-05-03T19:19:58.000Z", "moderator": false, "admin": false, "trust_level": 1,
    }})
}

/// The first column of what a query finds, as texts.
async fn texts(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What is stored of contributions: key, kind, topic and whether it counts.
async fn contributions(database: &DatabaseConnection) -> Vec<String> {
    let query =
        "SELECT external_key || ' ' || kind || ' ' || thread || CASE WHEN withdrawn THEN ' withdrawn' ELSE '' END
        FROM contribution ORDER BY external_key";
    texts(database, query).await
}

/// What is stored of members: key, name, whether they are staff, and since when. Whoever is known by an address is one
/// of them once more.
async fn members(database: &DatabaseConnection) -> Vec<String> {
    let query = "SELECT external_key || ' ' || COALESCE(name, '-') || CASE WHEN is_staff THEN ' staff' ELSE '' END
        || COALESCE(' ' || CAST(since AS text), '') FROM party WHERE source <> 'email'
        ORDER BY external_key";
    texts(database, query).await
}

/// What is in the inbox, oldest first: event, status and attempts.
async fn inbox(database: &DatabaseConnection) -> Vec<String> {
    let query = "SELECT event || ' ' || status || ' ' || CAST(attempts AS text) FROM inbox_event ORDER BY id";
    texts(database, query).await
}
