use valuemap_shared::activities::{Contribution, Observation, Outcome, Record, SupportCase};

use crate::import::format::FormatOption;
use crate::import::formats::plain::{
    ACCOUNT, ACCOUNT_SOURCE, Attribute, EMAIL, Field, Format, FormatSettings, MEMBER, MEMBER_SOURCE, Row, RowContent,
    SOURCE, SOURCE_FIELD, Whom, required_whom, whom,
};

pub const OUTCOMES: Format = Format {
    name: "outcomes",
    about: "What happened and counts: downloads, leads, purchases, referrals and the like",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        Field::new("kind", &["kind"]),
        MEMBER,
        MEMBER_SOURCE,
        ACCOUNT,
        ACCOUNT_SOURCE,
        EMAIL,
        Field::new("at", &["at", "time", "day", "date"]),
        Field::number("amount", &["amount"]).says(Attribute::Money),
        Field::new("currency", &["currency"]),
        Field::new("title", &["title"]).says(Attribute::Title),
        Field::new("lead_at", &["lead at"]).says(Attribute::LeadAt),
        Field::new("opportunity_at", &["opportunity at"]).says(Attribute::OpportunityAt),
        Field::new("withdrawn", &["withdrawn"]).says(Attribute::Withdrawn),
        SOURCE_FIELD,
    ],
    required: &[&["key"], &["kind"], &["at"]],
    options: &[FormatOption::Currency, FormatOption::Source],
    is_plain: true,
    read: outcome,
};

