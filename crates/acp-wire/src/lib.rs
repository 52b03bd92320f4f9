//! x

pub mod canonical;
