//! What there is to buy in a simulated world, and the commands that buy it. Made once and shared
//! by all worlds.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use acp_core::catalog::{
    Audience, Benefit, CatalogItem, Kind, OptionRule, Promotion, PurchaseAccount, Reach, Shop,
    Spread, TaxClass, Terms,
};
use acp_core::ids::{AgentId, ItemId, MandateId, OptionId, Random128, SessionId, TenantId};
use acp_core::mandate::{Budget, Mandate, Restriction, Standing, Window};
use acp_core::money::{Currency, Money};
use acp_core::plan::{Basis, Mode, Operation, PlanDraft, PlanWish, Planner};
use acp_core::ports::{Catalog, Committed, MandateWrite, Mandates as _, PortError};
use acp_core::principal::{Habits, Principal, Proof, Scope, Tier};
use acp_core::session::{
    Address, Authentication, AuthenticationOutcome, AuthenticationProof, Buyer,
    BuyerAuthentication, ChangeSession, CompleteSession, Contact, HandlerChoice, Instrument,
    Interventions, MethodKind, OpenSession, Patch, PaymentToken, Profile, PurchaseOrder, Quantity,
    Selection, Tender, Wanted,
};
use acp_gateway::boot::{shop, terms};
use acp_gateway::config::Config;
use acp_gateway::store::record::StoreMandates;
use async_trait::async_trait;

use super::core::{Core, at_once};
use super::others::Card;

/// There is enough of it for everybody.
pub(super) const MUG: &str = "mug";
/// There is too little of it.
pub(super) const LAMP: &str = "lamp";
/// Nobody counts it.
pub(super) const PRINT: &str = "print";
/// The code of a promotion that is good for few orders.
pub(super) const CODE: &str = "FEW";
/// The business everybody buys for: it may promise to pay.
const BUSINESS: &str = "cust-business";
/// The name of the promotion.
const PROMOTION: &str = "few";

/// What does not differ from world to world.
pub(super) struct Goods {
    pub(super) shop: Arc<Shop>,
    pub(super) terms: Terms,
    items: Vec<Arc<CatalogItem>>,
}

pub(super) fn goods() -> &'static Arc<Goods> {
    static GOODS: OnceLock<Arc<Goods>> = OnceLock::new();
    GOODS.get_or_init(|| {
        let config = Config::default();
        let mut shop = shop(&config.shop, &config.payment).unwrap();
        shop.purchase_accounts = vec![PurchaseAccount {
            customer: BUSINESS.into(),
            approval_above: Some(usd(10_000_000)),
        }];
        // What is only said is left out: it would be said and read some hundred times in a world.
        shop.pages.clear();
        shop.consents.clear();
        let mut terms = terms(&config.shop).unwrap();
        let is_wanted = |option: &&OptionRule| {
            option.price.currency() == shop.currency
                && matches!(option.id.as_str(), "standard" | "express")
        };
        terms.options = terms.options.iter().filter(is_wanted).cloned().collect();
        terms.promotions = [promotion()].into();
        let items = [(MUG, 1_200), (LAMP, 8_900), (PRINT, 2_000)];
        let items = items.map(|(id, price)| Arc::new(item(id, price))).into();
        Arc::new(Goods { shop: Arc::new(shop), terms, items })
    })
}

impl Goods {
    pub(super) fn tenant(&self) -> &TenantId {
        &self.shop.tenant
    }
}

/// Everything that has a ledger.
pub(super) fn counted() -> [ItemId; 3] {
    [ItemId::new(MUG), ItemId::new(LAMP), Promotion::ledger_of(PROMOTION)]
}

