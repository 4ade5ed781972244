//! Who answered, as the partner's server signs it, and one answer a member in a wave.

mod respondents;

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use sha2::Sha256;
use valuemap_tests::{
    Embed, Engine, Server, Signer, answer_all, seconds_since_1970, submission_id, unsigned, valuemap,
};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(
    only_tokens_of_the_sites_keys_are_taken,
    claims_that_are_wrong_are_refused_by_name,
    a_site_decides_whether_an_answer_needs_an_identity,
    keys_are_checked_and_rotated,
    a_member_answers_once_in_a_wave,
    of_many_answers_of_a_member_at_once_one_is_stored,
    two_servers_store_one_answer_of_a_member,
    the_database_does_not_name_the_member,
);

const SET: &str = "mutation($input: SetSiteIdentityInput!) { setSiteIdentity(input: $input) { __typename
    ... on Site { requiresIdentity identityKeys { kid algorithm publicKey } }
    ... on NotFound { message }
    ... on InvalidKeys { problems { path code message } } } }";

/// A world whose site takes tokens of two keys.
struct Signed {
    world: World,
    site_id: Value,
    version: Value,
    ecdsa: Signer,
    rsa: Signer,
}

impl Signed {
    async fn new(engine: Engine) -> Self {
        let world = World::new(engine).await;
        let sites = "query($id: ID!) { community(id: $id) { sites { id } } }";
        let data = world.api.ask(sites, json!({ "id": world.community })).await.unwrap();
        let site_id = data["community"]["sites"][0]["id"].clone();
        let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
        let (ecdsa, rsa) = (Signer::es256("2026-11").unwrap(), Signer::rs256("rsa").unwrap());
        let signed = Self { world, site_id, version, ecdsa, rsa };
        let set = signed.set_keys(&[&signed.ecdsa, &signed.rsa], false).await;
        assert_eq!(set["__typename"], "Site", "{set}");
        signed
    }

    async fn set_keys(&self, signers: &[&Signer], required: bool) -> Value {
        let keys: Vec<Value> = signers.iter().map(|signer| signer.key_input().unwrap()).collect();
        let input = json!({ "site": self.site_id, "keys": keys, "required": required });
        self.world.api.ask(SET, json!({ "input": input })).await.unwrap()["setSiteIdentity"].clone()
    }

    fn good_claims(&self) -> Value {
        let now = seconds_since_1970();
        json!({ "sub": submission_id(), "aud": self.world.site, "iat": now, "exp": now + 300 })
    }

    /// What comes back for new answers in the name of this token: the kind of result, or status, code and message.
    async fn submit(&self, token: &str) -> (u16, String, String) {
        let site = (self.world.site.as_str(), &self.version);
        let reply = self.world.embed.submit_as(token, site, &submission_id(), answer_all(3)).await.unwrap();
        let result = reply.body["data"]["submitResponse"]["__typename"].as_str().unwrap_or(reply.code()).to_owned();
        let message = reply.body["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert!(token.is_empty() || !reply.body.to_string().contains(token), "the token came back");
        (reply.status, result, message)
    }

    async fn accepted(&self, token: &str) {
        let (status, result, message) = self.submit(token).await;
        assert_eq!((status, result.as_str()), (200, "Receipt"), "{message}");
    }

    async fn refused(&self, token: &str, words: &str) {
        let (status, code, message) = self.submit(token).await;
        assert_eq!((status, code.as_str()), (401, "UNAUTHENTICATED"), "{words}");
        assert!(message.contains(words), "{message}");
    }

    async fn responses(&self) -> usize {
        let output = valuemap(&self.world.scratch, &["export", "--community", &self.world.community]).await.unwrap();
        assert!(valuemap(&self.world.scratch, &["verify"]).await.unwrap().status.success());
        String::from_utf8(output.stdout).unwrap().lines().count()
    }
}

async fn only_tokens_of_the_sites_keys_are_taken(engine: Engine) {
    let signed = Signed::new(engine).await;
    let (ecdsa, rsa, claims) = (&signed.ecdsa, &signed.rsa, signed.good_claims());
    signed.accepted(&ecdsa.sign(&claims).unwrap()).await;
    signed.accepted(&rsa.sign(&signed.good_claims()).unwrap()).await;
    let stored = signed.responses().await;

    let header = |algorithm: &str, kid: &str| json!({ "alg": algorithm, "kid": kid });
    let none = unsigned(&header("none", &rsa.kid), &claims);
    signed.refused(&format!("{none}."), "not a JWT").await;
    // The public key is no secret: a token that is "signed" with it as one is anybody's.
    for signer in [ecdsa, rsa] {
        let message = unsigned(&header("HS256", &signer.kid), &claims);
        let mut mac = Hmac::<Sha256>::new_from_slice(signer.public_key().unwrap().as_bytes()).unwrap();
        mac.update(message.as_bytes());
        let mac = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, mac.finalize().into_bytes());
        signed.refused(&format!("{message}.{mac}"), "`alg`: the key that `kid` names is for").await;
    }
    for algorithm in ["RS256", "ES384", "PS256", "EdDSA"] {
        let token = ecdsa.sign_with(&header(algorithm, &ecdsa.kid), &claims).unwrap();
        signed.refused(&token, "`alg`").await;
    }
    signed.refused(&ecdsa.sign_with(&header("ES256", "nobody"), &claims).unwrap(), "`kid`: the site has no key").await;
    signed.refused(&ecdsa.sign_with(&json!({ "alg": "ES256" }), &claims).unwrap(), "`kid`: the header does not").await;
    let impostor = Signer::es256(&ecdsa.kid).unwrap();
    signed.refused(&impostor.sign(&claims).unwrap(), "the signature is not of the key").await;
    for signer in [ecdsa, rsa] {
        let token = signer.sign(&claims).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (head, _) = message.split_once('.').unwrap();
        let mut other = claims.clone();
        other["sub"] = json!("somebody else");
        let (_, other) =
            unsigned(&json!({}), &other).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        signed.refused(&format!("{head}.{other}.{signature}"), "the signature is not of the key").await;
    }
    for rubbish in ["", "a.b.c", "Bearer x"] {
        signed.refused(rubbish, "not a JWT").await;
    }
    let mut long = claims.clone();
    long["name"] = json!("x".repeat(8 * 1024));
    signed.refused(&ecdsa.sign(&long).unwrap(), "at most 8192").await;
    assert_eq!(signed.responses().await, stored);
}

