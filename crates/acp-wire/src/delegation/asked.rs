use std::collections::BTreeMap;

use acp_core::limits::{BILLING_LINE_CHARS_MAX, CARD_TEXT_CHARS_MAX, POSTAL_CODE_CHARS_MAX};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::scalar::{DateTime, Text, Whole, not_null};

/// The only kind of thing that is handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MethodWord {
    Card,
}

/// What the number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CardNumberWord {
    /// That of the card.
    Fpan,
    /// One of a network that stands for it.
    NetworkToken,
}

/// How the card is paid for by its holder.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FundingWord {
    /// Later.
    Credit,
    /// At once.
    Debit,
    /// Before.
    Prepaid,
}

/// What somebody has checked.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CheckWord {
    /// The address.
    Avs,
    /// The security code.
    Cvv,
    /// The name.
    Ani,
    /// That the card exists.
    Auth0,
}

/// A card.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct PaymentMethodCard<'a> {
    /// What is handed over.
    #[serde(rename = "type")]
    #[schema(value_type = String, pattern = "^card$", examples("card"))]
    pub(super) kind: MethodWord,
    /// What the number is.
    pub(super) card_number_type: CardNumberWord,
    /// Whether the card exists as a number alone.
    #[serde(default, rename = "virtual", deserialize_with = "not_null")]
    #[schema(value_type = bool, required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) is_virtual: Option<bool>,
    /// 13 to 19 digits. It is handed on to the payment provider, and kept nowhere here.
    #[schema(value_type = String, pattern = "^[0-9]{13,19}$", examples("4242424242424242"))]
    pub(super) number: Text<'a>,
    /// The last month it is good in, with two digits.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[0-9]{2}$", required = false, examples("11"))]
    pub(super) exp_month: Option<Text<'a>>,
    /// Its year, with four digits.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[0-9]{4}$", required = false, examples("2034"))]
    pub(super) exp_year: Option<Text<'a>>,
    /// Who it belongs to.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    pub(super) name: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// The security code. It is handed on, and kept nowhere.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[0-9]{3,4}$", required = false, examples("223"))]
    pub(super) cvc: Option<Text<'a>>,
    /// The proof that comes with the number of a network.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) cryptogram: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// How the holder has proven who he is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 2, required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) eci_value: Option<Text<'a, 2>>,
    /// What was checked before. The provider checks for itself.
    #[serde(default)]
    #[schema(required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) checks_performed: Vec<CheckWord>,
    /// Who issued it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 8, required = false)]
    pub(super) iin: Option<Text<'a, 8>>,
    /// How it is paid for.
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) display_card_funding_type: FundingWord,
    /// The wallet it comes from, as it is to be shown.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) display_wallet_type: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// Its brand, as it is to be shown.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) display_brand: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// The last four digits, as they are to be shown.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[0-9]{4}$", required = false)]
    pub(super) display_last4: Option<Text<'a>>,
    /// Whatever else there is to say of it. It is not kept.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) metadata: BTreeMap<Text<'a>, Text<'a>>,
}

/// The one thing a card may be used for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AllowanceReason {
    /// A payment.
    OneTime,
}

/// What the card may be used for.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct PaymentAllowance<'a> {
    /// For what.
    pub(super) reason: AllowanceReason,
    /// How much at the most, in minor units.
    #[schema(value_type = i64, minimum = 1)]
    pub(super) max_amount: Whole,
    /// In which currency, in small letters.
    #[schema(value_type = String, pattern = "^[a-z]{3}$", examples("usd"))]
    pub(super) currency: Text<'a>,
    /// For which checkout session.
    #[schema(value_type = String, max_length = 256)]
    pub(super) checkout_session_id: Text<'a, CARD_TEXT_CHARS_MAX>,
    /// At which merchant: the `merchant_id` in the `config` of the session's payment handler.
    #[schema(value_type = String, max_length = 256, examples("merchant_demo"))]
    pub(super) merchant_id: Text<'a, CARD_TEXT_CHARS_MAX>,
    /// From then on, the token is good for nothing.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: DateTime,
}

/// Where the bills of a card go.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct CardBillingAddress<'a> {
    /// Who lives there.
    #[schema(value_type = String, max_length = 256)]
    pub(super) name: Text<'a, CARD_TEXT_CHARS_MAX>,
    /// Street and number.
    #[schema(value_type = String, max_length = 60)]
    pub(super) line_one: Text<'a, BILLING_LINE_CHARS_MAX>,
    /// Floor, flat, or the like.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 60, required = false)]
    pub(super) line_two: Option<Text<'a, BILLING_LINE_CHARS_MAX>>,
    /// The city.
    #[schema(value_type = String, max_length = 60)]
    pub(super) city: Text<'a, BILLING_LINE_CHARS_MAX>,
    /// The state or province.
    #[schema(value_type = String, max_length = 256)]
    pub(super) state: Text<'a, CARD_TEXT_CHARS_MAX>,
    /// Two letters of ISO 3166-1.
    #[schema(value_type = String, pattern = "^[A-Za-z]{2}$", examples("US"))]
    pub(super) country: Text<'a>,
    /// The postal code.
    #[schema(value_type = String, max_length = 20)]
    pub(super) postal_code: Text<'a, POSTAL_CODE_CHARS_MAX>,
}

/// What a sign of risk is of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RiskWord {
    /// That cards are tried out.
    CardTesting,
}

/// What is to be done because of it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RiskActionWord {
    /// The card is not taken.
    Blocked,
    /// Somebody looks at it.
    ManualReview,
    /// Nothing.
    Authorized,
}

/// A sign of risk.
#[derive(Deserialize, ToSchema)]
pub(super) struct CardRiskSignal {
    /// What it is a sign of.
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) kind: RiskWord,
    /// How sure somebody is.
    #[schema(value_type = i64)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) score: Whole,
    /// What is to be done.
    pub(super) action: RiskActionWord,
}

/// Hands a card over.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct DelegatePaymentRequest<'a> {
    /// The card.
    pub(super) payment_method: PaymentMethodCard<'a>,
    /// What it may be used for.
    pub(super) allowance: PaymentAllowance<'a>,
    /// Where its bills go.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub(super) billing_address: Option<CardBillingAddress<'a>>,
    /// What is known of the risk. It may be empty since 2026-04-17.
    #[schema(max_items = 50)]
    pub(super) risk_signals: Vec<CardRiskSignal>,
    /// What comes back in the answer, as it is.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub(super) metadata: BTreeMap<Text<'a>, Text<'a>>,
}

impl std::fmt::Debug for DelegatePaymentRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DelegatePaymentRequest").finish_non_exhaustive()
    }
}
