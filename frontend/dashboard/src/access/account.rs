use std::rc::Rc;

use serde::Deserialize;
use valuemap_shared::calendar::Quarter;

use crate::api::{Failure, ask};

const QUERY: &str = "query Account {
  viewer { organisation { name } }
  communities(first: 100) { nodes { id name isSample periods } }
}";

/// The organisation that somebody is signed in to, and its communities.
#[derive(Debug, PartialEq)]
pub struct Account {
    pub organisation: String,
    pub communities: Vec<Community>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Community {
    pub id: String,
    pub name: String,
    /// Its answers are made up, so that there is something to look at.
    pub is_sample: bool,
    /// The quarters that hold answers, latest first.
    pub periods: Vec<Quarter>,
}

#[derive(Deserialize)]
struct Data {
    viewer: Viewer,
    communities: Communities,
}

#[derive(Deserialize)]
struct Viewer {
    organisation: Organisation,
}

#[derive(Deserialize)]
struct Organisation {
    name: String,
}

#[derive(Deserialize)]
struct Communities {
    nodes: Vec<Community>,
}

impl From<Data> for Account {
    fn from(data: Data) -> Self {
        Self { organisation: data.viewer.organisation.name, communities: data.communities.nodes }
    }
}

impl Account {
    /// The community that was asked for, or the first. One that is not on the list is for the server to judge: the
    /// list ends after a hundred. `None` when nothing was asked for and there is none.
    pub fn community(&self, asked: Option<&str>) -> Option<Community> {
        let Some(id) = asked else { return self.communities.first().cloned() };
        let listed = self.communities.iter().find(|community| community.id == id).cloned();
        listed.or_else(|| {
            Some(Community { id: id.into(), name: "Community".into(), is_sample: false, periods: Vec::new() })
        })
    }
}

pub async fn fetch_account() -> Result<Rc<Account>, Failure> {
    ask::<Data>(QUERY, ()).await.map(|data| Rc::new(data.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(ids: &[&str]) -> Account {
        let nodes: Vec<String> = ids
            .iter()
            .map(|id| format!(r#"{{"id": "{id}", "name": "N", "isSample": true, "periods": ["2026-Q4"]}}"#))
            .collect();
        let data = format!(
            r#"{{"viewer": {{"organisation": {{"name": "O"}}}}, "communities": {{"nodes": [{}]}}}}"#,
            nodes.join(",")
        );
        serde_json::from_str::<Data>(&data).unwrap().into()
    }

    fn check(ids: &[&str], asked: Option<&str>, expected: Option<&str>) {
        let community = account(ids).community(asked);
        assert_eq!(community.as_ref().map(|community| community.id.as_str()), expected);
    }

    #[test]
    fn the_community_asked_for_is_shown_else_the_first() {
        check(&["a", "b"], None, Some("a"));
        check(&["a", "b"], Some("b"), Some("b"));
        check(&[], None, None);
    }

    #[test]
    fn a_community_that_is_not_listed_is_for_the_server_to_judge() {
        check(&["a"], Some("z"), Some("z"));
        assert!(account(&["a"]).community(Some("z")).is_some_and(|community| community.periods.is_empty()));
    }
}
