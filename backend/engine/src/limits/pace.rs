//! How many answers come at each site, minute by minute. Counting is all that a submission pays for; what follows from
//! the counts is found out aside.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::limits::admission::Admission;
use crate::limits::entities::site_pace;
use crate::limits::entities::site_pace::Column;

type Minute = ((CommunityId, SiteId), DateTime<Utc>);

/// What came in a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Arrived {
    counted: i64,
    held: i64,
    /// The log has said that it is a surge.
    is_reported: bool,
}

/// A minute is a surge from so many answers on, where it has more than so many times the most of any minute before.
const SURGE_FLOOR: i64 = 60;
const SURGE_FACTOR: i64 = 4;

#[derive(Debug, Default)]
pub struct Pace(Mutex<HashMap<Minute, Arrived>>);

impl Pace {
    pub fn note(&self, site: (CommunityId, SiteId), admission: Admission, now: DateTime<Utc>) {
        let mut minutes = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let arrived = minutes.entry((site, minute_of(now))).or_default();
        match admission {
            Admission::Held => arrived.held += 1,
            Admission::Counted => arrived.counted += 1,
        }
    }

    pub fn has_arrivals(&self) -> bool {
        self.with(|minutes| !minutes.is_empty())
    }

    /// Finds surges among what has come, says in the log what is unusual, and keeps the highest count of each site. A
    /// minute that is over is looked at once more and then forgotten.
    pub async fn report(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
        let minutes: Vec<(Minute, Arrived)> = self.with(|minutes| minutes.iter().map(|(k, v)| (*k, *v)).collect());
        for ((site, minute), arrived) in minutes {
            let is_over = minute < minute_of(now);
            let is_surge = self.report_minute(db, (site, minute), arrived, is_over).await?;
            self.with(|minutes| {
                if is_over {
                    minutes.remove(&(site, minute));
                } else if let Some(arrived) = minutes.get_mut(&(site, minute)) {
                    arrived.is_reported |= is_surge;
                }
            });
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Minute, Arrived>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    async fn report_minute(
        &self,
        db: &impl ConnectionTrait,
        (site, minute): Minute,
        arrived: Arrived,
        is_over: bool,
    ) -> Result<bool, DbErr> {
        let (community, id) = (site.0.0, site.1.0);
        if is_over && arrived.held > 0 {
            let held = arrived.held;
            tracing::warn!(%community, site = %id, "{held} answers are held: too many came from one address; see `valuemap answers held`");
        }
        if arrived.counted == 0 || !(is_over || is_possible_surge(arrived.counted)) {
            return Ok(false);
        }
        let before = highest(db, site).await?;
        let is_surge = is_possible_surge(arrived.counted) && arrived.counted > SURGE_FACTOR.saturating_mul(before);
        if is_surge && !arrived.is_reported {
            let counted = arrived.counted;
            tracing::warn!(
                %community,
                site = %id,
                "answers come faster than ever: {counted} within a minute, and never more than {before} before"
            );
        }
        if is_surge {
            let surge = site_pace::ActiveModel {
                surge_at: Set(Some(minute)),
                surge_answers: Set(arrived.counted),
                surge_before: Set(before),
                ..Default::default()
            };
            of_site(site).set(surge).exec(db).await?;
        }
        if is_over {
            let higher = site_pace::ActiveModel { highest_minute: Set(arrived.counted), ..Default::default() };
            of_site(site).set(higher).filter(Column::HighestMinute.lt(arrived.counted)).exec(db).await?;
        }
        Ok(is_surge)
    }
}

fn is_possible_surge(answers: i64) -> bool {
    answers >= SURGE_FLOOR
}

fn minute_of(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::minutes(1)).unwrap_or(time)
}

/// The maximum number of answers that a minute had so far.
async fn highest(db: &impl ConnectionTrait, (community, site): (CommunityId, SiteId)) -> Result<i64, DbErr> {
    if let Some(row) = site_pace::Entity::find_by_id((community.0, site.0)).one(db).await? {
        return Ok(row.highest_minute);
    }
    let row = site_pace::ActiveModel {
        community_id: Set(community.0),
        site_id: Set(site.0),
        highest_minute: Set(0),
        surge_at: Set(None),
        surge_answers: Set(0),
        surge_before: Set(0),
    };
    site_pace::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(db).await?;
    Ok(0)
}

fn of_site((community, site): (CommunityId, SiteId)) -> sea_orm::UpdateMany<site_pace::Entity> {
    site_pace::Entity::update_many().filter(Column::CommunityId.eq(community.0)).filter(Column::SiteId.eq(site.0))
}

#[cfg(test)]
mod tests {
    use valuemap_shared::money::Currency;

