//! What a Discourse forum posts: posts, likes, accepted solutions and users.
//!
//! Discourse gives an event that it sends again a new id, and numbers edits but no deletions. A body, however, is
//! written once, when its event is queued, so that what is sent again is the same to the byte.

use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use valuemap_shared::activities::{Contribution, ContributionKind, PartyRef, Reference};

use crate::base::digests::hexadecimal;
use crate::webhooks::change::{Change, Ground, Meaning, Member, Rank, solution_key};
use crate::webhooks::inbox::Incoming;

/// What Discourse can send, too, and Valuemap has no use for.
const NOT_TRACKED: &[&str] = &[
    "topic",
    "category",
    "tag",
    "group",
    "group_user",
    "reviewable",
    "notification",
    "badge",
    "user_badge",
    "user_promoted",
    "assign",
    "chat_message",
    "topic_voting",
    "calendar_event",
    "category_experts",
];

/// `post_type` of what members write; the others are notices, small actions and whispers.
const ORDINARY: i64 = 1;

/// What came in, under a key that an event keeps when it is sent again.
pub fn incoming(headers: &HeaderMap, body: &[u8]) -> Incoming {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let event_type = header("x-discourse-event-type");
    let event = Some(header("x-discourse-event")).filter(|event| !event.is_empty()).unwrap_or(event_type);
    let instance = header("x-discourse-instance").trim_end_matches('/');
    let content: Value = serde_json::from_slice(body).unwrap_or_default();
    let id = |pointer: &str| content.pointer(pointer).and_then(Value::as_i64);
    let digest = || hexadecimal(&Sha256::digest(body)[..16]);
    let (object, version) = if event == "ping" {
        ("ping".to_owned(), header("x-discourse-event-id").to_owned())
    } else if let (Some(post), Some(user)) = (id("/like/post/id"), id("/like/user/id")) {
        (format!("like:{post}:{user}"), String::new())
    } else if let Some(post) = id("/post/id") {
        let edited = content.pointer("/post/updated_at").and_then(Value::as_str).unwrap_or_default();
        let version = match (event, id("/post/version")) {
            ("post_created" | "post_edited", Some(version)) => format!("v{version} {edited}"),
            _ => digest(),
        };
        (format!("post:{post}"), version)
    } else if let Some(post) = id("/solved/id").or_else(|| id("/accepted_solution/id")) {
        (format!("solution:{post}"), digest())
    } else if let Some(user) = id("/user/id") {
        (format!("user:{user}"), digest())
    } else {
        (event_type.to_owned(), digest())
    };
    Incoming {
        event: event.to_owned(),
        instance: Some(instance.to_owned()),
        deduplication_key: format!("{instance}|{event}|{object}|{version}"),
    }
}

/// What an event says. `received_at` stands in for a time that Discourse does not send.
pub fn read(instance: Option<&str>, event: &str, body: &Value, received_at: DateTime<Utc>) -> Result<Meaning, String> {
    if event == "ping" {
        return Ok(Meaning::Nothing("a ping"));
    }
    let forum = Forum { source: source_of(instance.unwrap_or_default())?, received_at };
    match event {
        "post_created" | "post_edited" => forum.post(&part(body, "post")?, None),
        "topic_destroyed" | "topic_recovered" => Ok(forum.topic(&part(body, "topic")?, event == "topic_destroyed")),
        "post_destroyed" => forum.post(&part(body, "post")?, Some(true)),
        "post_recovered" => forum.post(&part(body, "post")?, Some(false)),
        "post_liked" => Ok(forum.like(&part(body, "like")?)),
        "accepted_solution" | "unaccepted_solution" => {
            let name = if body.get(event).is_some() { event } else { "solved" };
            forum.solution(&part(body, name)?, event == "unaccepted_solution")
        }
        "user_created"
        | "user_approved"
        | "user_confirmed_email"
        | "user_updated"
        | "user_suspended"
        | "user_unsuspended"
        | "user_anonymized" => Ok(forum.user(&part(body, "user")?)),
        "user_destroyed" => Ok(forum.user_destroyed(&part(body, "user")?)),
        "user_logged_in" | "user_logged_out" => Ok(Meaning::Nothing("who is signed in is not tracked")),
        _ if NOT_TRACKED.iter().any(|name| body.get(name).is_some()) => {
            Ok(Meaning::Nothing("it is about something that is not tracked"))
        }
        _ => Err(format!("`{event}` is not an event of Discourse that this version of Valuemap knows")),
    }
}

