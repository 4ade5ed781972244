use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::assumption::Assumption;
use super::cap::Cap;
use super::financial::{AmountRange, CommunityReturn, DRAWS, Evidence, FEWEST, Return, simulate_return, tornado};
use super::model::ScoringModel;
use super::worth::{Term, Valuation, WorthInputs};
use super::{
    Absence, AmountMover, CostReading, Effect, Element, Explanation, Input, Layer, Nesting, NoScore, OutcomeSums,
    Reading, ReturnLevel, Returns, TornadoBar, Worth, WorthPart,
};
use crate::activities::CostKind;

/// The financial layer of one quarter.
#[derive(Clone, Debug, PartialEq)]
pub struct FinancialReading {
    pub elements: Vec<(Element, Reading)>,
    pub returns: Returns,
}

/// Computes the financial layer: tens of simulations, so worth keeping while its inputs stay as they are.
pub fn financial_reading(model: &ScoringModel, now: &WorthInputs, before: &WorthInputs) -> FinancialReading {
    FinancialReading { elements: financial_elements(model, now, before), returns: financial_returns(model, now) }
}

/// What each element of the financial layer came to: about half of the simulations.
pub fn financial_elements(model: &ScoringModel, now: &WorthInputs, before: &WorthInputs) -> Vec<(Element, Reading)> {
    let (now, before) = (Valuation::new(model, now), Valuation::new(model, before));
    let reading = |element: &Element| (*element, reading(*element, model, &now, &before));
    Layer::Financial.elements().iter().map(reading).collect()
}

/// What came back of what the community cost: the other half.
pub fn financial_returns(model: &ScoringModel, now: &WorthInputs) -> Returns {
    returns(model, &Valuation::new(model, now))
}

/// What an element came to, without what it came from, or why that is not known.
pub(super) fn amount(element: Element, model: &ScoringModel, inputs: &WorthInputs) -> Result<AmountRange, NoScore> {
    let valuation = Valuation::new(model, inputs);
    amount_of(element, &valuation.terms(element).0, &valuation)
}

fn amount_of(element: Element, counted: &[Term], now: &Valuation<'_>) -> Result<AmountRange, NoScore> {
    if counted.is_empty() {
        return Err(absence(element, now));
    }
    now.range(counted).ok_or_else(|| NoScore::no_data("The amounts are larger than any that are taken."))
}

fn reading(element: Element, model: &ScoringModel, now: &Valuation<'_>, before: &Valuation<'_>) -> Reading {
    let (counted, beside) = now.terms(element);
    let amount = match amount_of(element, &counted, now) {
        Ok(amount) => amount,
        Err(absence) => return Reading::NoScore(absence),
    };
    let evidence = counted.iter().map(|term| now.evidence(*term)).max().unwrap_or(Evidence::Assumed);
    let part = |term: &Term, counted: bool| {
        Some(WorthPart {
            key: key_of(*term).to_owned(),
            name: name_of(*term, now),
            amount: now.range(&[*term])?,
            evidence: now.evidence(*term),
            counted,
        })
    };
    let parts: Vec<WorthPart> = counted
        .iter()
        .filter_map(|term| part(term, true))
        .chain(beside.iter().filter_map(|term| part(term, false)))
        .collect();
    let (change, movers) = change(element, &amount, now, before);
    let target = model.financial.targets.get(&element);
    Reading::Worth(Worth {
        evidence,
        value: target.and_then(|(_, scale)| scale.attained(amount.likely)),
        target: target.map(|(target, _)| *target),
        count: count_of(&counted, now),
        change,
        movers,
        parts,
        explanation: explain(element, &counted, model, now),
        amount,
    })
}

fn absence(element: Element, now: &Valuation<'_>) -> NoScore {
    if let Some(sums) = now.outcomes(element).filter(OutcomeSums::is_unlinked) {
        return NoScore::not_linked((sums.unlinked_count, sums.count), now.inputs.money.unlinked_touchpoints);
    }
    if element != Element::CostContainment {
        return match now.outcomes(element) {
            Some(_) => NoScore::no_data(
                "There is no outcome of this kind in the period, and too little of the others is linked.",
            ),
            None => NoScore::not_connected(Layer::Financial),
        };
    }
    let help = &now.inputs.self_help;
    if help.intent.is_none() && help.sessions.is_none() && now.inputs.counts.questions == 0 {
        let message = "Neither visits for help nor questions are tracked yet, and nobody was asked whether they would \
                       have contacted support: how many cases were spared cannot be estimated.";
        return NoScore { reason: Absence::NotConnected, message: message.into(), needed: None };
    }
    if let Cap::Missing(reason) = &now.cap {
        return NoScore::no_data(reason.as_str());
    }
    if help.nesting == Nesting::Apart {
        return NoScore::no_data(
            "The questions whether somebody found the answer, would have asked support and needed nothing further have to \
             follow each other in one survey: how many cases were spared cannot be estimated of answers to them apart.",
        );
    }
    NoScore::no_data(
        "Too few were asked in this period whether they found the answer, would have asked support and needed nothing \
         further: how many cases were spared cannot be estimated.",
    )
}

