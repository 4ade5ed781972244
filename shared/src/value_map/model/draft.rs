//! The scoring model as it is written in a file and sent over the API. Nothing in it has been checked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value_map::Element;

/// A scoring model as somebody wrote it. Models of the form before indicators are read, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "WrittenModel")]
pub struct ScoringModelDraft {
    pub name: String,
    pub measures: Vec<MeasureDraft>,
    pub indicators: Vec<IndicatorDraft>,
    pub links: Vec<LinkDraft>,
    pub financial: FinancialDraft,
}

/// As it is read, in this form or the one before indicators.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenModel {
    name: String,
    measures: Vec<MeasureDraft>,
    #[serde(default)]
    indicators: Vec<IndicatorDraft>,
    links: Vec<WrittenLink>,
    financial: FinancialDraft,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenLink {
    from: String,
    to: String,
    /// Before there were indicators, a benefit that measures an internal element was a link with a weight.
    weight: Option<f64>,
    effect: Option<RangeDraft>,
}

impl From<WrittenModel> for ScoringModelDraft {
    fn from(written: WrittenModel) -> Self {
        let WrittenModel { name, measures, mut indicators, links: written_links, financial } = written;
        let mut links = Vec::with_capacity(written_links.len());
        for WrittenLink { from, to, weight, effect } in written_links {
            match weight {
                Some(weight) => indicators.push(IndicatorDraft { benefit: from, element: to, weight }),
                None => links.push(LinkDraft { from, to, effect }),
            }
        }
        Self { name, measures, indicators, links, financial }
    }
}

/// A figure that is watched: a KPI of one internal element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeasureDraft {
    /// What observations call it.
    pub key: String,
    pub name: String,
    /// The internal element that it tells about.
    pub element: String,
    pub unit: String,
    pub direction: Direction,
    /// Where it stood when the organisation began: 0 points.
    pub baseline: f64,
    /// Where it is to be: 100 points.
    pub target: f64,
    /// Its weight beside the element's other measures and indicators. With 0 it is shown and does not count.
    pub weight: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    pub source: MeasureSource,
    /// The answer whose share is measured; of [`MeasureSource::ChoiceShare`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<ChoiceDraft>,
    /// How several observations of a quarter become one.
    #[serde(default)]
    pub aggregation: Aggregation,
}

