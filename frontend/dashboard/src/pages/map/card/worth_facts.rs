use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::Worth;
use yew::prelude::*;

use super::movers::{MoverList, moved_amounts};
use crate::parts::Fact;
use crate::words::{amount, evidence_meaning, evidence_title, format};

#[derive(Properties, PartialEq)]
pub struct WorthFactsProps {
    pub worth: Worth,
    /// The quarter that the change is counted from.
    pub before: Quarter,
    pub currency: Currency,
}

/// An amount and all that has to be known to judge it.
#[component]
pub fn WorthFacts(props: &WorthFactsProps) -> Html {
    let WorthFactsProps { worth, before, currency } = props;
    let full = |amount| amount::full(amount, *currency);
    html! {
        <>
            <Fact term="Likely">{ full(worth.amount.likely) }</Fact>
            <Fact term="Range">
                { format!("{} to {}: in 8 of 10 simulated cases (P10–P90)", full(worth.amount.low), full(worth.amount.high)) }
            </Fact>
            <Fact term="Evidence">{ format!("{}: {}", evidence_title(worth.evidence), evidence_meaning(worth.evidence)) }</Fact>
            if let Some(progress) = progress(worth, *currency) {
                <Fact term="Target">{ progress }</Fact>
            }
            <Fact term="Rests on">{ rests_on(worth) }</Fact>
            if let Some(change) = worth.change {
                <Fact term={format!("Since {}", format::quarter(*before))}>
                    { amount::signed(change, *currency) }
                    <MoverList moved={moved_amounts(&worth.movers, change, *currency, worth.movers.len().max(1))} />
                </Fact>
            }
        </>
    }
}

/// `41% of the target €30,000`.
pub fn progress(worth: &Worth, currency: Currency) -> Option<String> {
    let (value, target) = (worth.value?, worth.target?);
    Some(format!("{} of the target {}", format::percent(value / 100.0), amount::full(target, currency)))
}

/// What was counted, by the parts that count.
pub fn rests_on(worth: &Worth) -> String {
    let has = |key: &str| worth.parts.iter().any(|part| part.counted && part.key == key);
    let noun = match () {
        () if has("attributed") => "credited outcome",
        () if has("compared") => "compared account",
        () if has("answers") && has("searches") => {
            return format!("{} answers and sessions", format::count(worth.count));
        }
        () if has("answers") => "accepted answer",
        () if has("searches") => "session",
        () => "outcome",
    };
    format::counted(worth.count, noun)
}
