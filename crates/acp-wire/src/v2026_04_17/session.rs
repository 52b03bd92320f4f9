//! The session as this version says it.

use acp_core::catalog::{CatalogItem, Shop};
use acp_core::pricing::{LineTotals, TotalKind, TotalRow};
use acp_core::session as core;
use acp_core::session::{
    FulfillmentOption as CoreOption, MethodKind, NoticeCode, NoticeKind, QuotedLine, Readiness,
    Resolution, Session, Stage,
};
use acp_core::stock::Availability;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::capabilities::Capabilities;
use super::order::Order;
use super::shape::{
    Address, Buyer, FulfillmentDetails, FulfillmentType, SelectedFulfillmentOption, text,
};
use crate::scalar::{DateTime, Text};
use crate::version::Version;

/// A checkout session: the authoritative state of the cart.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutSession<'a> {
    id: &'a str,
    protocol: ProtocolVersion,
    capabilities: Capabilities<'a>,
    status: Status,
    /// ISO 4217, lower case. All amounts are in its minor unit.
    #[schema(example = "usd")]
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    line_items: Vec<LineItem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// What can be chosen; empty until there is something to choose.
    fulfillment_options: Vec<FulfillmentOption<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    selected_fulfillment_options: Vec<SelectedFulfillmentOption<'a>>,
    totals: Vec<Total<'a>>,
    /// Problems and remarks; while an error is among them the session cannot be paid for.
    messages: Vec<Message<'a>>,
    links: Vec<Link<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    authentication_metadata: Option<AuthenticationMetadata<'a>>,
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime,
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quote_id: Option<&'a str>,
    /// There once the session is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<Order<'a>>,
}

/// The version of the protocol the answer is written in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProtocolVersion {
    #[schema(example = "2026-04-17")]
    version: &'static str,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Incomplete,
    NotReadyForPayment,
    RequiresEscalation,
    AuthenticationRequired,
    ReadyForPayment,
    PendingApproval,
    CompleteInProgress,
    Completed,
    Canceled,
    Expired,
}

impl Status {
    const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Open(Readiness::Incomplete) => Self::Incomplete,
            Stage::Open(Readiness::Blocked) => Self::NotReadyForPayment,
            Stage::Open(Readiness::Escalated) => Self::RequiresEscalation,
            Stage::Open(Readiness::Ready { .. }) => Self::ReadyForPayment,
            Stage::AuthenticationRequired(_) => Self::AuthenticationRequired,
            Stage::PendingApproval => Self::PendingApproval,
            Stage::Completing(_) => Self::CompleteInProgress,
            Stage::Completed(_) => Self::Completed,
            Stage::Canceled => Self::Canceled,
            Stage::Expired => Self::Expired,
        }
    }
}

/// A row of totals.
#[derive(Debug, Serialize, ToSchema)]
pub struct Total<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    display_text: &'a str,
    /// In minor units; also what is taken off is positive.
    amount: i64,
}

const fn kind_name(kind: TotalKind) -> &'static str {
    match kind {
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
    }
}

const fn display_text(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::ItemsBaseAmount => "Items",
        TotalKind::ItemsDiscount => "Item discounts",
        TotalKind::Subtotal => "Subtotal",
        TotalKind::Discount => "Discount",
        TotalKind::Fulfillment => "Delivery",
        TotalKind::Tax => "Tax",
        TotalKind::Fee => "Fees",
        TotalKind::GiftWrap => "Gift wrap",
        TotalKind::Tip => "Tip",
        TotalKind::StoreCredit => "Store credit",
        TotalKind::Total => "Total",
        TotalKind::AmountRefunded => "Refunded",
    }
}

impl<'a> Total<'a> {
    pub(super) fn of_session(row: &'a TotalRow) -> Self {
        Self {
            kind: kind_name(row.kind),
            display_text: row.label.as_deref().unwrap_or(display_text(row.kind)),
            amount: row.amount.minor(),
        }
    }

    fn row(kind: TotalKind, amount: i64) -> Self {
        Self { kind: kind_name(kind), display_text: display_text(kind), amount }
    }

    fn of_line(totals: &LineTotals) -> Vec<Self> {
        let mut rows = vec![Self::row(TotalKind::ItemsBaseAmount, totals.base.minor())];
        if !totals.discount.is_zero() {
            rows.push(Self::row(TotalKind::ItemsDiscount, totals.discount.minor()));
        }
        rows.push(Self::row(TotalKind::Subtotal, totals.subtotal.minor()));
        rows.push(Self::row(TotalKind::Tax, totals.tax.minor()));
        rows.push(Self::row(TotalKind::Total, totals.total.minor()));
        rows
    }
}

/// An item, as a line refers to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemReference<'a> {
    id: &'a str,
}

/// What tells a variant apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariantOption<'a> {
    name: &'a str,
    value: &'a str,
}

/// The seller on a marketplace.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketplaceSellerDetails<'a> {
    name: &'a str,
}

/// A weight.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeightInfo {
    value: u32,
    unit: &'static str,
}