/// Where a forum's records come from: `discourse:forum.example.com`, or `discourse:example.com/forum` where it lies in a
/// folder of its host.
fn source_of(instance: &str) -> Result<String, String> {
    let parsed = url::Url::parse(instance).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str);
    let host = host.ok_or_else(|| "the header X-Discourse-Instance is not the address of a forum".to_owned())?;
    let port = parsed.as_ref().and_then(url::Url::port).map(|port| format!(":{port}")).unwrap_or_default();
    let folder = parsed.as_ref().map_or("", |parsed| parsed.path().trim_end_matches('/'));
    Ok(format!("discourse:{host}{port}{folder}"))
}

fn part<'a, T: Deserialize<'a>>(body: &'a Value, name: &str) -> Result<T, String> {
    let part = body.get(name).ok_or_else(|| format!("the body has no `{name}`"))?;
    T::deserialize(part).map_err(|error| format!("{name}: {error}"))
}

#[derive(Deserialize)]
struct Post {
    id: i64,
    topic_id: i64,
    post_number: i64,
    post_type: Option<i64>,
    topic_archetype: Option<String>,
    user_id: Option<i64>,
    username: Option<String>,
    admin: Option<bool>,
    moderator: Option<bool>,
    staff: Option<bool>,
    created_at: DateTime<Utc>,
    updated_at: Option<DateTime<Utc>>,
    version: Option<i64>,
    deleted_at: Option<DateTime<Utc>>,
    /// It was flagged, and is shown to nobody until somebody looked at it.
    hidden: Option<bool>,
}

#[derive(Deserialize)]
struct Topic {
    id: i64,
    archetype: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    username: Option<String>,
    email: Option<String>,
    admin: Option<bool>,
    moderator: Option<bool>,
    staff: Option<bool>,
    created_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Like {
    post: Post,
    user: User,
}

/// Why a post does not count, if it does not.
fn not_counted(post: &Post) -> Option<Meaning> {
    // The forum's own users, `system` and `discobot`, have numbers below zero.
    if post.user_id.is_some_and(|user| user <= 0) {
        return Some(Meaning::Nothing("what the forum itself writes is not tracked"));
    }
    if post.topic_archetype.as_deref() == Some("private_message") {
        return Some(Meaning::Nothing("private messages are not tracked"));
    }
    let ordinary = post.post_type.unwrap_or(ORDINARY) == ORDINARY;
    (!ordinary).then_some(Meaning::Nothing("notices and whispers are not tracked"))
}

/// What a post says is as new as its last edit.
fn rank_of(post: &Post) -> Rank {
    Rank::new(post.updated_at.unwrap_or(post.created_at), post.version.unwrap_or_default())
}

/// What was not said at all stays unknown.
fn any(flags: [Option<bool>; 3]) -> Option<bool> {
    flags.into_iter().flatten().reduce(|one, other| one || other)
}

struct Forum {
    source: String,
    received_at: DateTime<Utc>,
}

impl Forum {
    fn post(&self, post: &Post, withdrawn: Option<bool>) -> Result<Meaning, String> {
        if let Some(nothing) = not_counted(post) {
            return Ok(nothing);
        }
        let kind = if post.post_number == 1 { ContributionKind::Question } else { ContributionKind::Reply };
        let withdrawn = withdrawn.or(post.deleted_at.map(|_| true));
        let rank = rank_of(post);
        let mut changes = Vec::with_capacity(3);
        let ground = Ground::Post { source: self.source.clone(), post: post.id };
        changes.extend(withdrawn.map(|gone| Change::Gone { ground, gone, rank }));
        let ground = Ground::Shown { source: self.source.clone(), post: post.id };
        changes.extend(post.hidden.map(|gone| Change::Gone { ground, gone, rank }));
        changes.push(self.contribution_of(post, kind, format!("post:{}", post.id), withdrawn)?);
        Ok(Meaning::Changes(changes))
    }

