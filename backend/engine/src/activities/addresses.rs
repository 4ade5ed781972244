//! E-mail addresses as they are stored: not at all. One address is one key in a community, whichever door it came by.

use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value;
use sha2::{Digest, Sha256};
use valuemap_shared::activities::{
    EMAIL, IdentityLink, LinkMethod, PartyRef, Record, Reference, address_digest, address_digest_of, address_of,
    with_addresses_replaced, with_digests_replaced,
};
use valuemap_shared::ids::CommunityId;

use crate::base::ambient::Ambient;
use crate::base::digests::hexadecimal;
use crate::member_identity::pseudonym::{Secret, ensure_secret, find_secret};

/// Stands in texts in place of an address.
const HIDDEN: &str = "[e-mail]";

/// What turns the addresses of a community into keys.
#[derive(Debug)]
pub struct Addresses {
    community: CommunityId,
    secret: Secret,
}

/// A record without any address in it. Nothing else is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressFree(Record);

impl AddressFree {
    pub fn record(&self) -> &Record {
        &self.0
    }

    /// The same link, no surer than this.
    pub(super) fn at_most(mut self, confidence: f64) -> Self {
        if let Record::Link(link) = &mut self.0 {
            link.confidence = link.confidence.min(confidence);
        }
        self
    }
}

impl Addresses {
    /// Makes the secret of a community that has none yet.
    pub async fn of(db: &impl ConnectionTrait, ambient: &Ambient, community: CommunityId) -> Result<Self, DbErr> {
        if let Some(secret) = find_secret(db, community).await? {
            return Ok(Self { community, secret });
        }
        ensure_secret(db, ambient, community).await?;
        let secret = find_secret(db, community).await?;
        let secret = secret.ok_or_else(|| DbErr::RecordNotFound("the secret that was just made".to_owned()))?;
        Ok(Self { community, secret })
    }

    /// To compare with what is stored, without writing: where there is no secret yet, no address was ever stored.
    pub async fn to_compare(
        db: &impl ConnectionTrait,
        ambient: &Ambient,
        community: CommunityId,
    ) -> Result<Self, DbErr> {
        let secret = find_secret(db, community).await?;
        Ok(Self { community, secret: secret.unwrap_or_else(|| Secret::passing(ambient)) })
    }

    /// The key of an address in its usual form. Its plain digest, which keys were made of in earlier versions, can be
    /// looked up for every address that one knows; not so without the secret.
    fn key(&self, address: &str) -> String {
        let mut plain = Sha256::new();
        plain.update(self.community.0.as_bytes());
        plain.update(address.to_lowercase());
        let plain = address_digest(&hexadecimal(&plain.finalize()));
        address_digest(&self.secret.pseudonym_of(&format!("address\0{plain}")).to_string())
    }

    /// The record as it is stored, and the link that an address of a member stands for.
    pub fn removed_from(&self, record: Record) -> (AddressFree, Option<AddressFree>) {
        let mut record = record;
        let link = match &mut record {
            Record::Party(party) => party.email.take().map(|email| {
                Record::Link(IdentityLink {
                    from: party.party.clone(),
                    to: PartyRef::with_address(&email),
                    method: LinkMethod::EmailMatch,
                    confidence: 1.0,
                    valid_from: None,
                    valid_until: None,
                })
            }),
            _ => None,
        };
        let link = link.map(|link| self.free(link)).filter(|link| !is_with_itself(&link.0));
        (self.free(record), link)
    }

