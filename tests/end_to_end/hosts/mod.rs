//! The survey on other people's pages: their styles, policies, networks, mistakes and visitors. The pages are in
//! `pages/`; each is served from an origin of its own, with the server behind a proxy that can fail.

mod accessibility;
mod bad_input;
mod exactly_once;
mod failures;
mod handing_over;
mod harmless;
mod keys;
mod lifecycle;
mod looks;
mod member;
mod overlay;
mod partner;
mod policies;
mod privacy;

/// What is wrong with some pages, gathered so that one does not hide the others.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn note<T>(&mut self, what: &str, outcome: anyhow::Result<T>) {
        if let Err(error) = outcome {
            self.0.push(format!("{what}: {error:#}"));
        }
    }
}

impl Drop for Findings {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.is_empty(), "{}", self.0.join("\n\n"));
        }
    }
}
