//! What clauses do to the plan.

mod adding;
mod asking;
mod clause;
mod clearing;
mod editing;
mod paying;
mod planner;

pub(crate) use planner::Planner;
