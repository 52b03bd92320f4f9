//! New orders on their way to the merchant's own system: each is given to it once it is paid for,
//! under its id, whoever dies or is away meanwhile.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::ids::{MerchantOrderId, OrderId};
use acp_core::limits::RUN_STEP_TIMEOUT;
use acp_core::order::Order;
use acp_core::payment::PaymentFault;
use acp_core::ports::{Checkouts as _, OrderDesk, PortError, Retry};
use acp_core::principal::Scope;
use acp_gateway::app::{Capture, OrderKeeper, Paying};
use acp_mocks::{Gate, Operation, Turn};
use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::http::app::{HONEY, TestApp, Wishes};
use crate::http::runs::{later, told};
use crate::support::{are_backends_remote, is_redis_everywhere};

/// How a merchant behaves.
#[derive(Clone, Copy, Debug, Default)]
enum Mood {
    #[default]
    Well,
    /// Takes nothing, and says what may be done about it.
    Away(Retry),
    /// Takes it, and nobody hears of it.
    Silent,
}

/// A merchant who writes down what is given.
#[derive(Default)]
struct Merchant {
    given: Mutex<Vec<Order>>,
    mood: Mutex<Mood>,
    /// Where the next call waits.
    gate: Mutex<Option<Gate>>,
}

impl Merchant {
    fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// How often each order was given.
    fn given(&self) -> Vec<Order> {
        self.given.lock().unwrap().clone()
    }
}

#[async_trait]
impl OrderDesk for Merchant {
    async fn take(&self, order: &Order) -> Result<MerchantOrderId, PortError> {
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.pass().await;
        }
        let failed = |retry| Err(PortError { what: "taking an order", retry, cause: None });
        let mood = *self.mood.lock().unwrap();
        if let Mood::Away(retry) = mood {
            return failed(retry);
        }
        self.given.lock().unwrap().push(order.clone());
        match mood {
            Mood::Silent => failed(Retry::Safe),
            Mood::Well | Mood::Away(_) => {
                Ok(MerchantOrderId::parse(&format!("M-{}", order.id)).unwrap())
            }
        }
    }
}

/// A shop with a merchant who wants to be given the orders.
struct House {
    app: TestApp,
    merchant: Arc<Merchant>,
    shop: OnceCell<String>,
}

impl House {
    async fn capturing(capture: Capture) -> Self {
        let merchant = Arc::new(Merchant::default());
        let orders = OrderKeeper::Merchant(merchant.clone());
        let paying = Paying { capture, ..Paying::default() };
        let app = TestApp::wishing(Wishes { paying, orders, ..Wishes::default() }).await;
        Self { app, merchant, shop: OnceCell::new() }
    }

    /// The key of the merchant. It is made when something was bought, because the demo key is good
    /// for nothing afterwards.
    async fn shop(&self) -> &str {
        self.shop.get_or_init(|| self.app.key_of("shop", Scope::Merchant)).await
    }

    async fn open() -> Self {
        Self::capturing(Capture::AtOnce).await
    }

    /// Buys two jars of honey; gives the order.
    async fn buy(&self, key: &str) -> String {
        let id = self.app.ready(key).await;
        let paid = self.app.complete(&id, "tok_visa").key(key).send().await;
        self.app.settle().await;
        paid.body["order"]["id"].as_str().unwrap().to_owned()
    }

    /// Lets time pass, and those do their work whose turn it is.
    async fn later(&self, seconds: u64) {
        later(&self.app, Duration::from_secs(seconds)).await;
    }

    async fn say(&self, order: &str, what: &str, body: &Value) {
        let path = format!("/orders/{order}/{what}");
        let said = self.app.post(&path, body).token(self.shop().await).key(what).send().await;
        assert_eq!(said.status, 200, "{:#}", said.body);
    }

