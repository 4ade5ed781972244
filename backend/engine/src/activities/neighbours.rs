//! Who is linked to whom around some parties, read link by link: it takes as long as they have neighbours, however many
//! links a community has.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{identity_link, party};
use crate::activities::links::{LinkRow, StatedLink, links_of, stated};
use crate::database::statements::chunks;

/// Maximum parties per statement.
const MOST: usize = 500;

#[derive(Debug)]
pub(super) struct Neighbours<'a, C> {
    db: &'a C,
    community: CommunityId,
    confidence: f64,
    /// In the order of their ids.
    links: BTreeMap<Uuid, StatedLink>,
    /// Of each party, the other ends of its links.
    ends: HashMap<Uuid, Vec<Uuid>>,
    /// Whether a party is an account.
    kinds: HashMap<Uuid, bool>,
    /// The parties whose links are known.
    looked_at: HashSet<Uuid>,
}

impl<'a, C: ConnectionTrait> Neighbours<'a, C> {
    /// Follows links that are at least this sure.
    pub fn new(db: &'a C, community: CommunityId, confidence: f64) -> Self {
        let (links, ends) = (BTreeMap::new(), HashMap::new());
        Self { db, community, confidence, links, ends, kinds: HashMap::new(), looked_at: HashSet::new() }
    }

    /// These parties and every other whose doings may count for one of them, or for whom theirs may count, at some time: who
    /// is one with them, the accounts that they work at, and who else works there.
    pub async fn around(&mut self, parties: HashSet<Uuid>) -> Result<HashSet<Uuid>, DbErr> {
        let one = self.same(parties).await?;
        let accounts = self.linked(&one, true);
        let accounts = self.same(accounts).await?;
        let members = self.linked(&accounts, false);
        let members = self.same(members).await?;
        // Of how many accounts they are decides what they do for each.
        let all_accounts = self.linked(&members, true);
        self.same(all_accounts).await?;
        Ok(one.into_iter().chain(accounts).chain(members).collect())
    }

    /// These parties and all that are one with one of them.
    pub async fn same(&mut self, parties: HashSet<Uuid>) -> Result<HashSet<Uuid>, DbErr> {
        let (mut found, mut edge) = (parties.clone(), parties);
        while !edge.is_empty() {
            self.look_at(&edge).await?;
            let mut next = HashSet::new();
            for party in edge {
                let ends = self.ends.get(&party).into_iter().flatten();
                let same = ends.filter(|end| self.is_account(**end) == self.is_account(party));
                next.extend(same.copied().filter(|end| found.insert(*end)));
            }
            edge = next;
        }
        Ok(found)
    }

    /// The accounts, or the members, among some parties and those that a link ties to them.
    fn linked(&self, parties: &HashSet<Uuid>, accounts: bool) -> HashSet<Uuid> {
        let ends = parties.iter().filter_map(|party| self.ends.get(party)).flatten();
        parties.iter().chain(ends).copied().filter(|party| self.is_account(*party) == accounts).collect()
    }

    fn is_account(&self, party: Uuid) -> bool {
        self.kinds.get(&party).copied().unwrap_or_default()
    }

    /// Whether any two accounts among what was found are linked.
    pub fn links_accounts(&self) -> bool {
        self.links.values().any(|(from, link)| self.is_account(*from) && self.is_account(link.to))
    }

    async fn look_at(&mut self, parties: &HashSet<Uuid>) -> Result<(), DbErr> {
        use identity_link::Column::{FromId, ToId};
        let news: Vec<Uuid> = parties.iter().copied().filter(|party| self.looked_at.insert(*party)).collect();
        for some in chunks(news, MOST) {
            for column in [FromId, ToId] {
                let rows = links_of(self.community, self.confidence).column(identity_link::Column::Id);
                let rows = rows.filter(column.is_in(some.iter().copied())).into_tuple();
                for (from, to, first, last, id) in rows.all(self.db).await? {
                    self.add(id, (from, to, first, last));
                }
            }
            let ends = some.iter().filter_map(|party| self.ends.get(party)).flatten();
            let parties: HashSet<Uuid> = some.iter().chain(ends).copied().collect();
            self.learn_kinds(parties).await?;
        }
        Ok(())
    }

    fn add(&mut self, id: Uuid, link: LinkRow) {
        let (from, to, ..) = link;
        if self.links.insert(id, stated(link)).is_none() {
            self.ends.entry(from).or_default().push(to);
            self.ends.entry(to).or_default().push(from);
        }
    }

    async fn learn_kinds(&mut self, parties: HashSet<Uuid>) -> Result<(), DbErr> {
        let unknown: Vec<Uuid> = parties.into_iter().filter(|party| !self.kinds.contains_key(party)).collect();
        for some in chunks(unknown, MOST) {
            let kinds = party::Entity::find().select_only().columns([party::Column::Id, party::Column::Kind]);
            let kinds =
                kinds.filter(party::Column::CommunityId.eq(self.community.0)).filter(party::Column::Id.is_in(some));
            let kinds: Vec<(Uuid, String)> = kinds.into_tuple().all(self.db).await?;
            self.kinds.extend(kinds.into_iter().map(|(id, kind)| (id, kind == PartyKind::Account.as_str())));
        }
        Ok(())
    }

    /// All that was found: the links, and which parties are accounts.
    pub fn found(self) -> (Vec<StatedLink>, HashSet<Uuid>) {
        let accounts = self.kinds.into_iter().filter(|(_, is_account)| *is_account).map(|(party, _)| party);
        (self.links.into_values().collect(), accounts.collect())
    }
}
