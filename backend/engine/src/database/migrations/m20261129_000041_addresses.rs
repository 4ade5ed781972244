//! E-mail addresses leave the database: one address becomes one key in a community, made with its secret.
//!
//! Files used to be stored under a plain digest of an address, by source, and what came by the API and by webhooks under
//! the address itself. The new key is made of that digest, so that nothing is lost of what is known only by it.

use std::collections::HashMap;

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::{Date, DateTimeUtc, Uuid};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend, QueryResult};
use sha2::{Digest, Sha256};
use valuemap_shared::activities::{
    address_digest, address_digest_of, address_of, with_addresses_replaced, with_digests_replaced,
};
use valuemap_shared::ids::uuid_v8;

use crate::base::digests::hexadecimal;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, on SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            // What is overwritten is gone from the file, too.
            db.execute_unprepared("PRAGMA secure_delete = ON").await?;
        }
        let communities = Query::select().column("id").from("community").take();
        for row in db.query_all(&communities).await? {
            let community: Uuid = row.try_get_by_index(0)?;
            let keys = Keys { community, secret: secret_of(db, community).await? };
            keys.parties(db).await?;
            keys.links(db).await?;
            for (table, kind) in KEYED {
                keys.records(db, table, kind).await?;
            }
            for (table, column, is_key) in TEXTS {
                keys.texts(db, table, column, *is_key).await?;
            }
        }
        Ok(())
    }

    /// An address that is gone is gone.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// Tables whose rows nothing refers to, and how their ids name them.
const KEYED: &[(&str, &str)] = &[
    ("touchpoint", "Touchpoint"),
    ("outcome", "Outcome"),
    ("support_case", "Case"),
    ("contribution", "Contribution"),
    ("cost_line", "Cost"),
];

/// Where else an address may stand, and whether what stands there is compared with others.
const TEXTS: &[(&str, &str, bool)] = &[
    ("party", "name", false),
    ("activity_type", "name", false),
    ("activity", "name", false),
    ("activity", "owner", false),
    ("cost_line", "description", false),
    ("touchpoint", "channel", false),
    ("outcome", "title", false),
    ("support_case", "channel", false),
    ("contribution", "thread", true),
    ("inbox_event", "body", true),
    ("inbox_event", "deduplication_key", true),
    ("import_batch", "file_name", true),
];

async fn secret_of(db: &impl ConnectionTrait, community: Uuid) -> Result<String, DbErr> {
    let of_community = || Expr::col("community_id").eq(community);
    let stored = Query::select().column("secret").from("pseudonym_secret").and_where(of_community()).take();
    if let Some(row) = db.query_one(&stored).await? {
        return row.try_get_by_index(0);
    }
    let mut secret = [0; 32];
    SystemRandom::new().fill(&mut secret).map_err(|_| DbErr::Custom("the system has no randomness".to_owned()))?;
    let secret = hexadecimal(&secret);
    let row = Query::select()
        .column("id")
        .expr(Expr::val(&secret))
        .column("created_at")
        .from("community")
        .and_where(Expr::col("id").eq(community))
        .take();
    let mut insert =
        Query::insert().into_table("pseudonym_secret").columns(["community_id", "secret", "created_at"]).take();
    insert.select_from(row).map_err(|error| DbErr::Custom(error.to_string()))?;
    db.execute(&insert).await?;
    Ok(secret)
}

struct Keys {
    community: Uuid,
    secret: String,
}

/// A party as it is referred to.
#[derive(Clone)]
struct PartyRow {
    kind: String,
    source: String,
    key: String,
}

impl Keys {
    fn of_digest(&self, plain: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        address_digest(&hexadecimal(hmac::sign(&key, format!("address\0{plain}").as_bytes()).as_ref()))
    }

    fn of_address(&self, address: &str) -> String {
        let mut plain = Sha256::new();
        plain.update(self.community.as_bytes());
        plain.update(address.to_lowercase());
        self.of_digest(&address_digest(&hexadecimal(&plain.finalize())))
    }

    /// A text in which addresses and their plain digests may stand, with the new key of each.
    fn replaced(&self, text: &str) -> String {
        let text = with_digests_replaced(text, |digest| self.of_digest(digest)).unwrap_or_else(|| text.to_owned());
        with_addresses_replaced(&text, |address| self.of_address(address)).unwrap_or(text)
    }

    fn id(&self, kind: &str, source: &str, key: &str) -> Uuid {
        let mut digest = Sha256::new();
        digest.update(self.community.as_bytes());
        for part in [kind, source, key] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        uuid_v8(bytes)
    }

    fn of_community(&self) -> Expr {
        Expr::col("community_id").eq(self.community)
    }