    async fn list(&self, query: &str) -> Vec<String> {
        let listed =
            self.app.get(&format!("/orders?{query}")).token(self.shop().await).send().await;
        let orders = listed.body["orders"].as_array().unwrap().clone();
        orders.iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn told(&self, order: &str) -> Vec<String> {
        told(&self.app, order).await
    }

    /// Waits until the order says so last.
    async fn until_told(&self, order: &str, last: &str) {
        while self.told(order).await.last().unwrap() != last {
            tokio::task::yield_now().await;
        }
    }

    /// The next order that is given waits there.
    fn halt_next(&self) -> Gate {
        let gate = Gate::closed();
        *self.merchant.gate.lock().unwrap() = Some(gate.clone());
        gate
    }

    async fn has_errand(&self, order: &str) -> bool {
        let head = self.app.checkouts.order_head(&OrderId::parse(order).unwrap()).await.unwrap();
        head.is_some_and(|(head, _)| head.errand.is_some() || head.hand_over_pending)
    }
}

#[tokio::test]
async fn an_order_is_handed_over_once_it_is_paid_for() {
    let house = House::open().await;
    let order = house.buy("k").await;
    assert_eq!(house.told(&order).await, ["placed", "captured"]);
    assert_eq!(house.list("handed_over=false").await, [order.as_str()]);
    assert!(house.has_errand(&order).await, "it was written with the end of the completion");

    house.later(0).await;
    assert_eq!(house.told(&order).await, ["placed", "captured", "handed over"]);
    let [given] = <[_; 1]>::try_from(house.merchant.given()).unwrap();
    assert_eq!(given.id.as_str(), order);
    assert!(given.captured.is_zero(), "it is given as it was placed");
    assert!(!house.has_errand(&order).await);
    assert_eq!(house.list("handed_over=true").await, [order.as_str()]);
    assert_eq!(house.list("handed_over=false").await, Vec::<String>::new());
    let wrong = house.app.get("/orders?handed_over=perhaps").token(house.shop().await).send().await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (400, "invalid"));

    let path = format!("/orders/{order}/events?after=2");
    let events = house.app.get(&path).token(house.shop().await).send().await;
    let event = &events.body["events"][0];
    assert_eq!(event["type"], "handed_over");
    assert_eq!(event["merchant_order_id"], format!("M-{order}"));
    house.later(3_600).await;
    assert_eq!(house.merchant.given().len(), 1);
    let counts = house.app.app.hand_over_counts();
    assert_eq!((counts.handed_over, counts.failed), (1, 0));
}

#[tokio::test]
async fn whoever_ships_knows_of_an_order_before_its_money_is_taken() {
    let house = House::capturing(Capture::OnShipment).await;
    let order = house.buy("k").await;
    assert_eq!(house.told(&order).await, ["placed"]);
    house.later(0).await;
    assert_eq!(house.told(&order).await, ["placed", "handed over"]);
    house.say(&order, "fulfillments", &json!({"type": "shipping", "status": "shipped"})).await;
    house.app.settle().await;
    assert_eq!(house.told(&order).await, ["placed", "handed over", "afterwards", "captured"]);
    house.later(3_600).await;
    assert_eq!(house.merchant.given().len(), 1);
}

#[tokio::test]
async fn goods_may_leave_before_the_order_has_arrived() {
    let house = House::capturing(Capture::OnShipment).await;
    house.merchant.feels(Mood::Away(Retry::Safe));
    let order = house.buy("k").await;
    house.later(0).await;
    house.say(&order, "fulfillments", &json!({"type": "shipping", "status": "shipped"})).await;
    house.app.settle().await;
    assert_eq!(house.told(&order).await, ["placed", "afterwards", "captured"]);
    house.merchant.feels(Mood::Well);
    house.later(3).await;
    assert_eq!(house.told(&order).await, ["placed", "afterwards", "captured", "handed over"]);
    assert!(house.merchant.given()[0].fulfillments.is_empty(), "it is given as it was placed");
}

#[tokio::test]
async fn an_order_that_failed_is_not_handed_over() {
    let house = House::open().await;
    let lapsed = Turn::FailBefore(PaymentFault::AuthorizationExpired);
    house.app.payments.script(Operation::Capture, [lapsed]);
    let order = house.buy("k").await;
    house.later(0).await;
    assert_eq!(house.told(&order).await, ["placed", "payment failed"]);
    assert!(!house.has_errand(&order).await && house.merchant.given().is_empty());
    assert_eq!(house.list("handed_over=false").await, Vec::<String>::new());
}

#[tokio::test]
async fn an_order_that_fails_before_it_is_given_is_not_handed_over() {
    let house = House::capturing(Capture::OnShipment).await;
    let order = house.buy("k").await;
    house.say(&order, "cancellations", &json!({})).await;
    house.app.settle().await;
    assert_eq!(house.list("handed_over=false").await, Vec::<String>::new());
    house.later(3_600).await;
    assert_eq!(house.told(&order).await, ["placed", "afterwards", "called off"]);
    assert!(!house.has_errand(&order).await && house.merchant.given().is_empty());
}

