//! The services of others as programs that speak HTTP, in a world's own time: Stripe, and the
//! merchant's inventory. Gateways reach them with the adapters they have in a shop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::ids::{ItemId, PaymentId, SessionId};
use acp_core::limits::{PEER_CALLS_DEFAULT, PEER_CONNECT_TIMEOUT};
use acp_core::money::{Currency, Money};
use acp_core::payment::PaymentStatus;
use acp_core::ports::{Clock, Keeper, PaymentProvider as _};
use acp_core::stock::{Ledger, Reservation, ReservationId};
use acp_core::time::Timestamp;
use acp_gateway::adapters::inventory::{Desk, InventoryOptions, Reserving};
use acp_gateway::adapters::outward::{BackendOptions, Missed, Peers, Reply, Transport, segment};
use acp_gateway::adapters::payment::{Acquirer, StripeOptions, StripePayments};
use acp_mocks::inventory::{self, InventoryMock};
use acp_mocks::server::{Controlled as _, Mock as _};
use acp_mocks::stripe::{self, StripeMock, Way};
use acp_mocks::{Move, Movement, SeededEntropy};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use tower::ServiceExt as _;
use zeroize::Zeroizing;

use super::line::{Line, Service};
use super::money::Booked;
use super::payments::Card;
use crate::sim::core::Core;
use crate::sim::goods::{PRINT, goods};
use crate::sim::node::Wire;

/// How long a call to the inventory may take, where nobody says otherwise.
const INVENTORY_TIMEOUT: Duration = Duration::from_secs(2);
const SECRET_KEY: &str = "sk_test_sim";
/// What a payment says about whose it is.
const SESSION: &str = "acp_session";

/// All of them.
pub(in crate::sim) struct Services {
    stripe: StripeMock,
    inventory: InventoryMock,
    at_stripe: Router,
    at_inventory: Router,
    /// The tokens that were granted, with what becomes of them.
    granted: Mutex<Vec<(String, Card)>>,
}

impl Services {
    pub(in crate::sim) fn open(seed: u64, clock: &Arc<dyn Clock>) -> Self {
        let key = Some(SECRET_KEY.to_owned());
        let settings = stripe::Settings { key, seed, ..stripe::Settings::default() };
        let stripe = StripeMock::new(settings).unwrap();
        let settings =
            inventory::Settings { is_strict: true, seed, ..inventory::Settings::default() };
        let inventory = InventoryMock::new(settings).unwrap();
        stripe.switches().clock.follow(clock.clone());
        inventory.switches().clock.follow(clock.clone());
        inventory.set_stock(PRINT, None);
        let (at_stripe, at_inventory) = (stripe.routes(), inventory.routes());
        Self { stripe, inventory, at_stripe, at_inventory, granted: Mutex::default() }
    }

    /// What a service answers, at once, with all that comes of it.
    pub(super) fn answer(&self, core: &Core, service: Service, request: &Request<Bytes>) -> Reply {
        match service {
            Service::Inventory => answered(&self.at_inventory, request),
            Service::Stripe => {
                let reply = answered(&self.at_stripe, request);
                self.go_on(core, request);
                reply
            }
        }
    }

    /// What becomes of a payment is written in the token it is confirmed with.
    fn go_on(&self, core: &Core, request: &Request<Bytes>) {
        let Some(id) = request.uri().path().strip_suffix("/confirm") else { return };
        let id = PaymentId::new(id.rsplit('/').next().unwrap());
        let pays = |card| self.pays(card, std::str::from_utf8(request.body()).unwrap());
        if pays(Card::Lapsing) && self.lets_go_of(&id) {
            core.watch.lock().unwrap().lapsed.insert(id.clone());
        }
        if pays(Card::Robbed) {
            core.give_stock_away(&self.session_of(&id).unwrap());
        }
    }

    /// Whether a form pays with a card.
    fn pays(&self, card: Card, form: &str) -> bool {
        let granted = self.granted.lock().unwrap();
        let mut of_card = granted.iter().filter(|(_, of)| *of == card);
        form.contains(&card.token()) || of_card.any(|(token, _)| form.contains(token))
    }

    /// A token that pays so much with a card, and no more.
    pub(in crate::sim) fn grant(&self, card: Card, most: Money) -> String {
        #[derive(serde::Deserialize)]
        struct Granted {
            id: String,
        }
        let form = format!(
            "payment_method={}&usage_limits[currency]=usd&usage_limits[max_amount]={}",
            card.token(),
            most.minor()
        );
        let reply = self.at_stripe_as_somebody("test_helpers/shared_payment/granted_tokens", form);
        let Granted { id } = serde_json::from_slice(&reply.body).unwrap();
        self.granted.lock().unwrap().push((id.clone(), card));
        id
    }

    /// What somebody else than a gateway does at Stripe.
    fn at_stripe_as_somebody(&self, path: &str, form: String) -> Reply {
        let request = Request::post(format!("http://stripe/v1/{path}"))
            .header("authorization", format!("Bearer {SECRET_KEY}"))
            .body(Bytes::from(form));
        answered(&self.at_stripe, &request.unwrap())
    }

    /// Whether the hold of a payment is gone now.
    fn lets_go_of(&self, id: &PaymentId) -> bool {
        let path = format!("payment_intents/{id}/cancel");
        self.at_stripe_as_somebody(&path, String::new()).status.is_success()
    }

