//! Whole purchases by tools, and what REST says to the same keys.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Client, Revision, Running, Told, ToolCaller};

const TOKEN: &str = "acp_demo_agent";
const HONEY: &str = "honey-wildflower-350g";

struct Shop {
    gateway: Running,
    _home: TempDir,
}

impl Shop {
    fn open() -> Self {
        let home = TempDir::new().unwrap();
        Self { gateway: Running::start(home.path()), _home: home }
    }

    async fn both(&self, revision: Revision) -> (ToolCaller, Client) {
        let caller = ToolCaller::new(self.gateway.client().await, TOKEN, revision);
        (caller, self.gateway.client().await)
    }
}

fn meta(key: &str) -> Value {
    json!({"api_version": "2026-04-17", "idempotency_key": key})
}

fn address() -> Value {
    json!({
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco", "state": "CA",
        "country": "US", "postal_code": "94105",
    })
}

fn buyer() -> Value {
    json!({"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"})
}

fn payment() -> Value {
    json!({"payment_data": {"handler_id": "card_tokenized", "instrument": {
        "type": "card", "credential": {"type": "spt", "token": "tok_visa"},
    }}})
}

fn basket() -> Value {
    json!({
        "line_items": [{"id": HONEY, "quantity": 2}],
        "currency": "usd",
        "capabilities": {},
        "buyer": buyer(),
        "fulfillment_details": {"name": "Ada Byron", "address": address()},
    })
}