    use super::*;
    use crate::base::ambient::Ambient;
    use crate::base::commits::Touches;
    use crate::database::Database;
    use crate::database::author::Author;
    use crate::founding::{NewCommunity, found};
    use crate::tenancy::store::create_organisation;
    use crate::tenancy::store::create_site;

    struct World {
        _folder: tempfile::TempDir,
        database: Database,
        site: (CommunityId, SiteId),
        pace: Pace,
    }

    impl World {
        async fn new() -> anyhow::Result<Self> {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("valuemap.db");
            let database = Database::connect(&format!("sqlite:{}", path.display()), Ambient::real()).await?;
            database.migrate().await?;
            let ambient = Ambient::real();
            let created = database.write(&Author::SERVER, Touches::NOTHING, async |db| {
                let organisation =
                    create_organisation(db, &ambient, ambient.new_id().into(), "Acme", 5).await?.id.into();
                let new = NewCommunity { organisation, name: "Makers", is_sample: false, currency: Currency::EUR };
                let founded = found(db, &ambient, new).await?;
                let survey = (founded.community.id.into(), founded.survey);
                create_site(db, &ambient, survey, "Forum", "pk_1".into(), &[]).await
            });
            let site = created.await?;
            let site = (CommunityId(site.community_id), SiteId(site.id));
            Ok(Self { _folder: folder, database, site, pace: Pace::default() })
        }

        /// So many answers in a minute, looked at in the middle of it and after it.
        async fn minute(&self, number: i64, admission: Admission, answers: usize) -> site_pace::Model {
            let start = DateTime::UNIX_EPOCH + TimeDelta::minutes(number);
            for _ in 0..answers {
                self.pace.note(self.site, admission, start + TimeDelta::seconds(10));
            }
            for second in [20, 60] {
                let now = start + TimeDelta::seconds(second);
                self.database
                    .write(&Author::SERVER, Touches::NOTHING, async |db| self.pace.report(db, now).await)
                    .await
                    .unwrap();
            }
            let key = (self.site.0.0, self.site.1.0);
            let row = site_pace::Entity::find_by_id(key).one(&self.database.read).await.unwrap();
            row.unwrap_or(site_pace::Model {
                community_id: key.0,
                site_id: key.1,
                highest_minute: -1,
                surge_at: None,
                surge_answers: -1,
                surge_before: -1,
            })
        }
    }

    /// The highest minute, and the latest surge: its minute, its answers and the highest minute before.
    fn figures(row: &site_pace::Model) -> (i64, Option<(i64, i64, i64)>) {
        let surge = row.surge_at.map(|at| (at.timestamp() / 60, row.surge_answers, row.surge_before));
        (row.highest_minute, surge)
    }

    #[tokio::test]
    async fn a_surge_is_far_beyond_every_minute_before_it() {
        let world = World::new().await.unwrap();
        assert_eq!(figures(&world.minute(0, Admission::Held, 500).await), (-1, None));
        assert_eq!(figures(&world.minute(1, Admission::Counted, 59).await), (59, None));
        assert_eq!(figures(&world.minute(2, Admission::Counted, 236).await), (236, None));
        assert_eq!(figures(&world.minute(3, Admission::Counted, 945).await), (945, Some((3, 945, 236))));
        assert_eq!(figures(&world.minute(4, Admission::Counted, 945).await), (945, Some((3, 945, 236))));
        assert_eq!(figures(&world.minute(5, Admission::Counted, 3).await), (945, Some((3, 945, 236))));
        assert!(world.pace.0.lock().unwrap().is_empty());
    }
}
