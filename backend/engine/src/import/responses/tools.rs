//! The columns that survey tools add to the answers, by their names in the languages that the tools speak.

use std::fmt;

use crate::import::columns::normalised;

/// What a tool's own column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// When the answer was given; a lower rank says it more surely.
    Time(u8),
    /// Who answered.
    Person,
    /// The id of the answer.
    Answer,
    /// What the answer came with: addresses, devices, states.
    Circumstance,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time(_) => "a time",
            Self::Person => "who answered",
            Self::Answer => "an id",
            Self::Circumstance => "how the answer came in",
        })
    }
}

/// The role of a column by its name, or by what Qualtrics calls it.
pub fn role_of(name: &str) -> Option<Role> {
    // LimeSurvey writes `submitdate. Date submitted`, and tools add the zone in brackets.
    let bare = name.split(['(', '[']).next().unwrap_or_default();
    let first = name.split(". ").next().unwrap_or_default();
    let names = [normalised(name), normalised(bare), normalised(first)];
    let is_one_of = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
    let time = TIMES.iter().position(|known| is_one_of(known)).map(|rank| Role::Time(rank as u8));
    if name == "#" {
        return Some(Role::Answer);
    }
    let is_group = name.ends_with("_NPS_GROUP");
    let other = [(Role::Person, PERSONS), (Role::Answer, ANSWERS), (Role::Circumstance, CIRCUMSTANCES)];
    let other = other.into_iter().find(|(_, known)| is_one_of(known)).map(|(role, _)| role);
    time.or(other).or(is_group.then_some(Role::Circumstance))
}

/// Whether a header is one of answers: it says when an answer was given, in a tool's own words, and another time or an id.
pub fn are_answers(header: &[String]) -> bool {
    let roles: Vec<Role> = header.iter().filter_map(|name| role_of(name)).collect();
    let theirs = roles.iter().filter(|role| matches!(role, Role::Time(_) | Role::Answer)).count();
    theirs > 1 && roles.contains(&Role::Time(0))
}

/// Names of times, those first that say best when an answer was given.
const TIMES: &[&[&str]] = &[
    &[
        "recordeddate",
        "submitdate",
        "datesubmitted",
        "submittedat",
        "submissiondate",
        "completiontime",
        "completedat",
        "timestamp",
        "zeitstempel",
        "horodateur",
        "marcatemporal",
        "informazionicronologiche",
        "carimbodedatahora",
        "\u{30bf}\u{30a4}\u{30e0}\u{30b9}\u{30bf}\u{30f3}\u{30d7}",
        "fertigstellungszeit",
        "abschlusszeit",
        "heuredefin",
        "horadefinalizaci\u{f3}n",
        "\u{5b8c}\u{4e86}\u{6642}\u{523b}",
        "datumabgeschickt",
        "datedesoumission",
        "fechadeenv\u{ed}o",
        "aufgezeichnetesdatum",
    ],
    &["enddate", "enddatum", "datedefin", "fechadefinalizaci\u{f3}n", "v9", "datemodified", "\u{7d42}\u{4e86}\u{65e5}"],
    &["date", "datum", "fecha", "when", "day", "datestamp", "datelastaction", "datecreated", "createdat"],
    &[
        "startdate",
        "starttime",
        "startdatum",
        "startzeit",
        "datestarted",
        "v8",
        "heurededebut",
        "heureded\u{e9}but",
        "horadeinicio",
        "\u{958b}\u{59cb}\u{6642}\u{523b}",
        "lastmodifiedtime",
        "stagedate",
    ],
];

const PERSONS: &[&str] = &[
    "email",
    "emailaddress",
    "recipientemail",
    "username",
    "userid",
    "memberid",
    "respondent",
    "externalreference",
    "externaldatareference",
    "emailadresse",
    "adresseemail",
    "adressedemessagerie",
    "nutzername",
    "nomdutilisateur",
    "correoelectr\u{f3}nico",
    "direcci\u{f3}ndecorreoelectr\u{f3}nico",
    "nombredeusuario",
    "\u{30e1}\u{30fc}\u{30eb}\u{30a2}\u{30c9}\u{30ec}\u{30b9}",
    "\u{30e1}\u{30fc}\u{30eb}",
    "token",
    "zugangscode",
];

const ANSWERS: &[&str] = &[
    "responseid",
    "recordid",
    "respondentid",
    "submissionid",
    "id",
    "v1",
    "antwortid",
    "befragtenid",
    "teilnehmerid",
    "iddelarespuesta",
    "iddelar\u{e9}ponse",
    "\u{56de}\u{7b54}id",
];

const CIRCUMSTANCES: &[&str] = &[
    "no",
    "name",
    "firstname",
    "lastname",
    "vorname",
    "nachname",
    "nom",
    "pr\u{e9}nom",
    "nombre",
    "apellidos",
    "recipientfirstname",
    "recipientlastname",
    "\u{540d}\u{524d}",
    "ip",
    "ipaddress",
    "ipadresse",
    "adresseip",
    "direcci\u{f3}nip",
    "v2",
    "v3",
    "v4",
    "v5",
    "v6",
    "v7",
    "v10",
    "status",
    "responsetype",
    "antworttyp",
    "progress",
    "fortschritt",
    "finished",
    "completed",
    "abgeschlossen",
    "durationinseconds",
    "duration",
    "totaltime",
    "locationlatitude",
    "locationlongitude",
    "distributionchannel",
    "userlanguage",
    "language",
    "startlanguage",
    "startsprache",
    "lastpage",
    "letzteseite",
    "seed",
    "zufallsstartwert",
    "refurl",
    "collectorid",
    "customdata",
    "customdata1",
    "custom1",
    "networkid",
    "tags",
    "notes",
    "quotas",
    "surveyid",
    "formbricksid",
    "formbricksidinternal",
    "ending",
    "useragent",
    "totalpoints",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_tools_are_known_in_several_languages() {
        let check = |name: &str, expected: Option<Role>| assert_eq!(role_of(name), expected, "{name}");
        for time in ["Timestamp", "Zeitstempel", "Marca temporal", "Submit Date (UTC)", "submitdate. Date submitted"] {
            check(time, Some(Role::Time(0)));
        }
        check("Start time", Some(Role::Time(3)));
        check("E-Mail-Adresse", Some(Role::Person));
        check("_recordId", Some(Role::Answer));
        check("Q2_NPS_GROUP", Some(Role::Circumstance));
        check("Duration (in seconds)", Some(Role::Circumstance));
        check("I learn how the product works", None);
        check("id. Response ID", Some(Role::Answer));
        check("#", Some(Role::Answer));
    }

    #[test]
    fn a_header_is_of_answers_where_a_tool_says_when_they_were_given() {
        let check = |names: &str, expected: bool| {
            let header: Vec<String> = names.split(',').map(str::to_owned).collect();
            assert_eq!(are_answers(&header), expected, "{names}");
        };
        check("ID,Start time,Completion time,Email,Name,Would you recommend us?", true);
        check("id,submitdate,lastpage,startlanguage,firstname,lastname,email,Q1", true);
        check("Id,Requester,Requester id,Requester email,Subject,Status,Via,Created at,Solved at", false);
        check("Name,Email,Financial Status,Paid at,Currency,Total,Created at,Id", false);
    }
}
