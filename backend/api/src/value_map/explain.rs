//! Where a figure of the map comes from: formula, inputs, model version, and the rows behind it.

use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use async_graphql::{Context, Object, OneofObject, SimpleObject};
use chrono::NaiveDate;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::value_map::explain as engine;
use valuemap_engine::value_map::explained_row::Row;
use valuemap_shared::value_map::Figure;

use crate::context::{may, services};
use crate::documents::limits::PAGE;
use crate::error::ApiError;
use crate::value_map::wire::{Element, Explanation};
use crate::wire::scalars::{Count, Money};

/// A figure of the map.
#[derive(OneofObject)]
pub enum FigureInput {
    Element(Element),
    /// A measure, by its key in the scoring model.
    Measure(String),
    /// The Net Promoter Score; say true.
    Recommendation(bool),
    /// What the community cost; say true.
    Cost(bool),
}

impl From<FigureInput> for Figure {
    fn from(input: FigureInput) -> Self {
        match input {
            FigureInput::Element(element) => Self::Element(element.into()),
            FigureInput::Measure(key) => Self::Measure(key),
            FigureInput::Recommendation(_) => Self::Recommendation,
            FigureInput::Cost(_) => Self::Cost,
        }
    }
}

/// Where a figure comes from.
pub struct Explained(pub engine::Explained);

#[Object]
impl Explained {
    /// Null where there is no figure to explain.
    async fn explanation(&self) -> Option<Explanation> {
        self.0.explanation.clone().map(Explanation::from)
    }

    /// Answers of members that went into the figure and are not among the rows; null where there are none.
    async fn not_listed(&self) -> Option<NotListed> {
        let answers = self.0.answers;
        (answers > 0).then(|| NotListed { answers: Count(answers), reason: engine::ANSWERS_ARE_NOT_LISTED.to_owned() })
    }

    /// The rows behind the figure, oldest first. What members answered is not among them: its sums are the inputs, and
    /// `notListed` says how many answers there were. Outcomes, cases, contributions and parties take the right to read
    /// answers.
    async fn rows(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<RowIndex, ExplainedRow, RowCount, EmptyFields>, ApiError> {
        if self.0.source.is_of_people() {
            may(context, Right::ReadAnswers)?;
        }
        let size = match usize::try_from(first.unwrap_or(20)) {
            Ok(size) if (1..=PAGE).contains(&size) => size,
            _ => return Err(ApiError::BadUserInput(format!("first: from 1 to {PAGE} rows at a time"))),
        };
        let start = match after.map(|cursor| RowIndex::decode_cursor(&cursor)) {
            None => 0,
            Some(Ok(RowIndex(index))) => index + 1,
            Some(Err(_)) => return Err(ApiError::BadUserInput("after: not a cursor of rows".into())),
        };
        let db = &services(context)?.database.read;
        let total = self.0.source.count(db).await?;
        let rows = self.0.source.page(db, start, size as u64).await?;
        // Rows that went since they were counted are on no page.
        let has_next = !rows.is_empty() && start + (rows.len() as u64) < total;
        let mut connection =
            Connection::with_additional_fields(start > 0, has_next, RowCount { total_count: Count(total) });
        connection
            .edges
            .extend((start..).zip(rows).map(|(index, row)| Edge::new(RowIndex(index), ExplainedRow::from(row))));
        Ok(connection)
    }
}

/// What went into a figure without being listed.
#[derive(SimpleObject)]
pub struct NotListed {
    answers: Count,
    reason: String,
}

#[derive(SimpleObject)]
pub struct RowCount {
    /// How many rows there are in all.
    total_count: Count,
}

/// The index of a row among those behind a figure.
#[derive(Clone, Copy, Debug)]
pub struct RowIndex(u64);

impl CursorType for RowIndex {
    type Error = std::num::ParseIntError;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        text.trim_start_matches("row").parse().map(Self)
    }

    fn encode_cursor(&self) -> String {
        format!("row{}", self.0)
    }
}

/// A row behind a figure.
#[derive(SimpleObject)]
pub struct ExplainedRow {
    /// What it is: `outcome`, `observation`, `cost`, `support_case`, `contribution`, `party`, `part`.
    kind: String,
    /// The key that its source knows it by.
    id: String,
    day: Option<NaiveDate>,
    text: String,
    value: Option<f64>,
    amount: Option<Money>,
}

impl From<Row> for ExplainedRow {
    fn from(row: Row) -> Self {
        let Row { kind, id, day, text, value, amount } = row;
        Self { kind, id, day, text, value, amount: amount.map(Money::from) }
    }
}
