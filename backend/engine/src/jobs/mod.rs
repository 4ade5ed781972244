//! The job queue, for work that outlasts the request that asks for it. A job is kept in the database, in the
//! transaction of the change that needs it, and done by whichever process takes it.
//!
//! A job is leased to one worker, which renews the lease while it works. What it comes to is stored in the transaction
//! that finishes the job, and that transaction fails where the job is not the worker's any more: so it is done once,
//! whoever dies at whichever moment.

pub mod entities;
pub mod queue;
pub mod worker;