#[async_trait]
impl Catalog for Goods {
    async fn find(
        &self,
        _: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        let found = |id: &&ItemId| self.items.iter().find(|item| item.id == **id).cloned();
        Ok(ids.iter().map(found).collect())
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

fn promotion() -> Promotion {
    Promotion {
        id: PROMOTION.into(),
        name: "For the first few".into(),
        code: Some(CODE.into()),
        benefit: Benefit::Amount(usd(300)),
        reach: Reach::Goods { items: Vec::new(), categories: Vec::new() },
        spread: Spread::Across,
        priority: 1,
        min_goods: None,
        starts_at: None,
        ends_at: None,
        is_exclusive: false,
        audience: Audience::Everybody,
        redemptions_max: Some(2),
    }
}

fn item(id: &str, price: i64) -> CatalogItem {
    CatalogItem {
        id: ItemId::new(id),
        product_id: id.into(),
        title: id.into(),
        description: "A thing.".into(),
        brand: None,
        category: "things".into(),
        kind: Kind::Physical,
        price: usd(price),
        options: Vec::new(),
        tags: Vec::new(),
        images: Vec::new(),
        sku: None,
        sold_as: None,
        max_per_order: None,
        tax_class: TaxClass::Standard,
        weight_grams: None,
        seller: None,
        disclosures: Vec::new(),
        is_withdrawn: false,
    }
}

pub(super) fn principal(agent: u64) -> Arc<Principal> {
    Arc::new(Principal {
        tenant: goods().tenant().clone(),
        agent: AgentId::new(format!("agent-{agent}")),
        proofs: vec![Proof::Bearer { key: None }],
        tier: Tier::Token,
        scope: Scope::Agent,
        habits: Habits::default(),
    })
}

pub(super) fn wanted(lines: &[(&str, u32)]) -> Vec<Wanted> {
    let line = |(item, count): &(&str, u32)| Wanted {
        item: ItemId::new(*item),
        quantity: Quantity::new(*count).unwrap(),
    };
    lines.iter().map(line).collect()
}

pub(super) fn opening(lines: &[(&str, u32)], codes: &[&str]) -> OpenSession {
    OpenSession {
        profile: Profile::AsksForAll,
        currency: Some(Currency::parse("usd").unwrap()),
        wanted: wanted(lines),
        buyer: Some(buyer()),
        contact: Some(Contact { address: Some(address()), ..Contact::default() }),
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions { three_ds: true, ..Interventions::default() },
        wants_discounts: !codes.is_empty(),
        codes: codes.iter().map(|code| (*code).into()).collect(),
        groups: Vec::new(),
        attribution: None,
    }
}

/// Chooses a delivery, and leaves a note by which the change is known again.
pub(super) fn choosing(note: &str, lines: Option<&[(&str, u32)]>) -> ChangeSession {
    let standard = Selection {
        kind: Some(MethodKind::Shipping),
        option: OptionId::new("standard"),
        items: Vec::new(),
    };
    ChangeSession {
        wanted: lines.map(wanted),
        selections: Patch::Set(vec![standard]),
        order_notes: Patch::Set(note.into()),
        ..ChangeSession::default()
    }
}

pub(super) fn paying(card: Card, token: &str, is_authenticated: bool) -> CompleteSession {
    CompleteSession {
        profile: Profile::AsksForAll,
        buyer: None,
        contact: None,
        tender: match card {
            Card::OnAccount => promise(),
            Card::Good | Card::Declined | Card::Challenged | Card::Lapsing | Card::Robbed => {
                instrument(token)
            }
        },
        authentication: is_authenticated.then_some(Authentication {
            outcome: AuthenticationOutcome::Authenticated,
            proof: Some(proof()),
        }),
        order_notes: None,
        attribution: None,
        consents: Vec::new(),
        risk: None,
    }
}

fn instrument(token: &str) -> Tender {
    Tender::Instrument(Instrument {
        handler: HandlerChoice::Named("card_tokenized".into()),
        kind: "card".into(),
        credential: "spt".into(),
        token: PaymentToken::new(token),
        billing_address: None,
    })
}

fn proof() -> AuthenticationProof {
    AuthenticationProof {
        cryptogram: "AAIBBYNoEwAAACcKhAJkdQAAAAA=".into(),
        electronic_commerce_indicator: "05".into(),
        transaction_id: "4e4f2b2c-1111-4111-8111-000000000001".into(),
        version: "2.2.0".into(),
    }
}

fn promise() -> Tender {
    Tender::PurchaseOrder(PurchaseOrder {
        number: "PO-7".into(),
        terms: None,
        due_at: None,
        wants_approval: false,
        billing_address: None,
    })
}

fn buyer() -> Buyer {
    Buyer {
        email: "ada@example.com".into(),
        first_name: None,
        last_name: None,
        full_name: None,
        phone_number: None,
        customer_id: Some(BUSINESS.into()),
        account_type: None,
        authentication_status: Some(BuyerAuthentication::Authenticated),
        company: None,
        loyalty: None,
        tax_exemption: None,
    }
}

fn address() -> Address {
    Address {
        name: "Ada Byron".into(),
        line_one: "4 Pier Road".into(),
        line_two: None,
        city: "San Francisco".into(),
        state: "CA".into(),
        country: "US".into(),
        postal_code: "94105".into(),
        company: None,
        phone_number: None,
    }
}

/// Leave to buy once, for whatever it costs. It is given behind the back of all gateways.
pub(super) fn give_mandate(core: &Core, client: u64, nth: u8) -> MandateId {
    let mandates = StoreMandates::new(core.records.clone());
    let (tenant, person, now) = (goods().tenant(), format!("person-{client}"), core.now());
    let mut dice = [nth; 16];
    dice[0] = u8::try_from(client % 256).unwrap();
    let id = mandates.new_id(tenant, &person, Random128(dice));
    let mandate = Mandate {
        id: id.clone(),
        version: 1,
        tenant: tenant.clone(),
        principal: person.into(),
        agents: vec![principal(client).agent.clone()],
        currency: Currency::parse("usd").unwrap(),
        per_order: usd(1_000_000),
        per_unit: None,
        budget: Budget {
            limit: usd(1_000_000),
            orders: Some(1),
            window: Window::Total,
            time_zone: "UTC".into(),
        },
        approval_above: None,
        restriction: Restriction::default(),
        valid_from: now,
        valid_until: now.plus(Duration::from_hours(24 * 365)),
        standing: Standing::Active,
        is_for_one_plan: false,
    };
    let write = MandateWrite { before: None, after: &mandate, answer: None };
    assert!(matches!(at_once(mandates.write(write)).unwrap(), Committed::At(_)));
    core.watch.lock().unwrap().mandates.push(id.clone());
    id
}

/// Wants a session paid for, without being asked.
pub(super) fn planning(session: &SessionId, mandate: MandateId) -> PlanWish {
    PlanWish {
        draft: PlanDraft::new(vec![Operation::Checkout], Vec::new()).unwrap(),
        basis: Basis::Session(session.clone()),
        mode: Mode::Autopilot,
        mandate: Some(mandate),
        buyer: None,
        contact: None,
        conversation: None,
        planner: Planner::Client,
    }
}

/// What pays for a plan, as it is sent.
pub(super) fn paying_plan(token: &str) -> Arc<[u8]> {
    let credential = serde_json::json!({"type": "spt", "token": token});
    let instrument = serde_json::json!({"type": "card", "credential": credential});
    let data = serde_json::json!({"handler_id": "card_tokenized", "instrument": instrument});
    serde_json::json!({"payment_data": data}).to_string().into_bytes().into()
}
