//! What a partner pastes: pure functions from settings to text, and the panel that shows it.

mod manifest;
mod panel;
#[cfg(test)]
mod tests;

pub use panel::SnippetPanel;

use super::settings::{Setting, Settings, Target};

/// A file of the loader by its content, which browsers check.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    pub name: String,
    pub integrity: String,
}

/// Where the survey is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The origin of this server, such as `https://valuemap.example.com`.
    pub host: String,
    pub site: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Form {
    #[default]
    Html,
    Pinned,
    React,
    Vue,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Html, Self::Pinned, Self::React, Self::Vue];

    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pinned => "sri",
            Self::React => "react",
            Self::Vue => "vue",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// Something to copy into one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Where it goes.
    pub title: &'static str,
    pub text: String,
}

/// As high as most questions, so that the page does not move when the survey comes.
const RESERVE: &str = "valuemap-survey:not(:defined) { display: block; min-height: 400px; }";

/// Longer tags have an attribute a line.
const LINE: usize = 100;

/// The blocks of a form. `pin` is needed by [`Form::Pinned`] alone.
pub fn blocks(form: Form, source: &Source, settings: &Settings, pin: Option<&Pin>) -> Vec<Block> {
    match form {
        Form::Html | Form::Pinned => {
            let parts = [script(source, pin.filter(|_| form == Form::Pinned)), style_element(settings)];
            let element = element(source, settings, &Syntax::HTML, 0);
            let text =
                parts.into_iter().chain([element]).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
            vec![Block { title: "In the page", text }]
        }
        Form::React => component(source, settings, react(source, settings)),
        Form::Vue => {
            let mut blocks = component(source, settings, vue(source, settings));
            blocks.push(Block { title: "vite.config.js", text: VITE.to_owned() });
            blocks
        }
    }
}

/// What a page with a content security policy has to let in.
pub fn policy(source: &Source) -> String {
    let host = &source.host;
    format!(
        "script-src 'self' {host} 'wasm-unsafe-eval';\n\
         connect-src 'self' {host};\n\
         frame-src {host}"
    )
}

/// The attributes of the element without its key, as names and values; a flag has none.
pub fn attributes(settings: &Settings) -> Vec<(&'static str, Option<String>)> {
    let attribute = |(setting, value): (Setting, &str)| match setting.target() {
        Target::Attribute => Some((setting.name(), Some(value.to_owned()))),
        Target::Flag => Some((setting.name(), None)),
        Target::Percentage => Some((setting.name(), Some(share(value)))),
        Target::Property(_) => None,
    };
    settings.in_effect().filter_map(attribute).collect()
}

/// The custom properties, as names and values.
pub fn properties(settings: &Settings) -> Vec<(String, String)> {
    let property = |(setting, value): (Setting, &str)| match setting.target() {
        Target::Property(unit) => Some((format!("--valuemap-{}", setting.name()), format!("{value}{unit}"))),
        _ => None,
    };
    settings.in_effect().filter_map(property).collect()
}

/// A text within double quotes of HTML, of JSX or of a Vue template: all three read character references there.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn share(percent: &str) -> String {
    percent.parse::<f64>().map_or_else(|_| percent.to_owned(), |percent| (percent / 100.0).to_string())
}

fn script(source: &Source, pin: Option<&Pin>) -> String {
    let host = escape(&source.host);
    match pin {
        Some(Pin { name, integrity }) => format!(
            "<script type=\"module\" src=\"{host}/embed/v1/{}\"\n  integrity=\"{}\" crossorigin></script>",
            escape(name),
            escape(integrity),
        ),
        None => format!("<script type=\"module\" src=\"{host}/embed/v1/valuemap.js\"></script>"),
    }
}

fn style_element(settings: &Settings) -> String {
    match style(settings) {
        style if style.is_empty() => style,
        style => format!("<style>\n{}\n</style>", indented(&style, 1)),
    }
}

