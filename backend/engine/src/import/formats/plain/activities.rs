use valuemap_shared::activities::{Activity, ActivityType, Cost, CostLine, Record, Reference, Role, Touchpoint};

use crate::import::format::FormatOption;
use crate::import::formats::plain::{
    ACCOUNT, ACCOUNT_SOURCE, Attribute, EMAIL, Field, Format, FormatSettings, MEMBER, MEMBER_SOURCE, Row, RowContent,
    SOURCE, SOURCE_FIELD, Whom, required_whom, touch_key,
};

const ACTIVITY: Field = Field::new("activity", &["activity", "activity key"]);
const ACTIVITY_SOURCE: Field = Field::new("activity_source", &["activity source"]);

pub const ACTIVITY_TYPES: Format = Format {
    name: "activity-types",
    about: "Types of activities, each with the goal that it serves",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        Field::new("name", &["name"]),
        Field::new("modality", &["modality"]),
        Field::new("goal", &["goal"]),
    ],
    required: &[&["key"], &["name"], &["modality"], &["goal"]],
    options: &[],
    is_plain: true,
    read: activity_type,
};

pub const ACTIVITIES: Format = Format {
    name: "activities",
    about: "What the organisation did for the community",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        Field::new("type", &["type", "activity type"]),
        Field::new("name", &["name"]),
        Field::new("modality", &["modality"]).says(Attribute::Modality),
        Field::new("starts_on", &["starts on", "start", "day"]),
        Field::new("ends_on", &["ends on", "end"]).says(Attribute::EndsOn),
        Field::new("owner", &["owner"]).says(Attribute::Owner),
        Field::new("channels", &["channels"]).says(Attribute::Channels),
        SOURCE_FIELD,
    ],
    required: &[&["key"], &["type"], &["name"], &["starts_on"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: activity,
};

pub const COSTS: Format = Format {
    name: "costs",
    about: "What activities and the community as a whole cost",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        ACTIVITY.says(Attribute::Activity),
        ACTIVITY_SOURCE,
        Field::new("kind", &["kind"]),
        Field::new("description", &["description"]).says(Attribute::Description),
        Field::new("day", &["day", "date"]),
        Field::number("amount", &["amount"]),
        Field::number("hours", &["hours"]),
        Field::number("rate", &["rate"]),
        Field::new("currency", &["currency"]),
        SOURCE_FIELD,
    ],
    required: &[&["key"], &["kind"], &["day"], &["amount", "hours"]],
    options: &[FormatOption::Currency, FormatOption::Source],
    is_plain: true,
    read: cost,
};

