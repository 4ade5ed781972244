//! The words of statuses, by what they say.

use valuemap_shared::activities::Role;

/// Verbs that say what somebody did, with the role that it makes them.
pub const DEEDS: &[(&str, Role)] = &[
    ("invited", Role::Reached),
    ("received", Role::Reached),
    ("delivered", Role::Reached),
    ("opened", Role::Reached),
    ("clicked", Role::Reached),
    ("planned", Role::Reached),
    ("targeted", Role::Reached),
    ("bounced", Role::Reached),
    ("responded", Role::Registered),
    ("registered", Role::Registered),
    ("rsvp", Role::Registered),
    ("accepted", Role::Registered),
    ("confirmed", Role::Registered),
    ("attending", Role::Registered),
    ("attended", Role::Attended),
    ("participated", Role::Attended),
    ("joined", Role::Attended),
    ("watched", Role::Attended),
    ("showed", Role::Attended),
    ("organised", Role::Organised),
    ("organized", Role::Organised),
    ("spoke", Role::Spoke),
    ("presented", Role::Spoke),
];

/// What says something together with another word only: `no show`, `will attend`, `attendance: none`.
pub const MATTERS: &[(&str, Role)] = &[
    ("response", Role::Registered),
    ("registration", Role::Registered),
    ("attend", Role::Attended),
    ("join", Role::Attended),
    ("attendance", Role::Attended),
    ("show", Role::Attended),
];

/// What somebody may be. Beside a word that is not known it may be somebody else: `Asked speaker`.
pub const PEOPLE: &[(&str, Role)] = &[
    ("host", Role::Organised),
    ("cohost", Role::Organised),
    ("organiser", Role::Organised),
    ("organizer", Role::Organised),
    ("speaker", Role::Spoke),
    ("presenter", Role::Spoke),
    ("panelist", Role::Spoke),
    ("panellist", Role::Spoke),
];
pub const BESIDE_PEOPLE: [&str; 14] = [
    "a",
    "co",
    "conference",
    "event",
    "featured",
    "guest",
    "is",
    "key",
    "keynote",
    "lead",
    "main",
    "panel",
    "session",
    "webinar",
];

/// What was sent about something says nothing else of it: `Speaker invite sent`.
pub const SENT: [&str; 7] = ["sent", "invite", "invites", "invitation", "invitations", "mailed", "emailed"];

/// Words that deny what comes after them.
pub const NEGATIONS: [&str; 22] = [
    "not", "no", "non", "never", "didn", "didnt", "hasn", "hasnt", "havent", "wasnt", "isnt", "arent", "werent",
    "doesnt", "dont", "without", "failed", "neither", "nor", "couldnt", "un", "de",
];
/// Words that deny what somebody was going to do.
pub const REFUSALS: [&str; 5] = ["wont", "won", "cant", "cannot", "unable"];
/// Words that say what somebody means to do.
pub const INTENTIONS: [&str; 8] = ["will", "plan", "plans", "planned", "planning", "intends", "wants", "going"];
/// What follows these is what it was done to, or with, or for.
pub const PREPOSITIONS: [&str; 15] =
    ["via", "by", "from", "through", "with", "at", "for", "of", "to", "per", "as", "about", "in", "on", "after"];

/// Words that say that somebody never came so far, whatever else is said.
pub const OFF: [&str; 10] = [
    "declined",
    "decline",
    "declines",
    "rejected",
    "unsubscribed",
    "unregistered",
    "unresponsive",
    "regrets",
    "unavailable",
    "uninvited",
];
pub const MISSED: [&str; 9] =
    ["cancelled", "canceled", "cancel", "noshow", "unattended", "missed", "absent", "waitlist", "waitlisted"];

/// Words beside which nothing is sure: another event, another time, or perhaps.
pub const DOUBTS: [&str; 29] = [
    "maybe",
    "might",
    "may",
    "perhaps",
    "possible",
    "possibly",
    "potential",
    "prospect",
    "prospective",
    "candidate",
    "proposed",
    "nominated",
    "interested",
    "tentative",
    "tentatively",
    "expected",
    "unsure",
    "tbd",
    "tbc",
    "or",
    "previous",
    "previously",
    "prior",
    "past",
    "last",
    "former",
    "other",
    "unknown",
    "almost",
];
pub const PENDING: [&str; 4] = ["pending", "awaiting", "waiting", "outstanding"];

/// What people joined who came. Whoever joined a list or a group did not.
pub const JOINED: [&str; 14] = [
    "joined",
    "live",
    "late",
    "early",
    "online",
    "virtually",
    "webinar",
    "event",
    "session",
    "meeting",
    "call",
    "remotely",
    "onsite",
    "demand",
];
