//! The page on which somebody inside makes the snippet for a partner: settings, a preview, the text to paste.

mod address;
mod audience;
mod contrast;
mod copy;
mod field;
mod loading;
mod looks;
mod manifest;
mod new_site;
mod opening;
mod page;
mod presence;
mod preview;
mod preview_element;
mod settings;
mod site;
mod site_panel;
mod snippet;
mod snippet_panel;

pub use page::EmbedPage;

/// What the page is called.
pub const TITLE: &str = "Embed the survey";
