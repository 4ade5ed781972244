//! From lead to sale: what members and accounts reached, and what they had met before.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::TryStreamExt;
use sea_orm::prelude::*;
use sea_orm::{Condition, DatabaseTransaction, PaginatorTrait, QuerySelect};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use uuid::Uuid;
use valuemap_shared::activities::{Audience, OutcomeKind, Role};
use valuemap_shared::attribution::Parameters;
use valuemap_shared::conversion::{Conversion, ConversionTally, Entry, Event, Stage, entries_of, steps};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::activities::audience::Audiences;
use crate::activities::entities::{outcome, touchpoint};
use crate::activities::identity::Identities;
use crate::attribution::history::span;
use crate::base::computed::{A_MOMENT, Asked, ComputedCache, NoValue};
use crate::database::Database;

/// How many answers are kept.
const CAPACITY: u64 = 200;

/// By the parameters as they are written down.
type Key = (CommunityId, String, Option<Audience>);

/// What was computed before, used again on the same day as long as nothing that is tracked has changed.
#[derive(Debug)]
pub struct ConversionCache {
    computed: ComputedCache<Key, (u64, NaiveDate), Counted, anyhow::Error>,
    /// One at a time: each holds a connection for as long as it reads, and there are few.
    turn: Arc<Semaphore>,
}

/// What the entries of some quarters come to.
#[derive(Clone, Debug, Default)]
struct Counted {
    tally: ConversionTally,
    of_nobody: u64,
    of_accounts: u64,
}

impl ConversionCache {
    /// Conversions are computed on the runtime of this handle.
    pub fn new(home: Handle) -> Self {
        Self { computed: ComputedCache::new(CAPACITY, home), turn: Arc::new(Semaphore::new(1)) }
    }

    /// No rate is shown of fewer than `minimum`.
    pub async fn of(
        &self,
        database: &Database,
        community: CommunityId,
        (parameters, audience): (&Parameters, Option<Audience>),
        minimum: u64,
        now: DateTime<Utc>,
    ) -> Result<Conversion, NoValue<anyhow::Error>> {
        let failed = |error: DbErr| NoValue::Failed(Arc::new(error.into()));
        let written = serde_json::to_string(parameters).map_err(|error| failed(DbErr::Json(error.to_string())))?;
        let today = now.date_naive();
        let revision = (database.revision(community).await.map_err(failed)?.tracked, today);
        let asked = Asked { key: (community, written, audience), revision, patience: A_MOMENT };
        let compute = || {
            let (database, parameters, turn) = (database.clone(), parameters.clone(), self.turn.clone());
            async move {
                let _turn = turn.acquire().await?;
                Ok(count(&database, community, (&parameters, audience), today).await?)
            }
        };
        let counted = self.computed.get(asked, compute).await?;
        Ok(counted.read((parameters, audience), minimum, today))
    }
}

/// Reads and computes, without a cache.
pub async fn conversion(
    database: &Database,
    community: CommunityId,
    of: (&Parameters, Option<Audience>),
    minimum: u64,
    now: DateTime<Utc>,
) -> Result<Conversion, DbErr> {
    let today = now.date_naive();
    Ok(count(database, community, of, today).await?.read(of, minimum, today))
}

impl Counted {
    fn read(
        &self,
        (parameters, audience): (&Parameters, Option<Audience>),
        minimum: u64,
        today: NaiveDate,
    ) -> Conversion {
        Conversion {
            from: parameters.from,
            until: parameters.until,
            followed_until: today,
            unit: parameters.by,
            audience,
            lookback_days: parameters.lookback_days,
            of_nobody: self.of_nobody,
            of_accounts: self.of_accounts,
            steps: steps(&self.tally, minimum),
        }
    }
}

async fn count(
    database: &Database,
    community: CommunityId,
    (parameters, audience): (&Parameters, Option<Audience>),
    today: NaiveDate,
) -> Result<Counted, DbErr> {
    let snapshot = database.begin_snapshot().await?;
    let identities = Identities::of(&snapshot, community, parameters.minimum_confidence).await?;
    let reader = Reader { snapshot: &snapshot, community, parameters, identities };
    let Followed { mut entries, tracked, of_accounts } = reader.entries(today).await?;
    if let Some(audience) = audience {
        reader.keep(&mut entries, audience).await?;
    }
    let touches = reader.touches(&entries).await?;
    let of_nobody = reader.of_nobody().await?;
    let mut counted = Counted { tally: ConversionTally::default(), of_nobody, of_accounts };
    counted.tally.tracked = tracked;
    snapshot.rollback().await?;
    let lookback = TimeDelta::days(i64::from(parameters.lookback_days)).num_seconds();
    for (unit, entries) in &entries {
        for entry in entries {
            let is_before = |at: &i64| entry.at - lookback < *at && *at <= entry.at;
            let is_touched = touches.get(unit).is_some_and(|times| times.iter().any(is_before));
            counted.tally.add(entry, is_touched, today);
        }
    }
    Ok(counted)
}

/// Reads what conversions are counted from, in a database that does not change meanwhile.
struct Reader<'a> {
    snapshot: &'a DatabaseTransaction,
    community: CommunityId,
    parameters: &'a Parameters,
    identities: Identities,
}

/// Those who entered a stage in the quarters.
struct Followed {
    /// By member or account.
    entries: HashMap<Uuid, Vec<Entry>>,
    /// Whether anybody who is followed ever reached a stage.
    tracked: [bool; Stage::ALL.len()],
    /// What accounts entered, where members are followed.
    of_accounts: u64,
}

