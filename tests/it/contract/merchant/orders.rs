//! Who takes orders, whoever it is: an order is known by its id, is given in the words of the
//! contract, and the same way each time.

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::Kind;
use acp_core::ids::{LineId, PaymentId};
use acp_core::order::{
    ChosenDelivery, FulfillmentKind, Order, OrderEvent, Ordered, OrderedLine, Recorded,
};
use acp_core::ports::{OrderDesk as _, Retry};
use acp_core::pricing::{LineTotals, TotalKind, TotalRow, Totals};
use acp_core::session::{Address, Contact, Metadata, PaymentTerms, PurchaseOrder, Window};
use acp_core::time::Timestamp;
use acp_gateway::adapters::orders::RemoteOrders;
use acp_mocks::SeededEntropy;
use acp_mocks::faults::Faults;
use acp_mocks::receiver::{Received, ReceiverMock, Settings, Taken};
use acp_mocks::server::{Mock as _, Running};
use serde_json::{Value, json};

use super::backend;
use crate::contract::record_rig::{item_id, order_id, owner, session_id, usd};

const TOKEN: &str = "tok_orders";
const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

/// A merchant, and the way there.
struct Counter {
    merchant: Running<ReceiverMock>,
    desk: RemoteOrders,
}

impl Counter {
    async fn open() -> Self {
        let settings = Settings { token: Some(TOKEN.to_owned()), ..Settings::default() };
        let merchant = ReceiverMock::start(settings).await.unwrap();
        let desk = desk(merchant.url(), TOKEN);
        Self { merchant, desk }
    }

    /// From now on everything fails like this.
    fn fail(&self, faults: Faults) {
        self.merchant.switches().set_faults(faults).unwrap();
    }

    async fn take(&self, order: &Order) -> Result<String, Retry> {
        let taken = self.desk.take(order).await;
        taken.map(|id| id.as_str().to_owned()).map_err(|error| error.retry)
    }

    fn received(&self) -> Vec<Received> {
        self.merchant.mock().received()
    }
}

fn desk(url: String, token: &str) -> RemoteOrders {
    let entropy = Arc::new(SeededEntropy::new(2));
    RemoteOrders::at(&backend(url, Some(token)), entropy).unwrap()
}

fn address() -> Address {
    Address {
        name: "Ada".into(),
        line_one: "4 Pier Road".into(),
        line_two: None,
        city: "Somewhere".into(),
        state: "CA".into(),
        country: "US".into(),
        postal_code: "94107".into(),
        company: Some("Acme".into()),
        phone_number: None,
    }
}

fn line() -> OrderedLine {
    OrderedLine {
        id: LineId::new("li_mug"),
        item: item_id("mug"),
        product_id: "cups".into(),
        title: "Blue <b>Mug</b>".into(),
        image: None,
        kind: Kind::Physical,
        quantity: 2,
        unit_price: usd(250),
        totals: LineTotals {
            base: usd(500),
            discount: usd(50),
            subtotal: usd(450),
            tax: usd(45),
            total: usd(495),
        },
    }
}

