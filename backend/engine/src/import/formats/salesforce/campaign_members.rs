use chrono::{DateTime, Utc};
use valuemap_shared::activities::{Activity, IdentityLink, LinkMethod, PartyRef, Record, Role, Touchpoint};

use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption};
use crate::import::formats::salesforce::statuses::role_of;
use crate::import::formats::salesforce::{DELETED, is_deleted, salesforce_id};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

pub const CAMPAIGN_MEMBERS: Format = Format {
    name: "salesforce-campaign-members",
    about: "Campaign members exported from Salesforce: they become touchpoints",
    source: "salesforce",
    fields: &[
        Field::new("campaign", &["CampaignId", "Campaign ID"]),
        Field::new("campaign_name", &["Campaign.Name", "Campaign Name"]),
        Field::new("campaign_start", &["Campaign.StartDate", "Campaign Start Date"]),
        Field::new("campaign_end", &["Campaign.EndDate", "Campaign End Date"]),
        Field::new("contact", &["ContactId", "Contact ID"]),
        Field::new("lead", &["LeadId", "Lead ID"]),
        Field::new("status", &["Status", "Member Status"]),
        Field::new("responded", &["HasResponded", "Responded"]).if_missing(
            "There is no column `HasResponded`: roles come from the status alone, and how each status was read is listed above",
        ),
        Field::new("responded_at", &["FirstRespondedDate", "First Responded Date", "Member First Responded Date"]),
        Field::new("created", &["CreatedDate", "Created Date", "Member First Associated Date"]),
        Field::new("account", &["AccountId", "Account ID", "Contact.AccountId"]),
        Field::new("email", &["Email", "Contact.Email", "Lead.Email"]),
        DELETED,
    ],
    required: &[&["campaign"], &["contact", "lead"], &["status"], &["responded_at", "created"]],
    options: &[FormatOption::ActivityType, FormatOption::Source],
    is_plain: false,
    read: campaign_member,
};

fn campaign_member(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    if is_deleted(row) {
        return RowContent::skipped("the campaign member is deleted");
    }
    row.required("campaign");
    let campaign = salesforce_id(row, "campaign");
    let (contact, lead) = (salesforce_id(row, "contact"), salesforce_id(row, "lead"));
    let account = salesforce_id(row, "account");
    let role = role(row);
    let (responded, created) = (row.time("responded_at"), row.time("created"));
    let at = match role {
        Some(Role::Reached) => created.or(responded),
        _ => responded.or(created),
    };
    if at.is_none() && row.text("responded_at").is_none() && row.text("created").is_none() {
        row.problem("created", "it says neither when they responded nor when they were added");
    }
    let activity = campaign.as_deref().zip(at).and_then(|(campaign, at)| activity(row, settings, campaign, at));
    // A lead that became a contact keeps the key that it had as a lead.
    let Some(key) = lead.as_ref().or(contact.as_ref()) else {
        if row.problems.is_empty() {
            row.problem("contact", "the row names neither a contact nor a lead");
        }
        return None;
    };
    let campaign = campaign?;
    let member = |id: &str| PartyRef::member(&settings.source, id);
    let party = member(contact.as_ref().unwrap_or(key));
    let mut records = Vec::with_capacity(4);
    if let (Some(lead), Some(_)) = (&lead, &contact) {
        records.push(link(member(lead), party.clone(), LinkMethod::Import));
    }
    if let Some(address) = row.address("email") {
        records.push(link(party.clone(), PartyRef::with_address(&address), LinkMethod::EmailMatch));
    }
    if let Some(account) = account {
        records.push(link(party.clone(), PartyRef::account(&settings.source, &account), LinkMethod::Import));
    }
    records.push(Record::Touchpoint(Touchpoint {
        reference: settings.reference(&format!("{campaign}/{key}")),
        activity: settings.reference(&campaign),
        party,
        at: at?,
        role: role?,
        channel: None,
    }));
    Some(RowContent { records, activity, ..RowContent::default() })
}

/// What a member did, by their status or, where that is not known, by whether they responded. Who did not respond was
/// reached, whatever the status is called.
fn role(row: &mut Row<'_>) -> Option<Role> {
    let status = row.required("status")?;
    let responded = row.flag("responded");
    // `--value status:Joined=attended` names the role itself.
    let known = status.parse().ok().or_else(|| role_of(status));
    let role = match (known, responded) {
        (Some(role), Some(false)) => Role::Reached.min(role),
        (Some(role), _) => role,
        (None, Some(true)) => Role::Registered,
        (None, Some(false)) => Role::Reached,
        (None, None) => {
            row.problem(
                "status",
                format!(
                    "what `{status}` means is not known; export HasResponded, too, and it goes by that, or say it with \
                     --value \"status:{status}=attended\""
                ),
            );
            return None;
        }
    };
    let shown: String = status.chars().take(60).collect();
    let because = if responded == Some(false) && known != Some(role) { ", as they did not respond" } else { "" };
    row.note(format!("Status `{shown}` is {role}{because}"));
    Some(role)
}