type OutcomeRow = (Uuid, String, DateTime<Utc>, Option<DateTime<Utc>>);

impl Reader<'_> {
    /// The outcomes that reach a stage. A refund reaches none.
    fn reaching(&self, kinds: impl IntoIterator<Item = OutcomeKind>) -> Select<outcome::Entity> {
        use outcome::Column;
        outcome::Entity::find()
            .filter(Column::CommunityId.eq(self.community.0))
            .filter(Column::Kind.is_in(kinds.into_iter().map(OutcomeKind::as_str)))
            .filter(Column::Withdrawn.eq(false))
            .filter(Condition::any().add(Column::Amount.is_null()).add(Column::Amount.gte(0)))
    }

    async fn of_nobody(&self) -> Result<u64, DbErr> {
        let (from, until) = span(self.parameters.from, self.parameters.until);
        let rows = self
            .reaching([OutcomeKind::Lead, OutcomeKind::Opportunity])
            .filter(outcome::Column::PartyId.is_null())
            .filter(outcome::Column::At.gte(from))
            .filter(outcome::Column::At.lt(until));
        rows.count(self.snapshot).await
    }

    /// The entries of the quarters, by member or account. All earlier outcomes are read, too: they decide which leads are new.
    async fn entries(&self, today: NaiveDate) -> Result<Followed, DbErr> {
        use outcome::Column;
        let mut rows = self
            .reaching(Stage::ALL.iter().flat_map(|stage| stage.kinds().iter().copied()))
            .filter(Column::PartyId.is_not_null())
            .select_only()
            .columns([Column::PartyId, Column::Kind, Column::At, Column::OpportunityAt])
            .into_tuple::<OutcomeRow>()
            .stream(self.snapshot)
            .await?;
        let mut events: HashMap<Uuid, Vec<Event>> = HashMap::new();
        let mut tracked = [false; Stage::ALL.len()];
        while let Some((party, kind, at, opportunity_at)) = rows.try_next().await? {
            let kind: OutcomeKind = kind.parse().map_err(DbErr::Custom)?;
            let (Some(stage), true) = (Stage::of(kind), at.date_naive() <= today) else { continue };
            let unit = self.unit(party, at.date_naive(), today);
            tracked[stage as usize] |= self.is_followed(unit);
            events.entry(unit).or_default().push(Event::new(stage, at, opportunity_at));
        }
        let (first, last) = (self.parameters.from.first_day(), self.parameters.until.last_day());
        let mut followed = Followed { entries: HashMap::new(), tracked, of_accounts: 0 };
        for (unit, events) in events {
            let entries = entries_of(events).into_iter().filter(|entry| first <= entry.day && entry.day <= last);
            let entries: Vec<Entry> = entries.collect();
            if !self.is_followed(unit) {
                followed.of_accounts += entries.len() as u64;
            } else if !entries.is_empty() {
                followed.entries.insert(unit, entries);
            }
        }
        Ok(followed)
    }

    /// By member, an account has met nothing, whatever its members met: what it entered would pass for untouched.
    fn is_followed(&self, unit: Uuid) -> bool {
        self.parameters.by == AttributionUnit::Account || !self.identities.is_account(unit)
    }

    /// A lead of somebody whose account became known only later is that account's.
    fn unit(&self, party: Uuid, day: NaiveDate, today: NaiveDate) -> Uuid {
        let by = self.parameters.by;
        let unit = self.identities.unit(party, day, by);
        let has_account = by == AttributionUnit::Member || self.identities.is_account(unit);
        if has_account { unit } else { self.identities.unit(party, today, by) }
    }

    /// Leaves those who were this on the day of their entry.
    async fn keep(&self, entries: &mut HashMap<Uuid, Vec<Entry>>, audience: Audience) -> Result<(), DbErr> {
        let audiences = Audiences::of(self.snapshot, self.community).await?;
        for (unit, entries) in entries.iter_mut() {
            entries.retain(|entry| audiences.on(&self.identities, *unit, entry.day) == Some(audience));
        }
        entries.retain(|_, entries| !entries.is_empty());
        Ok(())
    }

    /// When those who entered a stage were met in a role that counts, in seconds since 1970.
    async fn touches(&self, entries: &HashMap<Uuid, Vec<Entry>>) -> Result<HashMap<Uuid, Vec<i64>>, DbErr> {
        use touchpoint::Column;
        let (from, until) = span(self.parameters.from, self.parameters.until);
        let from = from - TimeDelta::days(i64::from(self.parameters.lookback_days));
        let roles = Role::ALL.iter().filter(|role| self.parameters.role_weight(**role) > 0.0);
        let mut rows = touchpoint::Entity::find()
            .select_only()
            .columns([Column::PartyId, Column::At])
            .filter(Column::CommunityId.eq(self.community.0))
            .filter(Column::At.gte(from))
            .filter(Column::At.lt(until))
            .filter(Column::Role.is_in(roles.map(|role| role.as_str())))
            .into_tuple::<(Uuid, DateTime<Utc>)>()
            .stream(self.snapshot)
            .await?;
        let mut touches: HashMap<Uuid, Vec<i64>> = HashMap::new();
        while let Some((party, at)) = rows.try_next().await? {
            let units = self.identities.units_of_touch(party, at.date_naive(), self.parameters.by);
            for unit in units.into_iter().filter(|unit| entries.contains_key(unit)) {
                touches.entry(unit).or_default().push(at.timestamp());
            }
        }
        Ok(touches)
    }
}