impl MeasureDraft {
    /// A measure that is better the nearer it is to its target; what is observed adds up over a quarter.
    pub(super) fn of(
        (key, name): (&str, &str),
        element: Element,
        unit: &str,
        (baseline, target): (f64, f64),
        weight: f64,
        source: MeasureSource,
    ) -> Self {
        let direction = if target < baseline { Direction::LowerIsBetter } else { Direction::HigherIsBetter };
        Self {
            key: key.into(),
            name: name.into(),
            element: element.as_str().into(),
            unit: unit.into(),
            direction,
            baseline,
            target,
            weight,
            owner: None,
            source,
            choice: None,
            aggregation: if source == MeasureSource::Observed { Aggregation::Sum } else { Aggregation::Last },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
}

/// Where a measure's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MeasureSource {
    /// Somebody or something observes it and says so.
    Observed,
    /// Cases that self-service and peers solved, as a share of these and the cases that were opened, in 0..1.
    Deflection,
    /// Support cases a customer.
    ContactRate,
    /// Questions with an accepted answer, as a share of all questions asked, in 0..1.
    AcceptedAnswerRate,
    /// Members who wrote, liked or took part in an activity; staff not counted.
    ActiveMembers,
    /// Replies by staff, as a share of all replies, in 0..1.
    StaffAnswerShare,
    /// The Net Promoter Score of the community, -100 to 100.
    Recommendation,
    /// From a member's question to the first answer by another person: the censored median, in hours.
    TimeToFirstAnswer,
    /// From a member's question to the accepted answer: the censored median, in hours.
    TimeToSolution,
    /// Members' questions that nobody else answered within seven days, as a share of those that are so old, in 0..1.
    UnansweredShare,
    /// Members whose first post was a question and was answered by somebody else within seven days, as a share of those
    /// whose first post was a question, in 0..1.
    FirstPostAnsweredRate,
    /// Answers by the ten members who gave most, as a share of all answers by members, in 0..1.
    BusiestAnswererShare,
    /// The fewest members who gave half of all answers by members.
    AnswerersOfHalf,
    /// Members active in days 30 to 59 after they joined, as a share of those whose day 59 lies in the quarter, in 0..1.
    RetentionMonthOne,
    /// The same of days 90 to 119.
    RetentionMonthThree,
    /// Customers of which somebody did anything, as a share of all customers, in 0..1.
    ActiveCustomerShare,
    /// Members who chose an answer to a single-choice question, as a share of those who answered it, in 0..1: the source
    /// that they report themselves, say.
    ChoiceShare,
}

impl MeasureSource {
    /// What is counted over what, as an explanation says it.
    pub fn method(self) -> &'static str {
        match self {
            Self::Observed => "Observed: the last, mean or sum of the quarter's observations, as the model says.",
            Self::ContactRate => {
                "Support cases opened in the quarter, over accounts that were customers at its end; score interval of a \
                 Poisson count."
            }
            Self::AcceptedAnswerRate => {
                "Questions that members asked in the quarter, in threads, and that have an accepted answer, over all of them; \
                 Wilson interval."
            }
            Self::StaffAnswerShare => "Replies by staff, over all replies of the quarter; Wilson interval.",
            Self::ActiveMembers => {
                "Members who wrote, liked or took part in an activity in the quarter; staff not counted. Of a quarter that \
                 is running: those so far, over the share that as many days had of the quarter before (Wilson interval)."
            }
            Self::Recommendation => "The Net Promoter Score of the quarter with its interval.",
            Self::Deflection => {
                "Cases deflected over these and the cases opened. Deflected: sessions x found x would have asked x nothing \
                 further, and members' accepted answers x would have asked x nothing further."
            }
            Self::TimeToFirstAnswer => {
                "Kaplan-Meier median, in hours, of the time from a question to the first answer by another person, over \
                 the questions that members asked in the quarter. Questions without one at its end, or now while it is \
                 running, count for as long as they were watched. Times are in buckets of at most 2% error. Log-log \
                 interval (Brookmeyer, Crowley 1982); an upper end that is not reached is the longest time watched."
            }
            Self::TimeToSolution => {
                "Kaplan-Meier median, in hours, of the time from a question to the accepted answer, over the questions \
                 that members asked in the quarter. Questions without one at its end, or now while it is running, count \
                 for as long as they were watched. Times are in buckets of at most 2% error. Log-log interval \
                 (Brookmeyer, Crowley 1982); an upper end that is not reached is the longest time watched."
            }
            Self::UnansweredShare => {
                "Questions that members asked in the quarter and nobody else answered within 7 days, over those that are \
                 at least 7 days old; Wilson interval. Younger ones, and ones without a thread, are left out."
            }
            Self::FirstPostAnsweredRate => {
                "Members whose first post was a question of the quarter that somebody else answered within 7 days, over \
                 those whose first post was one that is at least 7 days old; Wilson interval. A post is the first where \
                 the member joined after tracking began, or had posted nothing in 90 days of tracking; others are left \
                 out."
            }
            Self::BusiestAnswererShare => {
                "Replies by the ten members who wrote most, over all replies by members in the quarter. Replies by staff, \
                 and to own questions, are left out. All are counted, so that there is no interval; the fewer days, the \
                 higher the share."
            }
            Self::AnswerersOfHalf => {
                "The fewest members who wrote half of all replies by members in the quarter. Replies by staff, and to own \
                 questions, are left out. All are counted, so that there is no interval."
            }
            Self::ChoiceShare => {
                "Answers to a single-choice question that chose this one, over all answers to it in the quarter; Wilson \
                 interval. What members say of themselves, and of those who answered."
            }
            Self::RetentionMonthOne => {
                "Members who wrote, liked or took part in an activity on days 30 to 59 after the day on which they joined, \
                 over the members whose day 59 lies in the quarter and is over; Wilson interval. Staff, and members \
                 without a day of joining, are left out."
            }
            Self::RetentionMonthThree => {
                "Members who wrote, liked or took part in an activity on days 90 to 119 after the day on which they \
                 joined, over the members whose day 119 lies in the quarter and is over; Wilson interval. Staff, and \
                 members without a day of joining, are left out."
            }
            Self::ActiveCustomerShare => {
                "Accounts that were customers at the end of the quarter and of which a linked member, or the account \
                 itself, wrote, liked or took part in an activity in it, over all customers; Wilson interval. Customers \
                 without a known member count as not active. Of a quarter that is running: those so far, over the share \
                 that as many days had of the quarter before (Wilson interval of that share)."
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Aggregation {
    #[default]
    Last,
    Mean,
    Sum,
}

/// A benefit whose index tells how an internal element does: members' answers as a measure of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndicatorDraft {
    pub benefit: String,
    /// The internal element that it tells about.
    pub element: String,
    /// Its weight beside the element's measures.
    pub weight: f64,
}

/// A hypothesis: one element raises another that lies in a layer above it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkDraft {
    pub from: String,
    pub to: String,
    /// What ten points more of `from` are expected to bring: of a link to a financial element the share by which its
    /// money rises, else points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<RangeDraft>,
}

/// Least, most likely and most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeDraft {
    pub low: f64,
    pub mode: f64,
    pub high: f64,
}

/// Least, most likely and most, of money: decimals as text, in the community's own currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyRangeDraft {
    pub low: String,
    pub mode: String,
    pub high: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FinancialDraft {
    /// By financial element, what a quarter is to bring: 100 points. A decimal as text.
    pub targets: BTreeMap<String, String>,
    /// Of upgrades, repeat purchases and acquisition: the share of the price that is left after what it costs to deliver.
    pub margins: BTreeMap<String, RangeDraft>,
    /// The share of what is credited to activities that would not have come about without them.
    pub incrementality: RangeDraft,
    pub acquisition: AcquisitionDraft,
    pub cost_per_case: MoneyRangeDraft,
    pub self_service: SelfServiceDraft,
    /// The quarter that contacts per customer are compared with; without one, the first with both figures of which at least
    /// half is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_period: Option<String>,
    pub attribution: AttributionDraft,
    /// Every simulation starts from it.
    pub seed: u64,
}

/// What a new customer is worth: one of the two, never both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AcquisitionDraft {
    FirstYearMargin,
    /// What it would have cost to win one otherwise.
    CostSaved(MoneyRangeDraft),
}

