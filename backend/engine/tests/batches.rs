//! What becomes of the rows of a batch that others write meanwhile.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, Statement};
use valuemap_engine::activities::batches::{OpenBatch, Opening, Sweeping};
use valuemap_engine::activities::ended::{Ended, set_ended};
use valuemap_engine::activities::entities::{identity_link, outcome, party};
use valuemap_engine::activities::record::Recorder;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::{Database, Transaction};
use valuemap_engine::sample;
use valuemap_shared::activities::{IdentityLink, LinkMethod, Outcome, OutcomeKind, Party, PartyRef, Record, Reference};
use valuemap_shared::ids::{CommunityId, IdentityLinkId};

/// A community of nobody, and a batch that is being loaded into it.
struct World {
    database: Database,
    community: CommunityId,
    batch: OpenBatch,
    loader: Recorder,
    _folder: tempfile::TempDir,
}

const AMBIENT: fn() -> Ambient = Ambient::real;

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let database = Database::connect(&url, AMBIENT()).await.unwrap();
        database.migrate().await.unwrap();
        sample::load(&database, &AMBIENT(), |_| Author::SERVER).await.unwrap();
        let sql = Statement::from_string(DatabaseBackend::Sqlite, "SELECT id FROM community");
        let community = database.read.query_one_raw(sql).await.unwrap().unwrap();
        let community = CommunityId(community.try_get_by_index(0).unwrap());
        let open = async |transaction: &Transaction| {
            let opened = OpenBatch::open(transaction, (community, AMBIENT().new_id()), AMBIENT().now()).await?;
            let Opening::Opened(batch) = opened else { panic!("{opened:?}") };
            Ok((batch, Recorder::load(transaction, batch, &AMBIENT()).await?))
        };
        let (batch, loader) = database.write(&Author::SERVER, Touches::NOTHING, open).await.unwrap();
        Self { database, community, batch, loader, _folder: folder }
    }

    async fn write<T>(&self, work: impl AsyncFnOnce(&Transaction) -> Result<T, sea_orm::DbErr>) -> T {
        self.database.write(&Author::SERVER, Touches::tracked(self.community), work).await.unwrap()
    }

    /// A piece of the batch.
    async fn load(&mut self, record: Record) {
        let (database, touches) = (self.database.clone(), Touches::NOTHING);
        let load = async |transaction: &Transaction| self.loader.record(transaction, vec![(1, record)]).await;
        database.write(&Author::SERVER, touches, load).await.unwrap();
        assert!(self.loader.refused.is_empty());
    }

    /// What somebody else records.
    async fn record(&self, record: Record) {
        let record = async |transaction: &Transaction| {
            let mut recorder = Recorder::start(transaction, self.community, &AMBIENT()).await?;
            recorder.record(transaction, vec![(1, record)]).await
        };
        self.write(record).await;
    }

    async fn publish(self) -> Self {
        let Self { database, community, batch, loader, _folder } = self;
        let publish = async |transaction: &Transaction| loader.publish(transaction, batch).await;
        database.write(&Author::SERVER, Touches::tracked(community), publish).await.unwrap();
        let preview = Recorder::preview(&database.read, community, &AMBIENT()).await.unwrap();
        Self { database, community, batch, loader: preview, _folder }
    }

    async fn sweep(&self) {
        let mut at =
            self.write(async |transaction| self.batch.begin_sweep(transaction).await).await.then(Sweeping::default);
        while let Some(here) = at {
            at = self.write(async |transaction| self.batch.sweep(transaction, here).await).await;
        }
    }

    /// The title of an outcome, as everybody sees it.
    async fn title(&self) -> Option<String> {
        let outcomes = outcome::Entity::find().all(&self.database.read).await.unwrap();
        outcomes.into_iter().find(|outcome| outcome.external_key == "o").and_then(|outcome| outcome.title)
    }

    async fn parties(&self) -> HashSet<String> {
        let parties = party::Entity::find().all(&self.database.read).await.unwrap();
        parties.into_iter().filter(|party| party.source == "new").map(|party| party.external_key).collect()
    }

    /// Ada's name, and whether she is staff.
    async fn said_of_ada(&self) -> Option<(Option<String>, bool)> {
        let parties = party::Entity::find().all(&self.database.read).await.unwrap();
        let ada = parties.into_iter().find(|party| party.external_key == "ada");
        ada.map(|ada| (ada.name, ada.is_staff))
    }

    async fn link(&self) -> Option<identity_link::Model> {
        let links = identity_link::Entity::find().all(&self.database.read).await.unwrap();
        links.into_iter().find(|link| link.source == "new")
    }
}

fn outcome_of(party: &str, title: &str) -> Record {
    let at: DateTime<Utc> = "2026-02-03T10:00:00Z".parse().unwrap();
    Record::Outcome(Outcome {
        reference: Reference::new("new", "o"),
        kind: OutcomeKind::Review,
        party: Some(PartyRef::member("new", party)),
        at,
        money: None,
        title: Some(title.to_owned()),
        lead_at: None,
        opportunity_at: None,
        withdrawn: false,
    })
}

fn link(confidence: f64) -> Record {
    Record::Link(IdentityLink {
        from: PartyRef::member("new", "ada"),
        to: PartyRef::member("new", "lovelace"),
        method: LinkMethod::Manual,
        confidence,
        valid_from: None,
        valid_until: None,
    })
}