/// What the merchant has, and what it is called there, is known whatever became of the order.
const KEPT_ID: [&str; 4] = ["placed", "afterwards", "called off", "handed over"];

#[tokio::test]
async fn an_order_that_was_taken_unheard_keeps_its_id_though_it_is_called_off() {
    let house = House::capturing(Capture::OnShipment).await;
    house.merchant.feels(Mood::Silent);
    let order = house.buy("k").await;
    house.later(0).await;
    house.say(&order, "cancellations", &json!({})).await;
    house.app.settle().await;
    assert_eq!(house.list("handed_over=false").await, [order.as_str()], "it may be there");
    house.merchant.feels(Mood::Well);
    house.later(2).await;
    assert_eq!(house.told(&order).await, KEPT_ID);
    assert_eq!(house.list("handed_over=true").await, [order.as_str()]);
    assert!(!house.has_errand(&order).await);
    let given = house.merchant.given();
    assert!(given.len() == 2 && given[0] == given[1], "it is the same each time");
}

#[tokio::test]
async fn an_order_that_is_called_off_while_it_is_given_keeps_its_id() {
    let house = House::capturing(Capture::OnShipment).await;
    let order = house.buy("k").await;
    let gate = house.halt_next();
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 1);
    gate.reached().await;
    house.say(&order, "cancellations", &json!({})).await;
    house.until_told(&order, "called off").await;
    gate.open();
    house.app.settle().await;
    assert_eq!(house.told(&order).await, KEPT_ID);
}

/// Whoever gave it is not there any more, and wrote down beforehand that it would.
#[tokio::test]
async fn an_order_that_is_called_off_keeps_its_id_when_whoever_gave_it_is_gone() {
    let house = House::capturing(Capture::OnShipment).await;
    let order = house.buy("k").await;
    let gate = house.halt_next();
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 1);
    gate.reached().await;
    house.say(&order, "cancellations", &json!({})).await;
    house.until_told(&order, "called off").await;
    house.app.clock.advance(Duration::from_secs(31));
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 1);
    while house.has_errand(&order).await {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.told(&order).await, KEPT_ID);
    gate.open();
    house.app.settle().await;
    assert_eq!(house.told(&order).await, KEPT_ID, "who was overtaken writes nothing");
}

