//! What deals have in common, whichever CRM they come from.

use valuemap_shared::activities::OutcomeKind;
use valuemap_shared::money::Money;

use crate::import::columns::normalised;
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

/// Whether the stage of a deal means that it is won. HubSpot adds the pipeline in brackets where there are several.
pub fn is_won(stage: &str, settings: &FormatSettings) -> bool {
    let without_pipeline = stage.rsplit_once('(').map_or(stage, |(stage, _)| stage);
    let stages = [normalised(stage), normalised(without_pipeline)];
    let is_usual = stages.iter().any(|stage| stage == "closedwon");
    is_usual || settings.won_stages.iter().any(|won| stages.contains(&normalised(won)))
}

/// What kind of outcome a deal is: by its type, or where it has none by its pipeline, or as the whole file's default says.
pub fn kind_of(row: &mut Row<'_>, settings: &FormatSettings) -> Option<OutcomeKind> {
    let said = row.text("type");
    let by_type = said.map(normalised).and_then(|deal_type| kind_of_type(&deal_type));
    let by_pipeline = || row.text("pipeline").filter(|_| said.is_none()).and_then(kind_of_pipeline);
    let kind = by_type.or_else(by_pipeline).or(settings.kind);
    if kind.is_none() {
        let said = said.map_or("the deal has no type".to_owned(), |said| format!("`{said}` is no known type"));
        row.problem("type", format!("{said}; give --kind purchase, upgrade or renewal for such deals"));
    }
    kind
}

fn kind_of_type(deal_type: &str) -> Option<OutcomeKind> {
    let has = |parts: &[&str]| parts.iter().any(|part| deal_type.contains(part));
    if has(&["renew"]) && !has(&["nonrenew", "norenew", "notrenew"]) {
        return Some(OutcomeKind::Renewal);
    }
    if !has(&["downgrade"]) && has(&["existing", "upgrade", "upsell", "crosssell", "expansion", "addon"]) {
        return Some(OutcomeKind::Upgrade);
    }
    deal_type.starts_with("new").then_some(OutcomeKind::Purchase)
}

/// A pipeline of renewals and of nothing else makes renewals of its deals.
fn kind_of_pipeline(pipeline: &str) -> Option<OutcomeKind> {
    let words: Vec<String> = pipeline.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_list =
        pipeline.contains(['&', '/', '+', ',', ';', '|']) || has(&["and", "or", "und", "et", "y", "incl", "including"]);
    let is_of_others = words.iter().any(|word| {
        let begins = |start: &&str| word.starts_with(start);
        ["upsell", "upgrade", "expan", "cross", "addon", "sale", "business", "acqui"].iter().any(begins)
            || ["new", "no", "not", "non", "up", "sell", "add"].contains(&word.as_str())
    });
    (has(&["renewal", "renewals", "renew"]) && !is_list && !is_of_others).then_some(OutcomeKind::Renewal)
}

/// What costs nothing is worth nothing, and a sale all the same.
pub fn note_nothing(row: &mut Row<'_>, money: Option<Money>) {
    if money.is_some_and(|money| money.amount.is_zero()) {
        row.note("Sales of zero, which count and are worth nothing");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_is_of_renewals_or_of_more_than_that() {
        for pipeline in ["Renewals", "Renewals EMEA", "Renewal - Enterprise (DACH)", "EMEA renewals"] {
            assert_eq!(kind_of_pipeline(pipeline), Some(OutcomeKind::Renewal), "{pipeline}");
        }
        let others = [
            "Renewals & Upsell",
            "Renewals/Upsell",
            "Renewals+Expansion",
            "Renewals, new",
            "Upsell Renewals",
            "Sales (renewals)",
        ];
        for pipeline in others.into_iter().chain(["New business and renewals", "Renewals Cross-Sell", "Sales Pipeline"])
        {
            assert_eq!(kind_of_pipeline(pipeline), None, "{pipeline}");
        }
    }
}
