//! The terms of the map.

use valuemap_shared::value_map::{Element, Layer, Weighting};

pub fn layer_title(layer: Layer) -> &'static str {
    match layer {
        Layer::Learning => "Learning",
        Layer::Internal => "Internal",
        Layer::Members => "Members",
        Layer::Financial => "Financial",
    }
}

pub fn layer_meaning(layer: Layer) -> &'static str {
    match layer {
        Layer::Learning => "What we learn",
        Layer::Internal => "What we get better at",
        Layer::Members => "What members gain",
        Layer::Financial => "What it pays",
    }
}

/// What a layer is waiting for, where nothing of it is connected.
pub fn layer_source(layer: Layer) -> &'static str {
    match layer {
        Layer::Learning => {
            "Comes next: open answers and posts, turned into insights, and what the organisation makes of them."
        }
        Layer::Internal => {
            "Not connected yet: it will be scored from measures against baseline and target, and from what members say."
        }
        Layer::Members => "Not connected yet: it will be scored from the survey that members answer.",
        Layer::Financial => {
            "Not connected yet: it will be scored from outcomes in money credited to activities, less their costs."
        }
    }
}

pub fn element_title(element: Element) -> &'static str {
    match element {
        Element::CurrentCustomerNeeds => "Current customer needs",
        Element::ProspectiveCustomerNeeds => "Prospective customer needs",
        Element::IntegrationOpportunities => "Integration opportunities",
        Element::Scalability => "Scalability",
        Element::Education => "Education",
        Element::Engagement => "Engagement",
        Element::Knowledge => "Knowledge",
        Element::Reputation => "Reputation",
        Element::ProductKnowledge => "Product knowledge",
        Element::UnconventionalUses => "Unconventional uses",
        Element::PeerBestPractices => "Peer best practices",
        Element::RecognisedExpertise => "Recognised expertise",
        Element::RoadmapInfluence => "Roadmap influence",
        Element::Upgrades => "Upgrades",
        Element::RepeatPurchases => "Repeat purchases",
        Element::Acquisition => "Acquisition",
        Element::CostContainment => "Cost containment",
    }
}

pub const WEIGHTINGS: [Weighting; 3] = [Weighting::Model, Weighting::Equal, Weighting::Geometric];

pub fn weighting_title(weighting: Weighting) -> &'static str {
    match weighting {
        Weighting::Model => "The model’s weights",
        Weighting::Equal => "Equal weights",
        Weighting::Geometric => "Geometric mean",
    }
}
