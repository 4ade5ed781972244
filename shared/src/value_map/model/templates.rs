//! Scoring models to start from, by what a community is for. Baselines, targets and amounts are placeholders of a plausible
//! size: an organisation states its own.

use std::collections::BTreeMap;

use super::draft::*;
use super::standard::standard_model;
use crate::value_map::Element::{self, *};
use MeasureSource as Source;

/// A scoring model to start from.
#[derive(Clone, Copy, Debug)]
pub struct ModelTemplate {
    pub name: &'static str,
    /// For whom it is, in a sentence.
    pub about: &'static str,
    build: fn() -> ScoringModelDraft,
}

/// All of them. What a new community gets is [`standard_model`].
pub const MODEL_TEMPLATES: [ModelTemplate; 5] = [
    ModelTemplate {
        name: "support",
        about: "For communities whose members help each other, so that fewer cases reach support: the standard model, \
                and how fast and by how many questions are answered.",
        build: support,
    },
    ModelTemplate {
        name: "product-led",
        about: "For products that people start to use by themselves: newcomers find help, come again, and buy more.",
        build: product_led,
    },
    ModelTemplate {
        name: "marketing",
        about: "For communities of fans and advocates who bring new customers by what they say and show.",
        build: marketing,
    },
    ModelTemplate {
        name: "commerce",
        about: "For shops and marketplaces whose customers advise each other before and after they buy.",
        build: commerce,
    },
    ModelTemplate {
        name: "first-months",
        about: "For communities of few months: few measures, of which active members alone need an earlier quarter \
                while a quarter is running, and targets for the first three months.",
        build: first_months,
    },
];

impl ModelTemplate {
    pub fn named(name: &str) -> Option<Self> {
        MODEL_TEMPLATES.into_iter().find(|template| template.name == name)
    }

    /// The model, as it is written in files.
    pub fn model(&self) -> ScoringModelDraft {
        (self.build)()
    }
}

fn support() -> ScoringModelDraft {
    let mut model = standard_model();
    model.measures.extend([
        unanswered_share(Scalability, (0.3, 0.05), 1.0),
        busiest_answerer_share(Scalability, (0.9, 0.5), 1.0),
        first_post_answered_rate(Engagement, (0.6, 0.95), 1.0),
        retention_month_one(Engagement, (0.1, 0.3), 1.0),
        active_customer_share(Engagement, (0.05, 0.25), 1.0),
        time_to_first_answer(Knowledge, (24.0, 4.0), 1.0),
        time_to_solution(Knowledge, (96.0, 24.0), 1.0),
    ]);
    model
}

fn product_led() -> ScoringModelDraft {
    let mut model = named("product-led-community");
    model.measures = vec![
        standard("deflection"),
        unanswered_share(Scalability, (0.4, 0.1), 1.0),
        answerers_of_half(Scalability, (3.0, 20.0), 1.0),
        standard("self_help_sessions"),
        standard("course_completions"),
        active_customer_share(Engagement, (0.05, 0.3), 2.0),
        retention_month_one(Engagement, (0.1, 0.35), 2.0),
        retention_month_three(Engagement, (0.05, 0.2), 2.0),
        first_post_answered_rate(Engagement, (0.5, 0.95), 1.0),
        standard("accepted_answer_rate"),
        time_to_first_answer(Knowledge, (24.0, 4.0), 1.0),
        standard("recommendation"),
        standard("public_references"),
    ];
    model.links.push(raises(Engagement, Upgrades, (0.0, 0.02, 0.06)));
    model.links.push(raises(Engagement, RepeatPurchases, (0.0, 0.02, 0.05)));
    model.financial.targets =
        targets([(Upgrades, "60000"), (RepeatPurchases, "60000"), (Acquisition, "30000"), (CostContainment, "10000")]);
    model
}

