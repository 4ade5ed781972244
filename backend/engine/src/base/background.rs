//! The background runtime, for work that a member's answer must not wait for.
//!
//! HTTP workers take in answers and give what is at hand. What has to read or compute longer runs here, on threads that
//! give way to them.

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

/// Threads of their own, in the background of the HTTP workers.
#[derive(Debug)]
pub struct Background {
    /// Dropping a runtime blocks, and is not allowed where this is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

/// How far its threads give way: a tenth of a processor while another thread wants it, all of it otherwise. A debug build
/// is slow enough without.
const NICENESS: i32 = if cfg!(debug_assertions) { 0 } else { 10 };

impl Background {
    pub fn start() -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .max_blocking_threads(threads)
            .thread_name("background")
            .on_thread_start(give_way)
            .enable_all()
            .build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Runs what takes a while without ever waiting.
    pub async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.handle.spawn_blocking(work).await.ok()
    }

    /// Finishes a future: here and now where it is ready at once, in the background where it has to wait for anything.
    /// Dropped before, it ends too.
    pub async fn finish<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let mut future = Box::pin(future);
        if let std::task::Poll::Ready(done) = futures_util::poll!(&mut future) {
            return Some(done);
        }
        EndedOnDrop(self.handle.spawn(future)).await
    }

    /// The same for a future that never waits and takes long: in the background from the start.
    pub async fn run<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Option<T> {
        EndedOnDrop(self.handle.spawn(future)).await
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Priorities are of a thread on Linux, and of the whole process elsewhere.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(refused) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(cause = refused.to_string(), "background threads run at the priority of the others");
    }
}

/// A task that nobody waits for any more is of no use.
struct EndedOnDrop<T>(JoinHandle<T>);

impl<T> Future for EndedOnDrop<T> {
    type Output = Option<T>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}

impl<T> Drop for EndedOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_ready_stays_and_what_waits_moves() {
        let background = Background::start().unwrap();
        let name = || std::thread::current().name().map(str::to_owned);
        let here = name();
        assert_eq!(background.finish(async move { name() }).await, Some(here.clone()));
        let moved = background.finish(async move {
            tokio::task::yield_now().await;
            name()
        });
        assert_eq!(moved.await, Some(Some("background".to_owned())));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_background_gives_way() {
        let background = Background::start().unwrap();
        let niceness = async {
            tokio::task::yield_now().await;
            rustix::process::getpriority_process(None).unwrap()
        };
        assert_eq!(background.finish(niceness).await, Some(NICENESS));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), 0);
    }
}