/// Where the change since the period before comes from.
fn change(
    element: Element,
    amount: &AmountRange,
    now: &Valuation<'_>,
    before: &Valuation<'_>,
) -> (Option<Decimal>, Vec<AmountMover>) {
    let (terms, _) = before.terms(element);
    let Some(earlier) = (if terms.is_empty() { None } else { before.range(&terms) }) else { return (None, Vec::new()) };
    let change = amount.likely - earlier.likely;
    let mut movers = Vec::new();
    let mut report = |name: &str, amount: Decimal| {
        if !amount.is_zero() {
            movers.push(AmountMover { name: name.to_owned(), amount });
        }
    };
    match (now.outcomes(element), before.outcomes(element)) {
        (Some(sums), Some(then))
            if now.terms(element).0 == [Term::Attributed(element)] && terms == [Term::Attributed(element)] =>
        {
            // The amount is count x average x a factor that the model fixes: half of the joint change goes to each.
            let average = |likely: Decimal, count: u64| likely.checked_div(Decimal::from(count)).unwrap_or_default();
            let (average_now, average_then) =
                (average(amount.likely, sums.credited_count), average(earlier.likely, then.credited_count));
            let counts = Decimal::from(sums.credited_count) - Decimal::from(then.credited_count);
            let of_count = match (sums.credited_count, then.credited_count) {
                (0, _) | (_, 0) => change,
                _ => crate::money::rounded(counts * (average_now + average_then) / Decimal::TWO),
            };
            report("Number of outcomes credited", of_count);
            report("Average amount of an outcome", change - of_count);
        }
        _ => {
            let mut reported = Decimal::ZERO;
            let (free_now, free_before) = (now.without_cap(), before.without_cap());
            for (term, name) in [
                (Term::Answers, "Questions that members answered"),
                (Term::Searches, "Searches and visits that solved it"),
            ] {
                let likely = |valuation: &Valuation<'_>| {
                    let has = valuation.terms(element).0.contains(&term);
                    if has { valuation.range(&[term]).map(|range| range.likely) } else { None }
                };
                if let (Some(now), Some(then)) = (likely(&free_now), likely(&free_before)) {
                    reported += now - then;
                    report(name, now - then);
                }
            }
            // What deflected cases alone would have come to is more than they count for.
            let held_down = |valuation: &Valuation<'_>, free: &Valuation<'_>, likely: Decimal| match valuation.cap {
                Cap::Avoided(_) => {
                    free.range(&free.terms(element).0).map_or(Decimal::ZERO, |free| likely - free.likely)
                }
                Cap::Untracked | Cap::Missing(_) => Decimal::ZERO,
            };
            let held_down = held_down(now, &free_now, amount.likely) - held_down(before, &free_before, earlier.likely);
            reported += held_down;
            report("Held down to the support cases that were avoided", held_down);
            report("What is counted, and how the ranges combine", change - reported);
        }
    }
    (Some(change), movers)
}

fn count_of(terms: &[Term], now: &Valuation<'_>) -> u64 {
    let count = |term: &Term| match term {
        Term::Attributed(element) => now.outcomes(*element).unwrap_or_default().credited_count,
        Term::Replaced(element) => now.outcomes(*element).unwrap_or_default().replaced_count,
        Term::Compared(index) => now.comparison(*index).map_or(0, |comparison| comparison.accounts()),
        Term::Answers => now.inputs.counts.member_solutions,
        Term::Searches => now.inputs.self_help.sessions.unwrap_or_default(),
    };
    terms.iter().map(count).sum()
}

fn key_of(term: Term) -> &'static str {
    match term {
        Term::Attributed(_) => "attributed",
        Term::Replaced(_) => "replaced",
        Term::Compared(_) => "compared",
        Term::Answers => "answers",
        Term::Searches => "searches",
    }
}

