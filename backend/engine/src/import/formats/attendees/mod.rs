//! Lists of who came to an event, as the tools for events and meetings export them: Eventbrite, Zoom, Luma, Meetup, Livestorm,
//! GoTo, Teams. They agree on little but that there is a row a person, or a row for each time that somebody joined.

mod standing;

use chrono::{DateTime, Utc};
use valuemap_shared::activities::{PartyKind, PartyRef, Record, Reference, Role, Touchpoint};

use crate::import::content::RowContent;
use crate::import::format::{Field, Format, FormatOption, Only};
use crate::import::formats::attendees::standing::{Answer, Standing};
use crate::import::formats::plain::touch_key;
use crate::import::row::Row;
use crate::import::settings::FormatSettings;
use crate::import::times::parse_time;

pub const ATTENDEES: Format = Format {
    name: "attendees",
    about: "Who came to an event, from Eventbrite, Zoom, Luma, Meetup, Teams and the like",
    source: "csv",
    fields: &[
        Field::new(
            "activity",
            &[
                "Event ID",
                "Event API ID",
                "Webinar ID",
                "Meeting ID",
                "Session ID",
                "Event Name",
                "Event Title",
                "Event",
                "activity",
            ],
        )
        .or_set(
            "the file does not name the event: give --set activity=KEY, with the key of an activity that is loaded",
        ),
        Field::new("activity_source", &["activity source"]),
        Field::new(
            "email",
            &[
                "Attendee Email",
                "Email",
                "Email Address",
                "User Email",
                "Guest Email",
                "Participant Email",
                "Registrant Email",
            ],
        ),
        Field::new("sign_in", &["Participant ID (UPN)", "UPN"]),
        Field::new("member", &["User ID", "Member ID"]),
        Field::new(
            "role",
            &[
                "Attended",
                "Attendee Status",
                "Attendance Status",
                "Attendance",
                "Has Attended",
                "Attended Live",
                "Checked In",
                "Checked In?",
                "Check-in Status",
                "Role",
            ],
        )
        // A form for registration may ask for the role that people have where they work.
        .only(&[Only::Without("Role", &["approval_status"])]),
        Field::new(
            "status",
            &["approval_status", "Registration Status", "RSVP", "RSVP Status", "Guest Status", "Response", "Status"],
        ),
        Field::new(
            "came_at",
            &[
                "checked_in_at",
                "Checked In Date",
                "Check-in Date",
                "Check-in Time",
                "Checked In Time",
                "Join Time",
                "First Join",
                "First Join Time",
                "Joined at",
                "Time Joined",
                "Attended at",
            ],
        )
        // Elsewhere it is when somebody joined a list.
        .only(&[Only::Beside("Joined at", JOINED_BESIDE)]),
        Field::new(
            "registered_at",
            &[
                "Registration Time",
                "Registration Date",
                "Registration Date/Time",
                "Registered at",
                "Registered on",
                "Date Registered",
                "RSVPed on",
                "RSVP Date",
                "Order Date",
                "Order Date/Time",
                "created_at",
            ],
        ),
        Field::new("event_at", &["Event Date", "Event Start", "Event Start Date", "Event Start Time", "Session Date"]),
        Field::new("waited", &["In Waiting Room"]),
    ],
    required: &[
        &["activity"],
        &["email", "sign_in", "member"],
        &["role", "status", "came_at"],
        &["came_at", "registered_at", "event_at"],
    ],
    options: &[FormatOption::Source],
    is_plain: false,
    read: attendee,
};

const JOINED_BESIDE: &[&str] = &[
    "Event ID",
    "Event Name",
    "Event",
    "Webinar ID",
    "Meeting ID",
    "Session ID",
    "Attended",
    "Left at",
    "Leave Time",
    "Registered at",
    "Registration Time",
];

