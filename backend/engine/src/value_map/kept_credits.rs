//! The credits of days: kept in the database beside the sums of the days, and computed again where something changed.
//!
//! They are kept under the mark of their day, as its sums are, so that whoever changes a record marks both at once. The map
//! does not read them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::entities::kept_sum;
use crate::activities::kept_sums::SumKey;
use crate::database::Database;
use crate::database::statements::Reads;
use crate::value_map::day_credits::{DayCredits, additive_model};
use crate::value_map::day_keeping::keep_aside;
use crate::value_map::day_reader::{DayReader, spans};
use crate::value_map::days::Span;
use crate::value_map::kept::Settings;

/// What is credited on each day.
pub type CreditsByDay = BTreeMap<NaiveDate, Arc<DayCredits>>;

/// Credits that are kept and up to date.
pub struct KeptCredits {
    pub credits: CreditsByDay,
    /// Of all days of the span that anything is recorded of.
    marks: BTreeMap<NaiveDate, Uuid>,
    settings: Settings,
}

impl KeptCredits {
    pub async fn read<C: Reads>(reader: &DayReader<'_, C>, span: Span) -> Result<Self, DbErr> {
        use kept_sum::Column::{Basis, Body, CommunityId, Day, Mark, Part};
        let settings = Settings::of(reader).await?;
        let of_part = |part: i16| {
            let rows = kept_sum::Entity::find().select_only().filter(CommunityId.eq(reader.community.0));
            rows.filter(Day.between(span.first, span.last)).filter(Part.eq(part))
        };
        let marks = of_part(SumKey::OF_DAY).columns([Day, Mark]).into_tuple();
        let marks: BTreeMap<NaiveDate, Uuid> = marks.all(reader.snapshot).await?.into_iter().collect();
        let mut credits = CreditsByDay::new();
        if settings.are_of_newest {
            let rows = of_part(SumKey::CREDITS).columns([Day, Mark, Basis, Body]).into_tuple();
            let rows: Vec<(NaiveDate, Uuid, Option<String>, Option<String>)> = rows.all(reader.snapshot).await?;
            for (day, mark, basis, body) in rows {
                let is_current = marks.get(&day) == Some(&mark)
                    && basis.as_deref() == Some(&*settings.basis(reader, SumKey::credits_of(day)));
                let body = body.filter(|_| is_current).and_then(|body| serde_json::from_str(&body).ok());
                credits.extend(body.map(|body| (day, Arc::new(body))));
            }
        }
        Ok(Self { credits, marks, settings })
    }

    fn missing(&self) -> BTreeSet<NaiveDate> {
        self.marks.keys().copied().filter(|day| !self.credits.contains_key(day)).collect()
    }

    /// Takes over what was computed, and makes rows of it under the marks that it was read under; none where they may not be
    /// kept.
    fn add<C>(&mut self, reader: &DayReader<'_, C>, credited: BTreeMap<NaiveDate, DayCredits>) -> Vec<kept_sum::Model> {
        let mut rows = Vec::new();
        for (day, credits) in credited {
            let key = SumKey::credits_of(day);
            if let Some(mark) = self.marks.get(&day).copied().filter(|_| self.settings.are_of_newest) {
                let (basis, body) =
                    (Some(self.settings.basis(reader, key).to_string()), serde_json::to_string(&credits).ok());
                rows.push(kept_sum::Model { community_id: reader.community.0, day, part: key.part, mark, basis, body });
            }
            self.credits.insert(day, Arc::new(credits));
        }
        rows
    }
}

/// What is credited on the days of a span, by a model that is additive; `None` by another.
pub async fn credits_of_days(
    database: &Database,
    snapshot: &impl Reads,
    (community, attribution): (CommunityId, &Attribution),
    span: Span,
) -> Result<Option<CreditsByDay>, DbErr> {
    let Some(model) = additive_model(attribution) else { return Ok(None) };
    let reader = DayReader::of(snapshot, community, attribution).await?;
    let mut kept = KeptCredits::read(&reader, span).await?;
    let missing = kept.missing();
    // Piece by piece, so that what is broken off goes on where it was.
    for span in spans(&missing) {
        let credited = reader.credit(model, span, &missing).await?;
        keep_aside(database, community, kept.add(&reader, credited));
    }
    Ok(Some(kept.credits))
}
