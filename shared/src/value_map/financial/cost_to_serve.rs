use rust_decimal::Decimal;

use super::Cases;
use super::amount::ratio;

/// What serving the customers of a period took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServicePeriod {
    pub customers: u64,
    /// Contacts with support: cases, calls, chats. Of a period that is covered in part, what they come to in all of it.
    pub contacts: f64,
    pub cost: Decimal,
}

/// The elasticity of the cost to serve, ln(C_t / C_0) / ln(N_t / N_0): by how many percent it grew for each percent of
/// customers, on average between the two periods (arc elasticity in logarithms).
///
/// `None` where it is not defined: a cost or a count of customers that is not above zero, or as many customers as
/// before.
pub fn cost_elasticity(before: &ServicePeriod, now: &ServicePeriod) -> Option<f64> {
    if before.customers == now.customers || before.customers == 0 || now.customers == 0 {
        return None;
    }
    let cost_ratio = ratio(now.cost, before.cost).filter(|ratio| *ratio > 0.0)?;
    let customer_ratio = now.customers as f64 / before.customers as f64;
    Some(cost_ratio.ln() / customer_ratio.ln())
}

/// Whether cost grew by less than the number of customers: an elasticity below 1. Of customers who became fewer an
/// elasticity says the opposite (cost fell by less than they did), so then there is no answer.
pub fn growth_is_curbed(before: &ServicePeriod, now: &ServicePeriod) -> Option<bool> {
    let elasticity = cost_elasticity(before, now)?;
    (now.customers > before.customers).then_some(elasticity < 1.0)
}

/// Contacts that did not happen, max(0, r_0 N_t - T_t): what the contacts per customer of the baseline period, r_0,
/// would have brought, less the contacts that there were. `None` without customers in the baseline period.
pub fn avoided_contacts(baseline: &ServicePeriod, now: &ServicePeriod) -> Option<f64> {
    if baseline.customers == 0 {
        return None;
    }
    let per_customer = baseline.contacts / baseline.customers as f64;
    Some((per_customer * now.customers as f64 - now.contacts).max(0.0))
}

/// The avoided contacts that the community is credited with: no more than it was measured to deflect, since a better
/// product avoids contacts too, and no more than were avoided.
pub fn credited_contacts(avoided: f64, measured: &Cases) -> Cases {
    let credited = |cases: f64| cases.min(avoided);
    Cases { low: credited(measured.low), likely: credited(measured.likely), high: credited(measured.high) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(customers: u64, contacts: u64, cost: i64) -> ServicePeriod {
        ServicePeriod { customers, contacts: contacts as f64, cost: Decimal::from(cost) }
    }

    #[test]
    fn cost_that_doubles_while_customers_quadruple_has_the_elasticity_one_half() {
        let (before, now) = (period(1_000, 0, 50_000), period(4_000, 0, 100_000));
        assert!((cost_elasticity(&before, &now).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(growth_is_curbed(&before, &now), Some(true));
        assert_eq!(growth_is_curbed(&before, &period(2_000, 0, 150_000)), Some(false));
        assert_eq!(growth_is_curbed(&now, &before), None);
    }

    #[test]
    fn an_elasticity_needs_growth_and_cost() {
        let defined = period(1_000, 0, 50_000);
        let undefined = [period(1_000, 0, 60_000), period(0, 0, 60_000), period(2_000, 0, 0), period(2_000, 0, -1)];
        for other in undefined {
            assert_eq!(cost_elasticity(&defined, &other), None, "{other:?}");
            assert_eq!(cost_elasticity(&other, &defined), None, "{other:?}");
        }
    }

    #[test]
    fn contacts_are_avoided_against_the_rate_of_the_baseline() {
        let baseline = period(1_000, 500, 0);
        assert_eq!(avoided_contacts(&baseline, &period(3_000, 1_100, 0)), Some(400.0));
        assert_eq!(avoided_contacts(&baseline, &period(3_000, 1_600, 0)), Some(0.0));
        assert_eq!(avoided_contacts(&period(0, 0, 0), &baseline), None);
    }

    #[test]
    fn the_community_is_credited_with_what_it_deflected_at_most() {
        let measured = Cases { low: 200.0, likely: 300.0, high: 500.0 };
        assert_eq!(credited_contacts(400.0, &measured), Cases { low: 200.0, likely: 300.0, high: 400.0 });
        assert_eq!(credited_contacts(0.0, &measured), Cases { low: 0.0, likely: 0.0, high: 0.0 });
    }

    proptest! {
        #[test]
        fn cost_that_is_a_power_of_customers_has_that_elasticity(
            customers in 1_000_u64..1_000_000, growth in 2_u64..9, elasticity in 0.2..2.0_f64,
        ) {
            let cost = |customers: u64| Decimal::try_from((customers as f64).powf(elasticity)).unwrap();
            let period = |customers| ServicePeriod { customers, contacts: 0.0, cost: cost(customers) };
            let found = cost_elasticity(&period(customers), &period(customers * growth)).unwrap();
            prop_assert!((found - elasticity).abs() < 1e-6, "{found}");
        }

        #[test]
        fn credit_never_exceeds_what_was_avoided_or_deflected(avoided in 0.0..1e6_f64, likely in 0.0..1e6_f64) {
            let credited = credited_contacts(avoided, &Cases { low: likely / 2.0, likely, high: likely * 2.0 });
            prop_assert!(credited.low <= credited.likely && credited.likely <= credited.high);
            prop_assert!(credited.high <= avoided && credited.likely <= likely);
        }
    }
}
