use std::collections::BTreeMap;

use super::default_role_weights;
use super::draft::*;
use crate::survey::Benefit;
use crate::value_map::Element;

/// The model that a new community starts with: a support community whose members help each other. Baselines, targets
/// and amounts are placeholders of a plausible size: an organisation states its own.
pub fn standard_model() -> ScoringModelDraft {
    ScoringModelDraft {
        name: "support-community".into(),
        measures: measures(),
        indicators: indicators(),
        links: links(),
        financial: financial(),
    }
}

fn measures() -> Vec<MeasureDraft> {
    use Element::{Education, Engagement, Knowledge, Reputation, Scalability};
    use MeasureSource as Source;
    vec![
        MeasureDraft::of(
            ("contact_rate", "Support cases a customer"),
            Scalability,
            "cases a customer",
            (1.2, 0.6),
            2.0,
            Source::ContactRate,
        ),
        MeasureDraft::of(
            ("deflection", "Cases solved without support"),
            Scalability,
            "share",
            (0.0, 0.8),
            2.0,
            Source::Deflection,
        ),
        MeasureDraft::of(
            ("staff_answer_share", "Answers given by staff"),
            Scalability,
            "share",
            (0.6, 0.15),
            1.0,
            Source::StaffAnswerShare,
        ),
        MeasureDraft::of(
            ("course_completions", "Courses completed"),
            Education,
            "courses",
            (50.0, 250.0),
            1.0,
            Source::Observed,
        ),
        MeasureDraft::of(
            ("self_help_sessions", "Searches and visits for help"),
            Education,
            "sessions",
            (2_000.0, 8_000.0),
            1.0,
            Source::Observed,
        ),
        MeasureDraft::of(
            ("active_members", "Active members"),
            Engagement,
            "members",
            (100.0, 1_200.0),
            2.0,
            Source::ActiveMembers,
        ),
        MeasureDraft::of(
            ("accepted_answer_rate", "Questions with an accepted answer"),
            Knowledge,
            "share",
            (0.4, 0.8),
            2.0,
            Source::AcceptedAnswerRate,
        ),
        MeasureDraft::of(
            ("articles_published", "Articles published from answers"),
            Knowledge,
            "articles",
            (0.0, 40.0),
            1.0,
            Source::Observed,
        ),
        MeasureDraft::of(
            ("recommendation", "Net Promoter Score"),
            Reputation,
            "points",
            (-20.0, 50.0),
            2.0,
            Source::Recommendation,
        ),
        MeasureDraft::of(
            ("public_references", "Public references by members"),
            Reputation,
            "references",
            (0.0, 20.0),
            1.0,
            Source::Observed,
        ),
    ]
}

fn indicators() -> Vec<IndicatorDraft> {
    let tells = |benefit: Benefit, element: Element, weight| IndicatorDraft {
        benefit: name_of(benefit.into()),
        element: name_of(element),
        weight,
    };
    vec![
        tells(Benefit::ProductKnowledge, Element::Education, 2.0),
        tells(Benefit::PeerBestPractices, Element::Education, 1.0),
        tells(Benefit::PeerBestPractices, Element::Knowledge, 1.0),
        tells(Benefit::UnconventionalUses, Element::Knowledge, 1.0),
        tells(Benefit::RecognisedExpertise, Element::Engagement, 1.0),
        tells(Benefit::RecognisedExpertise, Element::Reputation, 1.0),
        tells(Benefit::RoadmapInfluence, Element::Engagement, 1.0),
    ]
}

fn links() -> Vec<LinkDraft> {
    use Element::*;
    let feeds = |from, to| LinkDraft { from: name_of(from), to: name_of(to), effect: None };
    let raises = |from, to, (low, mode, high)| LinkDraft {
        from: name_of(from),
        to: name_of(to),
        effect: Some(RangeDraft { low, mode, high }),
    };
    vec![
        feeds(CurrentCustomerNeeds, Knowledge),
        feeds(ProspectiveCustomerNeeds, Reputation),
        feeds(IntegrationOpportunities, Education),
        // Points of the benefit that ten points of the element bring.
        raises(Education, ProductKnowledge, (1.0, 3.0, 6.0)),
        raises(Education, UnconventionalUses, (0.0, 1.0, 3.0)),
        raises(Knowledge, UnconventionalUses, (0.0, 2.0, 4.0)),
        raises(Knowledge, PeerBestPractices, (1.0, 3.0, 6.0)),
        raises(Engagement, PeerBestPractices, (0.0, 2.0, 4.0)),
        raises(Engagement, RecognisedExpertise, (1.0, 3.0, 6.0)),
        raises(Engagement, RoadmapInfluence, (0.0, 2.0, 5.0)),
        raises(Reputation, RecognisedExpertise, (0.0, 2.0, 4.0)),
        // Shares of the money that ten points bring.
        raises(Scalability, CostContainment, (0.02, 0.06, 0.12)),
        raises(Knowledge, CostContainment, (0.01, 0.04, 0.08)),
        raises(Reputation, Acquisition, (0.0, 0.04, 0.1)),
        raises(ProductKnowledge, Upgrades, (0.0, 0.03, 0.08)),
        raises(ProductKnowledge, RepeatPurchases, (0.0, 0.02, 0.05)),
        raises(UnconventionalUses, Upgrades, (0.0, 0.02, 0.06)),
        raises(PeerBestPractices, RepeatPurchases, (0.0, 0.02, 0.05)),
        raises(RecognisedExpertise, Acquisition, (0.0, 0.02, 0.06)),
        raises(RecognisedExpertise, RepeatPurchases, (0.0, 0.02, 0.04)),
        raises(RoadmapInfluence, RepeatPurchases, (0.01, 0.03, 0.06)),
    ]
}

fn financial() -> FinancialDraft {
    use Element::{Acquisition, CostContainment, RepeatPurchases, Upgrades};
    let text = |element: Element, amount: &str| (name_of(element), amount.to_owned());
    let share = |element: Element, low, mode, high| (name_of(element), RangeDraft { low, mode, high });
    let choice = |question: &str, choice: &str| ChoiceDraft { question: question.into(), choice: choice.into() };
    FinancialDraft {
        targets: BTreeMap::from([
            text(Upgrades, "30000"),
            text(RepeatPurchases, "60000"),
            text(Acquisition, "40000"),
            text(CostContainment, "30000"),
        ]),
        margins: BTreeMap::from([
            share(Upgrades, 0.6, 0.7, 0.8),
            share(RepeatPurchases, 0.6, 0.7, 0.8),
            share(Acquisition, 0.4, 0.55, 0.7),
        ]),
        incrementality: RangeDraft { low: 0.1, mode: 0.3, high: 0.6 },
        acquisition: AcquisitionDraft::FirstYearMargin,
        cost_per_case: MoneyRangeDraft { low: "15".into(), mode: "25".into(), high: "40".into() },
        self_service: SelfServiceDraft {
            sessions: "self_help_sessions".into(),
            success: choice("found_answer", "yes"),
            intent: choice("would_have_asked", "yes"),
            no_further_action: choice("asked_anyway", "no"),
        },
        baseline_period: None,
        attribution: AttributionDraft {
            model: "linear".into(),
            lookback_days: 90,
            half_life_days: 7.0,
            by: AttributionUnit::Account,
            minimum_confidence: 0.8,
            role_weights: default_role_weights()
                .into_iter()
                .map(|(role, weight)| (role.as_str().to_owned(), weight))
                .collect(),
        },
        seed: 20_261_122,
    }
}

fn name_of(element: Element) -> String {
    element.as_str().to_owned()
}