    fn with_addresses(&self, column: &'static str) -> Condition {
        let holds = ["%@%", "%email:%", "%\\u0040%"].map(|pattern| Expr::col(column).like(pattern));
        let any = holds.into_iter().fold(Condition::any(), Condition::add);
        Condition::all().add(self.of_community()).add(any)
    }

    /// Puts one party in place of all that were known by the same address.
    async fn parties(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let columns = ["id", "kind", "source", "external_key", "name", "is_staff", "since", "until", "recorded_at"];
        let known = Query::select()
            .columns(columns)
            .from("party")
            .cond_where(self.with_addresses("external_key"))
            .and_where(Expr::col("source").ne("email"))
            .order_by("id", Order::Asc)
            .take();
        for row in db.query_all(&known).await? {
            let old: Uuid = row.try_get("", "id")?;
            let (kind, source): (String, String) = (row.try_get("", "kind")?, row.try_get("", "source")?);
            let key: String = row.try_get("", "external_key")?;
            let of_address = match address_of(&key) {
                Some(address) => Some(self.of_address(&address)),
                None => address_digest_of(&key).map(|digest| self.of_digest(digest)),
            };
            let (source, key) = match of_address {
                Some(key) => ("email".to_owned(), key),
                None => (self.replaced(&source), self.replaced(&key)),
            };
            let new = self.id(&kind, &source, &key);
            if new != old {
                self.add_party(db, &row, new, [kind, source, key]).await?;
                self.replace_party(db, old, new).await?;
            }
        }
        Ok(())
    }

