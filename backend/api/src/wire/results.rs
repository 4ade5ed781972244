//! What mutations of several features answer with.

use async_graphql::{Enum, SimpleObject};
use valuemap_shared::survey as domain;

use crate::wire::node_id::NodeId;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Benefit")]
pub enum Benefit {
    ProductKnowledge,
    UnconventionalUses,
    PeerBestPractices,
    RecognisedExpertise,
    RoadmapInfluence,
}

/// Something that is wrong with an input.
#[derive(SimpleObject)]
pub struct Problem {
    /// Where in the input: `answers.2.number`.
    path: String,
    code: Code,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ProblemCode", name = "ProblemCode")]
pub enum Code {
    /// There is no such thing.
    Unknown,
    /// Something that has to be there is not.
    Missing,
    /// Something that must not be there is.
    Unexpected,
    /// A number outside of its scale.
    OutOfRange,
    /// Too long, too short, too many or too few.
    Size,
    /// The same thing twice.
    Duplicate,
    /// A text that cannot be stored, or a value of the wrong kind.
    Malformed,
}

impl From<domain::Problem> for Problem {
    fn from(problem: domain::Problem) -> Self {
        Self { path: problem.path, code: problem.code.into(), message: problem.message }
    }
}

/// There is nothing of this id in your organisation.
#[derive(SimpleObject)]
pub struct NotFound {
    message: String,
}

impl NotFound {
    pub fn new(id: NodeId) -> Self {
        Self { message: format!("no object with id {id} in your organisation") }
    }
}

/// Something of this name is there already.
#[derive(SimpleObject)]
pub struct NameTaken {
    message: String,
}

impl NameTaken {
    pub fn new(name: &str) -> Self {
        Self { message: format!("there is one named `{name}` already; choose another name") }
    }
}
