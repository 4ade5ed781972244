use async_graphql::InputObject;
use chrono::NaiveDate;
use valuemap_shared::activities as domain;

use crate::activities::enums::{Audience, LinkMethod, PartyKind};
use crate::activities::recording::{API, Batch, Entry};

/// A member or account. It need not be introduced before it is mentioned.
#[derive(InputObject)]
pub struct PartyRefInput {
    kind: PartyKind,
    #[graphql(default_with = "API.to_owned()")]
    source: String,
    key: String,
}

impl From<PartyRefInput> for domain::PartyRef {
    fn from(input: PartyRefInput) -> Self {
        Self { kind: input.kind.into(), reference: domain::Reference::new(input.source, input.key) }
    }
}

#[derive(InputObject)]
pub struct PartyInput {
    kind: PartyKind,
    /// Where the key comes from, `crm`; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    name: Option<String>,
    /// Works for the organisation.
    #[graphql(default)]
    is_staff: bool,
    /// Of a member: when they joined. Of an account: when it became a customer; without it, it is a prospect.
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    /// What it is to the organisation, where that does not follow from its dates: a partner, or a prospective one.
    audience: Option<Audience>,
    /// Of a member: the e-mail address that the source knows them by. They are one with whoever is recorded under the
    /// same address, by whichever door. It is stored as a digest.
    email: Option<String>,
}

impl Entry for PartyInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Party(domain::Party {
            party: domain::PartyRef { kind: self.kind.into(), reference: batch.reference(self.source, self.key) },
            name: self.name,
            is_staff: self.is_staff,
            since: self.since,
            until: self.until,
            audience: self.audience.map(Into::into),
            email: self.email,
        });
        batch.add(path, record, None);
    }
}

/// From member to member or from account to account: they are the same. From member to account: the member works
/// there. The same two parties from the same day on are the same link.
#[derive(InputObject)]
pub struct LinkInput {
    from: PartyRefInput,
    to: PartyRefInput,
    method: LinkMethod,
    /// 0 to 1.
    #[graphql(default = 1.0)]
    confidence: f64,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
}

impl Entry for LinkInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Link(domain::IdentityLink {
            from: self.from.into(),
            to: self.to.into(),
            method: self.method.into(),
            confidence: self.confidence,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        });
        batch.add(path, record, None);
    }
}
