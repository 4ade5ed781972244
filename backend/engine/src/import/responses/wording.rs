//! What the wording of a question tells, in the languages of the standard survey. It is a guess, and shown as one.

use valuemap_shared::survey::Benefit;

use crate::import::columns::normalised;

/// The benefit that a question seems to be about, and the words that say so; nothing where they speak of several.
pub fn benefit_of(text: &str) -> Option<(Benefit, &'static str)> {
    let text = plain(text);
    let mut found = BENEFITS
        .iter()
        .filter_map(|(benefit, words)| words.iter().find(|word| text.contains(**word)).map(|word| (*benefit, *word)));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether a question asks for a recommendation.
pub fn asks_to_recommend(text: &str) -> bool {
    let words = [
        "recommend",
        "weiterempfehl",
        "recommand",
        "recomend",
        "recomiend",
        "\u{85a6}\u{3081}",
        "\u{52e7}\u{3081}",
        "\u{304a}\u{3059}\u{3059}\u{3081}",
        "\u{63a8}\u{5968}",
    ];
    let text = plain(text);
    words.iter().any(|word| text.contains(word)) || normalised(&text) == "nps"
}

/// Whether a question asks for a number of things, which is no point of a scale.
pub fn asks_how_many(text: &str) -> bool {
    let words = [
        "how many",
        "how often",
        "how long",
        "years",
        "age",
        "wie viele",
        "wie oft",
        "jahre",
        "combien",
        "cu\u{e1}nt",
        "\u{4f55}\u{5e74}",
        "\u{4f55}\u{56de}",
        "number of",
    ];
    let text = plain(text);
    let is_word = |word: &str| text.split(|c: char| !c.is_alphanumeric()).any(|other| other == word);
    words.iter().any(|word| if word.len() <= 5 && word.is_ascii() { is_word(word) } else { text.contains(word) })
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace('\u{2019}', "'")
}

const BENEFITS: [(Benefit, &[&str]); 5] = [
    (
        Benefit::ProductKnowledge,
        &[
            "how the product works",
            "how it works",
            "understand the product",
            "understand how the product",
            "knowledge of the product",
            "product knowledge",
            "learn about the product",
            "know the product",
            "produkt besser zu verstehen",
            "produkt besser versteh",
            "produkt funktioniert",
            "produktwissen",
            "comprendre le produit",
            "comprends mieux le produit",
            "fonctionne le produit",
            "connaissance du produit",
            "comprender mejor el producto",
            "entender mejor el producto",
            "funciona el producto",
            "conocimiento del producto",
            "\u{88fd}\u{54c1}\u{306e}\u{77e5}\u{8b58}",
            "\u{88fd}\u{54c1}\u{77e5}\u{8b58}",
            "\u{88fd}\u{54c1}\u{3092}\u{3088}\u{308a}\u{6df1}\u{304f}\u{7406}\u{89e3}",
            "\u{88fd}\u{54c1}\u{3092}\u{7406}\u{89e3}",
        ],
    ),
    (
        Benefit::UnconventionalUses,
        &[
            "uses nobody",
            "uses that nobody",
            "other uses",
            "new uses",
            "unconventional",
            "unusual uses",
            "not have thought of",
            "n't have thought of",
            "new ways to use",
            "nicht gekommen w\u{e4}re",
            "ungew\u{f6}hnliche",
            "neue einsatz",
            "neue anwendung",
            "pas pens\u{e9}",
            "nouveaux usages",
            "fa\u{e7}ons d'utiliser",
            "no se me habr\u{ed}an ocurrido",
            "nuevos usos",
            "formas de usar",
            "\u{601d}\u{3044}\u{3064}\u{304b}\u{306a}\u{304b}\u{3063}\u{305f}",
            "\u{65b0}\u{3057}\u{3044}\u{4f7f}\u{3044}\u{65b9}",
        ],
    ),
    (
        Benefit::PeerBestPractices,
        &[
            "best practice",
            "how others work",
            "how other members",
            "what others do",
            "what other people do",
            "what other members do",
            "learn from other",
            "from my peers",
            "from peers",
            "wie andere",
            "von anderen",
            "autres membres",
            "autres travaillent",
            "bonnes pratiques",
            "otros miembros",
            "trabajan otros",
            "buenas pr\u{e1}cticas",
            "\u{4ef2}\u{9593}",
            "\u{307b}\u{304b}\u{306e}\u{30e1}\u{30f3}\u{30d0}\u{30fc}",
            "\u{4ed6}\u{306e}\u{30e1}\u{30f3}\u{30d0}\u{30fc}",
        ],
    ),
    (
        Benefit::RecognisedExpertise,
        &[
            "recognised",
            "recognized",
            "recognition",
            "my expertise",
            "anerkannt",
            "anerkennung",
            "reconnu",
            "reconnaissance",
            "reconoc",
            "\u{8a8d}\u{3081}\u{3089}\u{308c}",
            "\u{8a55}\u{4fa1}\u{3055}\u{308c}",
        ],
    ),
    (
        Benefit::RoadmapInfluence,
        &[
            "roadmap",
            "have a say",
            "what is built",
            "what gets built",
            "where the product goes",
            "shape the product",
            "influence",
            "beeinfluss",
            "einfluss auf",
            "mitbestimm",
            "\u{e9}volution du produit",
            "feuille de route",
            "influye",
            "rumbo del producto",
            "hoja de ruta",
            "\u{65b9}\u{5411}\u{6027}",
            "\u{30ed}\u{30fc}\u{30c9}\u{30de}\u{30c3}\u{30d7}",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use valuemap_shared::survey::{QuestionKind, standard_survey};

    use super::*;

    #[test]
    fn the_standard_survey_is_told_in_its_languages() {
        let survey = standard_survey();
        let translated = |language: &str, index: usize| {
            let translation = survey.draft().translations.iter().find(|one| one.language == language).unwrap();
            translation.questions[index].prompt.clone()
        };
        for (index, question) in survey.questions().iter().enumerate() {
            let in_others = ["de", "fr", "es", "ja"].map(|language| translated(language, index));
            for text in in_others.iter().chain([&question.prompt]) {
                match question.kind {
                    QuestionKind::Agreement { benefit, .. } => {
                        assert_eq!(benefit_of(text).map(|(benefit, _)| benefit), benefit, "{text}");
                    }
                    QuestionKind::Recommendation => assert!(asks_to_recommend(text), "{text}"),
                    _ => assert!(benefit_of(text).is_none() && !asks_to_recommend(text), "{text}"),
                }
            }
        }
    }

    #[test]
    fn what_speaks_of_several_benefits_or_of_numbers_is_none() {
        assert_eq!(benefit_of("I learn from other members and have a say in what is built"), None);
        assert_eq!(benefit_of("The lunch was good"), None);
        assert!(asks_how_many("How many products do you use?") && asks_how_many("Your age"));
        assert!(!asks_how_many("The community is engaging"));
    }
}
