use serde_json::{Value, json};

use super::handlers::handlers;
use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, Payment, TEE, Wish, customer};
use crate::conformance::world::World;

/// A shop that keeps things of value for some of its customers.
const WALLETS: &str = r#"
[[shop.wallet]]
id = "card_ada"
type = "saved_card"
display_name = "Visa ending in 4242"
customer_id = "cust_ada"
payment_method_id = "pm_1"

[[shop.wallet]]
id = "points_ada"
type = "points"
display_name = "Harbour points"
customer_id = "cust_ada"
balance = 5000

[[shop.wallet]]
id = "credit_bob"
type = "store_credit"
display_name = "Store credit"
customer_id = "cust_bob"
balance = 100000

[[shop.wallet]]
id = "gift_gil"
type = "gift_card"
display_name = "Gift card"
customer_id = "cust_gil"
balance = 100000
"#;

/// What kinds of instrument the handlers above take.
fn instrument(id: &str) -> &'static str {
    match id {
        "card_ada" => "seller_backed_saved_card",
        "points_ada" => "seller_backed_points",
        "credit_bob" => "seller_backed_store_credit",
        _ => "seller_backed_gift_card",
    }
}

/// What the shop itself offers to keep for the buyer.
fn wallets(answer: &Answer) -> Vec<&Value> {
    let is_wallet = |handler: &&Value| {
        handler["name"].as_str().is_some_and(|name| name.starts_with("dev.acp.seller_backed."))
    };
    handlers(answer).iter().filter(is_wallet).collect()
}

/// Their ids.
fn ids(answer: &Answer) -> Vec<&str> {
    wallets(answer).into_iter().map(|wallet| wallet["id"].as_str().unwrap()).collect()
}

async fn ready(agent: &mut Agent, buyer: Value) -> Answer {
    agent.ready_with(&Wish::basket().buyer(buyer)).await
}

pub(super) async fn guests_are_offered_no_wallets() {
    let world = World::with(WALLETS);
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let guest = agent.ready().await;
        assert_eq!(ids(&guest), [""; 0], "{guest}");
        // To say who one is, is not to have shown it.
        let mut claimed = customer("cust_ada");
        claimed["authentication_status"] = json!("guest");
        assert_eq!(ids(&ready(&mut agent, claimed).await), [""; 0], "{version}");
        let ada = ready(&mut agent, customer("cust_ada")).await;
        assert_eq!(ids(&ada), ["card_ada", "points_ada"], "{ada}");
    }
}

pub(super) async fn a_wallet_is_kept_by_the_shop() {
    let world = World::with(WALLETS);
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        for owner in ["cust_ada", "cust_bob", "cust_gil"] {
            let told = ready(&mut agent, customer(owner)).await;
            assert!(!wallets(&told).is_empty(), "{told}");
            for wallet in wallets(&told) {
                is_marked(wallet, &told);
            }
        }
    }
}

fn is_marked(wallet: &Value, told: &Answer) {
    assert_eq!(wallet["requires_delegate_payment"], true, "{told}");
    assert_eq!(wallet["requires_pci_compliance"], false, "{told}");
    assert_eq!(wallet["psp"], "seller_managed", "{told}");
    assert_eq!(wallet["version"], "2026-02-05", "{told}");
    let name = wallet["config"]["display_name"].as_str().unwrap_or_default();
    assert!((1..=128).contains(&name.len()), "{told}");
    if wallet["name"] == "dev.acp.seller_backed.saved_card" {
        assert_eq!(wallet["config"]["payment_method_id"], "pm_1", "{told}");
    }
    if wallet["name"] == "dev.acp.seller_backed.gift_card" {
        let fields = wallet["config"]["required_fields"].as_array();
        assert!(fields.is_some_and(|fields| !fields.is_empty()), "{told}");
    }
}

pub(super) async fn a_buyer_is_offered_what_is_theirs_and_suffices() {
    let world = World::with(WALLETS);
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let bob = ready(&mut agent, customer("cust_bob")).await;
        assert_eq!(ids(&bob), ["credit_bob"], "{bob}");
        let stranger = ready(&mut agent, customer("cust_eve")).await;
        assert_eq!(ids(&stranger), [""; 0], "{stranger}");

        let ada = ready(&mut agent, customer("cust_ada")).await;
        assert!(ids(&ada).contains(&"points_ada"), "{ada}");
        let dear = agent.changed(ada.id(), &Wish::items(&[(TEE, 5)])).await;
        assert!(dear.total("total") > 5_000, "{dear}");
        assert_eq!(ids(&dear), ["card_ada"], "points are not enough: {dear}");
        let cheap = agent.changed(ada.id(), &Wish::items(&[(HONEY, 2)])).await;
        assert!(ids(&cheap).contains(&"points_ada"), "{cheap}");
    }
}

pub(super) async fn the_handler_says_what_is_used() {
    let world = World::with(WALLETS);
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let pay = |id: &str| Payment::with("vt_wallet").over(id, instrument(id));
        for (buyer, id) in [("cust_ada", "credit_bob"), ("cust_eve", "card_ada")] {
            let told = ready(&mut agent, customer(buyer)).await;
            let refused = agent.complete(told.id(), &pay(id)).await;
            refused.is(400);
            assert!(refused.param().starts_with("$.payment_data"), "{refused}");
            agent.read(told.id()).await.stands("ready_for_payment");
        }
        let told = ready(&mut agent, customer("cust_ada")).await;
        let confused = Payment::with("vt_wallet").over("card_ada", "seller_backed_points");
        agent.complete(told.id(), &confused).await.is(400);
        agent.complete(told.id(), &pay("card_ada")).await.stands("completed");
    }
}

pub(super) async fn numbers_of_gift_cards_are_not_logged() {
    let world = World::talkative(Some(WALLETS));
    let (number, secret) = ("GIFT-6006491286999929", "pin-9173");
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let told = ready(&mut agent, customer("cust_gil")).await;
        let path = format!("{SESSIONS}/{}/complete", told.id());
        let mut body = Payment::with(number).over("gift_gil", "seller_backed_gift_card");
        body = body.and("note", json!(secret));
        let mut body = body.body(version);
        body["payment_data"]["instrument"]["credential"]["card_number"] = json!(number);
        body["payment_data"]["instrument"]["credential"]["pin"] = json!(secret);
        agent.send(Ask::post(&path, &body)).await;
        agent.send(Ask::text(&path, &format!("{body}!"))).await;
    }
    let log = world.log_with_trouble().await;
    assert!(!log.contains(number) && !log.contains(secret), "{log}");
}
