//! The formats that can be imported: one file each, and one line here.

mod deals;
mod hubspot;
mod plain;
mod salesforce;
mod zendesk;

use crate::import::format::Format;

pub const FORMATS: &[&Format] = &[
    &hubspot::DEALS,
    &salesforce::OPPORTUNITIES,
    &salesforce::CAMPAIGN_MEMBERS,
    &zendesk::TICKETS,
    &plain::ACCOUNTS,
    &plain::MEMBERS,
    &plain::LINKS,
    &plain::ACTIVITY_TYPES,
    &plain::ACTIVITIES,
    &plain::COSTS,
    &plain::TOUCHPOINTS,
    &plain::OUTCOMES,
    &plain::CASES,
    &plain::CONTRIBUTIONS,
    &plain::OBSERVATIONS,
];
