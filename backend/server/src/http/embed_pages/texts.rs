//! What the pages say, from the same files that the widget loads.

use actix_web::HttpRequest;
use actix_web::http::header;
use anyhow::Context;
use serde::Deserialize;
use valuemap_shared::survey::Benefit;

/// The files by their language. The first one is for those whose language is not among them.
const FILES: [(&str, &str); 6] = [
    ("en", include_str!("../../../../../frontend/widget/locales/en.json")),
    ("de", include_str!("../../../../../frontend/widget/locales/de.json")),
    ("fr", include_str!("../../../../../frontend/widget/locales/fr.json")),
    ("es", include_str!("../../../../../frontend/widget/locales/es.json")),
    ("ja", include_str!("../../../../../frontend/widget/locales/ja.json")),
    ("ar", include_str!("../../../../../frontend/widget/locales/ar.json")),
];

/// The texts of all languages.
#[derive(Debug)]
pub struct Locales(Vec<Texts>);

/// The texts of one language, as far as the pages use them.
#[derive(Debug, Deserialize)]
pub struct Texts {
    #[serde(skip)]
    pub language: &'static str,
    pub direction: String,

    pub send: String,
    pub retry: String,
    pub agree_low: String,
    pub agree_high: String,
    pub recommend_low: String,
    pub recommend_high: String,
    pub choose_any: String,
    pub choose_one_or_more: String,
    pub needs_answer: String,
    pub form_survey: String,
    pub form_no_answer: String,
    pub form_only_if_at_least: String,
    pub form_only_if_at_most: String,
    pub form_only_if_any_of: String,

    pub required: String,
    pub nothing_answered: String,
    pub form_problems: String,
    pub form_too_long: String,
    pub form_invalid: String,

    pub thanks: String,
    pub arrived: String,
    pub results: String,
    pub benefit: String,
    pub score: String,
    pub answers: String,
    pub too_few: String,
    pub follow_ups: String,
    pub heard: String,
    pub done: String,
    product_knowledge: String,
    unconventional_uses: String,
    peer_best_practices: String,
    recognised_expertise: String,
    roadmap_influence: String,

    pub unavailable: String,
    pub refused: String,
    pub arrived_before: String,
    pub closed: String,
    pub form_too_large: String,
    pub form_busy: String,
    pub form_not_found: String,
    pub form_members_only: String,
}

impl Locales {
    pub fn parse() -> anyhow::Result<Self> {
        let parse = |(language, file)| {
            let texts: Texts = serde_json::from_str(file).with_context(|| format!("the texts of `{language}`"))?;
            Ok(Texts { language, ..texts })
        };
        Ok(Self(FILES.into_iter().map(parse).collect::<anyhow::Result<_>>()?))
    }

    /// The texts for who asks: in the language of the address (`lang=de`), else in the browser's.
    pub fn wanted_by(&self, request: &HttpRequest) -> &Texts {
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        self.wanted(asked_language(request).as_deref(), accepted.unwrap_or_default())
    }

    fn wanted(&self, asked: Option<&str>, accepted: &str) -> &Texts {
        let mut accepted: Vec<(&str, f32)> = accepted.split(',').map(weighted).collect();
        accepted.retain(|(_, weight)| *weight > 0.0);
        // A stable sort: of two that are as welcome, the first one comes first.
        accepted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let mut tags = asked.into_iter().chain(accepted.into_iter().map(|(tag, _)| tag));
        tags.find_map(|tag| self.of(tag)).unwrap_or(&self.0[0])
    }

    /// `de` is good enough for whoever wants `de-AT`.
    fn of(&self, tag: &str) -> Option<&Texts> {
        let language = tag.split(['-', '_']).next()?.trim();
        self.0.iter().find(|texts| texts.language.eq_ignore_ascii_case(language))
    }
}

/// What the address asks for in `lang`, if it is a language tag.
pub fn asked_language(request: &HttpRequest) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let (_, tag) = pairs.find(|(name, _)| name == "lang")?;
    let is_tag = (2..=35).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_tag.then(|| tag.into_owned())
}

/// A part of `Accept-Language`: `de;q=0.8`.
fn weighted(part: &str) -> (&str, f32) {
    let (tag, weight) = part.split_once(";").unwrap_or((part, ""));
    let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse().ok());
    (tag.trim(), weight.unwrap_or_default())
}

impl Texts {
    pub fn benefit_name(&self, benefit: Benefit) -> &str {
        match benefit {
            Benefit::ProductKnowledge => &self.product_knowledge,
            Benefit::UnconventionalUses => &self.unconventional_uses,
            Benefit::PeerBestPractices => &self.peer_best_practices,
            Benefit::RecognisedExpertise => &self.recognised_expertise,
            Benefit::RoadmapInfluence => &self.roadmap_influence,
        }
    }
}

/// A text with a value instead of a placeholder.
pub fn fill(text: &str, placeholder: &str, value: impl std::fmt::Display) -> String {
    text.replace(placeholder, &value.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default()).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn all_languages_have_the_same_texts_with_the_same_places_to_fill() {
        Locales::parse().unwrap();
        let read = |file| serde_json::from_str::<BTreeMap<String, String>>(file).unwrap();
        let english = read(FILES[0].1);
        for (language, file) in FILES {
            let texts = read(file);
            let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&texts), keys(&english), "{language}");
            for (key, text) in &texts {
                assert_eq!(placeholders(text), placeholders(&english[key]), "{language}: {key}");
                assert!(!text.trim().is_empty(), "{language}: {key}");
            }
            assert!(["ltr", "rtl"].contains(&texts["direction"].as_str()));
        }
    }

    #[test]
    fn the_address_decides_before_the_browser_and_english_is_left() {
        let locales = Locales::parse().unwrap();
        let check = |asked: Option<&str>, accepted: &str, expected: &str| {
            assert_eq!(locales.wanted(asked, accepted).language, expected, "{asked:?} {accepted}");
        };
        check(Some("de-AT"), "fr", "de");
        check(Some("xx"), "fr", "fr");
        check(None, "tlh, es;q=0.5, ja;q=0.9", "ja");
        check(None, "ar;q=0, en-GB", "en");
        check(None, "", "en");
        check(None, "*, ;q=x", "en");
    }
}