/// The activity that a campaign becomes, where `--activity-type` says of which type it is.
fn activity(row: &mut Row<'_>, settings: &FormatSettings, campaign: &str, at: DateTime<Utc>) -> Option<Activity> {
    let activity_type = settings.activity_type.clone()?;
    let starts_on = row.day("campaign_start").unwrap_or(at.date_naive());
    let ends_on = row.day("campaign_end").unwrap_or(at.date_naive()).max(starts_on);
    Some(Activity {
        reference: settings.reference(campaign),
        activity_type,
        name: row.title("campaign_name").unwrap_or_else(|| format!("Campaign {campaign}")),
        modality: None,
        starts_on,
        ends_on,
        owner: None,
        channels: Vec::new(),
    })
}

fn link(from: PartyRef, to: PartyRef, method: LinkMethod) -> Record {
    let (valid_from, valid_until) = (None, None);
    Record::Link(IdentityLink { from, to, method, confidence: 1.0, valid_from, valid_until })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::check;

    const HEADER: &str =
        "CampaignId,Campaign Name,ContactId,LeadId,Status,HasResponded,FirstRespondedDate,CreatedDate,AccountId";
    const CAMPAIGN: &str = "701A0000001XyzA";

    #[test]
    fn members_touch_what_the_campaign_became() {
        let row = format!(
            "{CAMPAIGN},Spring webinar,003A0000001XyzA,,Attended,1,2026-03-05,2026-02-01T08:00:00Z,001A0000006Vm9u"
        );
        let touchpoint = "touchpoint salesforce/701A0000001XyzAIAS/003A0000001XyzAIAS attended of member \
            salesforce/003A0000001XyzAIAS with salesforce/701A0000001XyzAIAS at 2026-03-05T00:00:00Z";
        let link = "link member salesforce/003A0000001XyzAIAS to account salesforce/001A0000006Vm9uIAC by import";
        check(&CAMPAIGN_MEMBERS, HEADER, &row, &[], &[link, touchpoint]);
        let activity = "activity salesforce/701A0000001XyzAIAS webinar `Spring webinar` 2026-03-05 to 2026-03-05";
        check(&CAMPAIGN_MEMBERS, HEADER, &row, &["type=webinar"], &[activity, link, touchpoint]);
        let header = "Id,IsDeleted,CampaignId,ContactId,Status,CreatedDate";
        let row = format!("00vA0000001XyzA,1,{CAMPAIGN},003A0000001XyzA,Attended,2026-02-01");
        check(&CAMPAIGN_MEMBERS, header, &row, &[], &["skip the campaign member is deleted"]);
    }

    #[test]
    fn a_lead_that_became_a_contact_is_the_same_member() {
        let row = format!("{CAMPAIGN},,003A0000001XyzA,00QA0000001XyzA,Sent,0,,2026-02-01,");
        check(
            &CAMPAIGN_MEMBERS,
            HEADER,
            &row,
            &[],
            &[
                "link member salesforce/00QA0000001XyzAMAS to member salesforce/003A0000001XyzAIAS by import",
                "touchpoint salesforce/701A0000001XyzAIAS/00QA0000001XyzAMAS reached of member \
             salesforce/003A0000001XyzAIAS with salesforce/701A0000001XyzAIAS at 2026-02-01T00:00:00Z",
            ],
        );
    }

    #[test]
    fn the_role_is_told_by_the_status() {
        let role = |status: &str, responded: &str, expected: &str| {
            let header = "CampaignId,ContactId,Status,HasResponded,CreatedDate";
            let row = format!("{CAMPAIGN},003A0000001XyzA,{status},{responded},2026-02-01");
            let found = format!(
                "touchpoint salesforce/701A0000001XyzAIAS/003A0000001XyzAIAS {expected} of member \
                 salesforce/003A0000001XyzAIAS with salesforce/701A0000001XyzAIAS at 2026-02-01T00:00:00Z"
            );
            check(&CAMPAIGN_MEMBERS, header, &row, &[], &[&found]);
        };
        role("Sent", "", "reached");
        role("Responded", "true", "registered");
        role("Registered", "true", "registered");
        role("No Show", "true", "registered");
        role("Attended", "true", "attended");
        role("Guest speaker", "true", "spoke");
        role("Visited booth", "true", "registered");
        role("Visited booth", "false", "reached");
        // Who did not respond did not attend, whatever the status says.
        role("Attended", "0", "reached");
        role("Unattended", "", "registered");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let header = "CampaignId,ContactId,LeadId,Status,CreatedDate";
        check(
            &CAMPAIGN_MEMBERS,
            header,
            "Spring,,,Visited booth,",
            &[],
            &[
                "CampaignId: `Spring` is not a Salesforce id: those have 15 or 18 letters and digits",
                "Status: what `Visited booth` means is not known; export HasResponded, too, and it goes by that, or say it \
                 with --value \"status:Visited booth=attended\"",
                "CreatedDate: it says neither when they responded nor when they were added",
            ],
        );
        let row = format!("{CAMPAIGN},000000000000000AAA,,Sent,2026-02-01");
        check(&CAMPAIGN_MEMBERS, header, &row, &[], &["ContactId: the row names neither a contact nor a lead"]);
    }
}
