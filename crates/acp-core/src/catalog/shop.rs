use super::PaymentHandler;
use crate::ids::TenantId;
use crate::money::{Currency, Money};
use crate::session::Buyer;
use crate::time::Timestamp;

/// When the buyer of this shop has to authenticate a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authenticating {
    /// When the payment provider says so, and then it may fail.
    Optional,
    /// When the payment provider says so.
    Conditional,
    /// Always.
    Always,
}

/// What a page of the shop is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum PageKind {
    TermsOfUse,
    PrivacyPolicy,
    ReturnPolicy,
    ShippingPolicy,
    ContactUs,
    AboutUs,
    Faq,
    Support,
}

/// A page a buyer may want to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is about.
    pub kind: PageKind,
    /// Where it is.
    pub url: Box<str>,
}

/// A channel on which the shop would like to write to its buyers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentOption {
    /// Its name: `email`, `sms`, `whatsapp` or another.
    pub channel: Box<str>,
    /// What the buyer agrees to receive.
    pub text: Box<str>,
    /// The rules it is done by.
    pub privacy_policy_url: Box<str>,
}

/// At which rate prices are shown in another currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeRule {
    /// The currency that is charged.
    pub from: Currency,
    /// The currency that is shown.
    pub to: Currency,
    /// What one of the first is worth in the second, in millionths.
    pub millionths: u64,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl ExchangeRule {
    /// An amount as it is shown, rounded half up to a whole minor unit of the other currency;
    /// `None` where it is larger than any amount is.
    pub fn shown(&self, amount: Money) -> Option<i64> {
        const MILLION: i128 = 1_000_000;
        let up = u32::from(self.to.exponent().saturating_sub(self.from.exponent()));
        let down = u32::from(self.from.exponent().saturating_sub(self.to.exponent()));
        let scaled = i128::from(amount.minor())
            .checked_mul(i128::from(self.millionths))?
            .checked_mul(10_i128.checked_pow(up)?)?;
        let divisor = MILLION.checked_mul(10_i128.checked_pow(down)?)?;
        let half = divisor.checked_div_euclid(2)?;
        i64::try_from(scaled.checked_add(half)?.checked_div_euclid(divisor)?).ok()
    }
}

/// A business that may buy against a purchase order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseAccount {
    /// The shop's own id for it.
    pub customer: Box<str>,
    /// Above this total somebody has to approve first; every time where it is not given. The
    /// agent alone says who the buyer is.
    pub approval_above: Option<Money>,
}

/// A merchant's shop: its names, its links and how it is paid. What it taxes, how it delivers and
/// what it takes off are its [`super::Terms`], and may be kept elsewhere.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The tenant this shop is.
    pub tenant: TenantId,
    /// What buyers know it as.
    pub name: Box<str>,
    /// The ways to pay it takes, best first.
    pub handlers: Vec<PaymentHandler>,
    /// When a payment has to be authenticated.
    pub authenticating: Authenticating,
    /// The businesses that may buy against a purchase order.
    pub purchase_accounts: Vec<PurchaseAccount>,
    /// The pages a buyer may want to see.
    pub pages: Vec<Page>,
    /// Where a buyer can look at an order; `{id}` stands for the order's id.
    pub order_url: Box<str>,
    /// Where a buyer can go on with a session in a browser; `{id}` stands for the session's id.
    pub continue_url: Option<Box<str>>,
    /// Where a buyer can ask for help.
    pub support_email: Option<Box<str>>,
    /// The currency of a session that names none.
    pub currency: Currency,
    /// Above this total a person has to look at a session before it is paid for.
    pub review_above: Option<Money>,
    /// Currencies that prices are shown in although others are charged.
    pub exchanges: Vec<ExchangeRule>,
    /// Where the shop would like to write to its buyers.
    pub consents: Vec<ConsentOption>,
}

impl Shop {
    /// The link under which a buyer finds an order.
    pub fn order_link(&self, order: &str) -> String {
        self.order_url.replace("{id}", order)
    }

    /// The link under which a buyer can go on with a session.
    pub fn continue_link(&self, session: &str) -> Option<String> {
        self.continue_url.as_ref().map(|url| url.replace("{id}", session))
    }

    /// The rate from a currency that is charged to one that is shown.
    pub fn exchange(&self, from: Currency, to: Currency) -> Option<&ExchangeRule> {
        self.exchanges.iter().find(|rule| rule.from == from && rule.to == to)
    }

    /// The ways a buyer can pay a total.
    pub fn handlers_for(
        &self,
        buyer: Option<&Buyer>,
        total: Money,
    ) -> impl Iterator<Item = &PaymentHandler> {
        self.handlers.iter().filter(move |handler| handler.is_open_to(buyer, total))
    }

    /// The account a buyer can buy on against a purchase order.
    pub fn purchase_account(&self, buyer: Option<&Buyer>) -> Option<&PurchaseAccount> {
        let customer = buyer.filter(|buyer| buyer.is_signed_in())?.customer_id.as_ref()?;
        self.purchase_accounts.iter().find(|account| account.customer == *customer)
    }
}
