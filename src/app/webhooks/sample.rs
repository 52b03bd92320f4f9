use acp_core::catalog::{Kind, Shop};
use acp_core::ids::{ItemId, LineId, OrderId, Partition, PaymentId, PlanId, Random128, SessionId};
use acp_core::money::Money;
use acp_core::order::{Order, OrderStatus, Ordered, OrderedLine};
use acp_core::plan::PlanStatus;
use acp_core::pricing::{LineTotals, TotalKind, TotalRow, Totals, TotalsError};
use acp_core::session::{Contact, Owner};
use acp_core::time::Timestamp;
use acp_core::webhook::{NewsKind, PlanNews};

/// What the made-up thing costs, in minor units.
const PRICE: i64 = 100;

/// An order nobody placed, under an id no order has: one thing for a price.
pub(super) fn sample(shop: &Shop, owner: &Owner, now: Timestamp) -> Result<Order, TotalsError> {
    let place = Partition::of_hash([0; 8]);
    let nothing = Money::zero(shop.currency);
    let price = Money::new(PRICE, shop.currency)?;
    let totals =
        LineTotals { base: price, discount: nothing, subtotal: price, tax: nothing, total: price };
    let rows = [TotalKind::ItemsBaseAmount, TotalKind::Subtotal, TotalKind::Total]
        .map(|kind| TotalRow::new(kind, price));
    let ordered = Ordered {
        owner: owner.clone(),
        number: "TEST".into(),
        lines: vec![OrderedLine {
            id: LineId::new("li_1"),
            item: ItemId::new("test"),
            product_id: "test".into(),
            title: "Test".into(),
            image: None,
            kind: Kind::Digital,
            quantity: 1,
            unit_price: price,
            totals,
        }],
        totals: Totals::checked(shop.currency, rows.into())?,
        exchange: None,
        deliveries: Vec::new(),
        contact: Contact::default(),
        notes: None,
        metadata: None,
        locale: None,
    };
    Ok(Order {
        id: OrderId::new(place, Random128([0; 16])),
        session: SessionId::new(place, Random128([0; 16])),
        payment: PaymentId::new("test"),
        authorized: price,
        captured: price,
        refunded: nothing,
        status: OrderStatus::Captured,
        purchase_order: None,
        merchant_order: None,
        placed_at: now,
        changed_at: now,
        ordered: Some(Box::new(ordered)),
        fulfillments: Vec::new(),
        adjustments: Vec::new(),
    })
}

/// Something that happened to a plan nobody made, under an id no plan has; nothing for what is told
/// of orders.
pub(super) fn sample_of_plan(kind: NewsKind, now: Timestamp) -> Option<PlanNews> {
    let status = match kind {
        NewsKind::OrderCreate | NewsKind::OrderUpdate => return None,
        NewsKind::QuestionAsked => PlanStatus::NeedsInput,
        NewsKind::ApprovalRequested => PlanStatus::NeedsApproval,
        NewsKind::ApprovalGranted => PlanStatus::Ready,
        NewsKind::PlanCompleted => PlanStatus::Completed,
        NewsKind::PlanBlocked => PlanStatus::Blocked,
        NewsKind::PlanFailed => PlanStatus::Failed,
        NewsKind::PlanCanceled => PlanStatus::Canceled,
        NewsKind::PlanExpired => PlanStatus::Expired,
    };
    Some(PlanNews {
        plan: PlanId::new(Partition::of_hash([0; 8]), Random128([0; 16])),
        conversation: None,
        kind,
        seq: 1,
        at: now,
        status,
        reason: None,
        order: None,
        say: "This is a test. There is no such plan.".into(),
    })
}