    fn free(&self, mut record: Record) -> AddressFree {
        match &mut record {
            Record::Party(party) => {
                self.party(&mut party.party);
                self.name(&mut party.name);
            }
            Record::Link(link) => {
                self.party(&mut link.from);
                self.party(&mut link.to);
            }
            Record::ActivityType(kind) => {
                self.inside(&mut kind.key);
                self.text(&mut kind.name);
            }
            Record::Activity(activity) => {
                self.reference(&mut activity.reference);
                self.inside(&mut activity.activity_type);
                self.text(&mut activity.name);
                self.name(&mut activity.owner);
                activity.channels.iter_mut().for_each(|channel| self.text(channel));
            }
            Record::Cost(cost) => {
                self.reference(&mut cost.reference);
                cost.activity.iter_mut().for_each(|activity| self.reference(activity));
                cost.description.iter_mut().for_each(|description| self.text(description));
            }
            Record::Touchpoint(touchpoint) => {
                self.reference(&mut touchpoint.reference);
                self.reference(&mut touchpoint.activity);
                self.party(&mut touchpoint.party);
                touchpoint.channel.iter_mut().for_each(|channel| self.text(channel));
            }
            Record::Outcome(outcome) => {
                self.reference(&mut outcome.reference);
                outcome.party.iter_mut().for_each(|party| self.party(party));
                outcome.title.iter_mut().for_each(|title| self.text(title));
            }
            Record::Case(case) => {
                self.reference(&mut case.reference);
                case.party.iter_mut().for_each(|party| self.party(party));
                case.channel.iter_mut().for_each(|channel| self.text(channel));
            }
            Record::Contribution(contribution) => {
                self.reference(&mut contribution.reference);
                if let Some(thread) = &mut contribution.thread {
                    self.inside(thread);
                }
                self.party(&mut contribution.party);
            }
            Record::Observation(observation) => {
                self.inside(&mut observation.measure);
                self.inside(&mut observation.source);
            }
        }
        AddressFree(record)
    }

    /// A key that is an address is the person's, whichever source it came from.
    pub fn party(&self, party: &mut PartyRef) {
        let key = party.reference.key.trim();
        let of_address = match address_of(key) {
            Some(address) => Some(self.key(&address)),
            None => address_digest_of(key).map(str::to_owned),
        };
        match of_address {
            Some(key) => party.reference = Reference::new(EMAIL, key),
            None => self.reference(&mut party.reference),
        }
    }

    pub fn reference(&self, reference: &mut Reference) {
        self.inside(&mut reference.source);
        match address_of(&reference.key) {
            Some(address) => reference.key = self.key(&address),
            None => _ = self.inside(&mut reference.key),
        }
    }

    /// Puts its own key in place of each address in a text, so that different ones stay different; says whether there
    /// were any.
    fn inside(&self, key: &mut String) -> bool {
        let replaced = with_addresses_replaced(key, |address| self.key(address));
        let found = replaced.is_some();
        *key = replaced.unwrap_or_else(|| std::mem::take(key));
        found
    }

    /// A text that people read. What came in by a webhook holds keys in place of its addresses already.
    fn text(&self, text: &mut String) {
        if let Some(replaced) = with_addresses_replaced(text, |_| HIDDEN.to_owned()) {
            *text = replaced;
        }
        if let Some(replaced) = with_digests_replaced(text, |_| HIDDEN.to_owned()) {
            *text = replaced;
        }
    }

    /// A name that is nothing but an address is none.
    fn name(&self, name: &mut Option<String>) {
        let Some(text) = name else { return };
        if address_of(text).is_some_and(|address| address.len() == text.trim().len())
            || address_digest_of(text) == Some(text.trim())
        {
            *name = None;
        } else {
            self.text(text);
        }
    }

    /// Any text, with each address replaced by its key.
    pub fn removed_from_text(&self, text: &str) -> String {
        with_addresses_replaced(text, |address| self.key(address)).unwrap_or_else(|| text.to_owned())
    }

    /// A JSON body with each address in it replaced by its key. What is no JSON is taken as text.
    pub fn removed_from_json(&self, body: &str) -> String {
        let Ok(mut value) = serde_json::from_str::<Value>(body) else {
            return self.removed_from_text(&body.replace("\\u0040", "@"));
        };
        // Of two fields of the same name, the value holds the last one only.
        if self.replace_in(&mut value) { value.to_string() } else { self.removed_from_text(body) }
    }

    /// Replaces the addresses in a value, and says whether there were any.
    fn replace_in(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => self.inside(text),
            Value::Array(items) => items.iter_mut().fold(false, |found, item| self.replace_in(item) | found),
            Value::Object(fields) => {
                let mut found = false;
                let replaced = std::mem::take(fields).into_iter().map(|(mut name, mut value)| {
                    found |= self.inside(&mut name) | self.replace_in(&mut value);
                    (name, value)
                });
                *fields = replaced.collect();
                found
            }
            _ => false,
        }
    }
}

/// Whether a link ties a party to itself.
pub fn is_with_itself(record: &Record) -> bool {
    matches!(record, Record::Link(link) if link.from == link.to)
}

#[cfg(test)]
mod tests {
    use valuemap_shared::activities::{Activity, Party};

    use super::*;

    fn addresses(community: u128) -> Addresses {
        Addresses {
            community: CommunityId(uuid::Uuid::from_u128(community)),
            secret: Secret::passing(&Ambient::real()),
        }
    }

