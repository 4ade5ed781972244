//! Which format a header is of.

use std::cmp::Reverse;

use crate::import::column_names::has;
use crate::import::columns::normalised;
use crate::import::format::Format;
use crate::import::formats::FORMATS;

/// The format whose required columns are all there, but for what `--set` says of a whole file, and of several the one that
/// knows most of the columns.
pub fn recognise(header: &[String]) -> Option<&'static Format> {
    let is_there =
        |format: &Format, name: &str| format.fields.iter().any(|field| field.name == name && has(field, header));
    let is_met = |format: &Format, names: &[&str]| {
        names.iter().any(|name| is_there(format, name)) || format.to_set(names).is_some()
    };
    let is_complete = |format: &&Format| format.required.iter().all(|names| is_met(format, names));
    let known = |format: &&Format| format.fields.iter().filter(|field| has(field, header)).count();
    let is_close = |format: &&Format| is_complete(format) && known(format) > 1 && !is_of_anybody(format, header);
    FORMATS.iter().copied().filter(is_close).max_by_key(|format| (known(format), Reverse(format.fields.len())))
}

/// Whether nothing but an `Id` speaks for a format of Salesforce's people and companies, as all systems have one: its API
/// has other columns of its own, and its reports say `Contact ID`.
fn is_of_anybody(format: &Format, header: &[String]) -> bool {
    const OF_THE_API: [&str; 14] = [
        "isdeleted",
        "ownerid",
        "accountid",
        "parentid",
        "masterrecordid",
        "reportstoid",
        "recordtypeid",
        "createddate",
        "createdbyid",
        "lastmodifieddate",
        "systemmodstamp",
        "isconverted",
        "convertedcontactid",
        "convertedaccountid",
    ];
    let is_one = ["salesforce-accounts", "salesforce-contacts", "salesforce-leads"].contains(&format.name);
    let ids = format.fields.iter().filter(|field| field.name == "id").flat_map(|field| field.columns);
    let ids: Vec<String> = ids.map(|id| normalised(id)).filter(|id| id != "id").collect();
    let names: Vec<String> = header.iter().map(|name| normalised(name)).collect();
    is_one && !names.iter().any(|name| ids.contains(name) || OF_THE_API.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_no_export_that_is_known_is_none() {
        for names in [
            "id,Customer ID,Customer Email,Plan,Currency,Interval,Amount,Status,Created (UTC),Current Period End (UTC)",
            "id,Customer ID,Customer Email,Amount,Status,Created (UTC),Current Period End (UTC)",
            "Email,Joined at",
            "Id,CampaignId,LeadId,Status,FirstName,LastName,Email",
        ] {
            assert_eq!(recognise(&header(names)).map(|format| format.name), None, "{names}");
        }
    }

    /// Headers as their vendors write them, each with the format that it is of.
    #[test]
    fn exports_of_vendors_are_told_apart() {
        for (expected, names) in [
            (
                "hubspot-contacts",
                "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Associated Company",
            ),
            ("hubspot-contacts", "Record ID,Email,Company Name,Lifecycle Stage,Create Date"),
            ("hubspot-companies", "Record ID,Company name,Company owner,Create Date,Phone Number,City,Industry"),
            ("hubspot-companies", "Record ID,Company name,Company Domain Name,Lifecycle Stage,Became a Customer Date"),
            ("hubspot-deals", "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Associated Company IDs"),
            ("salesforce-accounts", "Id,IsDeleted,Name,Type,ParentId,BillingCity,Industry,OwnerId,CreatedDate"),
            ("salesforce-accounts", "Account Owner,Account ID,Account Name,Type,Billing City,Last Activity"),
            ("salesforce-contacts", "Id,IsDeleted,AccountId,LastName,FirstName,Name,Email,OwnerId,CreatedDate"),
            ("salesforce-contacts", "Contact ID,First Name,Last Name,Email,Account ID,Account Name"),
            ("salesforce-leads", "Id,LastName,FirstName,Name,Company,Email,Status,IsConverted,ConvertedContactId"),
            ("salesforce-leads", "Lead ID,First Name,Last Name,Email,Lead Status,Converted,Create Date"),
            ("salesforce-opportunities", "Opportunity ID,Account ID,Account Name,Stage,Amount,Close Date,Type"),
            (
                "salesforce-campaign-members",
                "Campaign ID,Lead ID,First Name,Last Name,Email,Status,Created Date,Responded",
            ),
            ("zendesk-tickets", "Id,Requester,Requester id,Requester email,Subject,Status,Via,Created at,Solved at"),
            (
                "attendees",
                "Order #,Order Date,First Name,Surname,Email,Quantity,Currency,Total Paid,Event Name,Event ID,Attendee Status",
            ),
            (
                "attendees",
                "Attended,User Name (Original Name),Email,Registration Time,Approval Status,Join Time,Leave Time",
            ),
            (
                "attendees",
                "Name (original name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room",
            ),
            (
                "attendees",
                "api_id,name,first_name,last_name,email,created_at,approval_status,checked_in_at,amount,currency,ticket_name",
            ),
            ("attendees", "Name,User ID,Title,Event Host,RSVP,Guests,RSVPed on,Joined Group on,URL of Member Profile"),
            ("attendees", "Name,First Join,Last Leave,In-Meeting Duration,Email,Participant ID (UPN),Role"),
            (
                "revenue",
                "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Fee,Mode,Status,Customer ID,Customer Email",
            ),
            (
                "revenue",
                "Name,Email,Financial Status,Paid at,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Id",
            ),
            ("revenue", "Invoice Number,Customer Id,Invoice Date,Due Date,Amount,Currency,Status"),
            ("revenue", "invoice_number,account_code,invoice_date,total,currency,state"),
            ("touchpoints", "activity,email,at,role"),
            ("outcomes", "key,kind,email,at,amount,currency"),
            ("costs", "key,kind,day,amount,currency,activity"),
            ("members", "key,name,email,account"),
        ] {
            let found = recognise(&header(names)).map(|format| format.name);
            assert_eq!(found, Some(expected), "{names}");
        }
    }

    #[test]
    fn an_id_alone_is_not_of_salesforce() {
        for names in ["id,Description,Email,Name,Created (UTC)", "Id,Name,Email", "Id,Name,Email,Status"] {
            assert_eq!(recognise(&header(names)).map(|format| format.name), None, "{names}");
        }
    }
}