async fn claims_that_are_wrong_are_refused_by_name(engine: Engine) {
    let signed = Signed::new(engine).await;
    let now = seconds_since_1970();
    let with = |changes: Value| {
        let mut claims = signed.good_claims();
        for (claim, value) in changes.as_object().unwrap() {
            claims[claim] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        signed.ecdsa.sign(&claims).unwrap()
    };
    // Half a minute from the edges: the unit tests go to the second, with a clock that stands still.
    signed.accepted(&with(json!({ "exp": now - 30, "iat": now - 300 }))).await;
    signed.accepted(&with(json!({ "nbf": now + 30 }))).await;
    signed.accepted(&with(json!({ "aud": ["pk_other", signed.world.site] }))).await;
    signed.refused(&with(json!({ "exp": now - 61 })), "`exp`: the token expired").await;
    signed.refused(&with(json!({ "exp": now - 150 })), "2 minutes ago; sign a new one").await;
    signed.refused(&with(json!({ "exp": null })), "`exp`").await;
    signed.refused(&with(json!({ "exp": now + 90_000 })), "more than 24 hours").await;
    signed.refused(&with(json!({ "nbf": now + 120 })), "`nbf`").await;
    signed.refused(&with(json!({ "iat": now + 120 })), "`iat`").await;
    signed.refused(&with(json!({ "aud": "pk_other" })), "`aud`").await;
    signed.refused(&with(json!({ "aud": null })), "`aud`").await;
    signed.refused(&with(json!({ "sub": null })), "`sub`").await;
    signed.refused(&with(json!({ "sub": "" })), "`sub`").await;
    signed.refused(&with(json!({ "sub": "x".repeat(256) })), "`sub`").await;
    assert_eq!(signed.responses().await, 3);
}

async fn a_site_decides_whether_an_answer_needs_an_identity(engine: Engine) {
    let signed = Signed::new(engine).await;
    let anonymous = async || {
        let (embed, site) = (&signed.world.embed, &signed.world.site);
        let reply = embed.submit(site, &signed.version, &submission_id(), answer_all(3)).await.unwrap();
        (reply.status, reply.body["errors"][0]["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(anonymous().await.0, 200);
    assert_eq!(signed.set_keys(&[&signed.ecdsa], true).await["requiresIdentity"], true);
    let (status, message) = anonymous().await;
    assert_eq!(status, 401);
    assert!(message.contains("signed-in members only"), "{message}");
    let token = || signed.ecdsa.token(&signed.world.site, &submission_id()).unwrap();
    signed.accepted(&token()).await;

    assert_eq!(signed.set_keys(&[], false).await["identityKeys"], json!([]));
    assert_eq!(anonymous().await.0, 200);
    signed.refused(&token(), "this site has no identity keys").await;
}

async fn keys_are_checked_and_rotated(engine: Engine) {
    let signed = Signed::new(engine).await;
    let api = &signed.world.api;
    let good = signed.ecdsa.key_input().unwrap();
    let set = async |keys: Value, required: bool| {
        let input = json!({ "site": signed.site_id, "keys": keys, "required": required });
        api.ask(SET, json!({ "input": input })).await.unwrap()["setSiteIdentity"].clone()
    };
    let mut as_rsa = good.clone();
    as_rsa["algorithm"] = json!("RS256");
    as_rsa["kid"] = json!("other");
    let refused = set(json!([good, good, as_rsa]), false).await;
    assert_eq!(refused["__typename"], "InvalidKeys");
    let paths: Vec<&Value> = refused["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
    assert_eq!(paths, ["keys.1.kid", "keys.2.publicKey"]);
    assert_eq!(set(json!([]), true).await["problems"][0]["path"], "keys");
    // Nothing has changed.
    signed.accepted(&signed.rsa.token(&signed.world.site, "before").unwrap()).await;

    let next = Signer::es256("2026-12").unwrap();
    let site = signed.set_keys(&[&signed.ecdsa, &next], false).await;
    assert_eq!(site["identityKeys"][1]["kid"], "2026-12");
    assert_eq!(site["identityKeys"][1]["publicKey"], next.public_key().unwrap().trim());
    signed.accepted(&signed.ecdsa.token(&signed.world.site, "a").unwrap()).await;
    signed.accepted(&next.token(&signed.world.site, "b").unwrap()).await;
    signed.set_keys(&[&next], false).await;
    signed.refused(&signed.ecdsa.token(&signed.world.site, "c").unwrap(), "`kid`").await;

    // Whoever may not change the site, or has nothing to do with it, changes nothing.
    let input = json!({ "input": { "site": signed.site_id, "keys": [], "required": false } });
    assert!(valuemap(&signed.world.scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let token = |arguments: &'static [&'static str]| valuemap(&signed.world.scratch, arguments);
    let output = token(&["token", "create", "--name", "o", "--write", "--organisation", "Other"]).await.unwrap();
    let stranger =
        valuemap_tests::Api::new(&signed.world.server.address, String::from_utf8(output.stdout).unwrap().trim());
    assert_eq!(stranger.ask(SET, input.clone()).await.unwrap()["setSiteIdentity"]["__typename"], "NotFound");
    let output = token(&["token", "create", "--name", "r", "--organisation", "Acme"]).await.unwrap();
    let reader =
        valuemap_tests::Api::new(&signed.world.server.address, String::from_utf8(output.stdout).unwrap().trim());
    assert_eq!(reader.send(SET, input).await.unwrap().code(), "FORBIDDEN");
}

async fn a_member_answers_once_in_a_wave(engine: Engine) {
    let signed = Signed::new(engine).await;
    let (embed, site) = (&signed.world.embed, (signed.world.site.as_str(), &signed.version));
    let submit = async |member: &str, id: &str, point: u8| {
        let token = signed.ecdsa.token(site.0, member).unwrap();
        let reply = embed.submit_as(&token, site, id, answer_all(point)).await.unwrap();
        reply.data().unwrap()["submitResponse"].clone()
    };
    let first_id = submission_id();
    let first = submit("member-7", &first_id, 4).await;
    assert_eq!(first["__typename"], "Receipt");
    assert_eq!(submit("member-7", &first_id, 4).await, first);

    let second_id = submission_id();
    let second = submit("member-7", &second_id, 5).await;
    assert_eq!(second["__typename"], "AlreadyAnswered");
    assert_eq!(second["receivedAt"], first["receivedAt"]);
    assert!(second["message"].as_str().unwrap().contains("one answer a quarter counts"), "{second}");
    assert_eq!(submit("member-7", &second_id, 5).await, second);
    assert_eq!(submit("member-7", &first_id, 5).await["__typename"], "SubmissionIdReused");
    assert_eq!(submit("member-7", &first_id, 4).await, first);
    assert_eq!(submit("member-8", &submission_id(), 2).await["__typename"], "Receipt");
    // The id that was turned away is free for another member's answers.
    assert_eq!(submit("member-9", &second_id, 2).await["__typename"], "Receipt");
    // A token may run out before the receipt arrives; it opens nothing else.
    let expired = json!({ "sub": "member-7", "aud": site.0, "exp": seconds_since_1970() - 300 });
    let expired = signed.ecdsa.sign(&expired).unwrap();
    let again = embed.submit_as(&expired, site, &first_id, answer_all(4)).await.unwrap();
    assert_eq!(again.data().unwrap()["submitResponse"], first);
    assert_eq!(embed.submit_as(&expired, site, &first_id, answer_all(5)).await.unwrap().code(), "UNAUTHENTICATED");
    let anonymous = embed.submit(site.0, site.1, &submission_id(), answer_all(1)).await.unwrap();
    assert_eq!(anonymous.data().unwrap()["submitResponse"]["__typename"], "Receipt");
    assert_eq!(signed.responses().await, 4);

    // In another wave the same member may answer again: this one is made the last one's.
    let connection = signed.world.scratch.connect().await.unwrap();
    connection.execute_unprepared("UPDATE member_answer SET wave = '2001-Q1'").await.unwrap();
    assert_eq!(submit("member-7", &first_id, 4).await, first);
    assert_eq!(submit("member-7", &submission_id(), 5).await["__typename"], "Receipt");
    assert_eq!(signed.responses().await, 5);
}

/// Sends many answers at once, some members several times, spread over these servers; checks that each member has one.
async fn send_at_once(signed: &Signed, embeds: &[Embed]) {
    const MEMBERS: usize = 12;
    const TIMES: usize = 8;
    let mut attempts = Vec::new();
    for number in 0..MEMBERS * TIMES {
        let member = format!("member-{}", number % MEMBERS);
        let token = signed.ecdsa.token(&signed.world.site, &member).unwrap();
        let (embed, site, version) =
            (embeds[(number / MEMBERS) % embeds.len()].clone(), signed.world.site.clone(), signed.version.clone());
        let (id, point) = (submission_id(), (number % 5 + 1) as u8);
        // Neighbours in the batches who have nothing to do with it, one for each member.
        let token = (number >= MEMBERS).then_some(token);
        let key = token.as_ref().map(|_| member);
        let attempt = tokio::spawn(async move {
            let reply = match &token {
                Some(token) => embed.submit_as(token, (&site, &version), &id, answer_all(point)).await.unwrap(),
                None => embed.submit(&site, &version, &id, answer_all(point)).await.unwrap(),
            };
            reply.data().unwrap()["submitResponse"].clone()
        });
        attempts.push((key, attempt));
    }
    let mut receipts: BTreeMap<Option<String>, Vec<Value>> = BTreeMap::new();
    let mut refusals: BTreeMap<Option<String>, Vec<Value>> = BTreeMap::new();
    for (member, attempt) in attempts {
        let result = attempt.await.unwrap();
        let kind = if result["__typename"] == "Receipt" { &mut receipts } else { &mut refusals };
        kind.entry(member).or_default().push(result);
    }
    assert_eq!(receipts.remove(&None).unwrap().len(), MEMBERS);
    assert_eq!((receipts.len(), refusals.len()), (MEMBERS, MEMBERS));
    for (member, receipts) in receipts {
        assert_eq!(receipts.len(), 1, "{member:?}: {receipts:?}");
        for refusal in &refusals[&member] {
            assert_eq!(refusal["__typename"], "AlreadyAnswered");
            assert_eq!(refusal["receivedAt"], receipts[0]["receivedAt"]);
        }
    }
    assert_eq!(signed.responses().await, 2 * MEMBERS);
}

async fn of_many_answers_of_a_member_at_once_one_is_stored(engine: Engine) {
    let signed = Signed::new(engine).await;
    send_at_once(&signed, std::slice::from_ref(&signed.world.embed)).await;
}

async fn two_servers_store_one_answer_of_a_member(engine: Engine) {
    let signed = Signed::new(engine).await;
    let second = Server::start(&signed.world.scratch, &[]).await.unwrap();
    send_at_once(&signed, &[signed.world.embed.clone(), second.embed(PAGE)]).await;
}

async fn the_database_does_not_name_the_member(engine: Engine) {
    let signed = Signed::new(engine).await;
    let member = "jo.doe@example.com";
    signed.accepted(&signed.ecdsa.token(&signed.world.site, member).unwrap()).await;
    let connection = signed.world.scratch.connect().await.unwrap();
    let backend = connection.get_database_backend();
    let query = |sql: &str| Statement::from_string(backend, sql);
    let row = connection.query_one_raw(query("SELECT member FROM member_answer")).await.unwrap().unwrap();
    let stored: String = row.try_get("", "member").unwrap();
    let row = connection.query_one_raw(query("SELECT secret FROM pseudonym_secret")).await.unwrap().unwrap();
    let secret: String = row.try_get("", "secret").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(member.as_bytes());
    let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(stored, digest);
    assert_eq!(secret.len(), 64);
    // Setting keys again keeps the secret, and so the members.
    signed.set_keys(&[&signed.ecdsa], true).await;
    let (_, result, _) = signed.submit(&signed.ecdsa.token(&signed.world.site, member).unwrap()).await;
    assert_eq!(result, "AlreadyAnswered");
}
