use crate::survey::Benefit;

/// A layer of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Layer {
    Learning,
    Internal,
    Members,
    Financial,
}

impl Layer {
    /// Bottom to top: what is learned feeds what the organisation gets better at, which gives members value, which
    /// pays.
    pub const ALL: [Self; 4] = [Self::Learning, Self::Internal, Self::Members, Self::Financial];

    pub fn elements(self) -> &'static [Element] {
        use Element::*;
        match self {
            Self::Learning => &[CurrentCustomerNeeds, ProspectiveCustomerNeeds, IntegrationOpportunities],
            Self::Internal => &[Scalability, Education, Engagement, Knowledge, Reputation],
            Self::Members => {
                &[ProductKnowledge, UnconventionalUses, PeerBestPractices, RecognisedExpertise, RoadmapInfluence]
            }
            Self::Financial => &[Upgrades, RepeatPurchases, Acquisition, CostContainment],
        }
    }
}

/// An element of the map: one thing that a community can be worth something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Element {
    CurrentCustomerNeeds,
    ProspectiveCustomerNeeds,
    IntegrationOpportunities,
    Scalability,
    Education,
    Engagement,
    Knowledge,
    Reputation,
    ProductKnowledge,
    UnconventionalUses,
    PeerBestPractices,
    RecognisedExpertise,
    RoadmapInfluence,
    Upgrades,
    RepeatPurchases,
    Acquisition,
    CostContainment,
}

impl Element {
    /// Bottom to top.
    pub fn all() -> impl Iterator<Item = Self> {
        Layer::ALL.into_iter().flat_map(|layer| layer.elements().iter().copied())
    }

    /// The name on the wire and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CurrentCustomerNeeds => "CURRENT_CUSTOMER_NEEDS",
            Self::ProspectiveCustomerNeeds => "PROSPECTIVE_CUSTOMER_NEEDS",
            Self::IntegrationOpportunities => "INTEGRATION_OPPORTUNITIES",
            Self::Scalability => "SCALABILITY",
            Self::Education => "EDUCATION",
            Self::Engagement => "ENGAGEMENT",
            Self::Knowledge => "KNOWLEDGE",
            Self::Reputation => "REPUTATION",
            Self::ProductKnowledge => "PRODUCT_KNOWLEDGE",
            Self::UnconventionalUses => "UNCONVENTIONAL_USES",
            Self::PeerBestPractices => "PEER_BEST_PRACTICES",
            Self::RecognisedExpertise => "RECOGNISED_EXPERTISE",
            Self::RoadmapInfluence => "ROADMAP_INFLUENCE",
            Self::Upgrades => "UPGRADES",
            Self::RepeatPurchases => "REPEAT_PURCHASES",
            Self::Acquisition => "ACQUISITION",
            Self::CostContainment => "COST_CONTAINMENT",
        }
    }

    pub fn layer(self) -> Layer {
        let stands_in = |layer: &Layer| layer.elements().contains(&self);
        Layer::ALL.into_iter().find(stands_in).unwrap_or(Layer::Learning)
    }

    /// The member benefit that this element is, where it is one.
    pub fn benefit(self) -> Option<Benefit> {
        Benefit::ALL.into_iter().find(|benefit| Self::from(*benefit) == self)
    }
}

impl std::str::FromStr for Element {
    type Err = String;

    /// Reads the name in any case.
    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.trim().to_uppercase().replace([' ', '-'], "_");
        Self::all().find(|element| element.as_str() == upper).ok_or_else(|| {
            let known: Vec<&str> = Self::all().map(Self::as_str).collect();
            let shown: String = text.chars().take(40).collect();
            format!("`{shown}` is no element of the map; the elements are {}", known.join(", "))
        })
    }
}

impl From<Benefit> for Element {
    fn from(benefit: Benefit) -> Self {
        match benefit {
            Benefit::ProductKnowledge => Self::ProductKnowledge,
            Benefit::UnconventionalUses => Self::UnconventionalUses,
            Benefit::PeerBestPractices => Self::PeerBestPractices,
            Benefit::RecognisedExpertise => Self::RecognisedExpertise,
            Benefit::RoadmapInfluence => Self::RoadmapInfluence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_stands_in_one_layer() {
        let all = || Layer::ALL.into_iter().flat_map(|layer| layer.elements().iter().copied());
        assert_eq!(all().count(), 17);
        assert_eq!(all().collect::<std::collections::HashSet<_>>().len(), 17);
    }

    #[test]
    fn the_members_layer_is_the_benefits() {
        let benefits: Vec<_> = Layer::Members.elements().iter().filter_map(|element| element.benefit()).collect();
        assert_eq!(benefits, Benefit::ALL);
        assert_eq!(Element::Upgrades.benefit(), None);
    }
}
