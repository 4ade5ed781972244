//! The formats that can be imported: one file each, and one line here.

mod attendees;
mod deals;
mod hubspot;
mod hubspot_parties;
mod parties;
mod plain;
mod revenue;
mod salesforce;
mod zendesk;

use crate::import::format::Format;

pub const FORMATS: &[&Format] = &[
    &hubspot_parties::CONTACTS,
    &hubspot_parties::COMPANIES,
    &hubspot::DEALS,
    &salesforce::ACCOUNTS,
    &salesforce::CONTACTS,
    &salesforce::LEADS,
    &salesforce::OPPORTUNITIES,
    &salesforce::CAMPAIGN_MEMBERS,
    &zendesk::TICKETS,
    &attendees::ATTENDEES,
    &revenue::REVENUE,
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
