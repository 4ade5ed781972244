use super::*;

fn source() -> Source {
    Source { host: "https://map.example.com".into(), site: "pk_1".into() }
}

fn settings(pairs: &[(Setting, &str)]) -> Settings {
    pairs.iter().fold(Settings::default(), |settings, (setting, text)| settings.with(*setting, text))
}

fn check(form: Form, pairs: &[(Setting, &str)], expected: &[(&str, &str)]) {
    let pin = Pin { name: "valuemap-0a1b.js".into(), integrity: "sha384-abc+/=".into() };
    let blocks = blocks(form, &source(), &settings(pairs), Some(&pin));
    let found: Vec<(&str, &str)> = blocks.iter().map(|block| (block.title, block.text.as_str())).collect();
    assert_eq!(found, expected);
}

const LINK: &str = r#"<a href="https://map.example.com/embed/form/pk_1">Answer our survey</a>"#;

#[test]
fn an_inline_survey_keeps_its_room() {
    let expected = format!(
        r#"<script type="module" src="https://map.example.com/embed/v1/valuemap.js"></script>
<style>
  valuemap-survey:not(:defined) {{ display: block; min-height: 400px; }}
</style>
<valuemap-survey site="pk_1">
  {LINK}
</valuemap-survey>"#
    );
    check(Form::Html, &[], &[("In the page", &expected)]);
}

#[test]
fn an_overlay_has_triggers_and_no_room() {
    let pairs = [
        (Setting::Mode, "popover"),
        (Setting::TriggerExit, "on"),
        (Setting::TriggerClick, "[data-x=\"a\"] > b & c"),
        (Setting::Sample, "7"),
        (Setting::Lang, "de"),
    ];
    let expected = r#"<script type="module" src="https://map.example.com/embed/v1/valuemap.js"></script>
<valuemap-survey
  site="pk_1"
  lang="de"
  mode="popover"
  trigger-exit
  trigger-click="[data-x=&quot;a&quot;] &gt; b &amp; c"
  sample="0.07"
>
  <a href="https://map.example.com/embed/form/pk_1?lang=de">An unserer Umfrage teilnehmen</a>
</valuemap-survey>"#;
    check(Form::Html, &pairs, &[("In the page", expected)]);
}

#[test]
fn nothing_typed_gets_out_of_its_quotes() {
    for text in ["\"><script>alert(1)</script>", "' onload='x", "&quot;", "</style><b>"] {
        let pairs = [(Setting::Mode, "modal"), (Setting::TriggerEvent, text), (Setting::Font, text)];
        for form in [Form::Html, Form::Pinned, Form::React, Form::Vue] {
            let all: String =
                blocks(form, &source(), &settings(&pairs), None).iter().map(|block| block.text.clone()).collect();
            assert!(all.contains(&format!("trigger-event=\"{}\"", escape(text))), "{all}");
            assert!(!all.contains("<script>") && !all.contains("<b>") && !all.contains("=\"&quot\""), "{all}");
        }
    }
}

#[test]
fn a_pinned_loader_is_checked_by_the_browser() {
    let blocks = blocks(
        Form::Pinned,
        &source(),
        &settings(&[(Setting::Mode, "modal")]),
        Some(&Pin { name: "valuemap-0a1b.js".into(), integrity: "sha384-abc+/=".into() }),
    );
    let expected = r#"<script type="module" src="https://map.example.com/embed/v1/valuemap-0a1b.js"
  integrity="sha384-abc+/=" crossorigin></script>"#;
    assert!(blocks[0].text.starts_with(expected), "{}", blocks[0].text);
}

#[test]
fn colours_are_custom_properties() {
    let pairs = [(Setting::Mode, "modal"), (Setting::Accent, "#0B6E4F"), (Setting::Radius, "4")];
    let style = "valuemap-survey {\n  --valuemap-accent: #0b6e4f;\n  --valuemap-radius: 4px;\n}";
    let found = blocks(Form::React, &source(), &settings(&pairs), None);
    assert_eq!(found[2], Block { title: "In your style sheet", text: style.into() });
}

#[test]
fn react_and_vue_hear_the_survey() {
    let pairs = [(Setting::Mode, "popover"), (Setting::TriggerExit, "on")];
    let titles = |form| blocks(form, &source(), &settings(&pairs), None).iter().map(|b| b.title).collect::<Vec<_>>();
    assert_eq!(titles(Form::React), ["index.html", "Survey.jsx"]);
    assert_eq!(titles(Form::Vue), ["index.html", "Survey.vue", "vite.config.js"]);
    let text = |form| blocks(form, &source(), &settings(&pairs), None)[1].text.clone();
    assert!(
        text(Form::React).contains(
            r#"
    <valuemap-survey ref={survey} site="pk_1" mode="popover" trigger-exit="">
"#
        ),
        "{}",
        text(Form::React)
    );
    assert!(text(Form::Vue).contains("  @valuemap:submitted=\"emit('submitted', $event.detail)\"\n"));
}

#[test]
fn the_policy_names_this_server() {
    let expected = "script-src 'self' https://map.example.com 'wasm-unsafe-eval';\n\
                    connect-src 'self' https://map.example.com;\nframe-src https://map.example.com";
    assert_eq!(policy(&source()), expected);
}
