//! Many answers at once: an honest crowd loses nothing, and a flood moves no figure for good.

mod crowd;
mod standing;
mod tokens;

use serde_json::{Value, json};
use valuemap_tests::{Embed, Engine, Reply, answer_all, submission_id, valuemap};

use crate::World;

/// A world with rate limits, and the survey that its site shows.
struct Limited {
    world: World,
    site_id: Value,
    version: Value,
}

/// So many answers from an address count at once, and then hardly any more, however slow this machine is.
fn tight(burst: &'static str) -> [(&'static str, &'static str); 2] {
    [("VALUEMAP_LIMITS_ANSWERS_PER_MINUTE", "1"), ("VALUEMAP_LIMITS_ANSWERS_BURST", burst)]
}

/// What an answer counts toward.
const BENEFIT: &str = "PEER_BEST_PRACTICES";

impl Limited {
    async fn new(engine: Engine) -> Self {
        Self::with(engine, &[]).await
    }

    async fn with(engine: Engine, environment: &[(&str, &str)]) -> Self {
        let world = World::limited(engine, environment).await;
        let sites = "query($id: ID!) { community(id: $id) { sites { id } } }";
        let data = world.api.ask(sites, json!({ "id": world.community })).await.unwrap();
        let site_id = data["community"]["sites"][0]["id"].clone();
        let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
        Self { world, site_id, version }
    }

    async fn submit(&self, embed: &Embed, id: &str, point: u8) -> Reply {
        embed.submit(&self.world.site, &self.version, id, answer_all(point)).await.unwrap()
    }

    /// So many members on one address, all at about the same time. Each of them gets a receipt.
    async fn crowd(&self, address: &str, members: usize, point: u8) {
        let replies = self.replies(address, members, point).await;
        let receipts = replies.iter().filter(|reply| reply.body["data"]["submitResponse"]["__typename"] == "Receipt");
        assert_eq!(receipts.count(), members, "{:?}", replies.iter().find(|reply| reply.status != 200));
    }

    /// What so many submissions from an address are answered, eight at a time.
    async fn replies(&self, address: &str, count: usize, point: u8) -> Vec<Reply> {
        const AT_ONCE: usize = 8;
        let submit_some = |count: usize| {
            let (embed, site) = (self.world.embed.forwarded_for(address), self.world.site.clone());
            let version = self.version.clone();
            tokio::spawn(async move {
                let mut replies = Vec::new();
                for _ in 0..count {
                    let answers = answer_all(point);
                    replies.push(embed.submit(&site, &version, &submission_id(), answers).await.unwrap());
                }
                replies
            })
        };
        let shares = (0..AT_ONCE).map(|share| count / AT_ONCE + usize::from(share < count % AT_ONCE));
        let mut replies = Vec::new();
        for share in shares.map(submit_some).collect::<Vec<_>>() {
            replies.extend(share.await.unwrap());
        }
        replies
    }

    /// How many answers the map counts, and the value of a benefit.
    async fn figures(&self) -> (u64, Value) {
        let query = "query($id: ID!) { valueMap(community: $id) { responses } }";
        let data = self.world.api.ask(query, json!({ "id": self.world.community })).await.unwrap();
        let reading = self.world.api.reading(&self.world.community, BENEFIT).await.unwrap();
        (data["valueMap"]["responses"].as_u64().unwrap(), reading["value"].clone())
    }

    /// Counts all answers again; fails where a tally is not what they add up to.
    async fn verify(&self) {
        let output = valuemap(&self.world.scratch, &["verify"]).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    /// The groups of what is set aside, as standing, hash of the address and number of answers.
    async fn set_aside(&self) -> Vec<(String, String, u64)> {
        let query =
            "query($id: ID!) { community(id: $id) { setAsideGroups { standing addressHash answers site { id } } } }";
        let data = self.world.api.ask(query, json!({ "id": self.world.community })).await.unwrap();
        let group = |group: &Value| {
            assert_eq!(group["site"]["id"], self.site_id);
            let text = |name: &str| group[name].as_str().unwrap().to_owned();
            (text("standing"), text("addressHash"), group["answers"].as_u64().unwrap())
        };
        data["community"]["setAsideGroups"].as_array().unwrap().iter().map(group).collect()
    }

    /// Sends a mutation until nothing is left, and says how many answers were moved.
    async fn decide(&self, mutation: &str, input: Value) -> u64 {
        let query = format!(
            "mutation($input: AnswerSelectionInput!) {{ {mutation}(input: $input) {{ __typename
                ... on AnswersMoved {{ moved left }} ... on NotFound {{ message }} }} }}"
        );
        let mut moved = 0;
        loop {
            let data = self.world.api.ask(&query, json!({ "input": input })).await.unwrap();
            let result = &data[mutation];
            assert_eq!(result["__typename"], "AnswersMoved", "{result}");
            moved += result["moved"].as_u64().unwrap();
            if result["left"] == 0 {
                return moved;
            }
        }
    }

    /// What all answers match that were given on the site.
    fn all(&self) -> Value {
        json!({ "matching": { "site": self.site_id } })
    }
}