fn marketing() -> ScoringModelDraft {
    let mut model = named("marketing-community");
    model.measures = vec![
        answerers_of_half(Scalability, (3.0, 20.0), 1.0),
        busiest_answerer_share(Scalability, (0.9, 0.5), 1.0),
        MeasureDraft::of(
            ("event_attendances", "Attendances of events"),
            Education,
            "attendances",
            (100.0, 800.0),
            2.0,
            Source::Observed,
        ),
        MeasureDraft { weight: 0.0, ..standard("self_help_sessions") },
        standard("active_members"),
        retention_month_one(Engagement, (0.1, 0.3), 1.0),
        MeasureDraft::of(
            ("stories_published", "Stories of customers published"),
            Knowledge,
            "stories",
            (0.0, 20.0),
            2.0,
            Source::Observed,
        ),
        unanswered_share(Knowledge, (0.4, 0.1), 1.0),
        standard("recommendation"),
        MeasureDraft { weight: 2.0, ..standard("public_references") },
        MeasureDraft::of(
            ("reviews_published", "Reviews by members"),
            Reputation,
            "reviews",
            (10.0, 100.0),
            1.0,
            Source::Observed,
        ),
    ];
    model.links.push(raises(Engagement, Acquisition, (0.0, 0.02, 0.06)));
    model.financial.targets =
        targets([(Upgrades, "20000"), (RepeatPurchases, "40000"), (Acquisition, "100000"), (CostContainment, "5000")]);
    // Who becomes a customer has been met for longer.
    model.financial.attribution.lookback_days = 180;
    model
}

fn commerce() -> ScoringModelDraft {
    let mut model = named("commerce-community");
    model.measures = vec![
        standard("contact_rate"),
        unanswered_share(Scalability, (0.3, 0.05), 1.0),
        standard("self_help_sessions"),
        active_customer_share(Engagement, (0.02, 0.15), 2.0),
        retention_month_three(Engagement, (0.05, 0.2), 1.0),
        standard("accepted_answer_rate"),
        // Who is about to buy does not wait for days.
        time_to_first_answer(Knowledge, (24.0, 2.0), 2.0),
        standard("recommendation"),
        MeasureDraft::of(
            ("reviews_published", "Reviews by members"),
            Reputation,
            "reviews",
            (50.0, 500.0),
            2.0,
            Source::Observed,
        ),
    ];
    model.links.push(raises(Knowledge, Acquisition, (0.0, 0.02, 0.06)));
    model.financial.targets =
        targets([(Upgrades, "10000"), (RepeatPurchases, "100000"), (Acquisition, "60000"), (CostContainment, "20000")]);
    for margin in model.financial.margins.values_mut() {
        *margin = RangeDraft { low: 0.2, mode: 0.3, high: 0.45 };
    }
    model.financial.attribution.lookback_days = 30;
    model
}

/// But for the pace of active members nothing in it is held against an earlier quarter: no contacts per customer, and no cost containment, which has none
/// without them.
fn first_months() -> ScoringModelDraft {
    let mut model = named("first-months");
    let standing_at = |key: &str, scale: (f64, f64), weight: f64| {
        let (baseline, target) = scale;
        MeasureDraft { baseline, target, weight, ..standard(key) }
    };
    model.measures = vec![
        standing_at("staff_answer_share", (1.0, 0.5), 1.0),
        answerers_of_half(Scalability, (0.0, 8.0), 1.0),
        standing_at("self_help_sessions", (0.0, 1_500.0), 1.0),
        standing_at("active_members", (0.0, 150.0), 2.0),
        first_post_answered_rate(Engagement, (0.5, 0.95), 1.0),
        time_to_first_answer(Knowledge, (48.0, 8.0), 1.0),
        unanswered_share(Knowledge, (0.5, 0.1), 2.0),
        standing_at("recommendation", (0.0, 40.0), 1.0),
    ];
    model.links.retain(|link| link.to != CostContainment.as_str());
    model.financial.targets = targets([(Upgrades, "3000"), (RepeatPurchases, "6000"), (Acquisition, "6000")]);
    model
}

/// The standard model under another name.
fn named(name: &str) -> ScoringModelDraft {
    ScoringModelDraft { name: name.into(), ..standard_model() }
}

/// A measure of the standard model.
fn standard(key: &str) -> MeasureDraft {
    let mut measures = standard_model().measures;
    let index = measures.iter().position(|measure| measure.key == key).unwrap_or_default();
    measures.swap_remove(index)
}