    fn member(source: &str, key: &str, name: Option<&str>, email: Option<&str>) -> Record {
        Record::Party(Party {
            party: PartyRef::member(source, key),
            name: name.map(str::to_owned),
            is_staff: false,
            since: None,
            until: None,
            audience: None,
            email: email.map(str::to_owned),
        })
    }

    fn party_of(free: &AddressFree) -> &PartyRef {
        match free.record() {
            Record::Party(party) => &party.party,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_address_is_one_party_whatever_its_source_and_spelling() {
        let addresses = addresses(7);
        let stored = |source: &str, key: &str| {
            let (free, link) = addresses.removed_from(member(source, key, None, None));
            assert_eq!(link, None);
            party_of(&free).clone()
        };
        let kim = stored("hubspot", "kim@example.org");
        assert!(kim.reference.source == EMAIL && address_digest_of(&kim.reference.key).is_some(), "{kim:?}");
        assert_eq!(kim, stored("csv", " Kim Example <Kim@Example.org> "));
        assert_eq!(kim, stored("api", &kim.reference.key));
        assert_eq!(kim, stored("api", &format!("Kim <{}>", kim.reference.key)));
        assert_ne!(kim, stored("hubspot", "lou@example.org"));
        assert_eq!(stored("hubspot", "51"), PartyRef::member("hubspot", "51"));
        assert_ne!(kim, {
            let other = super::tests::addresses(7);
            party_of(&other.removed_from(member("hubspot", "kim@example.org", None, None)).0).clone()
        });
    }

    #[test]
    fn an_id_with_an_address_is_linked_to_whoever_has_the_address() {
        let addresses = addresses(7);
        let (contact, link) = addresses.removed_from(member("hubspot", "51", None, Some("Kim@example.org")));
        let (address, none) = addresses.removed_from(member("csv", "kim@example.org", None, Some("kim@example.org")));
        assert_eq!(none, None, "who is known by an address is not linked to it");
        match link.unwrap().record() {
            Record::Link(link) => {
                assert_eq!((&link.from, &link.to), (party_of(&contact), party_of(&address)));
                assert_eq!((link.method, link.confidence), (LinkMethod::EmailMatch, 1.0));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_of_a_record_holds_an_address() {
        let addresses = addresses(7);
        let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 31).unwrap();
        let activity = Record::Activity(Activity {
            reference: Reference::new("of kim@example.org", "a/kim@example.org/b"),
            activity_type: "kim@example.org".into(),
            name: "With kim@example.org".into(),
            modality: None,
            starts_on: day,
            ends_on: day,
            owner: Some("Kim@example.org".into()),
            channels: vec!["lists@example.org".into()],
        });
        for record in [activity, member("x", "kim@example.org/1", Some("Kim <kim@example.org>"), None)] {
            let (free, _) = addresses.removed_from(record);
            let stored = serde_json::to_string(free.record()).unwrap();
            assert!(!stored.contains('@') && !stored.to_lowercase().contains("example.org"), "{stored}");
        }
        let named = |name: &str| match addresses.removed_from(member("x", "1", Some(name), None)).0.record() {
            Record::Party(party) => party.name.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(named("kim@example.org"), None);
        assert_eq!(named("Kim (kim@example.org)").as_deref(), Some("Kim ([e-mail])"));
        assert_eq!(named("Kim").as_deref(), Some("Kim"));
    }

    #[test]
    fn a_body_is_changed_only_where_it_holds_an_address() {
        let addresses = addresses(7);
        let kim = addresses.key("kim@example.org");
        let check = |body: &str, expected: &str| assert_eq!(addresses.removed_from_json(body), expected);
        check(r#"{ "a": 1.50, "b": [true, "@kim"] }"#, r#"{ "a": 1.50, "b": [true, "@kim"] }"#);
        check(
            r#"{"a":["Kim <KIM\u0040example.org>",{"b":null}]}"#,
            &format!(r#"{{"a":["Kim <{kim}>",{{"b":null}}]}}"#),
        );
        check(r#"{"kim@example.org":"to kim@example.org."}"#, &format!(r#"{{"{kim}":"to {kim}."}}"#));
        check(r#"{"a":"kim@example.org","a":1}"#, &format!(r#"{{"a":"{kim}","a":1}}"#));
        check(r#"{"a": kim\u0040example.org"#, &format!(r#"{{"a": {kim}"#));
    }
}
