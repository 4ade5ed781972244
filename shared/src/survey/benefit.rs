use std::fmt;
use std::str::FromStr;

/// What a member gets from the community: the five benefits of the members layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Benefit {
    ProductKnowledge,
    UnconventionalUses,
    PeerBestPractices,
    RecognisedExpertise,
    RoadmapInfluence,
}

impl Benefit {
    pub const ALL: [Self; 5] = [
        Self::ProductKnowledge,
        Self::UnconventionalUses,
        Self::PeerBestPractices,
        Self::RecognisedExpertise,
        Self::RoadmapInfluence,
    ];

    /// The name in files, on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProductKnowledge => "product_knowledge",
            Self::UnconventionalUses => "unconventional_uses",
            Self::PeerBestPractices => "peer_best_practices",
            Self::RecognisedExpertise => "recognised_expertise",
            Self::RoadmapInfluence => "roadmap_influence",
        }
    }
}

impl fmt::Display for Benefit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Benefit {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|benefit| benefit.as_str() == text).ok_or(())
    }
}
