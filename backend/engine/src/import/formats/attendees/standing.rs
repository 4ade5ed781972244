//! What the words of tools for events mean. Only what is known for certain is here: anything else is asked for, and never
//! taken for attendance.

use valuemap_shared::activities::Role;

use crate::import::columns::normalised;
use crate::import::row::parse_flag;

/// How somebody stands to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Came(Role),
    /// They may come, or might have come.
    HasPlace,
    /// They had a place and did not come.
    StayedAway,
    /// They were merely invited, wait for a place, gave it back or were refused.
    HasNoPlace,
    /// It is a test, or a ticket that somebody else has by now.
    Nobody,
}

/// Whether it is known what a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Known(Standing),
    Unknown,
}

use Standing::{Came, HasNoPlace, HasPlace, Nobody, StayedAway};

/// Without case, spaces and punctuation.
const WORDS: &[(&str, Standing)] = &[
    ("checkedin", Came(Role::Attended)),
    ("present", Came(Role::Attended)),
    ("joined", Came(Role::Attended)),
    ("showedup", Came(Role::Attended)),
    ("attendedlive", Came(Role::Attended)),
    ("attending", HasPlace),
    ("approved", HasPlace),
    ("going", HasPlace),
    ("confirmed", HasPlace),
    ("accepted", HasPlace),
    ("notcheckedin", StayedAway),
    ("noshow", StayedAway),
    ("didnotattend", StayedAway),
    ("didntattend", StayedAway),
    ("notattended", StayedAway),
    ("absent", StayedAway),
    ("missed", StayedAway),
    ("notattending", HasNoPlace),
    ("notgoing", HasNoPlace),
    ("cancelled", HasNoPlace),
    ("canceled", HasNoPlace),
    ("cancelledbyself", HasNoPlace),
    ("canceledbyself", HasNoPlace),
    ("cancelledbyhost", HasNoPlace),
    ("canceledbyhost", HasNoPlace),
    ("refunded", HasNoPlace),
    ("declined", HasNoPlace),
    ("denied", HasNoPlace),
    ("rejected", HasNoPlace),
    ("notapproved", HasNoPlace),
    ("waitlist", HasNoPlace),
    ("waitlisted", HasNoPlace),
    ("onwaitlist", HasNoPlace),
    ("waiting", HasNoPlace),
    ("pending", HasNoPlace),
    ("pendingapproval", HasNoPlace),
    ("invited", HasNoPlace),
    ("maybe", HasNoPlace),
    ("tentative", HasNoPlace),
    ("noresponse", HasNoPlace),
    ("noreply", HasNoPlace),
    ("deleted", Nobody),
    ("transferred", Nobody),
    ("test", Nobody),
];

/// What people are in a meeting that they joined. Whoever may present need not have spoken.
const ROLES: &[(&str, Role)] = &[
    ("organizer", Role::Organised),
    ("organiser", Role::Organised),
    ("host", Role::Organised),
    ("presenter", Role::Attended),
    ("attendee", Role::Attended),
    ("participant", Role::Attended),
];

impl Standing {
    /// What a column of attendance says. `joined` is whether the row says when they came.
    pub fn attended(text: &str, joined: bool) -> Answer {
        let word = normalised(text);
        let role = ROLES.iter().find(|(known, _)| *known == word && joined).map(|(_, role)| Came(*role));
        let flag = parse_flag(text).ok().map(|came| if came { Came(Role::Attended) } else { StayedAway });
        role.or(flag).map_or_else(|| Self::of_word(text, &word), Answer::Known)
    }

    /// What a column of registrations says: a yes is a promise to come.
    pub fn registered(text: &str) -> Answer {
        let flag = parse_flag(text).ok().map(|comes| if comes { HasPlace } else { HasNoPlace });
        flag.map_or_else(|| Self::of_word(text, &normalised(text)), Answer::Known)
    }

    /// A word that means the same wherever it stands, or the name of a role.
    fn of_word(text: &str, word: &str) -> Answer {
        let by_word = WORDS.iter().find(|(known, _)| *known == word).map(|(_, standing)| *standing);
        let by_role = || match text.parse().ok()? {
            Role::Reached => Some(HasNoPlace),
            Role::Registered => Some(HasPlace),
            role => Some(Came(role)),
        };
        by_word.or_else(by_role).map_or(Answer::Unknown, Answer::Known)
    }

    /// What it makes of somebody; `None` where it is of nobody.
    pub fn role(self) -> Option<Role> {
        match self {
            Came(role) => Some(role),
            HasPlace | StayedAway => Some(Role::Registered),
            HasNoPlace => Some(Role::Reached),
            Nobody => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_what_is_certain_and_else_nothing() {
        let named = |answer: Answer| match answer {
            Answer::Known(standing) => standing.role().map_or("nobody", Role::as_str),
            Answer::Unknown => "unknown",
        };
        for (text, attended, registered) in [
            ("Yes", "attended", "registered"),
            ("No", "registered", "reached"),
            ("Checked In", "attended", "attended"),
            ("attended", "attended", "attended"),
            ("Attending", "registered", "registered"),
            ("No-show", "registered", "registered"),
            ("Not Attending", "reached", "reached"),
            ("cancelled by self", "reached", "reached"),
            ("pending_approval", "reached", "reached"),
            ("Spoke", "spoke", "spoke"),
            ("Transferred", "nobody", "nobody"),
            ("Partially refunded", "unknown", "unknown"),
            ("Attendee", "unknown", "unknown"),
            ("50%", "unknown", "unknown"),
        ] {
            assert_eq!(named(Standing::attended(text, false)), attended, "{text}");
            assert_eq!(named(Standing::registered(text)), registered, "{text}");
        }
        assert_eq!(named(Standing::attended("Presenter", true)), "attended");
        assert_eq!(named(Standing::attended("Organizer", true)), "organised");
    }
}
