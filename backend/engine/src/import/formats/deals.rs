//! What deals have in common, whichever CRM they come from.

use valuemap_shared::activities::OutcomeKind;

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

/// What kind of outcome a deal is: by its pipeline, by its type, or as the whole file's default says.
pub fn kind_of(row: &mut Row<'_>, settings: &FormatSettings) -> Option<OutcomeKind> {
    let deal_type = row.text("type").map(normalised).unwrap_or_default();
    let is_renewal = |text: &str| text.contains("renew");
    let has = |parts: &[&str]| parts.iter().any(|part| deal_type.contains(part));
    if is_renewal(&deal_type) || row.text("pipeline").map(normalised).is_some_and(|pipeline| is_renewal(&pipeline)) {
        return Some(OutcomeKind::Renewal);
    }
    if !has(&["downgrade"]) && has(&["existing", "upgrade", "upsell", "crosssell", "expansion", "addon"]) {
        return Some(OutcomeKind::Upgrade);
    }
    if deal_type.starts_with("new") {
        return Some(OutcomeKind::Purchase);
    }
    if settings.kind.is_none() {
        let said =
            row.text("type").map_or("the deal has no type".to_owned(), |said| format!("`{said}` is no known type"));
        row.problem("type", format!("{said}; give --kind purchase, upgrade or renewal for such deals"));
    }
    settings.kind
}
