use serde::{Deserialize, Serialize};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Money;
use valuemap_shared::value_map::{Element, Weighting};

use crate::server::{Failure, ask};

/// How many rows one answer holds.
const PAGE: u32 = 20;

const QUERY: &str = include_str!("rows.graphql");

/// A figure of the map, as the API names it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FigureKey {
    Element(Element),
    Measure(String),
    Recommendation(bool),
    Cost(bool),
}

/// One of the things that a figure was counted from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Row {
    /// What it is: `outcome`, `observation`, ...
    pub kind: String,
    pub id: String,
    pub day: Option<String>,
    pub text: String,
    pub value: Option<f64>,
    pub amount: Option<Money>,
}

/// Some of the rows.
#[derive(Debug, PartialEq)]
pub struct Page {
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: u64,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
    pub not_listed: Option<NotListed>,
}

/// Answers of members that went into a figure and are no rows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct NotListed {
    pub answers: u64,
    pub reason: String,
}

/// Whose rows to ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowsKey {
    pub community: String,
    pub period: Quarter,
    pub weighting: Weighting,
    pub figure: FigureKey,
}

#[derive(Serialize)]
struct Variables<'a> {
    #[serde(flatten)]
    key: &'a RowsKey,
    first: u32,
    after: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    explain: Option<Explained>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Explained {
    not_listed: Option<NotListed>,
    rows: Connection,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    total_count: u64,
    edges: Vec<Edge>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge {
    node: Row,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl From<Explained> for Page {
    fn from(Explained { not_listed, rows: connection }: Explained) -> Self {
        let PageInfo { has_next_page, end_cursor } = connection.page_info;
        Self {
            not_listed,
            rows: connection.edges.into_iter().map(|edge| edge.node).collect(),
            total: connection.total_count,
            next: end_cursor.filter(|_| has_next_page),
        }
    }
}

pub async fn fetch_rows(key: &RowsKey, after: Option<String>) -> Result<Page, Failure> {
    let data: Data = ask(QUERY, Variables { key, first: PAGE, after }).await?;
    data.explain.map(Page::from).ok_or(Failure::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_named_by_one_of_three() {
        let written = [
            FigureKey::Element(Element::Education),
            FigureKey::Measure("deflection".into()),
            FigureKey::Recommendation(true),
        ]
        .map(|figure| serde_json::to_string(&figure).unwrap());
        assert_eq!(
            written,
            [r#"{"element":"EDUCATION"}"#, r#"{"measure":"deflection"}"#, r#"{"recommendation":true}"#]
        );
    }

    #[test]
    fn the_key_and_the_page_are_the_variables() {
        let key = RowsKey {
            community: "c".into(),
            period: Quarter::new(2026, 4).unwrap(),
            weighting: Weighting::Equal,
            figure: FigureKey::Cost(true),
        };
        let written = serde_json::to_string(&Variables { key: &key, first: 20, after: None }).unwrap();
        let expected = r#"{"community":"c","period":"2026-Q4","weighting":"EQUAL","figure":{"cost":true},"first":20,"after":null}"#;
        assert_eq!(written, expected);
    }

    #[test]
    fn a_page_is_read_as_the_server_writes_it() {
        let json = r#"{"explain": {"notListed": {"answers": 334, "reason": "r"}, "rows": {"totalCount": 41,
            "edges": [{"node": {"kind": "outcome", "id": "o", "day": "2026-11-02", "text": "Upgrade", "value": null,
                "amount": {"amount": "12.5", "currency": "EUR"}}}],
            "pageInfo": {"hasNextPage": true, "endCursor": "c"}}}}"#;
        let page: Page = serde_json::from_str::<Data>(json).unwrap().explain.unwrap().into();
        assert_eq!((page.total, page.next.as_deref()), (41, Some("c")));
        assert_eq!(page.not_listed, Some(NotListed { answers: 334, reason: "r".into() }));
        assert_eq!(page.rows[0].amount.map(|money| money.to_string()), Some("12.5 EUR".into()));
    }

    #[test]
    fn after_the_last_page_there_is_no_next() {
        let json = r#"{"notListed": null,
            "rows": {"totalCount": 0, "edges": [], "pageInfo": {"hasNextPage": false, "endCursor": "c"}}}"#;
        let page: Page = serde_json::from_str::<Explained>(json).unwrap().into();
        assert_eq!(page, Page { rows: vec![], total: 0, next: None, not_listed: None });
    }
}