fn id_of(told: &Told) -> String {
    told.result()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_buyer_is_served_by_tools_alone() {
    let shop = Shop::open();
    for revision in Revision::ALL {
        let date = revision.date();
        let (mut caller, mut agent) = shop.both(revision).await;
        let query = json!({"meta": {"api_version": "2026-04-17"}, "query": "wildflower honey"});
        let found = caller.call("search_products", &query).await;
        let item = &found.result()["products"][0];
        assert_eq!(item["item_id"], HONEY, "{item:#}");
        let mut body = basket();
        body["line_items"][0]["id"] = item["item_id"].clone();
        let opened = json!({"meta": meta(&format!("open {date}")), "payload": body});
        let opened = caller.call("create_checkout_session", &opened).await;
        let session = id_of(&opened);
        let option = json!([{
            "type": "shipping", "option_id": "standard", "item_ids": [HONEY],
        }]);
        // A change needs no key here.
        let change = json!({
            "meta": {"api_version": "2026-04-17"}, "id": session,
            "payload": {"selected_fulfillment_options": option},
        });
        let ready = caller.call("update_checkout_session", &change).await;
        assert_eq!(ready.result()["status"], "ready_for_payment");
        let pay = json!({
            "meta": meta(&format!("pay {date}")), "id": session, "payload": payment(),
        });
        let paid = caller.call("complete_checkout_session", &pay).await;
        assert_eq!(paid.result()["status"], "completed");
        let order = paid.result()["order"]["id"].as_str().unwrap();
        // The same call again, by either way, is the same call.
        let again = caller.call("complete_checkout_session", &pay).await;
        assert!(again.is_replay() && again.text() == paid.text(), "{again:?}");
        let path = format!("/checkout_sessions/{session}/complete");
        let rest = agent.post(&path, &format!("pay {date}"), &payment()).await.unwrap();
        assert!(rest.is_replay() && rest.text() == paid.text(), "{}", rest.text());
        let by_id = json!({"meta": {"api_version": "2026-04-17"}, "id": order});
        let shown = caller.call("get_order", &by_id).await;
        assert_eq!(shown.result()["id"], *order);
        let page = json!({"meta": {"api_version": "2026-04-17"}, "limit": 1});
        let orders = caller.call("list_orders", &page).await;
        assert_eq!(orders.result()["orders"][0]["id"], *order);
    }
}

#[tokio::test]
async fn what_rest_began_is_repeated_by_a_tool() {
    let shop = Shop::open();
    let (mut caller, mut agent) = shop.both(Revision::Stateless).await;
    let rest = agent.post("/checkout_sessions", "one call", &basket()).await.unwrap();
    assert_eq!(rest.status, 201);
    let arguments = json!({"meta": meta("one call"), "payload": basket()});
    let told = caller.call("create_checkout_session", &arguments).await;
    assert!(told.is_replay(), "{told:?}");
    assert_eq!(told.text(), rest.text(), "byte for byte");
    let mut other = arguments.clone();
    other["payload"]["line_items"][0]["quantity"] = json!(3);
    let told = caller.call("create_checkout_session", &other).await;
    assert_eq!(told.refusal().1, "idempotency_conflict");
    // To pay takes a key, whatever a version says.
    let old = json!({
        "meta": {"api_version": "2025-09-29"}, "id": rest.json()["id"], "payload": payment(),
    });
    let told = caller.call("complete_checkout_session", &old).await;
    assert_eq!(told.refusal().1, "idempotency_key_required");
}

#[tokio::test]
async fn numbers_are_the_callers_to_the_last_digit() {
    let shop = Shop::open();
    let (mut caller, mut agent) = shop.both(Revision::Stateless).await;
    // Two numbers that a reader of floats takes for one.
    let body = |number: &str| {
        let text = basket().to_string();
        let more = format!("{{\"x\":{number},");
        text.replacen('{', &more, 1)
    };
    let [near, far] = ["9007199254740993", "9007199254740992"].map(body);
    let call = |payload: &str| {
        let (headers, message) = crate::support::written(
            Revision::Stateless,
            1,
            "tools/call",
            &json!({
                "name": "create_checkout_session",
                "arguments": {"meta": meta("digits"), "payload": "here"},
            }),
        );
        (headers, message.to_string().replacen("\"here\"", payload, 1))
    };
    let (headers, text) = call(&near);
    let first = caller.send(&headers, &text).await;
    first.result();
    assert!(caller.send(&headers, &text).await.is_replay());
    let (headers, text) = call(&far);
    let other = caller.send(&headers, &text).await;
    let value: Value = serde_json::from_str(&far).unwrap();
    let rest = agent.post("/checkout_sessions", "digits", &value).await.unwrap();
    assert_eq!(rest.status, if other.message.get("error").is_some() { 422 } else { 201 });
}

#[tokio::test]
async fn a_cart_is_kept_by_tools() {
    let shop = Shop::open();
    let (mut caller, mut agent) = shop.both(Revision::Greeted).await;
    let wish = |count: u32| json!({"line_items": [{"id": HONEY, "quantity": count}]});
    let opened = json!({"meta": meta("cart"), "payload": wish(1)});
    let cart = id_of(&caller.call("create_cart", &opened).await);
    let free = json!({"api_version": "2026-04-17"});
    let more = json!({"meta": free, "id": cart, "payload": wish(4)});
    let changed = caller.call("update_cart", &more).await;
    assert_eq!(changed.result()["line_items"][0]["quantity"], 4);
    let by_id = json!({"meta": free, "id": cart});
    let shown = caller.call("get_cart", &by_id).await;
    let rest = agent.get(&format!("/carts/{cart}")).await.unwrap();
    assert_eq!(shown.text(), rest.text());
    caller.call("cancel_cart", &by_id).await.result();
    assert_eq!(caller.call("get_cart", &by_id).await.refusal().1, "not_found");
    let early = json!({"meta": {"api_version": "2026-01-30"}, "id": cart});
    assert_eq!(caller.call("get_cart", &early).await.fault(), -32_000, "before there were carts");
}

#[tokio::test]
async fn a_sentence_is_bought_by_tools() {
    let shop = Shop::open();
    let (mut caller, _) = shop.both(Revision::Stateless).await;
    let said = json!({
        "meta": meta("say"),
        "payload": {
            "text": "two jars of wildflower honey 350 g, then check out",
            "buyer": buyer(),
            "fulfillment_details": {"name": "Ada Byron", "address": address()},
        },
    });
    let said = caller.call("shop", &said).await;
    let plan = said.result()["plan_id"].as_str();
    let plan = plan.unwrap_or_else(|| panic!("{:#}", said.result()));
    let free = json!({"api_version": "2026-04-17"});
    let shown = caller.call("get_plan", &json!({"meta": free, "id": plan})).await;
    let digest = shown.result()["digest"].as_str().unwrap();
    // Nobody has said yes, and no tool can.
    let begin = json!({
        "meta": meta("go"), "id": plan, "digest": digest, "payload": payment(), "wait_seconds": 5,
    });
    let outcome = caller.call("execute_plan", &begin).await;
    let stands = |told: &Told| told.message.to_string();
    assert!(
        outcome.message["error"].is_object() || outcome.result()["order"].is_null(),
        "{}",
        stands(&outcome)
    );
    let stale = json!({"meta": meta("stale"), "id": plan, "digest": "sha256:0", "payload": {}});
    assert!(caller.call("execute_plan", &stale).await.message["error"].is_object());
    let unseen = json!({"meta": meta("unseen"), "id": plan, "payload": {}});
    assert_eq!(caller.call("execute_plan", &unseen).await.fault(), -32_602);
    let off = json!({"meta": free, "id": plan});
    let off = caller.call("cancel_plan", &off).await;
    assert_eq!(off.result()["status"], "canceled", "{}", stands(&off));
}
