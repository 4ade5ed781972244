use rust_decimal::Decimal;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::Returns;
use yew::prelude::*;

use crate::parts::Fact;
use crate::words::{amount, format};

#[derive(Properties, PartialEq)]
pub struct ServiceProps {
    pub returns: Returns,
    pub currency: Currency,
}

/// What members' answers and self-service are worth against what the community costs, and whether service grows slower
/// than the customers do.
#[component]
pub fn Service(props: &ServiceProps) -> Html {
    let ServiceProps { returns, currency } = props;
    let worth = |amount: Option<Decimal>| {
        amount.map_or_else(|| "not known".to_owned(), |amount| amount::full(amount, *currency))
    };
    html! {
        <section class="returns-part">
            <h3>{ "Community return" }</h3>
            <p class="fact-number">
                { returns.community_return.map_or_else(|| "–".to_owned(), |share| {
                    format!("{}%", format::signed(100.0 * share, 0))
                }) }
            </p>
            <p class="absence">{ "Answers and self-service less the cost, as a share of the cost." }</p>
            <dl class="facts">
                <Fact term="Members’ answers">{ worth(returns.value_of_answers) }</Fact>
                <Fact term="Searches and visits">{ worth(returns.value_of_self_service) }</Fact>
                <Fact term="Growth">{ growth(returns.elasticity) }</Fact>
            </dl>
        </section>
    }
}

/// The elasticity in words.
fn growth(elasticity: Option<f64>) -> String {
    let Some(elasticity) = elasticity else {
        return "It takes a baseline quarter with customers and support contacts to tell how contacts grow.".to_owned();
    };
    let percent = format::quantity((elasticity.abs() * 100.0).round() / 100.0);
    match elasticity {
        falling if falling < 0.0 => format!("Support contacts fall by {percent}% for each 1% more customers."),
        _ => {
            let verdict = if elasticity < 1.0 { "slower than customers" } else { "as fast as customers or faster" };
            format!("Support contacts grow by {percent}% for each 1% more customers: {verdict}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::growth;

    #[test]
    fn elasticity_is_put_into_words() {
        assert_eq!(
            growth(Some(0.6)),
            "Support contacts grow by 0.60% for each 1% more customers: slower than customers."
        );
        assert!(growth(Some(1.0)).ends_with("as fast as customers or faster."));
        assert_eq!(growth(Some(-0.25)), "Support contacts fall by 0.25% for each 1% more customers.");
        assert!(growth(None).starts_with("It takes a baseline"));
    }
}
