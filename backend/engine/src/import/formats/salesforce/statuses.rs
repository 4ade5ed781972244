//! What the status of a campaign member says of their role. Organisations name their own statuses, so these are read clause by
//! clause and word by word, and what cannot be told is asked for: a role that is guessed counts somebody who never came.

use valuemap_shared::activities::Role;

use crate::import::formats::salesforce::status_words::{
    BESIDE_PEOPLE, DEEDS, DOUBTS, INTENTIONS, JOINED, MATTERS, MISSED, NEGATIONS, OFF, PENDING, PEOPLE, PREPOSITIONS,
    REFUSALS, SENT,
};

/// What one clause says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    Nothing,
    Says(Role),
    /// What it is about, without a word on whether it came about.
    Matter(Role),
    /// Nobody is more than that. Who did not come had a place.
    AtMost(Role),
    /// They were not that, whatever else they were.
    Below(Role),
    Yes,
    No,
    Unsure,
}

/// The role that a status makes somebody, where it is known.
pub fn role_of(status: &str) -> Option<Role> {
    let mut alternatives = status.split('/').map(role_of_one);
    let first = alternatives.next().flatten();
    first.filter(|role| alternatives.all(|other| other == Some(*role)))
}

fn role_of_one(status: &str) -> Option<Role> {
    let mut said: Vec<Clause> = Vec::new();
    for words in clauses(status) {
        match (clause(&words), said.last_mut()) {
            (Clause::Unsure, _) | (Clause::Yes | Clause::No, None) => return None,
            (Clause::Yes, Some(before)) => *before = affirmed(*before),
            (Clause::No, Some(before)) => *before = denied(before.role()?),
            (Clause::Nothing, _) => {}
            (read, _) => said.push(read),
        }
    }
    let says = said.iter().filter_map(|clause| if let Clause::Says(role) = clause { Some(*role) } else { None }).max();
    let mut ceiling = None;
    for clause in said {
        match clause {
            Clause::AtMost(role) => ceiling = Some(ceiling.map_or(role, |other: Role| other.min(role))),
            Clause::Unsure => return None,
            Clause::Below(role) if says.is_some_and(|says| says >= role) => return None,
            _ => {}
        }
    }
    match (says, ceiling) {
        (Some(role), Some(ceiling)) => Some(role.min(ceiling)),
        (role, ceiling) => role.or(ceiling),
    }
}

impl Clause {
    fn role(self) -> Option<Role> {
        match self {
            Self::Says(role) | Self::Matter(role) => Some(role),
            _ => None,
        }
    }
}

fn affirmed(clause: Clause) -> Clause {
    if let Clause::Matter(role) = clause { Clause::Says(role) } else { clause }
}

fn denied(role: Role) -> Clause {
    match role {
        Role::Reached => Clause::Unsure,
        Role::Registered => Clause::AtMost(Role::Reached),
        Role::Attended => Clause::AtMost(Role::Registered),
        above => Clause::Below(above),
    }
}

