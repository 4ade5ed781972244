//! Whether the file that is written to is still the one at its path.
//!
//! A SQLite file that is moved or replaced under a running process is still written to, and nobody will ever look
//! there again. The same goes for its write-ahead log.

use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::{DbErr, RuntimeErr};

#[derive(Debug)]
pub struct SqliteFile {
    path: PathBuf,
    /// Which file it was when it was opened, and which log.
    identities: [Identity; 2],
}

/// The device and the number of a file on it.
type Identity = (u64, u64);

impl SqliteFile {
    /// The file at this path, once it is open.
    pub fn of(path: &str) -> std::io::Result<Self> {
        let path = PathBuf::from(path);
        let identities = [identity(&path)?, identity(&log_of(&path))?];
        Ok(Self { path, identities })
    }

    /// Fails if there is another file by now, or none: for good, because what was open is not there any more.
    pub fn check(&self) -> Result<(), DbErr> {
        for (path, expected) in [self.path.clone(), log_of(&self.path)].iter().zip(self.identities) {
            if identity(path).ok() != Some(expected) {
                let message = format!(
                    "{} was removed or replaced while the server was running; nothing can be stored until it is started \
                     again",
                    path.display()
                );
                return Err(DbErr::Conn(RuntimeErr::Internal(message)));
            }
        }
        Ok(())
    }
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

#[cfg(unix)]
fn identity(path: &Path) -> std::io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// An open file cannot be replaced there.
#[cfg(not(unix))]
fn identity(path: &Path) -> std::io::Result<Identity> {
    fs::metadata(path).map(|_| (0, 0))
}