fn style(settings: &Settings) -> String {
    let reserve = (!settings.is_overlay()).then(|| RESERVE.to_owned());
    let declarations: Vec<String> =
        properties(settings).into_iter().map(|(name, value)| format!("  {name}: {value};")).collect();
    let own = (!declarations.is_empty()).then(|| format!("valuemap-survey {{\n{}\n}}", declarations.join("\n")));
    reserve.into_iter().chain(own).collect::<Vec<_>>().join("\n")
}

/// How a framework's templates differ from HTML.
struct Syntax {
    flag: &'static str,
    /// Attributes of its own, which come first.
    more: &'static [&'static str],
}

impl Syntax {
    const HTML: Self = Self { flag: "", more: &[] };
    /// React 18 would leave out an attribute without a value.
    const REACT: Self = Self { flag: "=\"\"", more: &["ref={survey}"] };
    const VUE: Self = Self { flag: "", more: &["@valuemap:submitted=\"emit('submitted', $event.detail)\""] };
}

fn element(source: &Source, settings: &Settings, syntax: &Syntax, depth: usize) -> String {
    let site = format!("site=\"{}\"", escape(&source.site));
    let others = attributes(settings).into_iter().map(|(name, value)| match value {
        Some(value) => format!("{name}=\"{}\"", escape(&value)),
        None => format!("{name}{}", syntax.flag),
    });
    let all: Vec<String> = syntax.more.iter().map(|more| (*more).to_owned()).chain([site]).chain(others).collect();
    let one_line = format!("<valuemap-survey {}>", all.join(" "));
    let start = if one_line.len() <= LINE { one_line } else { format!("<valuemap-survey\n  {}\n>", all.join("\n  ")) };
    indented(&format!("{start}\n  {}\n</valuemap-survey>", fallback(source, settings)), depth)
}

/// What members have without the script: the form as a page of this server.
fn fallback(source: &Source, settings: &Settings) -> String {
    let lang = settings.get(Setting::Lang);
    let query = lang.map(|lang| format!("?lang={lang}")).unwrap_or_default();
    let words = match lang {
        Some("de") => "An unserer Umfrage teilnehmen",
        Some("fr") => "Répondre à notre enquête",
        Some("es") => "Responder a nuestra encuesta",
        Some("ja") => "アンケートに回答する",
        Some("ar") => "أجب عن استبياننا",
        _ => "Answer our survey",
    };
    format!("<a href=\"{}/embed/form/{}{query}\">{words}</a>", escape(&source.host), escape(&source.site))
}

fn component(source: &Source, settings: &Settings, component: Block) -> Vec<Block> {
    let page = Block { title: "index.html", text: script(source, None) };
    let style = Block { title: "In your style sheet", text: style(settings) };
    [page, component, style].into_iter().filter(|block| !block.text.is_empty()).collect()
}

fn react(source: &Source, settings: &Settings) -> Block {
    let element = element(source, settings, &Syntax::REACT, 2);
    let text = format!(
        r#"import {{ useEffect, useRef }} from "react";

export function Survey({{ onSubmitted }}) {{
  const survey = useRef(null);
  useEffect(() => {{
    const element = survey.current;
    const submitted = (event) => onSubmitted?.(event.detail);
    element.addEventListener("valuemap:submitted", submitted);
    return () => element.removeEventListener("valuemap:submitted", submitted);
  }}, [onSubmitted]);
  return (
{element}
  );
}}"#
    );
    Block { title: "Survey.jsx", text }
}

fn vue(source: &Source, settings: &Settings) -> Block {
    let element = element(source, settings, &Syntax::VUE, 1);
    let text = format!(
        "<script setup>\nconst emit = defineEmits([\"submitted\"]);\n</script>\n\n<template>\n{element}\n</template>"
    );
    Block { title: "Survey.vue", text }
}

const VITE: &str = r#"import vue from "@vitejs/plugin-vue";

export default {
  plugins: [
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "valuemap-survey" } } }),
  ],
};"#;

fn indented(text: &str, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    text.lines().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}