pub const TOUCHPOINTS: Format = Format {
    name: "touchpoints",
    about: "Who met which activity, when and in which role",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        ACTIVITY,
        ACTIVITY_SOURCE,
        MEMBER,
        MEMBER_SOURCE,
        ACCOUNT,
        ACCOUNT_SOURCE,
        EMAIL,
        Field::new("at", &["at", "time", "day", "date"]),
        Field::new("role", &["role"]),
        Field::new("channel", &["channel"]).says(Attribute::Channel),
        SOURCE_FIELD,
    ],
    required: &[&["activity"], &["member", "account", "email"], &["at"], &["role"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: touchpoint,
};

fn activity_type(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let (key, name) = (row.own_text("key").and_then(|_| row.key("key")), row.required("name"));
    let (modality, goal) = (row.required_named("modality"), row.required_named("goal"));
    RowContent::of(Record::ActivityType(ActivityType {
        key: key?,
        name: name?.to_owned(),
        modality: modality?,
        goal: goal?,
    }))
}

fn activity(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("key");
    let (activity_type, name) = (row.required("type").and_then(|_| row.key("type")), row.required("name"));
    let modality = row.named("modality");
    let (starts_on, ends_on) = (row.required_day("starts_on"), row.day("ends_on"));
    let channels = row.text("channels").unwrap_or_default().split([';', '|']).map(str::trim);
    RowContent::of(Record::Activity(Activity {
        reference: reference?,
        activity_type: activity_type?,
        name: name?.to_owned(),
        modality,
        starts_on: starts_on?,
        ends_on: ends_on.or(starts_on)?,
        owner: row.owned("owner"),
        channels: channels.filter(|channel| !channel.is_empty()).map(str::to_owned).collect(),
    }))
}

fn cost(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("key");
    let kind = row.required_named("kind");
    let day = row.required_day("day");
    let is_hours = row.text("hours").is_some();
    let currency = row.currency(if is_hours { "rate" } else { "amount" }, "currency");
    let cost = match (row.text("amount"), row.text("hours"), row.text("rate")) {
        (Some(_), None, None) => currency.and_then(|currency| row.amount("amount", currency)).map(Cost::Amount),
        (None, Some(_), Some(_)) => {
            let (hours, rate) = (row.number("hours"), row.number("rate"));
            hours.zip(rate).map(|(hours, rate)| Cost::Hours { hours, rate })
        }
        _ => {
            row.problem("amount", "give the amount, or the hours and their rate");
            None
        }
    };
    RowContent::of(Record::Cost(CostLine {
        reference: reference?,
        activity: row.reference("activity", "activity_source"),
        kind: kind?,
        description: row.owned("description"),
        day: day?,
        currency: currency?,
        cost: cost?,
    }))
}

fn touchpoint(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    row.required("activity");
    let activity = row.reference("activity", "activity_source");
    let Whom { party, link } = required_whom(row);
    let at = row.required_time("at");
    let role: Option<Role> = row.required_named("role");
    let own = row.reference("key", "source");
    let (activity, party, role) = (activity?, party?, role?);
    let first_counts = own.is_none();
    let reference = own.unwrap_or_else(|| {
        Reference::new(row.text("source").unwrap_or(&settings.source), touch_key(&activity, &party, role))
    });
    let touchpoint =
        Record::Touchpoint(Touchpoint { reference, activity, party, at: at?, role, channel: row.owned("channel") });
    let records = link.into_iter().chain([touchpoint]).collect();
    Some(RowContent { records, first_counts, ..RowContent::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::check;

    #[test]
    fn costs_are_an_amount_or_hours_at_a_rate() {
        let header = "key,kind,day,amount,hours,rate,currency";
        let refused = "amount: give the amount, or the hours and their rate";
        check(&COSTS, header, "1,cash,2026-05-31,,8,,", &[], &[refused]);
        check(&COSTS, header, "1,cash,2026-05-31,5,8,75,", &[], &[refused]);
        check(
            &COSTS,
            header,
            "1,bribe,2026-05-31,\u{20ac}5,,,USD",
            &[],
            &[
                "kind: `bribe` is not a kind of cost; write one of cash, travel, staff, platform; or say what it means with \
                 --value \"kind:bribe=...\"",
                "amount: it is marked as \u{20ac}, and the row is in USD",
            ],
        );
    }

    #[test]
    fn a_touchpoint_without_key_is_known_by_what_it_says() {
        let header = "activity,member,account,at,role,source";
        let expected = "touchpoint plan/web-1/member/7/attended attended of member plan/7 with plan/web-1 at \
                        2026-03-05T18:00:00Z";
        check(&TOUCHPOINTS, header, "web-1,7,,2026-03-05 18:00,attended,plan", &[], &[expected]);
        check(
            &TOUCHPOINTS,
            header,
            "web-1,7,8,2026-03-05,attended,",
            &[],
            &["member: name the member or the account, not both"],
        );
        check(&TOUCHPOINTS, header, "web-1,,,2026-03-05,attended,", &[], &["member: name the member or the account"]);
    }

    #[test]
    fn activities_last_a_day_unless_they_say_otherwise() {
        let row = "web-1,webinar,Spring webinar,,2026-03-05,newsletter; forum banner";
        check(
            &ACTIVITIES,
            "key,type,name,modality,starts_on,channels",
            row,
            &[],
            &["activity csv/web-1 webinar `Spring webinar` 2026-03-05 to 2026-03-05"],
        );
    }
}
