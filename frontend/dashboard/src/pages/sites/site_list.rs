use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::server::{Failure, ask};

const QUERY: &str = include_str!("sites.graphql");
const CREATE: &str = include_str!("create_site.graphql");

/// All sites of the organisation: where its surveys may be embedded.
#[derive(Debug, PartialEq)]
pub struct SiteList {
    pub may_manage: bool,
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
struct Viewer {
    rights: Vec<String>,
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

impl SiteList {
    /// The site of this key, or the first, with its community.
    pub fn find(&self, key: Option<&str>) -> Option<(&Community, &Site)> {
        self.all().find(|(_, site)| key == Some(&site.key)).or_else(|| self.all().next())
    }

    pub fn all(&self) -> impl Iterator<Item = (&Community, &Site)> {
        self.communities.iter().flat_map(|community| community.sites.iter().map(move |site| (community, site)))
    }

    pub fn surveys(&self) -> impl Iterator<Item = (&Community, &Survey)> {
        self.communities.iter().flat_map(|community| community.surveys.iter().map(move |survey| (community, survey)))
    }
}

pub async fn fetch_sites() -> Result<Rc<SiteList>, Failure> {
    let data: Data = ask(QUERY, ()).await?;
    let may_manage = data.viewer.rights.iter().any(|right| right == "MANAGE");
    Ok(Rc::new(SiteList { may_manage, communities: data.communities.nodes }))
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

    fn site_list(keys: &[&[&str]]) -> SiteList {
        let site = |key: &&str| Site { name: "Forum".into(), key: (*key).into(), origins: Vec::new() };
        let community = |keys: &&[&str]| Community {
            name: "Makers".into(),
            is_sample: false,
            surveys: Vec::new(),
            sites: keys.iter().map(site).collect(),
        };
        SiteList { may_manage: true, communities: keys.iter().map(community).collect() }
    }

    #[test]
    fn without_a_known_key_it_is_the_first_site() {
        let check = |keys: &[&[&str]], key: Option<&str>, expected: Option<&str>| {
            let sites = site_list(keys);
            assert_eq!(sites.find(key).map(|(_, site)| site.key.as_str()), expected);
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
