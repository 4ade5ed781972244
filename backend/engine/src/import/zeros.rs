//! Keys that differ by zeros before them: `00771` and `771` are two parties, and one of them was often made by a
//! spreadsheet. Nobody can tell which, so it is said.

use std::collections::HashMap;

use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use valuemap_shared::activities::{PartyKind, PartyRef, Record, Reference};
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::party;
use crate::activities::keys::party_id;

/// A party by what its key is without zeros before it.
type Name = (PartyKind, String, String);

#[derive(Default)]
pub struct ZeroTwins {
    is_active: bool,
    /// Keys with zeros before them that are stored.
    stored: HashMap<Name, String>,
    /// Those of the file, with their first lines.
    led: HashMap<Name, (String, u64)>,
    /// The ids of parties whose keys are numbers without, with their first lines.
    plain: HashMap<Uuid, u64>,
    found: Vec<String>,
}

impl ZeroTwins {
    pub async fn of(connection: &impl ConnectionTrait, community: CommunityId) -> Result<Self, DbErr> {
        let rows: Vec<(String, String, String)> = party::Entity::find()
            .select_only()
            .column(party::Column::Kind)
            .column(party::Column::Source)
            .column(party::Column::ExternalKey)
            .filter(party::Column::CommunityId.eq(community.0))
            .filter(party::Column::ExternalKey.starts_with("0"))
            .into_tuple()
            .all(connection)
            .await?;
        let name = |(kind, source, key): (String, String, String)| {
            Some(((kind.parse().ok()?, source, without_zeros(&key)?.to_owned()), key))
        };
        Ok(Self { is_active: true, stored: rows.into_iter().filter_map(name).collect(), ..Self::default() })
    }

    pub fn look_at(&mut self, community: CommunityId, line: u64, record: &Record) {
        if !self.is_active {
            return;
        }
        match record {
            Record::Party(said) => self.add(community, line, &said.party),
            Record::Link(link) => [&link.from, &link.to].into_iter().for_each(|party| self.add(community, line, party)),
            Record::Touchpoint(said) => self.add(community, line, &said.party),
            Record::Outcome(said) => said.party.iter().for_each(|party| self.add(community, line, party)),
            Record::Case(said) => said.party.iter().for_each(|party| self.add(community, line, party)),
            Record::Contribution(said) => self.add(community, line, &said.party),
            Record::ActivityType(_) | Record::Activity(_) | Record::Cost(_) | Record::Observation(_) => {}
        }
    }

    fn add(&mut self, community: CommunityId, line: u64, party: &PartyRef) {
        let Reference { source, key } = &party.reference;
        let Some(bare) = without_zeros(key) else { return };
        let name = (party.kind, source.clone(), bare.to_owned());
        if bare != key {
            self.led.entry(name).or_insert_with(|| (key.clone(), line));
            return;
        }
        let mut is_first = false;
        self.plain.entry(party_id(community, party)).or_insert_with(|| {
            is_first = true;
            line
        });
        if let Some(stored) = self.stored.get(&name).filter(|_| is_first) {
            let sentence = format!("{} `{key}` of line {line} and `{stored}`, which is stored,", party.kind);
            self.found.push(sentence);
        }
    }

    /// What is doubtful, a sentence each, once all of the file was looked at.
    pub async fn sentences(
        &mut self,
        connection: &impl ConnectionTrait,
        community: CommunityId,
    ) -> Result<Vec<String>, DbErr> {
        let mut led: Vec<(&Name, &(String, u64))> = self.led.iter().collect();
        led.sort_by_key(|(_, (_, line))| *line);
        for ((kind, source, bare), (key, line)) in led {
            let plain = PartyRef { kind: *kind, reference: Reference::new(source, bare) };
            let id = party_id(community, &plain);
            if let Some(other) = self.plain.get(&id) {
                self.found.push(format!("{kind} `{key}` of line {line} and `{bare}` of line {other}"));
            } else if party::Entity::find_by_id((community.0, id)).one(connection).await?.is_some() {
                self.found.push(format!("{kind} `{key}` of line {line} and `{bare}`, which is stored,"));
            }
        }
        let found = std::mem::take(&mut self.found);
        Ok(found.into_iter().map(|pair| format!("{pair} differ by zeros alone, and are counted as two")).collect())
    }
}

/// A number without the zeros before it; `None` where a key is no number.
fn without_zeros(key: &str) -> Option<&str> {
    let is_number = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let bare = key.trim_start_matches('0');
    (is_number && !bare.is_empty()).then_some(bare)
}
