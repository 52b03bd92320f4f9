//! What is said of mandates.

use std::time::Duration;

use acp_core::ids::{AgentId, ItemId, MandateId, SessionId};
use acp_core::mandate::{Approval, Bought, Demand, PlanDigest, Purchase};
use acp_core::money::{Currency, Money};
use acp_core::ports::Clock as _;

use super::super::indented::indented;
use super::super::kept;
use super::super::reading::Document;
use super::{BEGINNING, MANDATE, SESSION, assert_said};
use crate::http::app::TestApp;

/// Keeps what is said to a principal about the only mandate it has given.
pub(super) async fn give_leave_to_spend(document: &Document) {
    let app = TestApp::start().await;
    app.clock.set(BEGINNING);
    let mut id = String::new();
    for (operation, name) in [
        ("createMandate", "mandate"),
        ("listMandates", "mandates"),
        ("getMandate", "mandate_shown"),
        ("updateMandate", "mandate_lower"),
        ("getMandateLedger", "mandate_ledger"),
        ("revokeMandate", "mandate_back"),
    ] {
        app.clock.advance(Duration::from_secs(5));
        if name == "mandate_ledger" {
            spend(&app, &id).await;
        }
        let operation = document.operation(operation);
        let path = operation.path.replace("{mandate_id}", &id);
        let ask = if operation.is_keyed() {
            app.post(&path, operation.example(name)).key(name).header("if-match", "\"1\"")
        } else {
            app.get(&path)
        };
        let answer = ask.token("acp_demo_principal").send().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        if id.is_empty() {
            id = answer.id();
        }
        let text = std::str::from_utf8(&answer.raw).unwrap().replace(&id, MANDATE);
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
}

/// An agent spends some of a mandate.
async fn spend(app: &TestApp, mandate: &str) {
    let (mandate, session) =
        (MandateId::parse(mandate).unwrap(), SessionId::parse(SESSION).unwrap());
    let total = Money::new(3_250, Currency::parse("usd").unwrap()).unwrap();
    let plan = PlanDigest([1; 32]);
    let approval = Approval {
        id: "apr_1".into(),
        plan,
        total,
        approver: "demo_principal".into(),
        at: app.clock.now(),
        expires_at: app.clock.now().plus(Duration::from_mins(10)),
    };
    let line = Bought {
        item: ItemId::new("coffee-house-blend-1kg"),
        categories: vec!["coffee".into()],
        unit_price: total,
        is_stored_value: false,
    };
    let purchase = Purchase {
        agent: AgentId::new("demo_agent"),
        merchant: app.shop.tenant.clone(),
        lines: vec![line],
        country: Some("US".into()),
        total,
    };
    let demand = Demand {
        mandate: &mandate,
        key: "step",
        plan,
        session: &session,
        purchase: &purchase,
        approval: Some(&approval),
        good_for: Duration::from_mins(10),
    };
    let permit = app.app.purse().reserve(demand).await.unwrap();
    permit.spend(&session, total, app.clock.now()).unwrap();
    app.app.purse().commit(&app.shop.tenant, &mandate, "step").await.unwrap();
}
