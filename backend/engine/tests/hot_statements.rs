//! How SQLite finds the rows that a record and the figures after it ask for. It plans without statistics, so that a plan of
//! the sample is that of a million rows.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use tokio::runtime::Handle;
use uuid::Uuid;
use valuemap_engine::activities::record::Recorder;
use valuemap_engine::attribution::returns::ReturnsCache;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::base::computed::NoValue;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::{Database, Transaction};
use valuemap_engine::sample;
use valuemap_engine::scoring_models::store::model_of;
use valuemap_engine::value_map::explain::explain;
use valuemap_engine::value_map::map_cache::{MapCache, MapKey};
use valuemap_engine::value_map::no_map::NoMap;
use valuemap_shared::activities::{
    Contribution, ContributionKind, IdentityLink, LinkMethod, Outcome, OutcomeKind, PartyKind, PartyRef, Record,
    Reference, Role, SupportCase, Touchpoint,
};
use valuemap_shared::attribution::{Asked, Parameters};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, OrganisationId};
use valuemap_shared::money::{Currency, Money};
use valuemap_shared::value_map::{Element, Figure, Weighting};

/// The tables that grow with a community.
const LARGE: [&str; 7] =
    ["touchpoint", "contribution", "outcome", "support_case", "identity_link", "party", "member_answer"];

/// What this test itself asks.
const OWN: &str = "source || '|' || external_key";

