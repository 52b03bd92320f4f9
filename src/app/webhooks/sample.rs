use acp_core::catalog::{Kind, Shop};
use acp_core::ids::{ItemId, LineId, OrderId, Partition, PaymentId, Random128, SessionId};
use acp_core::money::Money;
use acp_core::order::{Order, OrderStatus, Ordered, OrderedLine};
use acp_core::pricing::{LineTotals, TotalKind, TotalRow, Totals, TotalsError};
use acp_core::session::{Contact, Owner};
use acp_core::time::Timestamp;

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