    async fn add_party(
        &self,
        db: &impl ConnectionTrait,
        row: &QueryResult,
        id: Uuid,
        [kind, source, key]: [String; 3],
    ) -> Result<(), DbErr> {
        let name: Option<String> = row.try_get("", "name")?;
        let is_staff: bool = row.try_get("", "is_staff")?;
        let (since, until): (Option<Date>, Option<Date>) = (row.try_get("", "since")?, row.try_get("", "until")?);
        let recorded_at: DateTimeUtc = row.try_get("", "recorded_at")?;
        let values: [Expr; 11] = [
            self.community.into(),
            id.into(),
            source.into(),
            key.into(),
            // Whatever is said of it next is a change.
            "".into(),
            recorded_at.into(),
            kind.into(),
            name.clone().into(),
            is_staff.into(),
            since.into(),
            until.into(),
        ];
        let columns = [
            "community_id",
            "id",
            "source",
            "external_key",
            "content_hash",
            "recorded_at",
            "kind",
            "name",
            "is_staff",
            "since",
            "until",
        ];
        let mut insert = Query::insert().into_table("party").columns(columns).take();
        insert.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
        insert.on_conflict(OnConflict::columns(["community_id", "id"]).do_nothing().to_owned());
        db.execute(&insert).await?;
        // Where it was known twice, the first that has a name or a day gives it.
        let first = |column: &'static str, value: Expr| {
            let known = Expr::col(column);
            (column, Expr::from(Func::coalesce([known, value])))
        };
        let merge = Query::update()
            .table("party")
            .values([first("name", name.into()), first("since", since.into()), first("until", until.into())])
            .and_where(self.of_community())
            .and_where(Expr::col("id").eq(id))
            .take();
        db.execute(&merge).await?;
        Ok(())
    }

    async fn replace_party(&self, db: &impl ConnectionTrait, old: Uuid, new: Uuid) -> Result<(), DbErr> {
        for (table, column) in [
            ("identity_link", "from_id"),
            ("identity_link", "to_id"),
            ("touchpoint", "party_id"),
            ("outcome", "party_id"),
            ("support_case", "party_id"),
            ("contribution", "party_id"),
        ] {
            let update = Query::update()
                .table(table)
                .value(column, new)
                .and_where(self.of_community())
                .and_where(Expr::col(column).eq(old))
                .take();
            db.execute(&update).await?;
        }
        let gone = Query::delete()
            .from_table("party")
            .and_where(self.of_community())
            .and_where(Expr::col("id").eq(old))
            .take();
        db.execute(&gone).await?;
        Ok(())
    }

    /// Gives the links of parties that are known by an address the ids that they have when they are stated again.
    async fn links(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let by_address = || {
            let is_known_by_it = Condition::all().add(self.of_community()).add(Expr::col("source").eq("email"));
            Query::select().column("id").from("party").cond_where(is_known_by_it).take()
        };
        let of_either = Condition::any()
            .add(Expr::col("from_id").in_subquery(by_address()))
            .add(Expr::col("to_id").in_subquery(by_address()));
        let links = Query::select()
            .columns(["id", "from_id", "to_id", "valid_from"])
            .from("identity_link")
            .and_where(self.of_community())
            .cond_where(of_either)
            .take();
        let links = db.query_all(&links).await?;
        let mut parties: HashMap<Uuid, PartyRow> = HashMap::new();
        for row in links {
            let old: Uuid = row.try_get("", "id")?;
            let (from, to): (Uuid, Uuid) = (row.try_get("", "from_id")?, row.try_get("", "to_id")?);
            let valid_from: Option<Date> = row.try_get("", "valid_from")?;
            for party in [from, to] {
                if let std::collections::hash_map::Entry::Vacant(vacant) = parties.entry(party) {
                    vacant.insert(self.party(db, party).await?);
                }
            }
            let part = |id: &Uuid| {
                let PartyRow { kind, source, key } = parties.get(id).cloned().unwrap_or_else(PartyRow::none);
                format!("{kind}\0{source}\0{key}")
            };
            let new = self.id("Link", &part(&from), &format!("{}\0{valid_from:?}", part(&to)));
            let source = parties.get(&from).cloned().unwrap_or_else(PartyRow::none);
            let is_free = from != to && (new == old || !self.is_there(db, "identity_link", new).await?);
            self.move_row(db, "identity_link", (old, is_free.then_some(new)), (&source.source, &source.key)).await?;
        }
        Ok(())
    }

    async fn party(&self, db: &impl ConnectionTrait, id: Uuid) -> Result<PartyRow, DbErr> {
        let found = Query::select()
            .columns(["kind", "source", "external_key"])
            .from("party")
            .and_where(self.of_community())
            .and_where(Expr::col("id").eq(id))
            .take();
        let Some(row) = db.query_one(&found).await? else { return Ok(PartyRow::none()) };
        Ok(PartyRow {
            kind: row.try_get("", "kind")?,
            source: row.try_get("", "source")?,
            key: row.try_get("", "external_key")?,
        })
    }

    /// Rows whose own keys hold an address, as those of touchpoints do that were made of it.
    async fn records(&self, db: &impl ConnectionTrait, table: &'static str, kind: &str) -> Result<(), DbErr> {
        let known = Query::select()
            .columns(["id", "source", "external_key"])
            .from(table)
            .cond_where(self.with_addresses("external_key"))
            .take();
        for row in db.query_all(&known).await? {
            let old: Uuid = row.try_get("", "id")?;
            let (source, key): (String, String) = (row.try_get("", "source")?, row.try_get("", "external_key")?);
            let replaced = self.replaced(&key);
            if replaced == key {
                continue;
            }
            let new = self.id(kind, &source, &replaced);
            let is_free = !self.is_there(db, table, new).await?;
            self.move_row(db, table, (old, is_free.then_some(new)), (&source, &replaced)).await?;
        }
        Ok(())
    }

    async fn is_there(&self, db: &impl ConnectionTrait, table: &'static str, id: Uuid) -> Result<bool, DbErr> {
        let same = Query::select()
            .column("id")
            .from(table)
            .and_where(self.of_community())
            .and_where(Expr::col("id").eq(id))
            .take();
        Ok(db.query_one(&same).await?.is_some())
    }

    /// Gives a row another id and key, or removes it where there is one like it already.
    async fn move_row(
        &self,
        db: &impl ConnectionTrait,
        table: &'static str,
        (old, new): (Uuid, Option<Uuid>),
        (source, key): (&str, &str),
    ) -> Result<(), DbErr> {
        let is_it = || Condition::all().add(self.of_community()).add(Expr::col("id").eq(old));
        match new {
            Some(new) => {
                let moved = Query::update()
                    .table(table)
                    .values([("id", new.into()), ("source", source.into()), ("external_key", key.into())])
                    .cond_where(is_it())
                    .take();
                db.execute(&moved).await?;
            }
            None => _ = db.execute(&Query::delete().from_table(table).cond_where(is_it()).take()).await?,
        }
        Ok(())
    }

    async fn texts(
        &self,
        db: &impl ConnectionTrait,
        table: &'static str,
        column: &'static str,
        is_key: bool,
    ) -> Result<(), DbErr> {
        let known = Query::select().columns(["id", column]).from(table).cond_where(self.with_addresses(column)).take();
        for row in db.query_all(&known).await? {
            let id: Uuid = row.try_get("", "id")?;
            let text: String = row.try_get("", column)?;
            let plain = text.replace("\\u0040", "@");
            let replaced = match is_key {
                true => self.replaced(&plain),
                false => {
                    let hidden = with_addresses_replaced(&plain, |_| "[e-mail]".to_owned()).unwrap_or(plain);
                    with_digests_replaced(&hidden, |_| "[e-mail]".to_owned()).unwrap_or(hidden)
                }
            };
            if replaced != text {
                let update = Query::update()
                    .table(table)
                    .value(column, replaced)
                    .and_where(self.of_community())
                    .and_where(Expr::col("id").eq(id))
                    .take();
                db.execute(&update).await?;
            }
        }
        Ok(())
    }
}

impl PartyRow {
    fn none() -> Self {
        Self { kind: String::new(), source: String::new(), key: String::new() }
    }
}
