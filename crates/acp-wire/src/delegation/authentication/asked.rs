use acp_core::limits::{BROWSER_TEXT_CHARS_MAX, CARD_TEXT_CHARS_MAX, RETURN_URL_CHARS_MAX};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::delegation::asked::CardBillingAddress;
use crate::scalar::{Text, Whole, not_null};

/// The most characters of an address of the Internet, of either kind.
const ADDRESS_CHARS_MAX: usize = 45;
/// The most characters of a language, and of most numbers of a bank.
const CODE_CHARS_MAX: usize = 35;
/// The most digits of the number of a bank.
const BIN_CHARS_MAX: usize = 11;
/// The most characters of the name a shopper is shown.
const MERCHANT_NAME_CHARS_MAX: usize = 40;

/// What can be asked about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AuthenticatedMethod {
    Card,
}

/// The card of the shopper.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct AuthenticationCard<'a> {
    /// There is no other.
    #[serde(rename = "type")]
    #[schema(value_type = String, pattern = "^card$", examples("card"))]
    pub(super) kind: AuthenticatedMethod,
    /// 13 to 19 digits. It is handed on to whoever finds out, and kept nowhere here.
    #[schema(value_type = String, pattern = "^[0-9]{13,19}$", examples("4917610000000000"))]
    pub(super) number: Text<'a>,
    /// The last month it is good in, with two digits.
    #[schema(value_type = String, pattern = "^[0-9]{2}$", examples("03"))]
    pub(super) exp_month: Text<'a>,
    /// Its year, with four digits.
    #[schema(value_type = String, pattern = "^[0-9]{4}$", examples("2034"))]
    pub(super) exp_year: Text<'a>,
    /// Who it belongs to.
    #[schema(value_type = String, max_length = 256)]
    pub(super) name: Text<'a, CARD_TEXT_CHARS_MAX>,
}

/// What is to be paid.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct AuthenticationAmount<'a> {
    /// In minor units.
    #[schema(value_type = i64, minimum = 1, examples(1000))]
    pub(super) value: Whole,
    /// Three capital letters of ISO 4217.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", examples("EUR"))]
    pub(super) currency: Text<'a>,
}

/// The bank of the merchant, as the networks of cards know it.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct AuthenticationAcquirer<'a> {
    /// Its number at the network.
    #[schema(value_type = String, max_length = 11)]
    pub(super) acquirer_bin: Text<'a, BIN_CHARS_MAX>,
    /// Two letters of ISO 3166-1.
    #[schema(value_type = String, pattern = "^[A-Za-z]{2}$", examples("US"))]
    pub(super) acquirer_country: Text<'a>,
    /// The merchant's number at it.
    #[schema(value_type = String, max_length = 35)]
    pub(super) acquirer_merchant_id: Text<'a, CODE_CHARS_MAX>,
    /// What the shopper is shown.
    #[schema(value_type = String, max_length = 40)]
    pub(super) merchant_name: Text<'a, MERCHANT_NAME_CHARS_MAX>,
    /// What some networks ask for beside it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 35, required = false)]
    pub(super) requestor_id: Option<Text<'a, CODE_CHARS_MAX>>,
}

/// By what the shopper came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChannelWord {
    Browser,
}

/// The browser of the shopper. One that runs scripts tells the last five members, too.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct AuthenticationBrowser<'a> {
    /// Its header `Accept`.
    #[schema(value_type = String, max_length = 2048)]
    pub(super) accept_header: Text<'a, BROWSER_TEXT_CHARS_MAX>,
    /// Where it is.
    #[schema(value_type = String, max_length = 45)]
    pub(super) ip_address: Text<'a, ADDRESS_CHARS_MAX>,
    /// Whether it runs scripts.
    pub(super) javascript_enabled: bool,
    /// Its language, by BCP 47.
    #[schema(value_type = String, max_length = 35)]
    pub(super) language: Text<'a, CODE_CHARS_MAX>,
    /// Its header `User-Agent`.
    #[schema(value_type = String, max_length = 2048)]
    pub(super) user_agent: Text<'a, BROWSER_TEXT_CHARS_MAX>,
    /// Bits of a color.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    pub(super) color_depth: Option<Whole>,
    /// Whether Java runs in it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool, required = false)]
    pub(super) java_enabled: Option<bool>,
    /// In pixels.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    pub(super) screen_height: Option<Whole>,
    /// In pixels.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    pub(super) screen_width: Option<Whole>,
    /// How far its clock is from UTC, in minutes.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    pub(super) timezone_offset: Option<Whole>,
}

