use yew::prelude::*;

use super::costs::Costs;
use super::levels::Levels;
use super::service::Service;
use super::tornado::Tornado;
use super::{ANCHOR, is_known};
use crate::pages::map::shown::Shown;
use crate::words::format;

#[derive(Properties, PartialEq)]
pub struct ReturnsPanelProps {
    pub shown: Shown,
}

/// Costs and returns in full.
#[component]
pub fn ReturnsPanel(props: &ReturnsPanelProps) -> Html {
    let map = &props.shown.map;
    let (returns, currency) = (&map.returns, map.currency);
    if !is_known(returns) {
        return Html::default();
    }
    html! {
        <section class="returns" id={ANCHOR} aria-labelledby="returns-title">
            <header>
                <h2 id="returns-title">{ format!("Returns in {}", format::quarter(map.period)) }</h2>
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
                <Costs shown={props.shown.clone()} />
                <Service returns={returns.clone()} {currency} />
                if !returns.tornado.is_empty() {
                    <Tornado bars={returns.tornado.clone()} {currency} />
                }
            </div>
        </section>
    }
}
