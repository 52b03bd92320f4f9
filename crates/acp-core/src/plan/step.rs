/// What one step of a plan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// Shows what was found.
    Search,
    /// Says how an order stands.
    OrderStatus,
    /// Calls off an order that was placed.
    OrderCancel,
    /// Puts the lines into the cart.
    CartApply,
    /// Opens a checkout for them.
    SessionCreate,
    /// Changes the checkout that was there.
    SessionUpdate,
    /// Chooses how they get there.
    DeliverySelect,
    /// Takes what it costs from the mandate.
    MandateReserve,
    /// Promises the goods.
    InventoryReserve,
    /// Has the money held.
    PaymentAuthorize,
    /// Places the order: from here on there is only forward.
    OrderCreate,
    /// Takes the money.
    PaymentCapture,
    /// Makes promises of goods into sales.
    InventoryCommit,
    /// Notes in the mandate that it was spent.
    MandateCommit,
}

/// Whether a step can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reversible {
    /// It changes nothing.
    ReadOnly,
    /// Whenever.
    Yes,
    /// As long as the money is not taken.
    UntilCaptured,
    /// As long as nothing is sent.
    UntilShipped,
    /// By giving the money back.
    ByRefund,
    /// Not at all.
    No,
}

impl StepKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Search,
        Self::OrderStatus,
        Self::OrderCancel,
        Self::CartApply,
        Self::SessionCreate,
        Self::SessionUpdate,
        Self::DeliverySelect,
        Self::MandateReserve,
        Self::InventoryReserve,
        Self::PaymentAuthorize,
        Self::OrderCreate,
        Self::PaymentCapture,
        Self::InventoryCommit,
        Self::MandateCommit,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::OrderStatus => "order_status",
            Self::OrderCancel => "order.cancel",
            Self::CartApply => "cart.apply",
            Self::SessionCreate => "session.create",
            Self::SessionUpdate => "session.update",
            Self::DeliverySelect => "delivery.select",
            Self::MandateReserve => "mandate.reserve",
            Self::InventoryReserve => "inventory.reserve",
            Self::PaymentAuthorize => "payment.authorize",
            Self::OrderCreate => "order.create",
            Self::PaymentCapture => "payment.capture",
            Self::InventoryCommit => "inventory.commit",
            Self::MandateCommit => "mandate.commit",
        }
    }

    /// Whether it can be taken back.
    pub const fn reversible(self) -> Reversible {
        match self {
            Self::Search | Self::OrderStatus => Reversible::ReadOnly,
            Self::CartApply
            | Self::SessionCreate
            | Self::SessionUpdate
            | Self::DeliverySelect
            | Self::MandateReserve
            | Self::InventoryReserve => Reversible::Yes,
            Self::PaymentAuthorize => Reversible::UntilCaptured,
            Self::OrderCreate => Reversible::UntilShipped,
            Self::PaymentCapture => Reversible::ByRefund,
            Self::OrderCancel | Self::InventoryCommit | Self::MandateCommit => Reversible::No,
        }
    }

    /// What takes it back.
    pub const fn compensation(self) -> Option<&'static str> {
        match self {
            Self::CartApply => Some("cart.restore"),
            Self::SessionCreate => Some("session.cancel"),
            Self::MandateReserve => Some("mandate.release"),
            Self::InventoryReserve => Some("inventory.release"),
            Self::PaymentAuthorize => Some("payment.void"),
            Self::OrderCreate => Some("order.cancel"),
            Self::PaymentCapture => Some("payment.refund"),
            Self::MandateCommit => Some("mandate.refund"),
            Self::InventoryCommit => Some("inventory.restock"),
            Self::Search
            | Self::OrderStatus
            | Self::OrderCancel
            | Self::SessionUpdate
            | Self::DeliverySelect => None,
        }
    }

    /// What has to be true right before it.
    pub const fn preconditions(self) -> &'static [&'static str] {
        match self {
            Self::CartApply => &["cart_unchanged"],
            Self::SessionUpdate | Self::DeliverySelect => &["session_open"],
            Self::MandateReserve => &["quote_total_at_most", "mandate_active", "approval_granted"],
            Self::SessionCreate | Self::InventoryReserve => &["stock_at_least"],
            Self::PaymentAuthorize => &["quote_total_unchanged", "mandate_reserved"],
            Self::OrderCreate => &["payment_authorized"],
            Self::PaymentCapture => &["order_created"],
            Self::InventoryCommit | Self::MandateCommit => &["payment_captured"],
            Self::Search | Self::OrderStatus => &[],
            Self::OrderCancel => &["order_not_shipped"],
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// At work.
    Running,
    /// Done.
    Succeeded,
    /// Not done, and it will not be.
    Failed,
    /// Done and taken back.
    Compensated,
    /// Not needed any more.
    Skipped,
}

impl StepStatus {
    /// The word it goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Compensated => "compensated",
            Self::Skipped => "skipped",
        }
    }
}

/// A step of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// How far it is.
    pub status: StepStatus,
}

impl Step {
    /// One that is to be done.
    pub const fn pending(kind: StepKind) -> Self {
        Self { kind, status: StepStatus::Pending }
    }
}