/// What was ordered, with everything that can be said of it.
fn ordered() -> Ordered {
    let rows = [
        (TotalKind::Subtotal, 450),
        (TotalKind::Fulfillment, 100),
        (TotalKind::Tax, 45),
        (TotalKind::Total, 595),
    ];
    let rows = rows.map(|(kind, amount)| TotalRow::new(kind, usd(amount)));
    Ordered {
        owner: owner(),
        number: "ABCD1234".into(),
        lines: vec![line()],
        totals: Totals::checked(usd(0).currency(), rows.into()).unwrap(),
        exchange: None,
        deliveries: vec![ChosenDelivery {
            kind: FulfillmentKind::Shipping,
            title: "Parcel".into(),
            carrier: Some("DHL".into()),
            lines: vec![LineId::new("li_mug")],
            destination: Some(address()),
            window: Some(Window { earliest: NOW, latest: NOW.plus(Duration::from_hours(48)) }),
        }],
        contact: Contact {
            name: Some("Ada".into()),
            phone_number: None,
            email: Some("ada@example.com".into()),
            address: None,
        },
        notes: Some("Ring twice.".into()),
        metadata: Some(Metadata(r#"{"campaign":  "tea", "count": 1.0}"#.into())),
        locale: Some("en-US".into()),
    }
}

fn placed(purchase_order: Option<PurchaseOrder>) -> Order {
    let event = OrderEvent::Placed {
        session: session_id(),
        payment: PaymentId::new("pay_1"),
        authorized: usd(595),
        purchase_order: purchase_order.map(Box::new),
        ordered: Some(Box::new(ordered())),
        provenance: None,
    };
    Order::replay(order_id(), [Recorded { at: NOW, event }]).unwrap()
}

/// The schema of what is handed over, without room for what it does not name.
fn contract() -> Value {
    let text = include_str!("../../../../openapi/backends.yaml");
    let document: Value = serde_saphyr::from_str(text).unwrap();
    let mut components = document["components"].clone();
    for schema in components["schemas"].as_object_mut().unwrap().values_mut() {
        if schema["properties"].is_object() {
            schema["additionalProperties"] = json!(false);
        }
    }
    json!({"$ref": "#/components/schemas/OrderPlaced", "components": components})
}

#[tokio::test]
async fn an_order_is_known_by_its_id_however_often_it_is_given() {
    let counter = Counter::open().await;
    let order = placed(None);
    assert_eq!(counter.take(&order).await.unwrap(), "M-1001");
    assert_eq!(counter.take(&order).await.unwrap(), "M-1001");
    let [first, again] = <[_; 2]>::try_from(counter.received()).unwrap();
    assert_eq!([first.taken, again.taken], [Some(Taken::First), Some(Taken::Again)]);
    assert_eq!(first.body, again.body, "it is said the same way each time");
    assert_eq!(first.headers["idempotency-key"], order.id.as_str());
    assert_eq!(first.headers["correlation-id"], order.session.as_str());
}

#[tokio::test]
async fn an_order_is_given_in_the_words_of_the_contract() {
    let promised = PurchaseOrder {
        number: "PO-7".into(),
        terms: Some(PaymentTerms::Net30),
        due_at: Some(NOW),
        wants_approval: false,
        billing_address: Some(address()),
    };
    let schema = contract();
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    for order in [placed(None), placed(Some(promised))] {
        let counter = Counter::open().await;
        counter.take(&order).await.unwrap();
        let given: Value = serde_json::from_slice(&counter.received().pop().unwrap().body).unwrap();
        let wrong: Vec<_> = validator.iter_errors(&given).map(|error| error.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{given:#}");
        assert_eq!(given["id"], order.id.as_str());
        assert_eq!((&given["currency"], &given["placed_at"]), (&json!("USD"), &json!(NOW_TEXT)));
        assert_eq!(given["lines"][0]["total"], 495);
        assert_eq!(given["deliveries"][0]["destination"]["postal_code"], "94107");
        assert_eq!(given["buyer"], json!({"name": "Ada", "email": "ada@example.com"}));
        assert_eq!(given["metadata"], json!({"campaign": "tea", "count": 1.0}));
        assert_eq!(given["payment"]["amount"], 595);
        let number = order.purchase_order.as_ref().map(|promise| &*promise.number);
        assert_eq!(given["payment"]["purchase_order"]["number"].as_str(), number);
    }
}

const NOW_TEXT: &str = "2027-01-15T08:00:00Z";

#[tokio::test]
async fn a_merchant_who_does_not_take_it_says_what_may_be_done() {
    let counter = Counter::open().await;
    let order = placed(None);
    let away = Faults { unavailable_ratio: 1.0, ..Faults::default() };
    let cut = Faults { timeout_after_effect_ratio: 1.0, ..Faults::default() };
    let no = |status| Faults { status_ratio: 1.0, status, ..Faults::default() };
    for (faults, is_hopeless) in
        [(away, false), (cut, false), (no(500), false), (no(404), true), (no(409), true)]
    {
        counter.fail(faults.clone());
        let retry = counter.take(&order).await.unwrap_err();
        assert_eq!(retry == Retry::Never, is_hopeless, "{faults:?}: {retry:?}");
        // It is left alone for a moment after so many failures.
        counter.fail(Faults::default());
        while counter.take(&order).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(counter.take(&order).await.unwrap(), "M-1001", "none of it made another order");

    let stranger = desk(counter.merchant.url(), "another");
    assert_eq!(stranger.take(&order).await.unwrap_err().retry, Retry::Never);
    let nobody = desk("http://127.0.0.1:9".to_owned(), TOKEN);
    assert!(matches!(nobody.take(&order).await.unwrap_err().retry, Retry::After(_)));
}
