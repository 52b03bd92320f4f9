//! What operations take behind the question mark.

use acp_core::limits::{ORDERS_PAGE_DEFAULT, ORDERS_PAGE_MAX};
use acp_core::order::OrderStage;
use acp_core::plan::PlanStatus;
use acp_core::session::StageKind;
use acp_wire::shape::order_event::stage_word;
use acp_wire::shape::session_entry::session_stage_word;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// What may stand behind the question mark.
pub(super) fn queried(operation: &str) -> Vec<RefOr<Parameter>> {
    let number = || ObjectBuilder::new().schema_type(Type::Integer);
    let time = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    let words = OrderStage::ALL.map(stage_word);
    let plans = PlanStatus::ALL.map(PlanStatus::name);
    let stages = StageKind::ALL.map(session_stage_word);
    let limit = number().minimum(Some(1)).maximum(Some(ORDERS_PAGE_MAX));
    let limit = limit.default(Some(ORDERS_PAGE_DEFAULT.into()));
    let limited = ("limit", limit, "How many at the most.");
    let asked = match operation {
        "listOrders" => vec![
            ("status", text().enum_values(Some(words)), "Only those that stand here."),
            (
                "handed_over",
                ObjectBuilder::new().schema_type(Type::Boolean),
                "Only those the merchant's own system has taken, or those it has still to be given.",
            ),
            ("created_after", time(), "Only those that were placed after then."),
            ("created_before", time(), "Only those that were placed before then."),
            ("cursor", text(), "The `next_cursor` of the page before."),
            limited,
        ],
        "listCheckoutSessions" => vec![
            ("status", text().enum_values(Some(stages)), "Only those that stand here."),
            ("created_after", time(), "Only those that were opened after then."),
            ("created_before", time(), "Only those that were opened before then."),
            ("cursor", text(), "The `next_cursor` of the page before."),
            limited,
        ],
        "listPlans" => vec![
            ("status", text().enum_values(Some(plans)), "Only those that stand here."),
            ("conversation_id", text(), "Only those that came of this conversation."),
            ("cursor", text(), "The `next_cursor` of the page before."),
        ],
        "followPlan" => vec![(
            "after",
            number().minimum(Some(0)),
            "Only what came after the event with this number; all of it, where it is 0.",
        )],
        "listItems" => {
            vec![("cursor", text(), "The `next_cursor` of the page before."), limited]
        }
        "getFeed" => vec![(
            "format",
            text().enum_values(Some(["jsonl", "json", "csv"])),
            "How it is written; before what `Accept` says.",
        )],
        "listOrderEvents" => vec![
            (
                "after",
                number().minimum(Some(0)),
                "Only what came after the event with this number.",
            ),
            limited,
        ],
        _ => Vec::new(),
    };
    let parameter = |(name, schema, says): (&str, ObjectBuilder, &str)| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
        let parameter = parameter.required(Required::False).description(Some(says));
        RefOr::T(parameter.schema(Some(schema.build())).build())
    };
    asked.into_iter().map(parameter).collect()
}
