//! An order as it is handed over. All of it was written down when it was placed, so that it is said
//! the same way however often, and whatever became of the order since.

use acp_core::catalog::Kind;
use acp_core::ids::LineId;
use acp_core::money::Money;
use acp_core::order::{ChosenDelivery, FulfillmentKind, Order, Ordered, OrderedLine};
use acp_core::pricing::{TotalKind, TotalRow};
use acp_core::session::{Address, Contact, Metadata, PaymentTerms, PurchaseOrder};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::adapters::outward::moment;

/// What is answered.
#[derive(Debug, Deserialize)]
pub(super) struct OrderTaken {
    pub(super) id: String,
}

#[derive(Debug, Serialize)]
pub(super) struct OrderPlaced<'a> {
    id: &'a str,
    number: &'a str,
    checkout_session_id: &'a str,
    placed_at: String,
    agent: &'a str,
    currency: String,
    lines: Vec<Line<'a>>,
    totals: Vec<Row<'a>>,
    deliveries: Vec<Delivery<'a>>,
    buyer: Buyer<'a>,
    payment: Payment<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Box<RawValue>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    item: &'a str,
    product_id: &'a str,
    title: &'a str,
    kind: &'static str,
    quantity: u32,
    unit_price: i64,
    base: i64,
    discount: i64,
    subtotal: i64,
    tax: i64,
    total: i64,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Delivery<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<&'a str>,
    lines: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<PostalAddress<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<String>,
}

#[derive(Debug, Serialize)]
struct PostalAddress<'a> {
    name: &'a str,
    line_one: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_two: Option<&'a str>,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    postal_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Buyer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Payment<'a> {
    id: &'a str,
    amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchase_order: Option<Promise<'a>>,
}

#[derive(Debug, Serialize)]
struct Promise<'a> {
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_address: Option<PostalAddress<'a>>,
}

impl<'a> OrderPlaced<'a> {
    /// An order as it is handed over; nothing where it does not say what was ordered.
    pub(super) fn of(order: &'a Order) -> Option<Self> {
        let ordered: &Ordered = order.ordered.as_deref()?;
        Some(Self {
            id: order.id.as_str(),
            number: &ordered.number,
            checkout_session_id: order.session.as_str(),
            placed_at: moment(order.placed_at),
            agent: ordered.owner.agent.as_str(),
            currency: order.currency().to_string(),
            lines: ordered.lines.iter().map(Line::of).collect(),
            totals: ordered.totals.rows().iter().map(Row::of).collect(),
            deliveries: ordered.deliveries.iter().map(Delivery::of).collect(),
            buyer: Buyer::of(&ordered.contact),
            payment: Payment {
                id: order.payment.as_str(),
                amount: order.authorized.minor(),
                purchase_order: order.purchase_order.as_deref().map(Promise::of),
            },
            notes: ordered.notes.as_deref(),
            locale: ordered.locale.as_deref(),
            metadata: ordered.metadata.as_ref().and_then(raw),
        })
    }
}

/// What the client attached, as it sent it.
fn raw(metadata: &Metadata) -> Option<Box<RawValue>> {
    RawValue::from_string(metadata.0.to_string()).ok()
}

impl<'a> Line<'a> {
    fn of(line: &'a OrderedLine) -> Self {
        let [base, discount, subtotal, tax, total] = [
            line.totals.base,
            line.totals.discount,
            line.totals.subtotal,
            line.totals.tax,
            line.totals.total,
        ]
        .map(Money::minor);
        Self {
            id: line.id.as_str(),
            item: line.item.as_str(),
            product_id: &line.product_id,
            title: &line.title,
            kind: match line.kind {
                Kind::Physical => "physical",
                Kind::Digital => "digital",
            },
            quantity: line.quantity,
            unit_price: line.unit_price.minor(),
            base,
            discount,
            subtotal,
            tax,
            total,
        }
    }
}

impl<'a> Row<'a> {
    fn of(row: &'a TotalRow) -> Self {
        let kind = match row.kind {
            TotalKind::ItemsBaseAmount => "items_base_amount",
            TotalKind::ItemsDiscount => "items_discount",
            TotalKind::Subtotal => "subtotal",
            TotalKind::Discount => "discount",
            TotalKind::Fulfillment => "fulfillment",
            TotalKind::Tax => "tax",
            TotalKind::Fee => "fee",
            TotalKind::GiftWrap => "gift_wrap",
            TotalKind::Tip => "tip",
            TotalKind::StoreCredit => "store_credit",
            TotalKind::Total => "total",
            TotalKind::AmountRefunded => "amount_refunded",
        };
        Self { kind, amount: row.amount.minor(), label: row.label.as_deref() }
    }
}

impl<'a> Delivery<'a> {
    fn of(chosen: &'a ChosenDelivery) -> Self {
        Self {
            kind: match chosen.kind {
                FulfillmentKind::Shipping => "shipping",
                FulfillmentKind::Pickup => "pickup",
                FulfillmentKind::Digital => "digital",
            },
            title: &chosen.title,
            carrier: chosen.carrier.as_deref(),
            lines: chosen.lines.iter().map(LineId::as_str).collect(),
            destination: chosen.destination.as_ref().map(PostalAddress::of),
            earliest: chosen.window.map(|window| moment(window.earliest)),
            latest: chosen.window.map(|window| moment(window.latest)),
        }
    }
}

impl<'a> PostalAddress<'a> {
    fn of(address: &'a Address) -> Self {
        Self {
            name: &address.name,
            line_one: &address.line_one,
            line_two: address.line_two.as_deref(),
            city: &address.city,
            state: &address.state,
            country: &address.country,
            postal_code: &address.postal_code,
            company: address.company.as_deref(),
            phone_number: address.phone_number.as_deref(),
        }
    }
}

impl<'a> Buyer<'a> {
    fn of(contact: &'a Contact) -> Self {
        Self {
            name: contact.name.as_deref(),
            email: contact.email.as_deref(),
            phone_number: contact.phone_number.as_deref(),
        }
    }
}

impl<'a> Promise<'a> {
    fn of(promise: &'a PurchaseOrder) -> Self {
        Self {
            number: &promise.number,
            terms: promise.terms.map(|terms| match terms {
                PaymentTerms::Immediate => "immediate",
                PaymentTerms::Net15 => "net_15",
                PaymentTerms::Net30 => "net_30",
                PaymentTerms::Net60 => "net_60",
                PaymentTerms::Net90 => "net_90",
            }),
            due_at: promise.due_at.map(moment),
            billing_address: promise.billing_address.as_ref().map(PostalAddress::of),
        }
    }
}