fn attendee(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    if row.flag("waited") == Some(true) {
        return RowContent::skipped("they waited to be let in");
    }
    let activity = activity(row);
    let party = whom(row);
    let presence = presence(row, settings)?;
    let Some(role) = presence.role else {
        return RowContent::skipped(format!("{} stands for nobody who could come", presence.because));
    };
    let at = match presence.came_at {
        Some(at) => Some(at),
        None if row.text("came_at").is_some() => None,
        None if role.is_participation() => {
            if row.text("event_at").is_none() && row.text("registered_at").is_some() {
                row.note(
                    "Who came, and of whom only the time of registration is known, which they are dated to; --set \
                     event_at=2026-05-31 says the day of the event",
                );
            }
            time_of(row, &["event_at", "registered_at"])
        }
        None => time_of(row, &["registered_at", "event_at"]),
    };
    if at.is_none() && row.problems.is_empty() {
        row.problem("registered_at", "the row has no time; give --set event_at=2026-05-31 with the day of the event");
    }
    row.note(format!("{} is {role}", presence.because));
    let (activity, party) = (activity?, party?);
    let reference = Reference::new(&settings.source, touch_key(&activity, &party, role));
    let touchpoint = Record::Touchpoint(Touchpoint { reference, activity, party, at: at?, role, channel: None });
    Some(RowContent { records: vec![touchpoint], first_counts: true, ..RowContent::default() })
}

/// The event. Zoom writes the ids of its own in groups: `912 3456 7890`.
fn activity(row: &mut Row<'_>) -> Option<Reference> {
    row.required("activity");
    let mut reference = row.reference("activity", "activity_source")?;
    if reference.key.chars().all(|c| c.is_ascii_digit() || c.is_whitespace()) {
        reference.key.retain(|c| !c.is_whitespace());
    }
    Some(reference)
}

/// Who it was: by their e-mail address, or the name that they sign in with if it is one, or else by the id that the tool
/// knows them by. A name does not tell two of one name apart.
fn whom(row: &mut Row<'_>) -> Option<PartyRef> {
    if let Some(address) = row.address("email").or_else(|| row.address("sign_in")) {
        return Some(PartyRef::with_address(&address));
    }
    if row.text("member").is_some() {
        return row.party(PartyKind::Member, "member", "source");
    }
    let reason = match row.text("email") {
        Some(_) => "it is not an e-mail address",
        None => "there is no e-mail address, and a name alone does not tell who it is",
    };
    row.problem("email", reason);
    row.missing_key = Some(row.problems.len() - 1);
    None
}

/// What a row says of whether somebody came.
struct Presence {
    /// `None` of rows that stand for nobody.
    role: Option<Role>,
    /// When they came, if it says so.
    came_at: Option<DateTime<Utc>>,
    /// What says so.
    because: String,
}

/// What a list of attendance says counts before what one of registrations says, and that before a time at which somebody
/// joined. But who has no place has not come, whatever else the row says.
fn presence(row: &mut Row<'_>, settings: &FormatSettings) -> Option<Presence> {
    let (attendance, checked_in) = attendance(row, settings)?;
    let registration = match row.text("status") {
        Some(text) => Some(known(row, "status", text, Standing::registered(text))?),
        None => None,
    };
    let came_at = row.time("came_at").or(checked_in);
    let said = |row: &Row<'_>, field: &str, other: &str| {
        let value: String = row.text(field).unwrap_or_default().chars().take(60).collect();
        format!("{} `{value}`", row.column(field).unwrap_or(other))
    };
    let (standing, because) = match (attendance, registration) {
        (_, Some(standing @ (Standing::HasNoPlace | Standing::Nobody))) => (standing, said(row, "status", "status")),
        (Some(standing), _) => (standing, said(row, "role", "role")),
        (None, Some(standing @ (Standing::Came(_) | Standing::StayedAway))) => {
            (standing, said(row, "status", "status"))
        }
        (None, _) if came_at.is_some() => {
            let field = if checked_in.is_some() { "role" } else { "came_at" };
            (Standing::Came(Role::Attended), format!("a time in {}", row.column(field).unwrap_or(field)))
        }
        (None, Some(standing)) => (standing, said(row, "status", "status")),
        (None, None) if row.text("registered_at").is_some() => {
            let field = row.column("registered_at").unwrap_or("registered_at");
            (Standing::HasPlace, format!("{field} and nothing else"))
        }
        (None, None) => {
            row.problem("role", "it does not say whether they came; give --set role=attended where all of them did");
            return None;
        }
    };
    let role = standing.role();
    if came_at.is_some() && role.is_some_and(|role| !role.is_participation()) {
        row.note(format!("Rows that have a time of coming, and {because}: they count as not having come"));
    }
    Some(Presence { role, came_at, because })
}

