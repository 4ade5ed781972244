use crate::value_map::DistinctPace;
use crate::value_map::measured::Measured;

/// Accounts that were customers at the end of some days, and those of them of which somebody did anything in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CustomerCounts {
    pub customers: u64,
    /// Of these, the ones that a member is linked to, or that took part themselves.
    pub with_members: u64,
    pub active: u64,
    /// Of a quarter that is running, how far as many days of the quarter before got.
    pub pace: Option<DistinctPace>,
}

impl CustomerCounts {
    /// Customers of which nobody is known count as not active: they are in the share, and said beside it.
    pub(in crate::value_map) fn active_share(
        &self,
        minimum: u64,
        so_far: impl Fn(u64, Option<DistinctPace>) -> Result<Measured, String>,
    ) -> Result<Measured, String> {
        if self.customers == 0 {
            return Err("no account was a customer".into());
        }
        if self.with_members == 0 {
            return Err("no member is linked to a customer: import members with the account that they work at".into());
        }
        let exact = Measured::share(self.active, self.customers, minimum, "customers")?;
        if self.pace.is_none() {
            return Ok(exact);
        }
        // A share cannot pass 1, however many come in the days that are left.
        let share = |active: f64| (active / self.customers as f64).min(1.0);
        let Measured { value, interval, answers } = so_far(self.active, self.pace)?;
        Ok(Measured { value: share(value), interval: interval.map(|(low, high)| (share(low), share(high))), answers })
    }

    pub(super) fn counts(&self) -> Vec<(&'static str, u64)> {
        let mut counts = vec![
            ("customers", self.customers),
            ("of these, active", self.active),
            ("of these, with a known member", self.with_members),
        ];
        if let Some(DistinctPace { first_days, whole }) = self.pace {
            let before =
                [("active in as many days of the quarter before", first_days), ("in all of that quarter", whole)];
            counts.extend(before);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pace: Option<DistinctPace>) -> CustomerCounts {
        CustomerCounts { customers: 40, with_members: 20, active: 10, pace }
    }

    #[test]
    fn a_running_quarter_is_held_against_the_days_of_the_one_before() {
        let twice = |so_far: u64, _| Ok(Measured { value: 2.0 * so_far as f64, interval: None, answers: 0 });
        assert_eq!(counts(None).active_share(5, twice).unwrap().value, 0.25);
        let pace = Some(DistinctPace { first_days: 1, whole: 2 });
        assert_eq!(counts(pace).active_share(5, twice).unwrap().value, 0.5);
        let many = CustomerCounts { active: 39, ..counts(pace) };
        assert_eq!(many.active_share(5, twice).unwrap().value, 1.0);
    }

    #[test]
    fn without_links_nothing_is_known_of_customers() {
        let none = |counts: CustomerCounts| counts.active_share(5, |_, _| Err("".into())).unwrap_err();
        assert_eq!(none(CustomerCounts::default()), "no account was a customer");
        let unlinked = CustomerCounts { with_members: 0, active: 0, ..counts(None) };
        assert!(none(unlinked).contains("import members with the account"));
        assert!(none(CustomerCounts { customers: 4, ..counts(None) }).contains("too few customers"));
    }
}
