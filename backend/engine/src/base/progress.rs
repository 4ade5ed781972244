//! Progress of what takes a while. Whoever does it reports; whoever waits for it shows it.

use std::io::Read;
use std::sync::Arc;

/// What a person waits for, in whichever way it is shown to them.
pub trait Progress: Send + Sync {
    /// A part of the work begins, which takes this many steps; 0 where nobody can tell.
    fn begin(&self, part: &str, steps: u64);
    /// This many more steps are done.
    fn advance(&self, steps: u64);
}

pub type SharedProgress = Arc<dyn Progress>;

/// Progress that nobody is shown.
struct Unseen;

impl Progress for Unseen {
    fn begin(&self, _: &str, _: u64) {}

    fn advance(&self, _: u64) {}
}

pub fn unseen() -> SharedProgress {
    Arc::new(Unseen)
}

/// A reader whose bytes are the steps.
pub struct Counted<R> {
    pub inner: R,
    pub progress: SharedProgress,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.progress.advance(count as u64);
        Ok(count)
    }
}