fn name_of(term: Term, valuation: &Valuation<'_>) -> String {
    match term {
        Term::Attributed(_) => "Credited to activities".to_owned(),
        Term::Replaced(_) => "Credited to activities in the time of a comparison".to_owned(),
        Term::Compared(index) => {
            let name = valuation.comparison(index).map(|comparison| comparison.name.as_str()).unwrap_or_default();
            format!("Found by the comparison `{name}`")
        }
        Term::Answers => "Questions that members answered".to_owned(),
        Term::Searches => "Searches and visits that solved it".to_owned(),
    }
}

fn explain(element: Element, terms: &[Term], model: &ScoringModel, now: &Valuation<'_>) -> Explanation {
    let formula = match terms.first() {
        Some(Term::Attributed(Element::Acquisition))
            if matches!(model.financial.acquisition, super::model::AcquisitionValue::CostSaved(_)) =>
        {
            "credited new customers x cost of winning one otherwise x incrementality"
        }
        Some(Term::Attributed(_)) => "credited amount x margin x incrementality",
        Some(Term::Compared(_)) => {
            "effect x those who had it x amount per outcome x margin x share of its time in the quarter"
        }
        _ => {
            "min(cases deflected, cases avoided) x cost per case; deflected = sessions x found x would have asked x \
              nothing further + members' accepted answers x would have asked x nothing further"
        }
    };
    let stretch = now.inputs.stretch;
    let mut method = format!(
        "P10, P50 and P90 of {DRAWS} draws, seed {}: assumptions and estimated shares from triangular distributions. {} of \
         the quarter's {} days are counted.",
        model.financial.seed, stretch.days, stretch.of
    );
    if element == Element::CostContainment {
        if now.inputs.self_help.nesting == Nesting::AskedOfOthers {
            method += " The three questions were also put to members who had not said yes to the one before; their answers \
                       are left out, so that the shares multiply to the joint share of all three.";
        }
        method += match now.cap {
            Cap::Avoided(_) => {
                " The support cases of both quarters are drawn as counts: Poisson, or negative binomial where their weeks \
                 vary more."
            }
            Cap::Untracked | Cap::Missing(_) => {
                " The deflected cases are not held against avoided ones: there is no quarter with both support cases and \
                 customers."
            }
        };
    } else {
        let days = model.financial.attribution.lookback_days;
        method += &format!(
            " Outcomes are drawn as a compound Poisson variable of their count, sum and sum of squares. An outcome is \
             credited when an activity was met within {days} days before it."
        );
    }
    let mut inputs = Vec::new();
    let mut add = |name: &str, value: f64| inputs.push(Input { name: name.to_owned(), value });
    if let Some(sums) = now.outcomes(element) {
        add("outcomes in the quarter", sums.count as f64);
        add("of these credited: an activity was met within the look-back window", sums.credited_count as f64);
        if sums.unlinked_count > 0 {
            add("of these linked to nobody: no activity could be credited with them", sums.unlinked_count as f64);
        }
        add("amount of all outcomes", sums.amount.to_f64().unwrap_or_default());
        add("amount credited", sums.credited.amount.to_f64().unwrap_or_default());
        if sums.replaced_count > 0 {
            add("outcomes credited, too, that a comparison counts instead", sums.replaced_count as f64);
            add("their amount", sums.replaced.amount.to_f64().unwrap_or_default());
        }
    }
    if element == Element::CostContainment {
        let help = &now.inputs.self_help;
        for (name, value) in [
            ("sessions", help.sessions.map(|sessions| sessions as f64)),
            ("found the answer", help.success.map(|rate| rate.share())),
            ("would have asked support, of those who found the answer", help.intent.map(|rate| rate.share())),
            ("needed nothing further, of those who would have asked", help.no_further_action.map(|rate| rate.share())),
            ("accepted answers by members", Some(now.inputs.counts.member_solutions as f64)),
            ("support cases", Some(now.inputs.counts.cases as f64)),
            ("customers", Some(now.inputs.counts.customers as f64)),
            ("cases avoided, against the baseline's cases a customer", now.likely_avoided()),
        ] {
            if let Some(value) = value {
                add(name, value);
            }
        }
    }
    if let (Element::CostContainment, Cap::Avoided(baseline)) = (element, &now.cap) {
        add(&format!("support cases in {}, which is compared with", baseline.period), baseline.cases as f64);
        add(&format!("customers in {}", baseline.period), baseline.customers as f64);
        add(&format!("days of {} that are tracked", baseline.period), f64::from(baseline.covered.days));
    }
    if element == Element::CostContainment {
        add("cost per case, most likely", model.financial.cost_per_case.mode.to_f64().unwrap_or_default());
    }
    for term in terms {
        let Term::Compared(index) = term else { continue };
        let Some(comparison) = now.comparison(*index) else { continue };
        if let Ok((effect, accounts)) = comparison.effect() {
            if effect.is_small {
                method += &format!(
                    " `{}` has fewer than {FEWEST} successes or failures in a group: its interval is that of Agresti and \
                     Caffo (of four groups, Price and Bonett), and it counts as attributed, not as an experiment.",
                    comparison.name
                );
            }
            add(&format!("`{}`: effect on the share of accounts", comparison.name), effect.estimate);
            add(&format!("`{}`: low end of its interval", comparison.name), effect.interval.low);
            add(&format!("`{}`: high end of its interval", comparison.name), effect.interval.high);
            add(&format!("`{}`: accounts that had it", comparison.name), accounts);
        }
        let amount = comparison.amount_per_outcome.to_f64().unwrap_or_default();
        add(&format!("`{}`: amount per outcome", comparison.name), amount);
        add(
            &format!("`{}`: share of its time in the days that are counted", comparison.name),
            now.share_of(comparison),
        );
    }
    for (name, assumption) in now.assumptions_of(terms) {
        if let Assumption::Range(range) = assumption {
            add(&format!("assumption, most likely: {name}"), range.mode());
        }
    }
    Explanation { formula: formula.into(), method, model_version: model.label(), inputs }
}