struct World {
    database: Database,
    organisation: OrganisationId,
    community: CommunityId,
    statements: Arc<Mutex<BTreeSet<String>>>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let mut database = Database::connect(&url, Ambient::real()).await.unwrap();
        database.migrate().await.unwrap();
        sample::load(&database, &Ambient::real(), |_| Author::SERVER).await.unwrap();
        let sql = "SELECT organisation_id, id FROM community";
        let rows = database.read.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.unwrap();
        let id = |index| rows[0].try_get_by_index::<Uuid>(index).unwrap();
        let statements: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let heard = statements.clone();
        database.on_statement(move |sql| _ = heard.lock().unwrap().insert(sql.to_owned()));
        Self {
            database,
            organisation: OrganisationId(id(0)),
            community: CommunityId(id(1)),
            statements,
            _folder: folder,
        }
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let rows =
            self.database.read.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.unwrap();
        let text = |row: &sea_orm::QueryResult| (0..4).find_map(|index| row.try_get_by_index::<String>(index).ok());
        rows.iter().filter_map(text).collect()
    }

    /// Something of each kind about somebody who is known.
    async fn record(&self) {
        let first_day = Quarter::containing(Ambient::real().now().date_naive()).previous().first_day();
        let at = first_day.and_hms_opt(10, 0, 0).unwrap().and_utc();
        let activity = self.texts("SELECT source || '|' || external_key FROM activity LIMIT 1").await.remove(0);
        let member = "SELECT source || '|' || external_key FROM party WHERE kind = 'member' LIMIT 1";
        let account = "SELECT source || '|' || external_key FROM party WHERE kind = 'account' LIMIT 1";
        let reference = |text: &str| text.split_once('|').map(|(source, key)| Reference::new(source, key)).unwrap();
        let (member, account) = (self.texts(member).await.remove(0), self.texts(account).await.remove(0));
        let member = PartyRef { kind: PartyKind::Member, reference: reference(&member) };
        let account = PartyRef { kind: PartyKind::Account, reference: reference(&account) };
        let new = Reference::new("hand", "1");
        let money = Some(Money { amount: 100.into(), currency: Currency::EUR });
        let records = vec![
            Record::Link(IdentityLink {
                from: member.clone(),
                to: PartyRef::member("hand", "known elsewhere"),
                method: LinkMethod::Manual,
                confidence: 1.0,
                valid_from: None,
                valid_until: None,
            }),
            Record::Touchpoint(Touchpoint {
                reference: new.clone(),
                activity: reference(&activity),
                party: member.clone(),
                at,
                role: Role::Attended,
                channel: None,
            }),
            Record::Outcome(Outcome {
                reference: new.clone(),
                kind: OutcomeKind::Upgrade,
                party: Some(account.clone()),
                at,
                money,
                title: None,
                lead_at: None,
                opportunity_at: None,
                withdrawn: false,
            }),
            Record::Case(SupportCase {
                reference: new.clone(),
                party: Some(account),
                opened_at: at,
                solved_at: None,
                channel: None,
                withdrawn: false,
            }),
            Record::Contribution(Contribution {
                reference: new,
                kind: ContributionKind::Solution,
                thread: Some("1".into()),
                party: member,
                at,
                withdrawn: false,
            }),
        ];
        let touches = Touches::tracked(self.community);
        let work = async |transaction: &Transaction| {
            let mut recorder = Recorder::start(transaction, self.community, &Ambient::real()).await?;
            recorder.record(transaction, (0..).zip(records.clone()).collect()).await?;
            assert!(recorder.refused.is_empty(), "{:?}", recorder.refused);
            Ok(())
        };
        self.database.write(&Author::SERVER, touches, work).await.unwrap();
    }

    async fn look(&self, maps: &MapCache, returns: &ReturnsCache) {
        let now = Ambient::real().now();
        let quarter = Quarter::containing(now.date_naive()).previous();
        let key = MapKey {
            organisation: self.organisation,
            community: self.community,
            period: Some(quarter),
            model: None,
            weighting: Weighting::Model,
            minimum: 5,
        };
        // A machine that is busy takes longer than a request waits.
        let map = loop {
            match maps.of(&self.database, key, now).await {
                Err(NoMap::BeingComputed { .. }) => {}
                found => break found.unwrap().unwrap(),
            }
        };
        let figure = Figure::Element(Element::Upgrades);
        let explained = explain((&self.database, maps), self.community, &map, None, figure, now).await.unwrap();
        explained.source.page(&self.database.read, 0, 20).await.unwrap();
        let model = model_of(&self.database.read, self.community, None).await.unwrap().unwrap().model;
        let attribution = &model.financial.attribution;
        let asked =
            Asked { models: attribution.model.parse().ok().map(|model| vec![model]), ..Asked::of(quarter, quarter) };
        let parameters = Parameters::parse(&asked, attribution).unwrap();
        let ask = async || returns.of(&self.database, self.community, &parameters, &model, now.date_naive()).await;
        while matches!(ask().await, Err(NoValue::BeingComputed(_))) {}
        assert!(!ask().await.unwrap().as_ref().as_ref().unwrap().groups.is_empty());
    }

    /// Statements that read all that a community has of something, with how.
    async fn read_whole(&self) -> Vec<String> {
        let mut statements = std::mem::take(&mut *self.statements.lock().unwrap());
        statements.retain(|sql| !sql.contains(OWN));
        assert!(statements.len() > 30, "{statements:?}");
        let mut found = Vec::new();
        for sql in statements.iter().filter(|sql| ["SELECT", "UPDATE", "WITH"].iter().any(|verb| sql.starts_with(verb)))
        {
            for step in self.texts(&format!("EXPLAIN QUERY PLAN {sql}")).await {
                // An index of those alone that a person has ended.
                if step.contains("identity_link_ended") {
                    continue;
                }
                let is_large = LARGE.iter().any(|table| step.split(' ').nth(1) == Some(table));
                let is_whole = step.starts_with("SCAN") || step.ends_with("(community_id=?)");
                if is_large && is_whole {
                    found.push(format!("{step}: {sql}"));
                }
            }
        }
        found
    }
}

#[tokio::test]
async fn what_a_record_and_the_figures_after_it_need_is_found_by_an_index() {
    let world = World::new().await;
    let (maps, returns) = (MapCache::new(Handle::current()), ReturnsCache::new(Handle::current()));
    world.look(&maps, &returns).await;
    world.statements.lock().unwrap().clear();
    world.record().await;
    world.look(&maps, &returns).await;
    assert_eq!(world.read_whole().await, Vec::<String>::new());
}
