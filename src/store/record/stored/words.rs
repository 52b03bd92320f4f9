//! The words that stand for variants without data. A word that was ever written stays.

use acp_core::catalog::{CodeRefusal, Kind, Markup, SoldAs, Spread, TaxClass};
use acp_core::mandate::{Standing, Window};
use acp_core::order::{AdjustmentKind, AdjustmentStatus, CancelReason, FulfillmentKind, Progress};
use acp_core::payment::PaymentState;
use acp_core::plan::{
    IssueKind, Mode, MomentKind, PlanStatus, Planner, Slot, StepKind, StepStatus, StopReason,
};
use acp_core::ports::Operation;
use acp_core::pricing::TotalKind;
use acp_core::principal::{
    AddressPhone, CompletedStatus, ConflictStatus, Maker, Role, Scope, Strangers,
};
use acp_core::run::Trouble;
use acp_core::session::{
    AccountType, BuyerAuthentication, CertificateType, MethodKind, NoticeCode, NoticeKind,
    PaymentTerms, Profile, Resolution, SourceKind, Touchpoint, TraceReason,
};
use acp_core::signing::{SignaturePolicy, SignedForm, SigningAlgorithm, SigningProfile};
use acp_core::stock::Taking;
use acp_core::tenant::ProofNeeded;
use acp_core::webhook::{EndpointState, NewsKind, Unheard};

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
    Role, "role": ShopRead = "shop:read", ShopWrite = "shop:write", OrdersWrite = "orders:write",
        Admin = "admin", Principal = "principal",;
    NewsKind, "kind of news": OrderCreate = "order_create", OrderUpdate = "order_update",
        QuestionAsked = "question.asked", ApprovalRequested = "approval.requested",
        ApprovalGranted = "approval.granted", PlanCompleted = "plan.completed",
        PlanBlocked = "plan.blocked", PlanFailed = "plan.failed",
        PlanCanceled = "plan.canceled", PlanExpired = "plan.expired",;
    EndpointState, "state of an endpoint": Active = "active", Paused = "paused", Gone = "gone",;
    Unheard, "reason not to be heard": NotPublic = "not_public", Unreachable = "unreachable",
        TooSlow = "too_slow", Unreadable = "unreadable",;
    Window, "window": Total = "total", Day = "day", Week = "week", Month = "month",;
    Standing, "standing of a mandate": Active = "active", Revoked = "revoked",;
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
    Resolution, "resolution": Recoverable = "recoverable", BuyerInput = "buyer_input",
        BuyerReview = "buyer_review",;
    TotalKind, "kind of total": ItemsBaseAmount = "items_base_amount",
        ItemsDiscount = "items_discount", Subtotal = "subtotal", Discount = "discount",
        Fulfillment = "fulfillment", Tax = "tax", Fee = "fee", GiftWrap = "gift_wrap",
        Tip = "tip", StoreCredit = "store_credit", Total = "total",
        AmountRefunded = "amount_refunded",;
    Operation, "operation": Open = "open", Change = "change", Complete = "complete",
        Cancel = "cancel", Fulfill = "fulfill", MoveFulfillment = "move_fulfillment",
        CancelLines = "cancel_lines", ReturnLines = "return_lines", Refund = "refund",
        OpenCart = "open_cart", ReplaceCart = "replace_cart", CancelCart = "cancel_cart",
        MakePlan = "make_plan", ExecutePlan = "execute_plan", AnswerPlan = "answer_plan",
        ApprovePlan = "approve_plan", RejectPlan = "reject_plan", CancelPlan = "cancel_plan",
        ChangeItem = "change_item", CountStock = "count_stock", Judge = "judge",
        GiveMandate = "give_mandate", ChangeMandate = "change_mandate",
        RevokeMandate = "revoke_mandate", Understand = "understand", Delegate = "delegate",
        BeginAuthentication = "begin_authentication", Authenticate = "authenticate",;
    Mode, "mode of a plan": Preview = "preview", Assisted = "assisted", Autopilot = "autopilot",;
    Planner, "planner": Rules = "rules", Model = "llm", Client = "client",;
    PlanStatus, "status of a plan": NeedsInput = "needs_input", NeedsApproval = "needs_approval",
        Ready = "ready", Running = "running", Completed = "completed", Blocked = "blocked",
        Failed = "failed", Canceled = "canceled", Expired = "expired",;
    StopReason, "reason why a plan stopped": PaymentDeclined = "payment_declined",
        AuthenticationRequired = "requires_3ds", OutOfStock = "out_of_stock",
        OverBudget = "over_budget", MandateDenied = "mandate_denied",
        NotReady = "session_not_ready", Changed = "changed_meanwhile", TimedOut = "timed_out",
        Rejected = "rejected", CanceledByCaller = "canceled", OrderFailed = "order_failed",
        Broken = "internal_error",;
    StepKind, "kind of step": Search = "search", OrderStatus = "order_status",
        OrderCancel = "order.cancel", CartApply = "cart.apply", SessionCreate = "session.create",
        SessionUpdate = "session.update", DeliverySelect = "delivery.select",
        MandateReserve = "mandate.reserve", InventoryReserve = "inventory.reserve",
        PaymentAuthorize = "payment.authorize", OrderCreate = "order.create",
        PaymentCapture = "payment.capture", InventoryCommit = "inventory.commit",
        MandateCommit = "mandate.commit",;
    StepStatus, "status of a step": Pending = "pending", Running = "running",
        Succeeded = "succeeded", Failed = "failed", Compensated = "compensated",
        Skipped = "skipped",;
    Slot, "slot of a question": Product = "product", Variant = "variant", Quantity = "quantity",
        Order = "order", Currency = "currency", Code = "code", Address = "address",
        Target = "target",;
    IssueKind, "kind of issue": Clarify = "clarify", Unavailable = "unavailable",
        OverBudget = "over_budget", NotFound = "not_found", EmptyCart = "empty_cart",
        NotUnderstood = "not_understood", LanguageUnsupported = "language_unsupported",
        Refused = "refused",;
    MomentKind, "moment of a plan": Created = "plan.created", QuestionAsked = "question.asked",
        QuoteChanged = "quote.changed", ApprovalRequested = "approval.requested",
        Approved = "approval.granted", Rejected = "approval.rejected", Started = "plan.started",
        StepStarted = "step.started", StepRetrying = "step.retrying",
        StepSucceeded = "step.succeeded", StepFailed = "step.failed",
        StepCompensated = "step.compensated", Replanned = "plan.replanned",
        CancelRequested = "plan.cancel_requested", Completed = "plan.completed",
        Blocked = "plan.blocked", Failed = "plan.failed", Canceled = "plan.canceled",
        Expired = "plan.expired",;
    CancelReason, "reason for canceling an order": PaymentFailed = "payment_failed",
        OutOfStock = "out_of_stock", CalledOff = "called_off",;
    FulfillmentKind, "kind of fulfillment of an order": Shipping = "shipping", Pickup = "pickup",
        Digital = "digital",;
    Progress, "progress of a fulfillment": Pending = "pending", Processing = "processing",
        Shipped = "shipped", InTransit = "in_transit", OutForDelivery = "out_for_delivery",
        ReadyForPickup = "ready_for_pickup", Delivered = "delivered", Failed = "failed",
        Canceled = "canceled",;
    AdjustmentKind, "kind of adjustment": Refund = "refund", Return = "return",
        Cancellation = "cancellation",;
    AdjustmentStatus, "status of an adjustment": Pending = "pending", Completed = "completed",
        Failed = "failed",;
    PaymentState, "state of a payment": Created = "created", Authorized = "authorized",
        Captured = "captured", Canceled = "canceled", Failed = "failed", Unknown = "unknown",
        Refunded = "refunded",;
    Taking, "standing of units": Asked = "asked", Refused = "refused", Taken = "taken",
        Sold = "sold", Returning = "returning", Returned = "returned", Doubtful = "doubtful",;
    Trouble, "trouble of a run": Unclear = "unclear", Unreachable = "unreachable",
        NotAccepted = "not_accepted", Broken = "broken",;
    TraceReason, "reason for walking away": PriceSensitivity = "price_sensitivity",
        ShippingCost = "shipping_cost", ShippingSpeed = "shipping_speed",
        ProductFit = "product_fit", TrustSecurity = "trust_security",
        ReturnsPolicy = "returns_policy", PaymentOptions = "payment_options",
        Comparison = "comparison", TimingDeferred = "timing_deferred", Other = "other",;
    Markup, "markup": Plain = "plain", Markdown = "markdown",;
    Spread, "spread of a discount": Each = "each", Across = "across",;
    CodeRefusal, "reason for refusing a code": Expired = "expired", Invalid = "invalid",
        AlreadyApplied = "already_applied", CombinationDisallowed = "combination_disallowed",
        MinimumNotMet = "minimum_not_met", NotSignedIn = "not_signed_in",
        Ineligible = "ineligible", UsedUp = "used_up",;
    Profile, "profile": AsksForAll = "asks_for_all", FillsIn = "fills_in",;
    SourceKind, "kind of source": Url = "url", Platform = "platform", Unknown = "unknown",;
    Touchpoint, "touchpoint": First = "first", Last = "last",;
    PaymentTerms, "terms of payment": Immediate = "immediate", Net15 = "net_15", Net30 = "net_30",
        Net60 = "net_60", Net90 = "net_90",;
    ConflictStatus, "status of a conflict": ByVersion = "by_version", Conflict = "409",
        Unprocessable = "422",;
    CompletedStatus, "status of a completion": Ok = "200", Created = "201",;
    Strangers, "treatment of unknown fields": AsConfigured = "as_configured", Ignore = "ignore",
        Refuse = "refuse",;
    AddressPhone, "place of a telephone number": Elsewhere = "elsewhere",
        InAddress = "in_address",;
    SignaturePolicy, "policy about signatures": Off = "off", Optional = "optional",
        Required = "required",;
    SigningAlgorithm, "signature algorithm": HmacSha256 = "hmac-sha256", Ed25519 = "ed25519",
        Es256 = "es256",;
    ProofNeeded, "proof": Token = "token", Signed = "signed",;
    SigningProfile, "profile of signatures": Body = "body", TimeAndBody = "ts-body",
        Full = "full",;
    SignedForm, "signed form": Raw = "raw", Canonical = "canonical",;
    Scope, "scope": Agent = "agent", Merchant = "merchant", Admin = "admin",
        Principal = "principal",;
    Maker, "maker of a key": Operator = "operator", Configuration = "configuration",;
}

