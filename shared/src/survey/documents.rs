//! The GraphQL documents of the public endpoint. The widget sends them and the server answers no others, so both
//! read them here.

/// What a question is asked with.
macro_rules! question_fields {
    () => {
        "key prompt required kind points maxLength lines shuffled choices{key label} askIf{question atLeast atMost anyOf}"
    };
}

/// What a page needs to show the first question: small, and asked for on every page.
pub const START: &str = concat!(
    "query Start($site:String!,$language:String){survey(site:$site,language:$language){version title language total more first{",
    question_fields!(),
    "}}}"
);

/// All questions of a version, which never changes.
pub const SURVEY: &str = concat!(
    "query Survey($site:String!,$version:UUID!,$language:String){survey(site:$site,version:$version,language:$language){questions{",
    question_fields!(),
    "}}}"
);

/// A member's answers. What comes back is a receipt, or what was wrong with them.
pub const SUBMIT: &str = "mutation Submit($input:SubmitResponseInput!){submitResponse(input:$input){__typename ...on Receipt{id receivedAt results{period benefits{benefit value answers}followUps{heard done on}}}...on InvalidSubmission{problems{path message}}...on SubmissionIdReused{message}...on AlreadyAnswered{receivedAt message}}}";

/// All of them.
pub const ALL: [&str; 3] = [START, SURVEY, SUBMIT];