fn clause(words: &[String]) -> Clause {
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    match words {
        [word] if matches!(word.as_str(), "yes" | "y" | "true") => return Clause::Yes,
        [word] if matches!(word.as_str(), "no" | "n" | "none" | "false" | "nil" | "never" | "not") => {
            return Clause::No;
        }
        [word] if word == "?" => return Clause::Unsure,
        _ => {}
    }
    if has(&OFF) {
        return Clause::AtMost(Role::Reached);
    }
    if has(&MISSED) {
        return Clause::AtMost(Role::Registered);
    }
    if has(&DOUBTS) {
        return Clause::Unsure;
    }
    let (mut is_denied, mut is_refused, mut is_intended) = (false, false, false);
    let (mut read, mut of_people) = (Clause::Nothing, None);
    let mut subject: &[String] = words;
    for (index, word) in words.iter().enumerate() {
        let word = word.as_str();
        let role_in = |known: &[(&str, Role)]| known.iter().find(|(known, _)| *known == word).map(|(_, role)| *role);
        let leads_on = words[index + 1..].iter().any(|next| next.starts_with("attend") || next == "join");
        if NEGATIONS.contains(&word) {
            is_denied = true;
        } else if REFUSALS.contains(&word) {
            (is_denied, is_refused) = (true, true);
        } else if INTENTIONS.contains(&word) && (word != "planned" || leads_on) {
            is_intended = true;
        } else if word == "to" && (is_denied || is_intended) {
            // `unable to attend`, `plans to attend`
        } else if PREPOSITIONS.contains(&word) {
            subject = &words[..index];
            break;
        } else if let Some(role) = role_in(DEEDS).or(role_in(MATTERS)) {
            let is_matter = role_in(MATTERS).is_some();
            let next = match (is_denied, is_refused || is_intended) {
                (true, true) => Clause::AtMost(Role::Reached),
                // Who did not open what was sent has got it all the same.
                (true, false) if matches!(word, "opened" | "clicked") => Clause::Says(Role::Reached),
                (true, false) => denied(role),
                (false, true) if role == Role::Reached => Clause::Unsure,
                // Whoever means to come has a place and has not come.
                (false, true) => Clause::Says(Role::Registered.min(role)),
                (false, false) if is_matter => Clause::Matter(role),
                (false, false) => Clause::Says(role),
            };
            read = higher(read, next);
            (is_denied, is_refused, is_intended) = (false, false, false);
        } else if let Some(role) = role_in(PEOPLE) {
            of_people = Some((role, is_denied, is_intended));
        }
    }
    let stands = |known: &[&str]| subject.iter().any(|word| known.contains(&word.as_str()));
    if stands(&SENT) {
        let is_all =
            !stands(&NEGATIONS) && !stands(&INTENTIONS) && read.role().is_none_or(|role| role == Role::Reached);
        return if is_all || matches!(read, Clause::Matter(_)) { Clause::Says(Role::Reached) } else { Clause::Unsure };
    }
    if stands(&PENDING) {
        return match read {
            Clause::Matter(Role::Registered) => Clause::Says(Role::Reached),
            Clause::Nothing => Clause::Nothing,
            _ => Clause::Unsure,
        };
    }
    let are_known = |known: &[&str]| {
        let is_deed = |word: &str| DEEDS.iter().any(|(known, role)| *known == word && *role > Role::Reached);
        subject.iter().map(String::as_str).all(|word| {
            known.contains(&word)
                || NEGATIONS.contains(&word)
                || is_deed(word)
                || PEOPLE.iter().any(|(known, _)| *known == word)
        })
    };
    match of_people {
        Some((_, _, true)) => Clause::Unsure,
        Some(_) if !are_known(&BESIDE_PEOPLE) => Clause::Unsure,
        Some((role, true, _)) => Clause::Below(role),
        Some((role, false, _)) => higher(read, Clause::Says(role)),
        None if stands(&["joined"]) && !are_known(&JOINED) => Clause::Unsure,
        None => read,
    }
}

/// Of two things that one clause says, what goes before the other: what is denied, and then the higher role.
fn higher(one: Clause, other: Clause) -> Clause {
    let rank = |clause: &Clause| match clause {
        Clause::Unsure => (3, None),
        Clause::AtMost(role) => (2, Some(std::cmp::Reverse(*role))),
        Clause::Says(_) | Clause::Below(_) => (1, None),
        _ => (0, None),
    };
    match (one, other) {
        (Clause::Says(one), Clause::Says(other)) => Clause::Says(one.max(other)),
        (one, other) if rank(&one) > rank(&other) => one,
        (_, other) => other,
    }
}

/// The clauses of a status, each as its words in lower case. `NoShow` and `On-Demand` are two words each, and a dash that
/// stands free begins another clause. A yes or no at the end of a clause answers it.
fn clauses(status: &str) -> Vec<Vec<String>> {
    let mut found = vec![Vec::new()];
    let status = status.replace(['\'', '\u{2019}'], "").replace(" -", " ; ").replace("- ", " ; ");
    let parted = status.split_inclusive(|c: char| !c.is_alphanumeric());
    for piece in parted {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        for word in humps(word) {
            match word.as_str() {
                "and" | "then" | "but" => found.push(Vec::new()),
                _ => found.last_mut().into_iter().for_each(|clause: &mut Vec<String>| clause.push(word.clone())),
            }
        }
        match piece.chars().next_back().filter(|c| !c.is_alphanumeric()) {
            Some('?') => found.extend([vec!["?".to_owned()], Vec::new()]),
            Some(c) if ",;:()[]|&+>.=\u{2013}\u{2014}\u{2192}".contains(c) => found.push(Vec::new()),
            _ => {}
        }
    }
    found.retain(|clause| !clause.is_empty());
    let is_answer = |word: &String| matches!(word.as_str(), "yes" | "no" | "none" | "not");
    let mut clauses: Vec<Vec<String>> = Vec::new();
    for mut clause in found {
        let answer = clause.pop_if(|word| is_answer(word));
        // The question is answered.
        let is_answered = answer.is_some() && clause.is_empty();
        clauses.pop_if(|before| is_answered && before[..] == ["?"]);
        clauses.extend([clause, answer.into_iter().collect()].into_iter().filter(|clause| !clause.is_empty()));
    }
    clauses
}

