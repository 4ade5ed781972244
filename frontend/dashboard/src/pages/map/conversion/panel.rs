use valuemap_shared::calendar::Quarter;
use valuemap_shared::conversion::{Conversion, ConversionStep};
use valuemap_ui::Skeleton;
use yew::prelude::*;

use super::query::{ConversionKey, fetch_conversion};
use super::steps::Steps;
use crate::parts::FailureNotice;
use crate::server::use_remote;
use crate::words::format;

#[derive(Properties, PartialEq)]
pub struct ConversionPanelProps {
    pub community: AttrValue,
    pub period: Quarter,
    pub round: u32,
    pub onrefresh: Callback<()>,
}

/// What became of the leads and opportunities of a quarter.
#[component]
pub fn ConversionPanel(props: &ConversionPanelProps) -> Html {
    let key = ConversionKey { community: props.community.to_string(), period: props.period };
    let found = use_remote(key, props.round, fetch_conversion);
    html! {
        <section class="returns conversion" aria-labelledby="conversion-title">
            <h2 id="conversion-title">{ format!("Leads and sales of {}", format::quarter(props.period)) }</h2>
            if let Some(conversion) = &found.value {
                <div class="returns-part">
                    <p class="conversion-summary">{ sentence(conversion) }</p>
                    if conversion.steps.iter().any(|step| step.all.reading.figure().is_some()) {
                        <Steps steps={conversion.steps.clone()} />
                        <p class="absence">{ notes(conversion) }</p>
                    }
                </div>
            } else if let Some(failure) = &found.failure {
                <FailureNotice failure={failure.clone()} onretry={props.onrefresh.clone()} />
            } else {
                <Skeleton label="Loading leads and sales" bands={1} />
            }
        </section>
    }
}

/// The longest way that there is a rate of, or else why there is none.
fn sentence(conversion: &Conversion) -> &str {
    let mut steps = conversion.steps.iter().rev();
    let known = |step: &&ConversionStep| step.all.reading.figure().is_some();
    steps.clone().find(known).or_else(|| steps.next()).map_or("", |step| &step.summary)
}

/// How to read the table.
fn notes(conversion: &Conversion) -> String {
    let mut text = format!(
        "Followed until {}. Touched: met by the community in the {} before. Each rate has its 95% interval.",
        conversion.followed_until,
        format::counted(u64::from(conversion.lookback_days), "day"),
    );
    if conversion.of_nobody > 0 {
        text +=
            &format!(" Not followed, because it is not known whose they are: {}.", format::count(conversion.of_nobody));
    }
    text
}