/// A notice is about one thing, or about a code that was refused for one reason.
impl Words for NoticeCode {
    const LIST: &'static str = "notice";
    #[cfg(test)]
    const ALL: &'static [Self] = &[
        Self::General,
        Self::Missing,
        Self::Invalid,
        Self::OutOfStock,
        Self::LowStock,
        Self::QuantityExceeded,
        Self::RegionRestricted,
        Self::PaymentDeclined,
        Self::Requires3ds,
        Self::Expired,
        Self::InterventionRequired,
        Self::ApprovalRequired,
        Self::CodeRefused(CodeRefusal::Expired),
        Self::CodeRefused(CodeRefusal::Invalid),
        Self::CodeRefused(CodeRefusal::AlreadyApplied),
        Self::CodeRefused(CodeRefusal::CombinationDisallowed),
        Self::CodeRefused(CodeRefusal::MinimumNotMet),
        Self::CodeRefused(CodeRefusal::NotSignedIn),
        Self::CodeRefused(CodeRefusal::Ineligible),
        Self::CodeRefused(CodeRefusal::UsedUp),
    ];

    fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::OutOfStock => "out_of_stock",
            Self::LowStock => "low_stock",
            Self::QuantityExceeded => "quantity_exceeded",
            Self::RegionRestricted => "region_restricted",
            Self::PaymentDeclined => "payment_declined",
            Self::Requires3ds => "requires_3ds",
            Self::Expired => "expired",
            Self::InterventionRequired => "intervention_required",
            Self::ApprovalRequired => "approval_required",
            Self::CodeRefused(CodeRefusal::Expired) => "code_expired",
            Self::CodeRefused(CodeRefusal::Invalid) => "code_invalid",
            Self::CodeRefused(CodeRefusal::AlreadyApplied) => "code_already_applied",
            Self::CodeRefused(CodeRefusal::CombinationDisallowed) => "code_combination_disallowed",
            Self::CodeRefused(CodeRefusal::MinimumNotMet) => "code_minimum_not_met",
            Self::CodeRefused(CodeRefusal::NotSignedIn) => "code_not_signed_in",
            Self::CodeRefused(CodeRefusal::Ineligible) => "code_ineligible",
            Self::CodeRefused(CodeRefusal::UsedUp) => "code_used_up",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "general" => Self::General,
            "missing" => Self::Missing,
            "invalid" => Self::Invalid,
            "out_of_stock" => Self::OutOfStock,
            "low_stock" => Self::LowStock,
            "quantity_exceeded" => Self::QuantityExceeded,
            "region_restricted" => Self::RegionRestricted,
            "payment_declined" => Self::PaymentDeclined,
            "requires_3ds" => Self::Requires3ds,
            "expired" => Self::Expired,
            "intervention_required" => Self::InterventionRequired,
            "approval_required" => Self::ApprovalRequired,
            _ => Self::CodeRefused(CodeRefusal::of_word(word.strip_prefix("code_")?)?),
        })
    }
}