fn returns(model: &ScoringModel, now: &Valuation<'_>) -> Returns {
    let costs = &now.inputs.money.costs;
    let cost: Decimal = costs.values().copied().sum();
    let terms: Vec<Term> = Layer::Financial.elements().iter().flat_map(|element| now.terms(*element).0).collect();
    let ranges = now.ranges();
    let mut levels = Vec::new();
    for (index, grade) in Evidence::ALL.into_iter().enumerate() {
        if !terms.iter().any(|term| now.evidence(*term) == grade) {
            continue;
        }
        let included: Vec<Term> = terms.iter().copied().filter(|term| now.evidence(*term) <= grade).collect();
        let simulated = simulate_return(model.financial.seed, DRAWS, &ranges, |drawn| {
            Ok(Return { value: now.amount(&included, drawn)?, cost })
        });
        let Ok(simulated) = simulated else { continue };
        let present = |grade: &Evidence| included.iter().any(|term| now.evidence(*term) == *grade);
        levels.push(ReturnLevel {
            evidence: Evidence::ALL[..=index].iter().copied().filter(present).collect(),
            amount: AmountRange { low: simulated.value.p10, likely: simulated.value.p50, high: simulated.value.p90 },
            return_on_investment: simulated.return_on_investment.map(|shares| Effect {
                low: shares.p10,
                likely: shares.p50,
                high: shares.p90,
            }),
            chance_of_gain: simulated.chance_of_gain,
        });
    }
    let bars = tornado(&ranges, |drawn| now.amount(&terms, drawn)).unwrap_or_default();
    let names = now.names();
    let likely = |term: Term| if terms.contains(&term) { now.range(&[term]).map(|range| range.likely) } else { None };
    let (value_of_answers, value_of_self_service) = (likely(Term::Answers), likely(Term::Searches));
    let has_service = value_of_answers.is_some() || value_of_self_service.is_some();
    let service = CommunityReturn {
        value_of_answers: value_of_answers.unwrap_or_default(),
        value_of_searches: value_of_self_service.unwrap_or_default(),
        cost,
    };
    Returns {
        costs: CostKind::ALL
            .iter()
            .filter_map(|kind| Some(CostReading { kind: *kind, amount: *costs.get(kind)? }))
            .collect(),
        cost,
        levels,
        tornado: bars
            .into_iter()
            .filter(|bar| !bar.swing.is_zero())
            .map(|bar| TornadoBar {
                assumption: names.get(bar.assumption).copied().unwrap_or_default().to_owned(),
                at_low: bar.at_low,
                at_high: bar.at_high,
            })
            .collect(),
        community_return: has_service.then(|| service.return_on_investment()).flatten(),
        value_of_answers,
        value_of_self_service,
        elasticity: now.elasticity(),
        draws: DRAWS as u64,
        seed: model.financial.seed,
    }
}
