//! Guessing tokens is slowed down, and a token that asks for too much has to wait.

use serde_json::json;
use valuemap_tests::{Api, Engine, Reply, Server, valuemap};

use super::Limited;
use crate::on_both_databases;

on_both_databases!(
    guessing_is_slowed_down_and_harms_no_valid_token,
    only_a_trusted_proxy_makes_a_session_secure,
    a_token_that_asks_too_often_waits,
    a_token_that_asks_for_too_much_waits,
    the_limits_are_published,
);

async fn guessing_is_slowed_down_and_harms_no_valid_token(engine: Engine) {
    let limits = [("VALUEMAP_LIMITS_FAILED_TOKENS_PER_MINUTE", "1"), ("VALUEMAP_LIMITS_FAILED_TOKENS_BURST", "3")];
    let limited = Limited::with(engine, &limits).await;
    let address = &limited.world.server.address;
    let guess = async |token: String| Api::new(address, &token).send("{ __typename }", json!({})).await.unwrap();
    let mut statuses = Vec::new();
    for number in 0..6 {
        let reply = guess(format!("vm_{number}")).await;
        assert_eq!(reply.status == 429, reply.headers.contains_key("retry-after"));
        statuses.push((reply.status, reply.code().to_owned()));
    }
    assert_eq!(statuses[..3], vec![(401, "UNAUTHENTICATED".to_owned()); 3]);
    assert!(statuses[3..].contains(&(429, "RATE_LIMITED".to_owned())), "{statuses:?}");

    let link = async || reqwest::get(format!("{address}/sign-in?token=vm_1234")).await.unwrap();
    let mut refused = link().await;
    for _ in 0..5 {
        if refused.status() == 429 {
            break;
        }
        refused = link().await;
    }
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    limited.world.api.ask("{ viewer { name } }", json!({})).await.unwrap();
}

async fn only_a_trusted_proxy_makes_a_session_secure(engine: Engine) {
    let limited = Limited::new(engine).await;
    let distrustful =
        Server::start_with(&limited.world.scratch, &[], &[("VALUEMAP_TRUSTED_PROXIES", "")]).await.unwrap();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (server, is_secure) in [(&limited.world.server, true), (&distrustful, false)] {
        let arguments = ["sign-in", "--server", &server.address];
        let link = String::from_utf8(valuemap(&limited.world.scratch, &arguments).await.unwrap().stdout).unwrap();
        let response = http.get(link.trim()).header("x-forwarded-proto", "https").send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.contains("Secure"), is_secure, "{cookie}");
    }
}

/// What a query is answered, again and again, until it is refused or was sent often enough.
async fn until_refused(api: &Api, query: &str, most: usize) -> (usize, Reply) {
    for number in 1.. {
        let reply = api.send(query, json!({})).await.unwrap();
        if reply.status != 200 || number == most {
            return (number, reply);
        }
    }
    unreachable!()
}

async fn a_token_that_asks_too_often_waits(engine: Engine) {
    let tight = [("VALUEMAP_LIMITS_REQUESTS_PER_MINUTE", "6"), ("VALUEMAP_LIMITS_REQUESTS_BURST", "20")];
    let limited = Limited::with(engine, &tight).await;
    let (_, reply) = until_refused(&limited.world.api, "{ viewer { name } }", 100).await;
    assert_eq!((reply.status, reply.code()), (429, "RATE_LIMITED"));
    let seconds: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=11).contains(&seconds), "{seconds}");
    // Another token is another matter.
    let other = limited.world.server.api(&limited.world.scratch).await.unwrap();
    other.ask("{ viewer { name } }", json!({})).await.unwrap();
}

async fn a_token_that_asks_for_too_much_waits(engine: Engine) {
    let tight = [("VALUEMAP_LIMITS_COST_PER_MINUTE", "60"), ("VALUEMAP_LIMITS_COST_BURST", "1000")];
    let limited = Limited::with(engine, &tight).await;
    let dear = "{ communities(first: 100) { nodes { name isSample } } }";
    let (number, reply) = until_refused(&limited.world.api, dear, 100).await;
    assert_eq!((reply.status, reply.code()), (429, "RATE_LIMITED"));
    assert!(number <= 5, "{number}");
    assert!(reply.headers.contains_key("retry-after"));
    assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("try again in"), "{}", reply.body);
}

async fn the_limits_are_published(engine: Engine) {
    let limited = Limited::with(engine, &[("VALUEMAP_LIMITS_COST_BURST", "77")]).await;
    let query = "{ limits { complexity rates { answersPerMinute answersBurst submissionsPerMinute failedTokensPerMinute
        failedTokensBurst requestsPerMinute requestsBurst costPerMinute costBurst } } }";
    let data = limited.world.api.ask(query, json!({})).await.unwrap();
    let expected = json!({ "answersPerMinute": 30, "answersBurst": 120, "submissionsPerMinute": 600,
        "failedTokensPerMinute": 30, "failedTokensBurst": 60, "requestsPerMinute": 6000, "requestsBurst": 2000,
        "costPerMinute": 3_000_000, "costBurst": 77 });
    assert_eq!(data["limits"]["rates"], expected);
}