pub const CASES: Format = Format {
    name: "cases",
    about: "Support cases",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        MEMBER,
        MEMBER_SOURCE,
        ACCOUNT,
        ACCOUNT_SOURCE,
        EMAIL,
        Field::new("opened_at", &["opened at", "opened"]),
        Field::new("solved_at", &["solved at", "solved"]).says(Attribute::SolvedAt),
        Field::new("channel", &["channel"]).says(Attribute::Channel),
        Field::new("withdrawn", &["withdrawn"]).says(Attribute::Withdrawn),
        SOURCE_FIELD,
    ],
    required: &[&["key"], &["opened_at"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: case,
};

pub const CONTRIBUTIONS: Format = Format {
    name: "contributions",
    about: "What members did in the community: questions, replies, solutions, likes",
    source: SOURCE,
    fields: &[
        Field::new("key", &["key"]),
        Field::new("kind", &["kind"]),
        MEMBER,
        MEMBER_SOURCE,
        EMAIL,
        Field::new("thread", &["thread"]).says(Attribute::Thread),
        Field::new("at", &["at", "time", "day", "date"]),
        Field::new("withdrawn", &["withdrawn"]).says(Attribute::Withdrawn),
        SOURCE_FIELD,
    ],
    required: &[&["key"], &["kind"], &["member", "email"], &["at"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: contribution,
};

pub const OBSERVATIONS: Format = Format {
    name: "observations",
    about: "Readings of measures",
    source: SOURCE,
    fields: &[
        Field::new("measure", &["measure"]),
        Field::new("day", &["day", "date"]),
        Field::number("value", &["value"]),
        Field::number("low", &["low"]),
        Field::number("high", &["high"]),
        SOURCE_FIELD,
    ],
    required: &[&["measure"], &["day"], &["value"]],
    options: &[FormatOption::Source],
    is_plain: true,
    read: observation,
};

fn outcome(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("key");
    let kind = row.required_named("kind");
    let Whom { party, link } = whom(row);
    let at = row.required_time("at");
    let money = row.money("amount", "currency");
    let (lead_at, opportunity_at) = (row.time("lead_at"), row.time("opportunity_at"));
    let withdrawn = row.flag("withdrawn").unwrap_or(false);
    let outcome = Record::Outcome(Outcome {
        reference: reference?,
        kind: kind?,
        party,
        at: at?,
        money,
        title: row.owned("title"),
        lead_at,
        opportunity_at,
        withdrawn,
    });
    RowContent::with(link, outcome)
}

fn case(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("key");
    let Whom { party, link } = whom(row);
    let (opened_at, solved_at) = (row.required_time("opened_at"), row.time("solved_at"));
    let withdrawn = row.flag("withdrawn").unwrap_or(false);
    let case = Record::Case(SupportCase {
        reference: reference?,
        party,
        opened_at: opened_at?,
        solved_at,
        channel: row.owned("channel"),
        withdrawn,
    });
    RowContent::with(link, case)
}

fn contribution(row: &mut Row<'_>, _: &FormatSettings) -> Option<RowContent> {
    let reference = row.own_reference("key");
    let kind = row.required_named("kind");
    let Whom { party, link } = required_whom(row);
    let at = row.required_time("at");
    let withdrawn = row.flag("withdrawn").unwrap_or(false);
    let thread = row.key("thread");
    let contribution = Record::Contribution(Contribution {
        reference: reference?,
        kind: kind?,
        thread,
        party: party?,
        at: at?,
        withdrawn,
    });
    RowContent::with(link, contribution)
}

fn observation(row: &mut Row<'_>, settings: &FormatSettings) -> Option<RowContent> {
    let (measure, day) = (row.required("measure"), row.required_day("day"));
    row.required("value");
    let (value, low, high) = (row.float("value"), row.float("low"), row.float("high"));
    if row.text("low").is_some() != row.text("high").is_some() {
        row.problem("low", "an interval has both ends");
    }
    RowContent::of(Record::Observation(Observation {
        measure: measure?.to_owned(),
        day: day?,
        value: value?,
        interval: low.zip(high),
        source: row.text("source").unwrap_or(&settings.source).to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::check;

    #[test]
    fn outcomes_say_whom_and_how_much_they_are_about() {
        let header = "key,kind,account,account_source,at,amount,currency,title,opportunity_at,withdrawn,source";
        check(
            &OUTCOMES,
            header,
            "7,upgrade,42,crm,2026-05-31 09:00,900,usd,More seats,2026-05-01,,plan",
            &[],
            &["outcome plan/7 upgrade of account crm/42 at 2026-05-31T09:00:00Z 900 USD `More seats` opportunity \
             2026-05-01T00:00:00Z"],
        );
        check(
            &OUTCOMES,
            "key,kind,at,withdrawn",
            "7,review,2026-05-31,yes",
            &[],
            &["outcome csv/7 review at 2026-05-31T00:00:00Z withdrawn"],
        );
    }

    #[test]
    fn a_reading_is_a_number_and_perhaps_an_interval() {
        check(
            &OBSERVATIONS,
            "measure,day,value,low,high",
            "csat,2026-05-31,4.25,4,4.5",
            &[],
            &[
                "Observation(Observation { measure: \"csat\", day: 2026-05-31, value: 4.25, interval: Some((4.0, 4.5)), \
             source: \"csv\" })",
            ],
        );
        check(
            &OBSERVATIONS,
            "measure,day,value,low,high",
            "csat,2026-05-31,,4,",
            &[],
            &["value: it must not be empty", "low: an interval has both ends"],
        );
    }

    #[test]
    fn cases_and_contributions_name_their_party() {
        check(
            &CASES,
            "key,account,opened,solved,channel",
            "1,42,2026-05-30,2026-05-31 10:00,phone",
            &[],
            &["case csv/1 of account csv/42 from 2026-05-30T00:00:00Z to 2026-05-31T10:00:00Z by phone"],
        );
        check(
            &CONTRIBUTIONS,
            "key,kind,member,at",
            "1,essay,,2026-05-30",
            &[],
            &[
                "kind: `essay` is not a kind of contribution; write one of question, reply, solution, like; or say what it \
                 means with --value \"kind:essay=...\"",
                "member: name the member or the account",
            ],
        );
    }
}