/// `NoShow` as `no` and `show`.
fn humps(word: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in word.chars() {
        if words.is_empty() || letter.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        words.last_mut().into_iter().for_each(|word| word.extend(letter.to_lowercase()));
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(role: &str, statuses: &[&str]) {
        for status in statuses {
            let found = role_of(status).map_or("unknown", Role::as_str);
            assert_eq!(found, role, "{status}");
        }
    }

    #[test]
    fn a_status_is_read_by_its_words() {
        check("reached", &["Sent", "Email Opened", "Invited", "Declined", "Email not opened", "Targeted"]);
        check("registered", &["Responded", "Registered", "RSVP Yes", "RSVP: Yes", "Attending", "Attendance confirmed"]);
        check(
            "attended",
            &["Attended", "Registered - Attended", "Attended On-Demand", "Watched recording", "Joined late"],
        );
        check(
            "attended",
            &["Attended - no follow up", "Attended (follow-up sent)", "Attended: Yes", "Attendance: yes"],
        );
        check("spoke", &["Guest speaker", "Speaker", "Attended, keynote speaker"]);
        check("organised", &["Co-Host", "Event host"]);
    }

    #[test]
    fn what_is_denied_goes_before_what_is_said() {
        let missed = ["Unattended", "No Show", "NoShow", "No-show", "Not attended", "Did Not Attend", "Didn't attend"];
        check("registered", &missed);
        check("registered", &["Un-attended", "Registered - un-attended"]);
        check("reached", &["Un-registered", "De-registered", "UnRegistered"]);
        check(
            "registered",
            &["Registered - Did not attend", "Attended (No Show)", "Cancelled", "Attendee (cancelled)"],
        );
        check(
            "registered",
            &["Attended - No", "Attended: No", "Attendance: none", "Attendance - none", "Attended? No"],
        );
        check("registered", &["Not yet attended", "Attended not", "Joined waitlist", "Attended No"]);
        check(
            "reached",
            &["Not Registered", "No Response", "Has not responded", "RSVP - No", "RSVP No", "Responded: no"],
        );
        check("reached", &["Will not attend", "Won't attend", "Cannot attend", "Unable to attend", "Speaker declined"]);
        check("reached", &["Attendance not confirmed", "Invited - did not attend"]);
    }

    #[test]
    fn what_somebody_is_going_to_do_is_not_done() {
        check("registered", &["Will attend", "Plans to attend", "Planned to attend", "Will be attending", "Will join"]);
        check("reached", &["Invited to attend", "Invitation to attend sent", "Awaiting response", "Planned"]);
    }

    #[test]
    fn what_was_sent_or_done_to_somebody_else_is_nobodys_role() {
        check(
            "reached",
            &["Email Speaker Invite Sent", "Speaker invitation", "Host invite sent", "Registration invite sent"],
        );
        check(
            "registered",
            &["Registered via host", "Registered by speaker", "Responded to invite", "Registered to attend"],
        );
        check("attended", &["Attended with speaker", "Attended; not a speaker"]);
    }

    #[test]
    fn what_cannot_be_told_is_asked_for() {
        check(
            "unknown",
            &["Ghosted", "Gift card", "Visited booth", "Attend?", "Attended?", "Hosting provider", "Yes", "No"],
        );
        check(
            "unknown",
            &["Invited speaker", "Potential speaker", "Asked speaker", "Might attend", "Attended or registered"],
        );
        check(
            "unknown",
            &["Attended/Registered", "Attended last year", "Joined newsletter", "Not invited", "Will be invited"],
        );
        check(
            "unknown",
            &[
                "Attendee",
                "Pending",
                "Invited: no",
                "Not a speaker",
                "Registered invite sent",
                "Asked to attend",
                "To be sent",
            ],
        );
    }
}
