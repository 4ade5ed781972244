use valuemap_shared::value_map::financial::Evidence;

pub fn evidence_title(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "Measured",
        Evidence::Experiment => "Experiment",
        Evidence::Attributed => "Attributed",
        Evidence::Assumed => "Assumed",
    }
}

pub fn evidence_meaning(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "counted where it happened, such as invoices and solved questions",
        Evidence::Experiment => "the difference to a comparison group",
        Evidence::Attributed => "credited to activities that were met before, by an attribution model",
        Evidence::Assumed => "somebody’s estimate",
    }
}