/// By what the shopper came.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct AuthenticationChannel<'a> {
    /// There is no other.
    #[serde(rename = "type")]
    #[schema(value_type = String, pattern = "^browser$", examples("browser"))]
    pub(super) kind: ChannelWord,
    /// The browser.
    pub(super) browser: AuthenticationBrowser<'a>,
}

/// How it is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FlowWord {
    /// The shopper is asked.
    Challenge,
    /// Nobody is asked.
    Frictionless,
}

/// How much that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChallengeWord {
    /// It has to be.
    Mandated,
    /// It would be better.
    Preferred,
}

/// More about a challenge.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ChallengeWish {
    /// How much it is wanted.
    #[serde(default, rename = "type", deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) kind: Option<ChallengeWord>,
}

/// More about nobody being asked: there is nothing to be said.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct FrictionlessWish {}

/// How the agent would like it to be done; the issuer decides.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct AuthenticationFlow {
    /// Which of the two.
    #[serde(rename = "type")]
    pub(super) kind: FlowWord,
    /// More about a challenge.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) challenge: Option<ChallengeWish>,
    /// More about no challenge.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) frictionless: Option<FrictionlessWish>,
}

/// Who the shopper is, as far as the agent knows.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct ShopperDetails<'a> {
    /// The name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    pub(super) name: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// The address of mail.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    pub(super) email: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// The telephone number.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    pub(super) phone_number: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// Where the shopper lives.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) address: Option<CardBillingAddress<'a>>,
}

/// Asks whether a shopper is who the card says.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct DelegateAuthenticationCreateRequest<'a> {
    /// For which merchant: the `merchant_id` in the `config` of the session's payment handler.
    #[schema(value_type = String, max_length = 256, examples("merchant_demo"))]
    pub(super) merchant_id: Text<'a, CARD_TEXT_CHARS_MAX>,
    /// The bank of the merchant.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) acquirer_details: Option<AuthenticationAcquirer<'a>>,
    /// The card.
    pub(super) payment_method: AuthenticationCard<'a>,
    /// What is to be paid.
    pub(super) amount: AuthenticationAmount<'a>,
    /// By what the shopper came, unless that is told later.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) channel: Option<AuthenticationChannel<'a>>,
    /// For which checkout session.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    pub(super) checkout_session_id: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// How it is to be done.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) flow_preference: Option<AuthenticationFlow>,
    /// Where the browser is to say how a challenge ended, unless that is told later.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = "uri", required = false)]
    pub(super) challenge_notification_url: Option<Text<'a, RETURN_URL_CHARS_MAX>>,
    /// Who the shopper is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) shopper_details: Option<ShopperDetails<'a>>,
}

/// What became of looking at the browser.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(super) enum FingerprintWord {
    /// It was looked at.
    Y,
    /// It took longer than 10 seconds.
    N,
    /// It could not be looked at, or was not.
    U,
}

/// Says that the browser was looked at, or not, and has the issuer asked.
#[derive(Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct DelegateAuthenticationAuthenticateRequest<'a> {
    /// What became of it.
    pub(super) fingerprint_completion: FingerprintWord,
    /// By what the shopper came, where that was not told before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) channel: Option<AuthenticationChannel<'a>>,
    /// For which checkout session.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 256, required = false)]
    #[expect(dead_code, reason = "its form is checked, and nothing hangs on it")]
    pub(super) checkout_session_id: Option<Text<'a, CARD_TEXT_CHARS_MAX>>,
    /// Where the browser is to say how a challenge ended, where that was not told before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = "uri", required = false)]
    pub(super) challenge_notification_url: Option<Text<'a, RETURN_URL_CHARS_MAX>>,
    /// Who the shopper is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(required = false, nullable = false)]
    pub(super) shopper_details: Option<ShopperDetails<'a>>,
}

impl std::fmt::Debug for DelegateAuthenticationCreateRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DelegateAuthenticationCreateRequest").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for DelegateAuthenticationAuthenticateRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DelegateAuthenticationAuthenticateRequest").finish_non_exhaustive()
    }
}
