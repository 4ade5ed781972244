//! The GraphQL documents of the public endpoint. The widget sends them and the server answers no others, so both
//! read them here.

/// The survey that a site shows.
pub const SURVEY: &str = "query Survey($site:String!){survey(site:$site){version title questions{key prompt required kind points maxLength choices{key label}}}}";

/// A member's answers. What comes back is a receipt, or what was wrong with them.
pub const SUBMIT: &str = "mutation Submit($input:SubmitResponseInput!){submitResponse(input:$input){__typename ...on Receipt{id receivedAt results{period benefits{benefit value answers}followUps{heard done on}}}...on InvalidSubmission{problems{path message}}...on SubmissionIdReused{message}...on AlreadyAnswered{receivedAt message}}}";

/// All of them.
pub const ALL: [&str; 2] = [SURVEY, SUBMIT];