fn raises(from: Element, to: Element, (low, mode, high): (f64, f64, f64)) -> LinkDraft {
    let effect = Some(RangeDraft { low, mode, high });
    LinkDraft { from: from.as_str().into(), to: to.as_str().into(), effect }
}

fn targets<const N: usize>(targets: [(Element, &str); N]) -> BTreeMap<String, String> {
    targets.into_iter().map(|(element, amount)| (element.as_str().to_owned(), amount.to_owned())).collect()
}

macro_rules! sources {
    ($($function:ident: $source:ident, $name:literal, $unit:literal;)*) => {$(
        fn $function(element: Element, scale: (f64, f64), weight: f64) -> MeasureDraft {
            MeasureDraft::of((stringify!($function), $name), element, $unit, scale, weight, Source::$source)
        }
    )*};
}

sources! {
    time_to_first_answer: TimeToFirstAnswer, "Time to the first answer", "hours";
    time_to_solution: TimeToSolution, "Time to the solution", "hours";
    unanswered_share: UnansweredShare, "Questions without an answer", "share";
    first_post_answered_rate: FirstPostAnsweredRate, "First questions that were answered", "share";
    busiest_answerer_share: BusiestAnswererShare, "Answers by the ten busiest", "share";
    answerers_of_half: AnswerersOfHalf, "Members who gave half of the answers", "members";
    retention_month_one: RetentionMonthOne, "Newcomers active a month later", "share";
    retention_month_three: RetentionMonthThree, "Newcomers active three months later", "share";
    active_customer_share: ActiveCustomerShare, "Customers active", "share";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::ScoringModel;
    use super::*;
    use crate::value_map::Layer;

    #[test]
    fn each_template_keeps_the_rules_and_scores_every_element() {
        for template in MODEL_TEMPLATES {
            let draft = template.model();
            let model =
                ScoringModel::parse(&draft, 1).unwrap_or_else(|problems| panic!("{}: {problems:?}", template.name));
            for element in Layer::Internal.elements() {
                let of_measures: f64 = model.measures_of(*element).map(|measure| measure.weight).sum();
                assert!(of_measures > 0.0, "{}: no measure of {}", template.name, element.as_str());
            }
            for link in &model.links {
                assert!(link.from.layer() < link.to.layer(), "{}: {link:?}", template.name);
            }
            let named: BTreeSet<&str> = draft.measures.iter().map(|measure| measure.key.as_str()).collect();
            assert!(named.len() >= 8, "{}", template.name);
            // What a file says is what is read back.
            let text = serde_json::to_string(&draft).unwrap();
            assert_eq!(serde_json::from_str::<ScoringModelDraft>(&text).unwrap(), draft);
        }
        let names: BTreeSet<String> = MODEL_TEMPLATES.iter().map(|template| template.model().name).collect();
        assert_eq!(names.len(), MODEL_TEMPLATES.len());
    }

    #[test]
    fn first_months_need_no_earlier_quarter() {
        let model = ModelTemplate::named("first-months").unwrap().model();
        let needs_one = |measure: &&MeasureDraft| {
            matches!(
                measure.source,
                Source::ContactRate | Source::Deflection | Source::RetentionMonthThree | Source::ActiveCustomerShare
            )
        };
        assert_eq!(model.measures.iter().find(needs_one), None);
        assert_eq!(model.financial.baseline_period, None);
        assert!(!model.financial.targets.contains_key("COST_CONTAINMENT"));
        assert!(ModelTemplate::named("unknown").is_none());
    }

    #[test]
    fn the_docs_name_each_template_and_each_source() {
        let docs = include_str!("../../../../docs/scoring-model.md");
        for template in MODEL_TEMPLATES {
            assert!(docs.contains(&format!("`{}`", template.name)), "{}", template.name);
            for measure in template.model().measures {
                let source = serde_json::to_value(measure.source).unwrap();
                assert!(docs.contains(&format!("`{}`", source.as_str().unwrap())), "{source}");
            }
        }
    }
}
