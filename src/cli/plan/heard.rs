//! What a gateway answers, as far as people are told of it. More members may come.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) conversation_id: String,
    pub(super) status: String,
    pub(super) confidence: String,
    pub(super) planner: String,
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    #[serde(default)]
    pub(super) questions: Vec<Question>,
    #[serde(default)]
    pub(super) issues: Vec<Issue>,
    #[serde(default)]
    pub(super) items: Vec<Item>,
    pub(super) plan: Option<Plan>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Action {
    pub(super) op: String,
    pub(super) item_id: Option<String>,
    pub(super) quantity: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Question {
    pub(super) prompt: String,
    #[serde(default)]
    pub(super) candidates: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Issue {
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    #[serde(rename = "item_id")]
    pub(super) id: String,
    pub(super) title: String,
    pub(super) price: i64,
    pub(super) currency: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) say: String,
    #[serde(default)]
    pub(super) reconciliation_required: bool,
    #[serde(default)]
    pub(super) lines: Vec<Line>,
    #[serde(default)]
    pub(super) totals: Vec<Total>,
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) steps: Vec<Step>,
    #[serde(default)]
    pub(super) questions: Vec<Question>,
    #[serde(default)]
    pub(super) issues: Vec<Issue>,
    pub(super) order_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) title: String,
    pub(super) quantity: u32,
    pub(super) unit_price: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Total {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) amount: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Step {
    pub(super) id: u32,
    pub(super) kind: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) say: String,
}

/// Something that happened to a plan.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) seq: u32,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) step: Option<String>,
    #[serde(default)]
    pub(super) say: String,
}