/// A line of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineItem<'a> {
    id: &'a str,
    item: ItemReference<'a>,
    quantity: u32,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    images: Vec<&'a str>,
    /// The price of one, in minor units.
    unit_amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    marketplace_seller_details: Option<MarketplaceSellerDetails<'a>>,
    product_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sku: Option<&'a str>,
    category: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    weight: Option<WeightInfo>,
    availability_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    available_quantity: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    max_quantity_per_order: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    variant_options: Vec<VariantOption<'a>>,
    totals: Vec<Total<'a>>,
}

impl<'a> LineItem<'a> {
    fn of(line: &'a QuotedLine) -> Self {
        let item: &CatalogItem = &line.item;
        let (availability_status, available_quantity) = match line.available {
            Availability::Unlimited => ("in_stock", None),
            Availability::Units(0) => ("out_of_stock", Some(0)),
            Availability::Units(left @ 1..4) => ("low_stock", Some(left)),
            Availability::Units(left) => ("in_stock", Some(left)),
        };
        Self {
            id: line.id.as_str(),
            item: ItemReference { id: item.id.as_str() },
            quantity: line.quantity,
            name: &item.title,
            description: Some(item.description.as_ref()).filter(|text| !text.is_empty()),
            images: item.images.iter().map(AsRef::as_ref).collect(),
            unit_amount: item.price.minor(),
            marketplace_seller_details: item
                .seller
                .as_deref()
                .map(|name| MarketplaceSellerDetails { name }),
            product_id: &item.product_id,
            sku: item.sku.as_deref(),
            category: &item.category,
            tags: item.tags.iter().map(AsRef::as_ref).collect(),
            weight: item.weight_grams.map(|value| WeightInfo { value, unit: "g" }),
            availability_status,
            available_quantity,
            max_quantity_per_order: item.max_per_order,
            variant_options: item
                .options
                .iter()
                .map(|(name, value)| VariantOption { name, value })
                .collect(),
            totals: Total::of_line(&line.totals),
        }
    }
}

/// A fulfillment option that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct FulfillmentOption<'a> {
    #[serde(rename = "type")]
    kind: FulfillmentType,
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    /// For shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    carrier: Option<&'a str>,
    /// For shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    earliest_delivery_time: Option<DateTime>,
    /// For shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    latest_delivery_time: Option<DateTime>,
    /// For pickup.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<PickupLocation<'a>>,
    /// For local delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    delivery_window: Option<DeliveryWindow>,
    totals: Vec<Total<'a>>,
}

/// Where a buyer fetches things.
#[derive(Debug, Serialize, ToSchema)]
pub struct PickupLocation<'a> {
    name: &'a str,
    address: Address<'a>,
}

/// When a local delivery arrives.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryWindow {
    #[schema(value_type = String, format = DateTime)]
    start: DateTime,
    #[schema(value_type = String, format = DateTime)]
    end: DateTime,
}

impl<'a> FulfillmentOption<'a> {
    fn of(kind: MethodKind, option: &'a CoreOption) -> Self {
        let window_of = |wanted: MethodKind| option.window.filter(|_| kind == wanted);
        let shipping = window_of(MethodKind::Shipping);
        Self {
            kind: kind.into(),
            id: option.id.as_str(),
            title: &option.title,
            description: option.description.as_deref(),
            carrier: option.carrier.as_deref(),
            earliest_delivery_time: shipping.map(|window| DateTime(window.earliest)),
            latest_delivery_time: shipping.map(|window| DateTime(window.latest)),
            location: option.pickup.as_ref().map(|location| PickupLocation {
                name: &location.name,
                address: Address::of(&location.address),
            }),
            delivery_window: window_of(MethodKind::LocalDelivery).map(|window| DeliveryWindow {
                start: DateTime(window.earliest),
                end: DateTime(window.latest),
            }),
            totals: vec![Total {
                kind: "total",
                display_text: &option.title,
                amount: option.price.minor(),
            }],
        }
    }
}

/// A problem or a remark.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// There for warnings and errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resolution: Option<&'static str>,
    /// Where in the session, as a JSONPath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    param: Option<&'a str>,
    content_type: &'static str,
    content: &'a str,
}

const fn message_code(code: NoticeCode) -> &'static str {
    match code {
        NoticeCode::Missing => "missing",
        NoticeCode::General | NoticeCode::Invalid => "invalid",
        NoticeCode::OutOfStock => "out_of_stock",
        NoticeCode::LowStock => "low_stock",
        NoticeCode::QuantityExceeded => "quantity_exceeded",
        NoticeCode::RegionRestricted => "region_restricted",
        NoticeCode::PaymentDeclined => "payment_declined",
        NoticeCode::Requires3ds => "requires_3ds",
        NoticeCode::Expired => "expired",
    }
}

impl<'a> Message<'a> {
    fn of(notice: &'a core::Notice) -> Self {
        let (kind, code) = match notice.kind {
            NoticeKind::Info => ("info", None),
            NoticeKind::Warning => ("warning", Some(message_code(notice.code))),
            NoticeKind::Error => ("error", Some(message_code(notice.code))),
        };
        Self {
            kind,
            code,
            resolution: notice.resolution.map(|resolution| match resolution {
                Resolution::Recoverable => "recoverable",
                Resolution::BuyerInput => "requires_buyer_input",
                Resolution::BuyerReview => "requires_buyer_review",
            }),
            param: notice.path.as_deref(),
            content_type: "plain",
            content: &notice.text,
        }
    }
}

