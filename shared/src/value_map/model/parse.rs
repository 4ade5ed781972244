//! From a model as somebody wrote it to one that can be computed with. Every problem is reported, not the first.

use std::collections::HashSet;

use super::draft::*;
use super::found::Found;
use super::parse_financial::parse_financial;
use super::{Choice, Indicator, Link, Measure, ScoringModel};
use crate::survey::{Problem, ProblemCode};
use crate::value_map::attainment::Scale;
use crate::value_map::{Element, Layer};

const MAX_MEASURES: usize = 100;
const MAX_LINKS: usize = 200;

impl ScoringModel {
    /// Checks a model. A measure whose target is its baseline, a negative weight, a link that leads nowhere or down,
    /// and whatever else could not be computed with, is named with its path.
    pub fn parse(draft: &ScoringModelDraft, version: u32) -> Result<Self, Vec<Problem>> {
        let mut found = Found::default();
        found.text("name", &draft.name);
        let measures = parse_measures(&draft.measures, &mut found);
        let indicators = parse_indicators(&draft.indicators, &mut found);
        let links = parse_links(&draft.links, &mut found);
        let financial = parse_financial(&draft.financial, &mut found);
        check_weights(&measures, &indicators, &mut found);
        let sessions = &draft.financial.self_service.sessions;
        let counts = |measure: &MeasureDraft| {
            measure.source == MeasureSource::Observed && measure.aggregation == Aggregation::Sum
        };
        if !draft.measures.iter().any(|measure| measure.key == *sessions && counts(measure)) {
            let message =
                format!("`{sessions}` is none of the model's observed measures that are summed over a quarter");
            found.add("financial.selfService.sessions", ProblemCode::Unknown, message);
        }
        match financial {
            Some(financial) if found.is_empty() => {
                Ok(Self { name: draft.name.trim().to_owned(), version, measures, indicators, links, financial })
            }
            _ => Err(found.problems()),
        }
    }
}

fn parse_measures(drafts: &[MeasureDraft], found: &mut Found) -> Vec<Measure> {
    if drafts.len() > MAX_MEASURES {
        found.add("measures", ProblemCode::Size, format!("at most {MAX_MEASURES} measures"));
    }
    let mut keys = HashSet::new();
    let mut measures = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let path = |field: &str| format!("measures.{index}.{field}");
        found.text(&path("key"), &draft.key);
        found.text(&path("name"), &draft.name);
        found.text(&path("unit"), &draft.unit);
        if let Some(owner) = &draft.owner {
            found.text(&path("owner"), owner);
        }
        if draft.key.parse::<Element>().is_ok() {
            let message = format!("`{}` is the name of an element; call the measure otherwise", draft.key);
            found.add(path("key"), ProblemCode::Duplicate, message);
        }
        if !keys.insert(draft.key.as_str()) {
            found.add(path("key"), ProblemCode::Duplicate, format!("two measures are called `{}`", draft.key));
        }
        found.weight(&path("weight"), draft.weight);
        let element = found.element(&path("element"), &draft.element);
        if element.is_some_and(|element| element.layer() != Layer::Internal) {
            let message = "measures tell about internal elements; members are scored by the survey, money by outcomes";
            found.add(path("element"), ProblemCode::Malformed, message);
        }
        let scale = match Scale::new(draft.baseline, draft.target) {
            Ok(scale) => Some(scale),
            Err(error) => {
                found.add(path("target"), ProblemCode::OutOfRange, error.to_string());
                None
            }
        };
        if scale.is_some_and(|scale| scale.lower_is_better() != (draft.direction == Direction::LowerIsBetter)) {
            let message = "the direction says the opposite of baseline and target: higher is better needs a target above \
                           the baseline, lower is better one below";
            found.add(path("direction"), ProblemCode::Malformed, message);
        }
        let choice = parse_choice(draft, &path("choice"), found);
        if let (Some(element), Some(scale)) = (element, scale) {
            measures.push(Measure {
                key: draft.key.clone(),
                name: draft.name.clone(),
                element,
                unit: draft.unit.clone(),
                scale,
                weight: draft.weight,
                owner: draft.owner.clone(),
                source: draft.source,
                choice,
                aggregation: draft.aggregation,
            });
        }
    }
    measures
}

fn parse_choice(draft: &MeasureDraft, path: &str, found: &mut Found) -> Option<Choice> {
    match (&draft.choice, draft.source) {
        (Some(choice), MeasureSource::ChoiceShare) => {
            found.text(&format!("{path}.question"), &choice.question);
            found.text(&format!("{path}.choice"), &choice.choice);
            return Some(Choice { question: choice.question.clone(), choice: choice.choice.clone() });
        }
        (None, MeasureSource::ChoiceShare) => {
            let message = "a share of answers needs the question and the choice that it is of";
            found.add(path, ProblemCode::Missing, message);
        }
        (Some(_), _) => found.add(path, ProblemCode::Malformed, "only CHOICE_SHARE is of a choice"),
        (None, _) => {}
    }
    None
}

