//! Everything that the survey says: to the member, and on the console to the partner.

use valuemap_shared::survey::{Benefit, Question, QuestionKind};

pub const NEXT: &str = "Next";
pub const SKIP: &str = "Skip";
pub const BACK: &str = "Back";
pub const SEND: &str = "Send";
pub const TRY_AGAIN: &str = "Try again";

pub const AGREEMENT_ENDS: [&str; 2] = ["Not at all", "Completely"];
pub const RECOMMENDATION_ENDS: [&str; 2] = ["Not likely", "Very likely"];
pub const REQUIRED: &str = "Please answer this question to go on.";
pub const NOTHING_ANSWERED: &str = "Please answer at least one question before you send.";

pub const SENDING: &str = "Sending your answers\u{2026}";
pub const THANKS: &str = "Thank you!";
pub const ARRIVED: &str = "Your answers have arrived.";
pub const NOT_ARRIVED: &str = "Your answers have not arrived yet";
pub const KEPT: &str =
    "We could not reach the survey. Your answers are kept here: check your connection and try again.";
pub const REFUSED: &str = "Your answers could not be taken";
pub const CLOSED: &str = "This survey is not taking answers at the moment. Thank you for your time all the same.";
pub const ARRIVED_BEFORE: &str =
    "An earlier version of your answers has already arrived, and that is the one that counts.";

pub const BENEFIT: &str = "Benefit";
pub const SCORE: &str = "Out of 100";
pub const ANSWERS: &str = "Answers";
pub const TOO_FEW: &str = "Not enough answers yet";

pub fn place(number: &str, total: &str) -> String {
    [number, " of ", total].concat()
}

pub fn question_place(number: &str, total: &str) -> String {
    ["Question ", number, " of ", total].concat()
}

/// What has to be known before answering a question.
pub fn note(question: &Question) -> &'static str {
    match (&question.kind, question.required) {
        (QuestionKind::MultipleChoice { .. }, false) => "Choose as many as you like.",
        (QuestionKind::MultipleChoice { .. }, true) => "Choose at least one.",
        (_, true) => "This one needs an answer.",
        (_, false) => "",
    }
}

pub fn characters_left(left: usize) -> String {
    [&left.to_string(), " characters left"].concat()
}

pub fn results(period: &str) -> String {
    ["What members say, ", period].concat()
}

pub fn benefit(benefit: Benefit) -> &'static str {
    match benefit {
        Benefit::ProductKnowledge => "Product knowledge",
        Benefit::UnconventionalUses => "Unconventional uses",
        Benefit::PeerBestPractices => "Peer best practices",
        Benefit::RecognisedExpertise => "Recognised expertise",
        Benefit::RoadmapInfluence => "Roadmap influence",
    }
}

pub const UNREACHABLE: &str = "the survey's server does not answer; if it is up, this page's Content-Security-Policy \
    may lack its host in connect-src, or this page's origin is not one of the site's allowed origins";

/// What the partner can change when the server answers with this code, where we know better than its message.
pub fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "SITE_NOT_FOUND" => "no site has this key: compare the element's site attribute with the snippet",
        "ORIGIN_NOT_ALLOWED" => "this page's origin is not one of the site's allowed origins: add it there",
        "SURVEY_NOT_PUBLISHED" => "the site has no published survey: publish a version of it",
        _ => return None,
    })
}
