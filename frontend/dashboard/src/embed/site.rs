use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::api::{Failure, ask};

const QUERY: &str = "query Sites {
  viewer { canWrite }
  communities(first: 100) { nodes {
    name isSample
    surveys { id name }
    sites { name key origins }
  } }
}";

const CREATE: &str = "mutation CreateSite($input: CreateSiteInput!) {
  createSite(input: $input) {
    __typename
    ... on Site { key }
    ... on NotFound { message }
  }
}";

/// The places where surveys may be embedded.
#[derive(Debug, PartialEq)]
pub struct Places {
    pub can_write: bool,
    pub communities: Vec<Community>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Community {
    pub name: String,
    pub is_sample: bool,
    pub surveys: Vec<Survey>,
    pub sites: Vec<Site>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Survey {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Site {
    pub name: String,
    pub key: String,
    pub origins: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewSite {
    pub survey: String,
    pub name: String,
    pub origins: Vec<String>,
}

#[derive(Deserialize)]
struct Data {
    viewer: Viewer,
    communities: Communities,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Viewer {
    can_write: bool,
}

#[derive(Deserialize)]
struct Communities {
    nodes: Vec<Community>,
}

#[derive(Serialize)]
struct Variables {
    input: NewSite,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    create_site: CreateSiteResult,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum CreateSiteResult {
    Site { key: String },
    NotFound { message: String },
}

impl Places {
    /// The site that was asked for, or the first, with its community.
    pub fn site(&self, key: Option<&str>) -> Option<(&Community, &Site)> {
        self.sites().find(|(_, site)| key == Some(&site.key)).or_else(|| self.sites().next())
    }

    pub fn sites(&self) -> impl Iterator<Item = (&Community, &Site)> {
        self.communities.iter().flat_map(|community| community.sites.iter().map(move |site| (community, site)))
    }

    pub fn surveys(&self) -> impl Iterator<Item = (&Community, &Survey)> {
        self.communities.iter().flat_map(|community| community.surveys.iter().map(move |survey| (community, survey)))
    }
}

pub async fn fetch_places() -> Result<Rc<Places>, Failure> {
    let data: Data = ask(QUERY, ()).await?;
    Ok(Rc::new(Places { can_write: data.viewer.can_write, communities: data.communities.nodes }))
}

/// Makes a site and returns its key.
pub async fn create_site(input: NewSite) -> Result<String, Failure> {
    let created: Created = ask(CREATE, Variables { input }).await?;
    match created.create_site {
        CreateSiteResult::Site { key } => Ok(key),
        CreateSiteResult::NotFound { message } => Err(Failure::Failed(message)),
    }
}

/// The origins that somebody typed, however they parted them. A slash at the end is what address bars add.
pub fn origins(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| character.is_whitespace() || character == ',');
    parts.map(|part| part.trim_end_matches('/').to_owned()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(keys: &[&[&str]]) -> Places {
        let site = |key: &&str| Site { name: "Forum".into(), key: (*key).into(), origins: Vec::new() };
        let community = |keys: &&[&str]| Community {
            name: "Makers".into(),
            is_sample: false,
            surveys: Vec::new(),
            sites: keys.iter().map(site).collect(),
        };
        Places { can_write: true, communities: keys.iter().map(community).collect() }
    }

    #[test]
    fn the_site_asked_for_is_shown_else_the_first() {
        let check = |keys: &[&[&str]], asked: Option<&str>, expected: Option<&str>| {
            let places = places(keys);
            assert_eq!(places.site(asked).map(|(_, site)| site.key.as_str()), expected);
        };
        check(&[&[], &["a"], &["b", "c"]], None, Some("a"));
        check(&[&["a"], &["b", "c"]], Some("c"), Some("c"));
        check(&[&["a"]], Some("z"), Some("a"));
        check(&[&[]], None, None);
    }

    #[test]
    fn origins_are_parted_as_they_come() {
        assert_eq!(
            origins(" https://a.example.com/,https://b.example.com\n\nx "),
            ["https://a.example.com", "https://b.example.com", "x"]
        );
        assert!(origins(" ,\n").is_empty());
    }

    #[test]
    fn a_result_is_read_as_the_server_writes_it() {
        let read = |json| serde_json::from_str::<Created>(json).unwrap().create_site;
        let made = read(r#"{"createSite": {"__typename": "Site", "key": "pk_1"}}"#);
        assert!(matches!(made, CreateSiteResult::Site { key } if key == "pk_1"));
        let missing = read(r#"{"createSite": {"__typename": "NotFound", "message": "gone"}}"#);
        assert!(matches!(missing, CreateSiteResult::NotFound { message } if message == "gone"));
    }
}