fn parse_indicators(drafts: &[IndicatorDraft], found: &mut Found) -> Vec<Indicator> {
    if drafts.len() > MAX_LINKS {
        found.add("indicators", ProblemCode::Size, format!("at most {MAX_LINKS} indicators"));
    }
    let mut indicators: Vec<Indicator> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let path = |field: &str| format!("indicators.{index}.{field}");
        found.weight(&path("weight"), draft.weight);
        let benefit = found.element(&path("benefit"), &draft.benefit);
        let element = found.element(&path("element"), &draft.element);
        let (Some(benefit), Some(element)) = (benefit, element) else { continue };
        let Some(benefit) = benefit.benefit() else {
            let message = format!("{} is none of the five benefits of members", benefit.as_str());
            found.add(path("benefit"), ProblemCode::Malformed, message);
            continue;
        };
        if element.layer() != Layer::Internal {
            let message = format!("{} is not an internal element", element.as_str());
            found.add(path("element"), ProblemCode::Malformed, message);
        }
        if indicators.iter().any(|other| (other.benefit, other.element) == (benefit, element)) {
            let message = format!("{} is an indicator of {} twice", draft.benefit, element.as_str());
            found.add(path("element"), ProblemCode::Duplicate, message);
        }
        indicators.push(Indicator { benefit, element, weight: draft.weight });
    }
    indicators
}

fn parse_links(drafts: &[LinkDraft], found: &mut Found) -> Vec<Link> {
    if drafts.len() > MAX_LINKS {
        found.add("links", ProblemCode::Size, format!("at most {MAX_LINKS} links"));
    }
    let mut links: Vec<Link> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let path = |field: &str| format!("links.{index}.{field}");
        let from = found.element(&path("from"), &draft.from);
        let to = found.element(&path("to"), &draft.to);
        let effect = draft.effect.and_then(|range| found.range(&path("effect"), range));
        let (Some(from), Some(to)) = (from, to) else { continue };
        if links.iter().any(|link| (link.from, link.to) == (from, to)) {
            let message = format!("{} and {} are linked twice", from.as_str(), to.as_str());
            found.add(path("to"), ProblemCode::Duplicate, message);
        }
        if from.layer() >= to.layer() {
            let advice = if from.layer() == Layer::Members && to.layer() == Layer::Internal {
                "; a benefit that measures an internal element is one of its `indicators`"
            } else {
                ""
            };
            let message = format!("links run up: learning, internal, members, financial{advice}");
            found.add(path("to"), ProblemCode::Malformed, message);
        }
        links.push(Link { from, to, effect });
    }
    links
}