/// What is known of those who help themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SelfServiceDraft {
    /// The key of the measure that counts self-help sessions.
    pub sessions: String,
    /// The share of sessions in which the answer was found.
    pub success: ChoiceDraft,
    /// The share who would have asked support otherwise.
    pub intent: ChoiceDraft,
    /// The share who needed nothing further.
    pub no_further_action: ChoiceDraft,
}

/// An answer to a single-choice question of one of the community's surveys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceDraft {
    pub question: String,
    pub choice: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttributionDraft {
    pub model: String,
    pub lookback_days: u32,
    pub half_life_days: f64,
    pub by: AttributionUnit,
    /// Identity links of less confidence are left aside.
    pub minimum_confidence: f64,
    /// By role, how much a touch counts beside one of weight 1; a touch of weight 0 is none. What is left out is as in
    /// [`default_role_weights`](super::default_role_weights).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub role_weights: BTreeMap<String, f64>,
}

/// Whose touches count for an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttributionUnit {
    /// All of the account, whichever of its members it was.
    Account,
    /// Those of the member alone.
    Member,
}

#[cfg(test)]
mod tests {
    use super::super::standard_model;
    use super::*;

    #[test]
    fn a_link_with_a_weight_becomes_an_indicator() {
        let mut document = serde_json::to_value(standard_model()).unwrap();
        let indicators = document.as_object_mut().unwrap().remove("indicators").unwrap();
        let links = document["links"].as_array_mut().unwrap();
        for indicator in indicators.as_array().unwrap() {
            let (from, to, weight) = (&indicator["benefit"], &indicator["element"], &indicator["weight"]);
            links.push(serde_json::json!({ "from": from, "to": to, "weight": weight }));
        }
        assert_eq!(serde_json::from_value::<ScoringModelDraft>(document).unwrap(), standard_model());
    }
}