/// A link the buyer may want.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(format = "uri")]
    url: &'a str,
}

fn links(shop: &Shop) -> Vec<Link<'_>> {
    [
        ("terms_of_use", &shop.terms_of_use_url),
        ("privacy_policy", &shop.privacy_policy_url),
        ("return_policy", &shop.return_policy_url),
    ]
    .into_iter()
    .filter_map(|(kind, url)| url.as_deref().map(|url| Link { kind, url }))
    .collect()
}

/// What an agent needs to authenticate the payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthenticationMetadata<'a> {
    acquirer_details: AcquirerDetails<'a>,
    directory_server: &'a str,
}

/// The bank that takes the money.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcquirerDetails<'a> {
    acquirer_bin: &'a str,
    acquirer_country: &'a str,
    acquirer_merchant_id: &'a str,
    merchant_name: &'a str,
}

impl<'a> AuthenticationMetadata<'a> {
    fn of(stage: &'a Stage) -> Option<Self> {
        match stage {
            Stage::AuthenticationRequired(challenge) => Some(Self {
                acquirer_details: AcquirerDetails {
                    acquirer_bin: &challenge.acquirer_bin,
                    acquirer_country: &challenge.acquirer_country,
                    acquirer_merchant_id: &challenge.acquirer_merchant_id,
                    merchant_name: &challenge.merchant_name,
                },
                directory_server: &challenge.directory_server,
            }),
            Stage::Open(_)
            | Stage::PendingApproval
            | Stage::Completing(_)
            | Stage::Completed(_)
            | Stage::Canceled
            | Stage::Expired => None,
        }
    }
}

/// Items are named by their own id, and by the line where one item stands on several.
fn carried_id<'a>(session: &'a Session, line: &'a QuotedLine) -> Text<'a> {
    let is_repeated =
        session.quote.lines.iter().filter(|other| other.item.id == line.item.id).count() > 1;
    text(if is_repeated { line.id.as_str() } else { line.item.id.as_str() })
}

fn selected(session: &Session) -> Vec<SelectedFulfillmentOption<'_>> {
    let groups = session
        .quote
        .methods
        .iter()
        .flat_map(|method| method.groups.iter().map(move |group| (method.kind, group)));
    groups
        .map(|(kind, group)| SelectedFulfillmentOption {
            kind: kind.into(),
            option_id: text(group.option.as_str()),
            item_ids: session
                .quote
                .lines
                .iter()
                .filter(|line| group.lines.contains(&line.id))
                .map(|line| carried_id(session, line))
                .collect(),
        })
        .collect()
}

impl<'a> CheckoutSession<'a> {
    /// The session as this version says it.
    pub fn of(session: &'a Session, shop: &'a Shop) -> Self {
        let basket = &session.basket;
        Self {
            id: session.id.as_str(),
            protocol: ProtocolVersion { version: Version::V2026_04_17.as_str() },
            capabilities: Capabilities::of(shop, basket.interventions),
            status: Status::of(&session.stage),
            currency: basket.currency.lowercase(),
            locale: basket.locale.as_deref(),
            timezone: basket.timezone.as_deref(),
            buyer: basket.buyer.as_ref().map(Buyer::of),
            line_items: session.quote.lines.iter().map(LineItem::of).collect(),
            fulfillment_details: basket.contact.as_ref().map(FulfillmentDetails::of),
            fulfillment_options: session
                .quote
                .methods
                .iter()
                .flat_map(|method| method.options.iter().map(|option| (method.kind, option)))
                .map(|(kind, option)| FulfillmentOption::of(kind, option))
                .collect(),
            selected_fulfillment_options: selected(session),
            totals: session.quote.totals.rows().iter().map(Total::of_session).collect(),
            messages: session.quote.notices.iter().map(Message::of).collect(),
            links: links(shop),
            authentication_metadata: AuthenticationMetadata::of(&session.stage),
            created_at: DateTime(session.opened_at),
            updated_at: DateTime(session.changed_at),
            expires_at: DateTime(session.expires_at),
            metadata: basket
                .metadata
                .as_ref()
                .and_then(|metadata| serde_json::from_str(&metadata.0).ok()),
            quote_id: basket.quote_id.as_deref(),
            order: match &session.stage {
                Stage::Completed(placed) => Some(Order::of(session, placed, shop)),
                Stage::Open(_)
                | Stage::AuthenticationRequired(_)
                | Stage::PendingApproval
                | Stage::Completing(_)
                | Stage::Canceled
                | Stage::Expired => None,
            },
        }
    }
}

/// The bytes of a session.
pub fn render(session: &Session, shop: &Shop) -> Vec<u8> {
    let mut body = Vec::with_capacity(4_096);
    let rendered = CheckoutSession::of(session, shop);
    // Writing plain data into memory cannot fail.
    serde_json::to_writer(&mut body, &rendered).unwrap_or_default();
    body
}
