//! The words that stand for variants without data. A word that was ever written stays.

use acp_core::catalog::{Kind, SoldAs, TaxClass};
use acp_core::order::CancelReason;
use acp_core::ports::Operation;
use acp_core::pricing::TotalKind;
use acp_core::principal::Scope;
use acp_core::session::{
    AccountType, BuyerAuthentication, CertificateType, MethodKind, NoticeCode, NoticeKind,
    Resolution, TraceReason,
};

use super::mirror::Words;

macro_rules! words {
    ($($list:ident, $name:literal: $($variant:ident = $word:literal,)*;)*) => {$(
        impl Words for $list {
            const LIST: &'static str = $name;
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

words! {
    Kind, "kind of item": Physical = "physical", Digital = "digital",;
    TaxClass, "tax class": Standard = "standard", Reduced = "reduced", Exempt = "exempt",;
    SoldAs, "unit of sale": Pair = "pair", Dozen = "dozen", Pack = "pack", Jar = "jar",
        Bag = "bag", Bottle = "bottle", Carton = "carton", Bunch = "bunch",;
    MethodKind, "kind of fulfillment": Shipping = "shipping", Digital = "digital",
        Pickup = "pickup", LocalDelivery = "local_delivery",;
    AccountType, "type of account": Guest = "guest", Registered = "registered",
        Business = "business",;
    BuyerAuthentication, "authentication of a buyer": Authenticated = "authenticated",
        Guest = "guest", RequiresSignin = "requires_signin",;
    CertificateType, "type of certificate": Resale = "resale",
        ExemptOrganization = "exempt_organization", Government = "government",;
    NoticeKind, "kind of notice": Info = "info", Warning = "warning", Error = "error",;
    NoticeCode, "notice": General = "general", Missing = "missing", Invalid = "invalid",
        OutOfStock = "out_of_stock", LowStock = "low_stock",
        QuantityExceeded = "quantity_exceeded", RegionRestricted = "region_restricted",
        PaymentDeclined = "payment_declined", Requires3ds = "requires_3ds",
        Expired = "expired",;
    Resolution, "resolution": Recoverable = "recoverable", BuyerInput = "buyer_input",
        BuyerReview = "buyer_review",;
    TotalKind, "kind of total": ItemsBaseAmount = "items_base_amount",
        ItemsDiscount = "items_discount", Subtotal = "subtotal", Discount = "discount",
        Fulfillment = "fulfillment", Tax = "tax", Fee = "fee", GiftWrap = "gift_wrap",
        Tip = "tip", StoreCredit = "store_credit", Total = "total",
        AmountRefunded = "amount_refunded",;
    Operation, "operation": Open = "open", Change = "change", Complete = "complete",
        Cancel = "cancel",;
    CancelReason, "reason for canceling an order": PaymentFailed = "payment_failed",
        OutOfStock = "out_of_stock",;
    TraceReason, "reason for walking away": PriceSensitivity = "price_sensitivity",
        ShippingCost = "shipping_cost", ShippingSpeed = "shipping_speed",
        ProductFit = "product_fit", TrustSecurity = "trust_security",
        ReturnsPolicy = "returns_policy", PaymentOptions = "payment_options",
        Comparison = "comparison", TimingDeferred = "timing_deferred", Other = "other",;
    Scope, "scope": Agent = "agent", Merchant = "merchant", Admin = "admin",;
}
