use acp_core::plan::{Moment, Plan as CorePlan};
use serde::Serialize;
use utoipa::ToSchema;

use super::said::Plan;
use crate::scalar::DateTime;
use crate::voice::written;

/// Something that happened to a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanEvent<'a> {
    /// Its number. A stream that broke off goes on behind it.
    seq: u32,
    /// What happened. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("step.succeeded"))]
    kind: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime,
    /// To which step.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    step: Option<&'static str>,
    /// A sentence that can be read out as it is. Empty where there is nothing to say.
    say: &'a str,
}

impl<'a> PlanEvent<'a> {
    /// A moment as it is told.
    pub fn of(moment: &'a Moment) -> Self {
        Self {
            seq: moment.seq,
            kind: moment.kind.name(),
            at: DateTime(moment.at),
            step: moment.step.map(acp_core::plan::StepKind::name),
            say: &moment.say,
        }
    }

    /// The event as JSON in one line.
    pub fn render(&self) -> Vec<u8> {
        written(self)
    }
}

/// A plan in one line, for whoever begins to follow it or has missed too much.
pub fn render_snapshot(plan: &CorePlan) -> Vec<u8> {
    written(&Plan::of(plan))
}

/// Whether somebody who heard everything up to a moment has missed what is not remembered any more,
/// or has heard what never was.
pub fn snapshot_of(plan: &CorePlan, after: u32) -> bool {
    let seq = |moment: Option<&Moment>| moment.map_or(0, |moment| moment.seq);
    let (first, last) = (seq(plan.timeline.first()), seq(plan.timeline.last()));
    after.saturating_add(1) < first || after > last
}
