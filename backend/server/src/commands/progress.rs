//! Progress on a terminal.

use std::io::IsTerminal;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use valuemap_engine::base::progress::{Progress, SharedProgress};

/// A bar that is cleared when the last handle is dropped, and is shown on a terminal only.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn begin(&self, part: &str, steps: u64) {
        self.0.reset();
        self.0.set_length(steps);
        self.0.set_message(part.to_owned());
    }

    fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

pub fn progress_bar() -> SharedProgress {
    let hidden = || Arc::new(Bar(ProgressBar::hidden()));
    if !std::io::stderr().is_terminal() {
        return hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}%, {eta} to go");
    style.map_or_else(|_| hidden(), |style| Arc::new(Bar(ProgressBar::new(0).with_style(style))))
}
