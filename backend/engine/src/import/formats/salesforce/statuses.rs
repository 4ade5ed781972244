//! What the status of a campaign member says of their role. Organisations name their own statuses, so these are read word by
//! word: what is denied before what is said.

use valuemap_shared::activities::Role;

/// Words that say what somebody did, with the role that it makes them.
const WORDS: &[(&str, Role)] = &[
    ("sent", Role::Reached),
    ("invited", Role::Reached),
    ("received", Role::Reached),
    ("delivered", Role::Reached),
    ("opened", Role::Reached),
    ("clicked", Role::Reached),
    ("planned", Role::Reached),
    ("targeted", Role::Reached),
    ("bounced", Role::Reached),
    ("responded", Role::Registered),
    ("response", Role::Registered),
    ("registered", Role::Registered),
    ("rsvp", Role::Registered),
    ("accepted", Role::Registered),
    ("confirmed", Role::Registered),
    ("waitlist", Role::Registered),
    ("waitlisted", Role::Registered),
    ("attending", Role::Registered),
    ("attended", Role::Attended),
    ("attend", Role::Attended),
    ("attendance", Role::Attended),
    ("participated", Role::Attended),
    ("joined", Role::Attended),
    ("watched", Role::Attended),
    ("show", Role::Attended),
    ("showed", Role::Attended),
    ("host", Role::Organised),
    ("cohost", Role::Organised),
    ("organiser", Role::Organised),
    ("organizer", Role::Organised),
    ("organised", Role::Organised),
    ("organized", Role::Organised),
    ("spoke", Role::Spoke),
    ("speaker", Role::Spoke),
    ("presenter", Role::Spoke),
    ("presented", Role::Spoke),
    ("panelist", Role::Spoke),
    ("panellist", Role::Spoke),
];

/// Words that deny the next one that says anything.
const NEGATIONS: [&str; 12] =
    ["not", "no", "non", "never", "didn", "didnt", "did not", "won", "wont", "hasn", "hasnt", "without"];

/// Words that say what somebody means to do or was asked to.
const INTENTIONS: [&str; 9] = ["will", "plans", "planning", "intends", "wants", "to", "might", "may", "maybe"];

/// The role that a status makes somebody, where it is known.
pub fn role_of(status: &str) -> Option<Role> {
    let words = words(status);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if has(&["declined", "decline", "rejected", "unsubscribed", "unregistered", "unresponsive"]) {
        return Some(Role::Reached);
    }
    if has(&["cancelled", "canceled", "cancel", "noshow", "unattended", "missed", "absent"]) {
        return Some(Role::Registered);
    }
    let (mut said, mut denied) = (Vec::new(), Vec::new());
    let (mut is_denied, mut is_intended) = (false, false);
    for word in &words {
        if let Some((_, role)) = WORDS.iter().find(|(known, _)| known == word) {
            match (is_denied, is_intended) {
                (true, _) => denied.push(*role),
                // Whoever means to come has a place and has not come.
                (false, true) => said.push(Role::Registered.min(*role)),
                // These say something about coming only together with a word before them.
                (false, false) if matches!(word.as_str(), "attend" | "attendance" | "show" | "response") => {}
                (false, false) => said.push(*role),
            }
            (is_denied, is_intended) = (false, false);
        } else {
            is_denied |= NEGATIONS.contains(&word.as_str());
            is_intended |= INTENTIONS.contains(&word.as_str());
        }
    }
    // Who was to come and did not had a place; who did not even answer was reached.
    let ceiling =
        denied.iter().min().map(|denied| if *denied >= Role::Attended { Role::Registered } else { Role::Reached });
    let highest = said.into_iter().max();
    match (highest, ceiling) {
        (Some(role), Some(ceiling)) => Some(role.min(ceiling)),
        (role, ceiling) => role.or(ceiling),
    }
}

/// The words of a status in lower case: `NoShow` and `On-Demand` are two each.
fn words(status: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in status.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if (begins || !letter.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (letter.is_alphanumeric(), words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_by_its_words() {
        let check = |status: &str, expected: &str| {
            let role = role_of(status).map_or("unknown", Role::as_str);
            assert_eq!(role, expected, "{status}");
        };
        for status in
            ["Sent", "Email Opened", "Invited", "Not Registered", "Declined", "No Response", "Has not responded"]
        {
            check(status, "reached");
        }
        for status in ["Responded", "Registered", "RSVP Yes", "Attending", "Plans to attend", "Will Attend"] {
            check(status, "registered");
        }
        for status in [
            "Unattended",
            "No Show",
            "NoShow",
            "No-show",
            "Not attended",
            "Did Not Attend",
            "Didn't attend",
            "Registered - Did not attend",
            "Attended (No Show)",
            "Cancelled",
        ] {
            check(status, "registered");
        }
        for status in
            ["Attended", "Registered - Attended", "Attended On-Demand", "Watched recording", "Attended - no follow up"]
        {
            check(status, "attended");
        }
        check("Guest speaker", "spoke");
        check("Co-Host", "organised");
        for status in ["Ghosted", "Gift card", "Visited booth", "Attend?", "Hosting provider"] {
            check(status, "unknown");
        }
    }
}
