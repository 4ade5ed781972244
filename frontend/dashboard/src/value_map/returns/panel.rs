use std::rc::Rc;

use valuemap_shared::value_map::ValueMap;
use yew::prelude::*;

use super::costs::Costs;
use super::levels::Levels;
use super::service::Service;
use super::tornado::Tornado;
use super::{ANCHOR, is_known};
use crate::format;

#[derive(Properties, PartialEq)]
pub struct ReturnsPanelProps {
    pub map: Rc<ValueMap>,
}

/// All that is known of costs and returns.
#[component]
pub fn ReturnsPanel(props: &ReturnsPanelProps) -> Html {
    let (returns, currency) = (&props.map.returns, props.map.currency);
    if !is_known(returns) {
        return Html::default();
    }
    html! {
        <section class="returns" id={ANCHOR} aria-labelledby="returns-title">
            <header>
                <h2 id="returns-title">{ format!("Returns in {}", format::quarter(props.map.period)) }</h2>
                <p class="absence">
                    { format!(
                        "P10, P50 and P90 of {} simulated cases, seed {}: the same figures give the same result.",
                        format::count(returns.draws),
                        returns.seed,
                    ) }
                </p>
            </header>
            <div class="returns-parts">
                if !returns.levels.is_empty() {
                    <Levels levels={returns.levels.clone()} {currency} />
                }
                <Costs costs={returns.costs.clone()} cost={returns.cost} {currency} />
                <Service returns={returns.clone()} {currency} />
                if !returns.tornado.is_empty() {
                    <Tornado bars={returns.tornado.clone()} {currency} />
                }
            </div>
        </section>
    }
}