/// What the column of attendance says: how they stand, or when they came. The outer `None` is a problem.
fn attendance(row: &mut Row<'_>, settings: &FormatSettings) -> Option<(Option<Standing>, Option<DateTime<Utc>>)> {
    let Some(text) = row.text("role") else { return Some((None, None)) };
    let joined = row.text("came_at").is_some();
    match Standing::attended(text, joined) {
        Answer::Unknown if parse_time(text, settings.times).is_ok() => Some((None, row.time("role"))),
        Answer::Unknown if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['/', '.', '-', ':']) => {
            row.time("role");
            None
        }
        answer => Some((Some(known(row, "role", text, answer)?), None)),
    }
}

/// How somebody stands, where it is known what the cell means.
fn known(row: &mut Row<'_>, field: &str, text: &str, answer: Answer) -> Option<Standing> {
    match answer {
        Answer::Known(standing) => Some(standing),
        Answer::Unknown => {
            let shown: String = text.chars().take(60).collect();
            row.problem(
                field,
                format!(
                    "what `{shown}` means is not known; say it with --value \"{field}:{shown}=attended\", or =registered where \
                     they had a place, or =reached where they had none"
                ),
            );
            None
        }
    }
}

/// The time of the first of these fields that has one.
fn time_of(row: &mut Row<'_>, fields: &[&str]) -> Option<DateTime<Utc>> {
    let field = fields.iter().find(|field| row.text(field).is_some())?;
    row.time(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{check, check_notes};

    /// The touchpoint of somebody, in the order of the columns of each tool.
    fn met(role: &str, at: &str) -> String {
        format!(
            "touchpoint csv/w1/member/kim@one.example/{role} {role} of member email/kim@one.example with csv/w1 at {at}Z"
        )
    }

    #[test]
    fn each_tool_says_in_its_own_way_who_came() {
        let eventbrite = "Event ID,Order Date,Email,Attendee Status,Checked In Date";
        let zoom = "Event ID,Attended,Email,Registration Time,Approval Status,Join Time";
        let meeting = "Event ID,Name (Original Name),User Email,Join Time,In Waiting Room";
        let luma = "Event ID,email,created_at,approval_status,checked_in_at";
        let teams = "Event ID,Name,First Join,Email,Participant ID (UPN),Role";
        let tickets = "Event ID,Email,Checked in,Order Date";
        for (header, row, role, at) in [
            (
                eventbrite,
                "w1,2026-05-20,Kim@one.example,Checked In,2026-06-18 09:00",
                "attended",
                "2026-06-18T09:00:00",
            ),
            (eventbrite, "w1,2026-05-20,kim@one.example,Attending,", "registered", "2026-05-20T00:00:00"),
            (eventbrite, "w1,2026-05-20,kim@one.example,Not Attending,", "reached", "2026-05-20T00:00:00"),
            (zoom, "w1,Yes,kim@one.example,2026-05-20,approved,2026-06-18 09:00", "attended", "2026-06-18T09:00:00"),
            (zoom, "w1,No,kim@one.example,2026-05-20,approved,--", "registered", "2026-05-20T00:00:00"),
            (zoom, "w1,No,kim@one.example,2026-05-20,cancelled by self,--", "reached", "2026-05-20T00:00:00"),
            (meeting, "w1,Kim,kim@one.example,2026-06-18 09:00,No", "attended", "2026-06-18T09:00:00"),
            (luma, "w1,kim@one.example,2026-05-20,approved,2026-06-18T09:00:00Z", "attended", "2026-06-18T09:00:00"),
            (luma, "w1,kim@one.example,2026-05-20,approved,", "registered", "2026-05-20T00:00:00"),
            (luma, "w1,kim@one.example,2026-05-20,declined,2026-06-18T09:00:00Z", "reached", "2026-06-18T09:00:00"),
            (luma, "w1,kim@one.example,2026-05-20,waitlist,", "reached", "2026-05-20T00:00:00"),
            (teams, "w1,Kim,2026-06-18 09:00,,kim@one.example,Presenter", "attended", "2026-06-18T09:00:00"),
            (tickets, "w1,kim@one.example,2026-06-18 09:00,2026-05-20", "attended", "2026-06-18T09:00:00"),
            (tickets, "w1,kim@one.example,Jun 18 2026 9:00 AM,2026-05-20", "attended", "2026-06-18T09:00:00"),
            (tickets, "w1,kim@one.example,,2026-05-20", "registered", "2026-05-20T00:00:00"),
        ] {
            check(&ATTENDEES, header, row, &[], &[&met(role, at)]);
        }
        check(
            &ATTENDEES,
            meeting,
            "w1,Kim,kim@one.example,2026-06-18 09:00,Yes",
            &[],
            &["skip they waited to be let in"],
        );
        let transferred = "w1,2026-05-20,kim@one.example,Transferred,";
        let skipped = "skip Attendee Status `Transferred` stands for nobody who could come";
        check(&ATTENDEES, eventbrite, transferred, &[], &[skipped]);
    }

    #[test]
    fn what_is_not_certain_is_asked_for() {
        let header = "Event ID,Order Date,Email,Attendee Status";
        let unknown = "Attendee Status: what `Partially refunded` means is not known; say it with --value \"role:Partially \
                       refunded=attended\", or =registered where they had a place, or =reached where they had none";
        let row = "w1,2026-05-20,kim@one.example,Partially refunded";
        check(&ATTENDEES, header, row, &[], &[unknown]);
        let meaning = ["role:Partially refunded=registered"];
        check(&ATTENDEES, header, row, &meaning, &[&met("registered", "2026-05-20T00:00:00")]);
        let checked_in = "Event ID,Email,Checked in,Order Date";
        let refused = "Checked in: `06/18/2026 09:00` is not a date like 2026-05-31; where the file writes the day first, give \
                       --date-format DD/MM/YYYY, and MM/DD/YYYY where it writes the month first";
        check(&ATTENDEES, checked_in, "w1,kim@one.example,06/18/2026 09:00,2026-05-20", &[], &[refused]);
        let silent = "role: it does not say whether they came; give --set role=attended where all of them did";
        check(&ATTENDEES, "Event ID,Email,Join Time", "w1,kim@one.example,", &[], &[silent]);
        let nameless = "Email: there is no e-mail address, and a name alone does not tell who it is";
        check(&ATTENDEES, header, "w1,2026-05-20,,Attending", &[], &[nameless]);
        let guest = "Email: it is not an e-mail address";
        check(&ATTENDEES, header, "w1,2026-05-20,a guest,Attending", &[], &[guest]);
    }

    #[test]
    fn what_says_that_somebody_came_is_listed() {
        let header = "Event ID,Order Date,Email,Attendee Status,Checked In Date";
        let notes = |row: &str, expected: &[&str]| {
            let utc = "Times without an offset, taken as UTC (--time-zone says otherwise)";
            check_notes(&ATTENDEES, header, row, &[&[utc], expected].concat());
        };
        notes(
            "w1,2026-05-20,kim@one.example,Checked In,2026-06-18 09:00",
            &["Attendee Status `Checked In` is attended"],
        );
        notes("w1,2026-05-20,kim@one.example,,2026-06-18 09:00", &["a time in Checked In Date is attended"]);
        let dated = "Who came, and of whom only the time of registration is known, which they are dated to; --set \
                     event_at=2026-05-31 says the day of the event";
        let row = "w1,2026-05-20,kim@one.example,Checked In,";
        check_notes(&ATTENDEES, header, row, &[dated, "Attendee Status `Checked In` is attended"]);
        let doubtful =
            "Rows that have a time of coming, and Attendee Status `Attending`: they count as not having come";
        notes(
            "w1,2026-05-20,kim@one.example,Attending,2026-06-18 09:00",
            &[doubtful, "Attendee Status `Attending` is registered"],
        );
    }

    #[test]
    fn a_tool_without_addresses_knows_people_by_its_ids() {
        let header = "Event ID,Name,User ID,RSVP,RSVPed on";
        let expected = "touchpoint csv/91234567890/member/user 17/registered registered of member csv/user 17 with \
                        csv/91234567890 at 2026-05-20T00:00:00Z";
        check(&ATTENDEES, header, "912 3456 7890,Kim,user 17,Yes,2026-05-20", &[], &[expected]);
    }
}