    /// Takes back what was promised to a session.
    pub(in crate::sim) fn take_back(&self, session: &SessionId) {
        for movement in self.inventory.ledger() {
            let id = movement.reservation.map(|id| ReservationId(id.into()));
            let Some(id) = id.filter(|id| id.owner().is_some_and(|(it, _)| it == *session)) else {
                continue;
            };
            let path = format!("http://inventory/reservations/{}/release", segment(&id.0));
            let goods = serde_json::json!({ "item": movement.item, "units": movement.units });
            let request = Request::post(path).body(Bytes::from(goods.to_string())).unwrap();
            assert!(answered(&self.at_inventory, &request).status.is_success());
        }
    }

    pub(in crate::sim) fn count(&self, item: &ItemId, units: u32) {
        self.inventory.set_stock(item.as_str(), Some(units));
    }

    /// What the inventory has of an item. What it promises stands in one line.
    pub(in crate::sim) fn ledger(&self, item: &ItemId) -> Ledger {
        let count = self.inventory.stock()[item.as_str()];
        let mut ledger = Ledger::new(count.free.map(|free| free.try_into().unwrap()));
        ledger.sold = count.sold.try_into().unwrap();
        if count.held > 0 {
            let units = count.held.try_into().unwrap();
            let held = Reservation::Held { units, until: Timestamp::EPOCH };
            ledger.reservations.insert(ReservationId("somebody".into()), held);
        }
        ledger
    }

    /// The sessions whose promises ran out.
    pub(in crate::sim) fn run_out(&self) -> Vec<String> {
        let movements = self.inventory.ledger().into_iter();
        let run_out = movements.filter(|it| it.way == inventory::Way::RunOut);
        let ids = run_out.filter_map(|it| ReservationId(it.reservation?.into()).owner());
        ids.map(|(session, _)| session.to_string()).collect()
    }

    fn session_of(&self, payment: &PaymentId) -> Option<SessionId> {
        let movements = self.stripe.ledger();
        let mut of_payment =
            movements.iter().filter(|movement| movement.payment_intent == payment.as_str());
        of_payment.find_map(|it| SessionId::parse(it.metadata.get(SESSION)?).ok())
    }

    /// What Stripe's books say of money.
    pub(super) async fn booked(&self) -> Booked {
        let mut booked = Booked::default();
        for movement in self.stripe.ledger() {
            let way = match movement.way {
                Way::Create => continue,
                Way::Hold => Move::Held,
                Way::Capture => Move::Taken,
                Way::Release => Move::LetGo,
                Way::Refund => Move::GivenBack,
            };
            let payment = PaymentId::new(movement.payment_intent);
            let Some(session) = self.session_of(&payment) else {
                booked.strange += 1;
                continue;
            };
            let currency = Currency::parse(&movement.currency).unwrap();
            let amount = Money::new(movement.amount, currency).unwrap();
            let at = Timestamp::from_unix_ms(movement.at_ms);
            booked.movements.push(Movement { at, session, payment, way, amount });
        }
        let clock = Arc::new(acp_mocks::StillClock::default());
        let provider = payments(Arc::new(Direct(self.at_stripe.clone())), clock, 0);
        let listed = provider.made_since(Timestamp::EPOCH).await.unwrap();
        let standing = listed.into_iter().map(|it| (it.session, it.payment.status));
        booked.payments = standing.collect::<Vec<(SessionId, PaymentStatus)>>();
        booked
    }
}

/// A line on which nothing is ever lost.
struct Direct(Router);

#[async_trait]
impl Transport for Direct {
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Reply, Missed> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Ok(answered(&self.0, &Request::from_parts(head, body)))
    }
}

/// A service that is in no hurry and fails by nobody's wish has its answer at once.
fn answered(router: &Router, request: &Request<Bytes>) -> Reply {
    let (router, request) = (router.clone(), request.clone().map(Body::from));
    let answered = async {
        let (head, body) = router.oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: head.status, headers: head.headers, body }
    };
    answered.now_or_never().unwrap()
}

/// Payments at Stripe, as a gateway has them.
pub(in crate::sim) fn stripe_of(wire: &Wire, seed: u64) -> StripePayments {
    let line = Line { wire: wire.clone(), service: Service::Stripe };
    payments(Arc::new(line), wire.core.clock.clone(), seed)
}

fn payments(line: Arc<dyn Transport>, clock: Arc<dyn Clock>, seed: u64) -> StripePayments {
    let acquirer = Acquirer {
        bin: "412345".into(),
        country: "US".into(),
        merchant_id: "merchant".into(),
        merchant_name: "Shop".into(),
    };
    let options = StripeOptions {
        base_url: "http://stripe".to_owned(),
        secret_key: Zeroizing::new(SECRET_KEY.to_owned()),
        api_version: "2026-04-22.preview".to_owned(),
        acquirer: Some(acquirer),
        shop: goods().tenant().clone(),
        route: None,
        calls_at_once: PEER_CALLS_DEFAULT,
        peers: Peers::default(),
    };
    let entropy = Arc::new(SeededEntropy::new(seed));
    StripePayments::new(&options, clock, entropy).unwrap().over(line)
}

/// The merchant's inventory, as a gateway has it.
pub(in crate::sim) fn inventory_of(wire: &Wire, seed: u64) -> Arc<dyn Keeper> {
    let backend = BackendOptions {
        base_url: "http://inventory".to_owned(),
        token: None,
        connect: PEER_CONNECT_TIMEOUT,
        whole: INVENTORY_TIMEOUT,
        calls_at_once: PEER_CALLS_DEFAULT,
        peers: Peers::default(),
    };
    let options = InventoryOptions { backend, is_bulk: true };
    let desk = Desk::at(&options, Arc::new(SeededEntropy::new(seed))).unwrap();
    let line = Line { wire: wire.clone(), service: Service::Inventory };
    Arc::new(Reserving::at(Arc::new(desk.over(Arc::new(line)))))
}
