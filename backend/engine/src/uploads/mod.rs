//! Files that are uploaded: they wait in the database, in pieces, until they are loaded, and are deleted then or after a
//! day. So whichever server of several takes the job has the file.

pub mod entities;
pub mod store;
