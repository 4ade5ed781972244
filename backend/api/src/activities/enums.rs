//! The closed sets of names on the wire.

use async_graphql::Enum;
use valuemap_shared::activities as domain;

use crate::error::ApiError;

/// Reads a name back from a row. It was checked when it was stored.
pub fn stored<D: std::str::FromStr<Err = String>, W: From<D>>(name: &str) -> Result<W, ApiError> {
    name.parse().map(|value: D| value.into()).map_err(|error| ApiError::internal(anyhow::anyhow!(error)))
}

/// Where an activity takes place.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Modality")]
pub enum Modality {
    Online,
    InPerson,
    Hybrid,
}

/// What the organisation runs a type of activity for, and so what its success is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Goal")]
pub enum Goal {
    LowerSupportCost,
    Revenue,
    NewCustomers,
    Retention,
    Goodwill,
    ProductInsight,
    Recruiting,
}

/// What a cost line pays for. Together they make the fully loaded cost.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::CostKind")]
pub enum CostKind {
    Cash,
    Travel,
    /// Hours of the organisation's people at their loaded rate.
    Staff,
    /// The share of a platform's or tool's price.
    Platform,
}

/// How a member or account met an activity. From `ATTENDED` on they took part in it.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Role")]
pub enum Role {
    /// Saw or received its promotion.
    Reached,
    Registered,
    Attended,
    Contributed,
    Spoke,
    Organised,
}

/// What somebody is to the organisation.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Audience")]
pub enum Audience {
    CurrentCustomer,
    ProspectiveCustomer,
    /// Sells, integrates or advises.
    Partner,
    /// May become a partner.
    ProspectivePartner,
    Employee,
}

/// Something that happened and counts. Purchases, upgrades and renewals may carry money; the others count in points.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::OutcomeKind")]
pub enum OutcomeKind {
    Download,
    Lead,
    /// A lead that sales works on, whether it is won or lost in the end.
    Opportunity,
    Trial,
    /// Somebody who may become a partner.
    PartnerLead,
    Purchase,
    Upgrade,
    Renewal,
    Referral,
    Review,
    DeflectedTicket,
    GoodwillNote,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::PartyKind")]
pub enum PartyKind {
    /// A person in the community.
    Member,
    /// A customer organisation, or one that may become it.
    Account,
}

/// How it was found out that two parties belong together.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::LinkMethod")]
pub enum LinkMethod {
    SignedToken,
    SingleSignOn,
    EmailMatch,
    Manual,
    Import,
}

/// What a member did in the community.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ContributionKind")]
pub enum ContributionKind {
    /// Opened a topic: asked a question.
    Question,
    Reply,
    /// A reply that was accepted as the solution.
    Solution,
    Like,
}
