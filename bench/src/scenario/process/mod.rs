//! What one gateway is as a process: how fast it starts and how well it ends, how much memory it
//! takes, and what it does when more is asked than it can answer.

pub(crate) mod crowd;
pub(crate) mod ending;
pub(crate) mod overload;
pub(crate) mod start;