/// An element of which something is known has to have a weight that counts.
fn check_weights(measures: &[Measure], indicators: &[Indicator], found: &mut Found) {
    for element in Layer::Internal.elements() {
        let of_measures = measures.iter().filter(|measure| measure.element == *element).map(|measure| measure.weight);
        let of_indicators = indicators.iter().filter(|indicator| indicator.element == *element);
        let weights: Vec<f64> = of_measures.chain(of_indicators.map(|indicator| indicator.weight)).collect();
        if !weights.is_empty() && weights.iter().sum::<f64>() <= 0.0 {
            let message = format!("all weights of {} are 0, so it can have no score", element.as_str());
            found.add("measures", ProblemCode::OutOfRange, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{ATTRIBUTION_MODELS, standard_model};
    use super::*;
    use crate::activities::Role;

    fn check(change: impl FnOnce(&mut ScoringModelDraft), expected: &[&str]) {
        let mut draft = standard_model();
        change(&mut draft);
        let problems = ScoringModel::parse(&draft, 1).map(|_| ()).map_err(|problems| {
            problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect::<Vec<_>>()
        });
        let problems = problems.err().unwrap_or_default();
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(problem.starts_with(expected), "{problem} does not start with {expected}");
        }
    }

    #[test]
    fn the_standard_model_keeps_the_rules() {
        check(|_| {}, &[]);
    }

    #[test]
    fn links_that_do_not_run_up_are_named() {
        let link = |from: &str, to: &str| LinkDraft { from: from.into(), to: to.into(), effect: None };
        check(|draft| draft.links.push(link("UPGRADES", "EDUCATION")), &["links.21.to: links run up"]);
        check(|draft| draft.links.push(link("EDUCATION", "KNOWLEDGE")), &["links.21.to: links run up"]);
        check(
            |draft| draft.links.push(link("ROADMAP_INFLUENCE", "ENGAGEMENT")),
            &["links.21.to: links run up: learning, internal, members, financial; a benefit that measures"],
        );
    }

    #[test]
    fn links_that_lead_nowhere_or_twice_to_the_same_place_are_named() {
        let mut nowhere = standard_model().links[3].clone();
        nowhere.to = "PRODUKT_KNOWLEDGE".into();
        check(|draft| draft.links.push(nowhere), &["links.21.to: `PRODUKT_KNOWLEDGE` is no element of the map"]);
        let again = standard_model().links[3].clone();
        check(|draft| draft.links.push(again), &["links.21.to: EDUCATION and PRODUCT_KNOWLEDGE are linked twice"]);
    }

    #[test]
    fn indicators_are_benefits_of_internal_elements() {
        let indicator = |benefit: &str, element: &str| IndicatorDraft {
            benefit: benefit.into(),
            element: element.into(),
            weight: 1.0,
        };
        let check_one = |one: IndicatorDraft, expected: &str| check(|draft| draft.indicators.push(one), &[expected]);
        check_one(indicator("UPGRADES", "EDUCATION"), "indicators.7.benefit: UPGRADES is none of the five benefits");
        check_one(indicator("ROADMAP_INFLUENCE", "UPGRADES"), "indicators.7.element: UPGRADES is not an internal");
        check_one(
            indicator("ROADMAP_INFLUENCE", "ENGAGEMENT"),
            "indicators.7.element: ROADMAP_INFLUENCE is an indicator",
        );
        check(|draft| draft.indicators[0].weight = -1.0, &["indicators.0.weight: -1 is no weight"]);
    }

    #[test]
    fn roles_are_weighed_and_what_is_left_out_is_as_usual() {
        let mut draft = standard_model();
        draft.financial.attribution.role_weights = BTreeMap::from([("reached".to_owned(), 0.1)]);
        let model = ScoringModel::parse(&draft, 1).unwrap();
        let weight = |role| model.financial.attribution.role_weight(role);
        assert_eq!([Role::Reached, Role::Registered, Role::Spoke].map(weight), [0.1, 0.25, 1.0]);
        let weights =
            |pairs: &[(&str, f64)]| pairs.iter().map(|(role, weight)| ((*role).to_owned(), *weight)).collect();
        check(
            |draft| draft.financial.attribution.role_weights = weights(&[("watched", 1.0), ("spoke", -1.0)]),
            &[
                "financial.attribution.roleWeights.spoke: -1 is no",
                "financial.attribution.roleWeights.watched: `watched`",
            ],
        );
        check(
            |draft| {
                let none = Role::ALL.iter().map(|role| (role.as_str().to_owned(), 0.0));
                draft.financial.attribution.role_weights = none.collect();
            },
            &["financial.attribution.roleWeights: all roles have the weight 0"],
        );
    }

    #[test]
    fn measures_that_cannot_be_attained_are_named() {
        check(|draft| draft.measures[0].target = 1.2, &["measures.0.target: the baseline and the target are both 1.2"]);
        check(
            |draft| draft.measures[0].direction = Direction::HigherIsBetter,
            &["measures.0.direction: the direction says the opposite"],
        );
        check(|draft| draft.measures[0].weight = -1.0, &["measures.0.weight: -1 is no weight"]);
        check(|draft| draft.measures[1].key = "contact_rate".into(), &["measures.1.key: two measures are called"]);
    }

    #[test]
    fn a_share_of_answers_is_of_a_choice_and_nothing_else_is() {
        let choice = Some(ChoiceDraft { question: "heard_of_us".into(), choice: "community".into() });
        let of = |source, choice| {
            move |draft: &mut ScoringModelDraft| {
                draft.measures[0].source = source;
                draft.measures[0].choice = choice;
            }
        };
        check(of(MeasureSource::ChoiceShare, choice.clone()), &[]);
        check(of(MeasureSource::ChoiceShare, None), &["measures.0.choice: a share of answers needs the question"]);
        check(of(MeasureSource::ContactRate, choice), &["measures.0.choice: only CHOICE_SHARE is of a choice"]);
    }

    #[test]
    fn an_element_needs_a_weight_that_counts() {
        check(
            |draft| {
                draft
                    .measures
                    .iter_mut()
                    .filter(|measure| measure.element == "SCALABILITY")
                    .for_each(|m| m.weight = 0.0);
            },
            &["measures: all weights of SCALABILITY are 0"],
        );
    }

    #[cfg(feature = "attribution")]
    #[test]
    fn the_attribution_models_are_those_that_are_computed() {
        let computed = crate::attribution::Model::ALL.map(|model| model.name());
        assert_eq!(ATTRIBUTION_MODELS, computed);
    }

    #[test]
    fn money_is_exact_and_in_order() {
        check(|draft| draft.financial.cost_per_case.low = "99".into(), &["financial.costPerCase: low, mode and high"]);
        check(
            |draft| _ = draft.financial.targets.insert("UPGRADES".into(), "1,000".into()),
            &["financial.targets.UPGRADES: `1,000` is not an amount"],
        );
        check(|draft| draft.financial.incrementality.high = 1.2, &["financial.incrementality: a share is from 0 to 1"]);
    }
}