/// Virtual time: a provider and a merchant who hang take no longer together than a step may.
#[tokio::test]
async fn whoever_hangs_leaves_the_other_half_of_a_step() {
    // An answer of a server takes time that cannot be skipped.
    if is_redis_everywhere() || are_backends_remote() {
        return;
    }
    tokio::time::pause();
    let house = House::open().await;
    let order = house.buy("k").await;
    house.app.payments.script(Operation::Refund, [Turn::WaitBefore(Gate::closed())]);
    house.halt_next();
    let began = Instant::now();
    house.say(&order, "refunds", &json!({"amount": 100, "currency": "usd"})).await;
    house.app.settle().await;
    assert_eq!(house.app.app.hand_over_counts().failed, 1, "both were asked");
    assert!(began.elapsed() < RUN_STEP_TIMEOUT + Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_merchant_who_is_away_gets_the_order_later_and_once() {
    let house = House::open().await;
    let order = house.buy("k").await;
    for (mood, seconds) in [
        (Mood::Away(Retry::After(Duration::from_secs(9))), 0),
        (Mood::Away(Retry::Never), 1),
        (Mood::Silent, 2),
        (Mood::Silent, 4),
    ] {
        house.merchant.feels(mood);
        house.later(seconds).await;
        assert_eq!(house.list("handed_over=false").await, [order.as_str()], "{mood:?}");
        assert!(house.has_errand(&order).await, "{mood:?}");
    }
    house.merchant.feels(Mood::Well);
    house.later(7).await;
    assert_eq!(house.list("handed_over=false").await, [order.as_str()], "it rests for longer");
    house.later(1).await;
    assert_eq!(house.told(&order).await, ["placed", "captured", "handed over"]);
    let given = house.merchant.given();
    assert_eq!(given.len(), 3, "nobody had heard of the first two");
    assert!(given.iter().all(|again| *again == given[0]), "it is the same each time");
    assert_eq!(house.app.app.hand_over_counts().failed, 4);
}

#[tokio::test]
async fn money_goes_back_while_the_order_rests() {
    let house = House::open().await;
    house.merchant.feels(Mood::Away(Retry::Never));
    let order = house.buy("k").await;
    house.later(0).await;
    house.say(&order, "refunds", &json!({"amount": 100, "currency": "usd"})).await;
    house.app.settle().await;
    assert_eq!(house.app.payments.refunds().len(), 1, "nobody waits for the merchant");
    assert_eq!(house.list("handed_over=false").await, [order.as_str()]);
    house.merchant.feels(Mood::Well);
    house.later(5).await;
    let events = ["placed", "captured", "afterwards", "afterwards", "handed over"];
    assert_eq!(house.told(&order).await, events);
}

#[tokio::test]
async fn what_was_tried_in_vain_for_the_merchant_is_no_alarm_about_the_money() {
    let house = House::open().await;
    house.merchant.feels(Mood::Away(Retry::Safe));
    let order = house.buy("k").await;
    for _ in 0..12 {
        house.later(300).await;
    }
    let id = OrderId::parse(&order).unwrap();
    let errand = async || {
        let (head, _) = house.app.checkouts.order_head(&id).await.unwrap().unwrap();
        head.errand.unwrap()
    };
    assert!(errand().await.is_alarming());
    let lost = [Turn::FailBefore(PaymentFault::Ambiguous)];
    house.app.payments.script(Operation::Refund, lost);
    house.say(&order, "refunds", &json!({"amount": 100, "currency": "usd"})).await;
    house.app.settle().await;
    assert_eq!((errand().await.is_alarming(), errand().await.tries), (false, 2));
}

#[tokio::test]
async fn an_order_arrives_while_money_cannot_go_back() {
    let house = House::open().await;
    let order = house.buy("k").await;
    let away = [Turn::FailBefore(PaymentFault::Config), Turn::FailBefore(PaymentFault::Config)];
    house.app.payments.script(Operation::Refund, away);
    house.say(&order, "refunds", &json!({"amount": 100, "currency": "usd"})).await;
    house.app.settle().await;
    let events = ["placed", "captured", "afterwards", "handed over"];
    assert_eq!(house.told(&order).await, events);
    assert!(house.has_errand(&order).await, "the money is still to go back");
    house.later(2).await;
    house.later(4).await;
    assert_eq!(house.app.payments.refunds().len(), 1);
    assert!(!house.has_errand(&order).await);
    assert_eq!(house.merchant.given().len(), 1);
}

/// The call is under way; whoever made it is not there any more.
#[tokio::test]
async fn a_hand_over_goes_on_when_whoever_began_it_is_gone() {
    let house = House::open().await;
    let order = house.buy("k").await;
    let gate = house.halt_next();
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 1);
    gate.reached().await;
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 0, "somebody is at work on it");
    // What is decided meanwhile disturbs nobody.
    let one = json!({"line_items": [{"id": format!("li_{HONEY}"), "quantity": 1}]});
    house.say(&order, "cancellations", &one).await;
    house.app.clock.advance(Duration::from_secs(31));
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 1);
    house.until_told(&order, "handed over").await;
    gate.open();
    house.app.settle().await;
    let events = ["placed", "captured", "afterwards", "handed over"];
    assert_eq!(house.told(&order).await, events, "who was overtaken writes nothing");
    let given = house.merchant.given();
    assert!(given.len() == 2 && given[0] == given[1]);
}

#[tokio::test]
async fn what_is_decided_while_an_order_is_given_is_not_lost() {
    let house = House::open().await;
    let order = house.buy("k").await;
    let gate = house.halt_next();
    assert_eq!(house.app.app.tend().await.unwrap().resumed, 1);
    gate.reached().await;
    house.say(&order, "refunds", &json!({"amount": 100, "currency": "usd"})).await;
    gate.open();
    house.app.settle().await;
    let events = house.told(&order).await;
    assert_eq!(events.iter().filter(|event| *event == "handed over").count(), 1, "{events:?}");
    assert_eq!(house.app.payments.refunds().len(), 1);
    assert!(!house.has_errand(&order).await);
}

#[tokio::test]
async fn nothing_is_written_for_orders_nobody_wants() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let paid = app.complete(&id, "tok_visa").key("k").send().await;
    app.settle().await;
    let order = paid.body["order"]["id"].as_str().unwrap().to_owned();
    assert_eq!(app.checkouts.order_head(&OrderId::parse(&order).unwrap()).await.unwrap(), None);
    assert_eq!(app.app.tend().await.unwrap().resumed, 0);
    assert_eq!(told(&app, &order).await, ["placed", "captured"]);
}
