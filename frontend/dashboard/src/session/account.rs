use std::rc::Rc;

use serde::Deserialize;
use valuemap_shared::calendar::Quarter;

use crate::server::{Failure, ask};

const QUERY: &str = include_str!("account.graphql");

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
    /// The community of this id, or the first without one; `None` if there is none. An id that is not on the list is
    /// for the server to judge: the list ends after a hundred.
    pub fn community(&self, id: Option<&str>) -> Option<Community> {
        let Some(id) = id else { return self.communities.first().cloned() };
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

    fn check(ids: &[&str], id: Option<&str>, expected: Option<&str>) {
        let community = account(ids).community(id);
        assert_eq!(community.as_ref().map(|community| community.id.as_str()), expected);
    }

    #[test]
    fn without_an_id_it_is_the_first_community() {
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