#[tokio::test]
async fn rows_are_seen_when_their_batch_is_published() {
    let mut world = World::new().await;
    world.load(outcome_of("ada", "of the file")).await;
    assert_eq!((world.title().await, world.parties().await.len()), (None, 0));
    let world = world.publish().await;
    assert_eq!(world.title().await.as_deref(), Some("of the file"));
    assert_eq!(world.parties().await, ["ada".to_owned()].into());
}

#[tokio::test]
async fn what_others_see_is_replaced_when_the_batch_is_published() {
    let mut world = World::new().await;
    world.record(outcome_of("ada", "before")).await;
    world.load(outcome_of("ada", "of the file")).await;
    assert_eq!(world.title().await.as_deref(), Some("before"));
    let world = world.publish().await;
    assert_eq!(world.title().await.as_deref(), Some("of the file"));
}

#[tokio::test]
async fn what_others_record_while_a_file_is_loaded_stands() {
    let mut world = World::new().await;
    world.record(outcome_of("ada", "before")).await;
    world.load(outcome_of("ada", "of the file")).await;
    world.record(outcome_of("ada", "meanwhile")).await;
    let world = world.publish().await;
    assert_eq!(world.title().await.as_deref(), Some("meanwhile"));
}

#[tokio::test]
async fn a_row_that_another_records_first_is_theirs() {
    let mut world = World::new().await;
    world.load(outcome_of("ada", "of the file")).await;
    world.record(outcome_of("ada", "meanwhile")).await;
    assert_eq!(world.title().await.as_deref(), Some("meanwhile"));
    world.sweep().await;
    assert_eq!(world.title().await.as_deref(), Some("meanwhile"));
    assert_eq!(world.parties().await, ["ada".to_owned()].into());
}

/// Ada, whom a file introduces and somebody else mentions.
async fn mentioned() -> World {
    let mut world = World::new().await;
    let ada = Party {
        party: PartyRef::member("new", "ada"),
        name: Some("Ada".to_owned()),
        is_staff: true,
        since: None,
        until: None,
        email: None,
        audience: None,
    };
    world.load(Record::Party(ada)).await;
    world.load(outcome_of("eve", "of the file")).await;
    world.record(outcome_of("ada", "meanwhile")).await;
    assert_eq!(world.said_of_ada().await, Some((None, false)));
    world
}

#[tokio::test]
async fn whom_others_mention_is_seen_and_introduced_when_the_batch_is_published() {
    let world = mentioned().await.publish().await;
    assert_eq!(world.said_of_ada().await, Some((Some("Ada".to_owned()), true)));
    assert_eq!(world.title().await.as_deref(), Some("meanwhile"));
}

#[tokio::test]
async fn whom_others_mention_stays_when_the_batch_is_swept() {
    let world = mentioned().await;
    world.sweep().await;
    assert_eq!(world.said_of_ada().await, Some((None, false)));
    assert_eq!(world.parties().await, ["ada".to_owned()].into());
}

#[tokio::test]
async fn what_another_link_of_two_says_does_not_hold_that_a_person_ends_meanwhile() {
    let mut world = World::new().await;
    world.record(link(0.5)).await;
    let id = IdentityLinkId(world.link().await.unwrap().id);
    let ended = Ended { at: AMBIENT().now(), by: "a person".to_owned(), reason: None };
    let end = async |transaction: &Transaction| {
        set_ended(transaction, &AMBIENT(), (world.community, id), Some(ended)).await.map(|_| ())
    };
    world.write(end).await;
    let Record::Link(IdentityLink { from, to, .. }) = link(0.9) else { panic!("a link") };
    let Record::Link(other) = link(0.9) else { panic!("a link") };
    world.load(Record::Link(IdentityLink { from: to, to: from, ..other })).await;
    let world = world.publish().await;
    let links = identity_link::Entity::find().all(&world.database.read).await.unwrap();
    let links: Vec<_> = links.iter().filter(|link| link.source == "new").collect();
    assert!(links.len() == 2 && links.iter().all(|link| link.ended_at.is_some()), "{links:?}");
}

#[tokio::test]
async fn a_link_that_a_person_ends_while_a_file_states_it_stays_ended() {
    let mut world = World::new().await;
    world.record(link(0.5)).await;
    world.load(link(0.9)).await;
    let id = IdentityLinkId(world.link().await.unwrap().id);
    let ended = Ended { at: AMBIENT().now(), by: "a person".to_owned(), reason: None };
    let end = async |transaction: &Transaction| {
        set_ended(transaction, &AMBIENT(), (world.community, id), Some(ended)).await.map(|_| ())
    };
    world.write(end).await;
    let link = world.publish().await.link().await.unwrap();
    assert!(link.ended_at.is_some() && link.confidence > 0.8, "{link:?}");
}

#[tokio::test]
async fn one_batch_at_a_time_is_open() {
    let world = World::new().await;
    let again = async |transaction: &Transaction| {
        OpenBatch::open(transaction, (world.community, AMBIENT().new_id()), AMBIENT().now()).await
    };
    assert_eq!(world.write(again).await, Opening::Taken);
    assert!(world.write(async |transaction| world.batch.begin_sweep(transaction).await).await);
    assert_eq!(world.write(again).await, Opening::LeftBehind(world.batch));
    let alive = async |transaction: &Transaction| world.batch.keep_alive(transaction, AMBIENT().now()).await;
    assert!(!world.write(alive).await, "what is swept can be added to");
    world.sweep().await;
    assert!(matches!(world.write(again).await, Opening::Opened(_)));
}