    /// Of a topic that is deleted Discourse sends no event for its replies.
    fn topic(&self, topic: &Topic, gone: bool) -> Meaning {
        if topic.archetype.as_deref() == Some("private_message") {
            return Meaning::Nothing("private messages are not tracked");
        }
        let ground = Ground::Topic { source: self.source.clone(), topic: topic.id.to_string() };
        Meaning::Changes(vec![Change::Gone { ground, gone, rank: Rank::new(self.received_at, 0) }])
    }

    fn solution(&self, post: &Post, withdrawn: bool) -> Result<Meaning, String> {
        if let Some(nothing) = not_counted(post) {
            return Ok(nothing);
        }
        let mut changes = Vec::with_capacity(2);
        if !withdrawn {
            // Discourse says nothing of the solution that this one replaces, nor when it was accepted.
            let (source, topic) = (self.source.clone(), post.topic_id.to_string());
            changes.push(Change::Accepted { source, topic, post: post.id, rank: Rank::new(self.received_at, 0) });
        }
        changes.push(self.contribution_of(post, ContributionKind::Solution, solution_key(post.id), Some(withdrawn))?);
        Ok(Meaning::Changes(changes))
    }

    fn contribution_of(
        &self,
        post: &Post,
        kind: ContributionKind,
        key: String,
        withdrawn: Option<bool>,
    ) -> Result<Change, String> {
        let author = post.user_id.ok_or("the post has no author")?;
        let contribution = Contribution {
            reference: Reference::new(&self.source, key),
            kind,
            thread: Some(post.topic_id.to_string()),
            party: self.party(author),
            at: post.created_at,
            withdrawn: false,
        };
        let rank = rank_of(post);
        let is_staff = any([post.admin, post.moderator, post.staff]);
        let author = self.mention(author, post.username.clone(), is_staff);
        Ok(Change::Contribution { contribution, withdrawn, author, rank })
    }

    fn like(&self, like: &Like) -> Meaning {
        if let Some(nothing) = not_counted(&like.post) {
            return nothing;
        }
        let user = &like.user;
        let contribution = Contribution {
            reference: Reference::new(&self.source, format!("like:{}:{}", like.post.id, user.id)),
            kind: ContributionKind::Like,
            thread: Some(like.post.topic_id.to_string()),
            party: self.party(user.id),
            at: self.received_at,
            withdrawn: false,
        };
        let rank = Rank::new(self.received_at, 0);
        let is_staff = any([user.admin, user.moderator, user.staff]);
        let author = self.mention(user.id, user.username.clone(), is_staff);
        Meaning::Changes(vec![Change::Contribution { contribution, withdrawn: None, author, rank }])
    }

    fn user(&self, user: &User) -> Meaning {
        let member = Member {
            party: self.party(user.id),
            name: user.username.clone(),
            is_staff: any([user.admin, user.moderator, user.staff]),
            since: user.created_at.map(|at| at.date_naive()),
            until: None,
            email: user.email.clone().filter(|email| !email.is_empty()),
            is_first_hand: true,
        };
        Meaning::Changes(vec![Change::Member { member, rank: Rank::new(self.received_at, 0) }])
    }

    /// The name goes with the user; what they contributed stays counted.
    fn user_destroyed(&self, user: &User) -> Meaning {
        let member = Member {
            party: self.party(user.id),
            name: None,
            is_staff: None,
            since: user.created_at.map(|at| at.date_naive()),
            until: Some(self.received_at.date_naive()),
            email: None,
            is_first_hand: true,
        };
        Meaning::Changes(vec![Change::Member { member, rank: Rank::for_good() }])
    }

    fn mention(&self, user: i64, name: Option<String>, is_staff: Option<bool>) -> Member {
        Member { party: self.party(user), name, is_staff, since: None, until: None, email: None, is_first_hand: false }
    }

