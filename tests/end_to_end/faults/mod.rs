//! What was acknowledged is stored, whatever the machine does meanwhile, and the server gets over it by itself.
//!
//! Each test has members answering, an app recording and creating, and imports running while something breaks. After it,
//! every acknowledged id is there exactly once, the server stores things again within five seconds, and nothing is there
//! of which it was said that nothing was stored.

mod disk;
mod io_errors;
mod kill;
mod locks;
mod postgres;
mod replaced;
mod traffic;

/// Runs a system program that has to succeed.
async fn run(program: &str, arguments: &[&str]) {
    let output = tokio::process::Command::new(program).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Whether faults that only root can play are to be played. Not being root is said and no failure, except in CI, where
/// they have to run.
async fn can_play_as_root(what: &str) -> bool {
    let id = tokio::process::Command::new("id").arg("-u").output().await.unwrap();
    if id.stdout.trim_ascii() == b"0" {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{what} needs root, and CI has to play it");
    eprintln!("skipped: {what} needs root");
    false
}