    fn party(&self, user: i64) -> PartyRef {
        PartyRef::member(&self.source, &user.to_string())
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    const POST: &str = include_str!("fixtures/post_created.json");
    const LIKE: &str = include_str!("fixtures/post_liked.json");
    const SOLVED: &str = include_str!("fixtures/accepted_solution.json");
    const USER: &str = include_str!("fixtures/user_created.json");
    const FORUM: &str = "https://forum.example.com";

    fn received_at() -> DateTime<Utc> {
        "2026-05-05T10:00:00Z".parse().unwrap()
    }

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn changes(event: &str, body: &Value) -> Vec<Change> {
        match read(Some(FORUM), event, body, received_at()).unwrap() {
            Meaning::Changes(changes) => changes,
            Meaning::Nothing(reason) => panic!("{event} changes nothing: {reason}"),
        }
    }

    fn contribution(event: &str, body: &Value) -> (Contribution, Option<bool>, Rank) {
        let found = changes(event, body).into_iter().find_map(|change| match change {
            Change::Contribution { contribution, withdrawn, rank, .. } => Some((contribution, withdrawn, rank)),
            _ => None,
        });
        found.unwrap()
    }

    fn member(event: &str, body: &Value) -> Member {
        let found = changes(event, body).into_iter().find_map(|change| match change {
            Change::Member { member, .. } | Change::Contribution { author: member, .. } => Some(member),
            _ => None,
        });
        found.unwrap()
    }

    #[test]
    fn a_topics_first_post_is_a_question_and_the_others_are_replies() {
        let mut body = value(POST);
        let (question, withdrawn, rank) = contribution("post_created", &body);
        let expected = Contribution {
            reference: Reference::new("discourse:forum.example.com", "post:123"),
            kind: ContributionKind::Question,
            thread: Some("77".to_owned()),
            party: PartyRef::member("discourse:forum.example.com", "45"),
            at: "2026-05-04T08:15:30.123Z".parse().unwrap(),
            withdrawn: false,
        };
        assert_eq!((question, withdrawn), (expected, None));
        assert_eq!(rank, Rank::new("2026-05-04T08:15:30.123Z".parse().unwrap(), 1));
        body["post"]["post_number"] = json!(2);
        assert_eq!(contribution("post_edited", &body).0.kind, ContributionKind::Reply);
    }

    #[test]
    fn forums_in_folders_of_one_host_are_two() {
        assert_eq!(source_of("https://forum.example.com/").unwrap(), "discourse:forum.example.com");
        assert_eq!(source_of("https://example.com:8443/makers").unwrap(), "discourse:example.com:8443/makers");
        assert_ne!(source_of("https://example.com/makers").unwrap(), source_of("https://example.com/users/").unwrap());
    }

    #[test]
    fn only_deleting_and_restoring_say_whether_a_post_counts() {
        let mut body = value(POST);
        let withdrawn = |event: &str, body: &Value| contribution(event, body).1;
        assert_eq!(withdrawn("post_edited", &body), None);
        assert_eq!(withdrawn("post_destroyed", &body), Some(true));
        assert_eq!(withdrawn("post_recovered", &body), Some(false));
        body["post"]["deleted_at"] = json!("2026-05-04T10:00:00.000Z");
        assert_eq!(withdrawn("post_edited", &body), Some(true));
    }

    #[test]
    fn a_like_is_of_who_likes_and_a_solution_of_who_wrote_it() {
        let (like, _, _) = contribution("post_liked", &value(LIKE));
        assert_eq!((like.reference.key.as_str(), like.party.reference.key.as_str()), ("like:124:45", "45"));
        assert_eq!((like.kind, like.at), (ContributionKind::Like, received_at()));
        let (solution, withdrawn, _) = contribution("accepted_solution", &value(SOLVED));
        assert_eq!((solution.reference.key.as_str(), solution.party.reference.key.as_str()), ("solution:124", "46"));
        assert_eq!((solution.kind, withdrawn), (ContributionKind::Solution, Some(false)));
        assert_eq!(contribution("unaccepted_solution", &value(SOLVED)).1, Some(true));
        let other_name = json!({ "accepted_solution": value(SOLVED)["solved"] });
        assert_eq!(contribution("accepted_solution", &other_name).0, solution);
    }

    #[test]
    fn members_have_a_name_a_role_and_the_address_that_they_are_known_by() {
        let created = member("user_created", &value(USER));
        assert_eq!(
            (created.name.as_deref(), created.is_staff, created.is_first_hand),
            (Some("ada"), Some(false), true)
        );
        assert_eq!(created.since.unwrap().to_string(), "2026-05-03");
        assert_eq!(created.email.as_deref(), Some("ada@example.com"));
        let author = member("accepted_solution", &value(SOLVED));
        assert_eq!((author.name.as_deref(), author.is_staff, author.is_first_hand), (Some("grace"), Some(true), false));
        // Who likes comes without their role.
        assert_eq!(member("post_liked", &value(LIKE)).is_staff, None);
        let destroyed = member("user_destroyed", &value(USER));
        assert_eq!((destroyed.name, destroyed.email), (None, None));
        assert_eq!(destroyed.until, Some(received_at().date_naive()));
    }

    #[test]
    fn what_is_not_tracked_is_ignored_and_what_is_not_known_is_said() {
        let check = |event: &str, body: Value, expected: Result<&str, &str>| {
            let found = read(Some(FORUM), event, &body, received_at());
            match (found, expected) {
                (Ok(Meaning::Nothing(reason)), Ok(expected)) => assert_eq!(reason, expected),
                (Err(problem), Err(expected)) => assert!(problem.contains(expected), "{problem}"),
                (found, _) => panic!("{event}: {found:?}"),
            }
        };
        check("ping", json!({ "ping": "OK" }), Ok("a ping"));
        check("topic_created", json!({ "topic": {} }), Ok("it is about something that is not tracked"));
        let mut message = value(POST);
        message["post"]["topic_archetype"] = json!("private_message");
        check("post_created", message, Ok("private messages are not tracked"));
        let mut whisper = value(POST);
        whisper["post"]["post_type"] = json!(4);
        check("post_created", whisper, Ok("notices and whispers are not tracked"));
        let mut system = value(POST);
        system["post"]["user_id"] = json!(-1);
        check("post_created", system, Ok("what the forum itself writes is not tracked"));
        check("post_pinned", value(POST), Err("`post_pinned` is not an event of Discourse"));
        check("post_created", json!({ "post": { "id": 1 } }), Err("post: missing field `topic_id`"));
        check("post_created", json!({}), Err("the body has no `post`"));
        check("post_created", Value::Null, Err("the body has no `post`"));
        let nowhere = read(Some("forum"), "post_created", &value(POST), received_at());
        assert!(nowhere.unwrap_err().contains("X-Discourse-Instance"));
    }

    #[test]
    fn an_event_keeps_its_key_when_it_is_sent_again_under_another_id() {
        let key = |event: &str, id: &str, body: &str| {
            let mut headers = HeaderMap::new();
            let event_type = event.split('_').next().unwrap_or_default();
            for (name, value) in [
                ("x-discourse-instance", FORUM),
                ("x-discourse-event", event),
                ("x-discourse-event-type", event_type),
                ("x-discourse-event-id", id),
            ] {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
            }
            incoming(&headers, body.as_bytes()).deduplication_key
        };
        let created = key("post_created", "1", POST);
        assert_eq!(created, "https://forum.example.com|post_created|post:123|v1 2026-05-04T08:15:30.123Z");
        let later_version = POST.replace("\"version\":1", "\"version\":2");
        for (event, body) in
            [("post_created", POST), ("post_destroyed", POST), ("post_liked", LIKE), ("user_updated", USER)]
        {
            assert_eq!(key(event, "1", body), key(event, "2", body));
        }
        assert_eq!(key("post_liked", "1", LIKE), "https://forum.example.com|post_liked|like:124:45|");
        assert_ne!(key("post_edited", "1", POST), created);
        assert_ne!(key("post_edited", "1", POST), key("post_edited", "1", &later_version));
        assert_ne!(key("ping", "1", "{}"), key("ping", "2", "{}"));
        // Discourse numbers neither users nor deletions: what else changed tells two of them apart.
        assert_ne!(
            key("post_destroyed", "1", POST),
            key("post_destroyed", "1", &POST.replace("\"reads\":0", "\"reads\":9"))
        );
        assert_ne!(key("user_updated", "1", USER), key("user_updated", "1", &USER.replace("\"ada\"", "\"countess\"")));
    }
}
