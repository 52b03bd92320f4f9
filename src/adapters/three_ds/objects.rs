//! What is said of an authentication, and what is answered.

use acp_core::ids::AuthenticationId;
use acp_core::ports::Begun;
use acp_core::three_ds::{
    Action, Authenticate, BeginAuthentication, Browser, Ending, Fingerprinted, FlowWish, Found,
    Shopper, Standing, Step,
};
use acp_core::vault::{BillingAddress, SecretText};
use serde::{Deserialize, Serialize};

const REFERENCE_CHARS_MAX: usize = 255;
/// The most characters of anything a provider tells that is kept.
const TOLD_CHARS_MAX: usize = 2_048;

/// What is to be found out.
#[derive(Serialize)]
pub(super) struct Wanted<'a> {
    authentication: &'a str,
    merchant: &'a str,
    card: CardTold<'a>,
    amount: i64,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquirer: Option<AcquirerTold<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<&'static str>,
    #[serde(flatten)]
    shopper: ShopperSide<'a>,
}

/// What became of looking at the browser.
#[derive(Serialize)]
pub(super) struct Asked<'a> {
    fingerprint: &'static str,
    #[serde(flatten)]
    shopper: ShopperSide<'a>,
}

#[derive(Serialize)]
struct ShopperSide<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<BrowserTold<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shopper: Option<ShopperTold<'a>>,
}

#[derive(Serialize)]
struct CardTold<'a> {
    number: &'a str,
    exp_month: u8,
    exp_year: u16,
    name: &'a str,
}

#[derive(Serialize)]
struct AcquirerTold<'a> {
    bin: &'a str,
    country: &'a str,
    merchant_id: &'a str,
    merchant_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requestor_id: Option<&'a str>,
}

#[derive(Serialize)]
struct BrowserTold<'a> {
    accept: &'a str,
    ip_address: &'a str,
    language: &'a str,
    user_agent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<ScreenTold>,
}

#[derive(Serialize)]
struct ScreenTold {
    color_depth: u32,
    java: bool,
    height: u32,
    width: u32,
    utc_offset: i32,
}

#[derive(Serialize)]
struct ShopperTold<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<AddressTold<'a>>,
}

#[derive(Serialize)]
struct AddressTold<'a> {
    name: &'a str,
    line_one: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_two: Option<&'a str>,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    postal_code: &'a str,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(id: &'a AuthenticationId, wish: &'a BeginAuthentication) -> Self {
        Self {
            authentication: id.as_str(),
            merchant: &wish.merchant,
            card: CardTold {
                number: wish.card.number.reveal(),
                exp_month: wish.card.expiry.month,
                exp_year: wish.card.expiry.year,
                name: wish.card.name.reveal(),
            },
            amount: wish.amount.minor(),
            currency: wish.amount.currency().to_string(),
            acquirer: wish.acquirer.as_ref().map(|acquirer| AcquirerTold {
                bin: &acquirer.bin,
                country: &acquirer.country,
                merchant_id: &acquirer.merchant_id,
                merchant_name: &acquirer.merchant_name,
                requestor_id: acquirer.requestor_id.as_deref(),
            }),
            checkout_session: wish.session.as_deref(),
            flow: wish.wish.map(|wish| match wish {
                FlowWish::Frictionless => "frictionless",
                FlowWish::Challenge { is_mandated: Some(true) } => "challenge_mandated",
                FlowWish::Challenge { is_mandated: Some(false) | None } => "challenge",
            }),
            shopper: ShopperSide::of(
                wish.browser.as_ref(),
                wish.notification_url.as_deref(),
                wish.shopper.as_ref(),
            ),
        }
    }
}

impl<'a> Asked<'a> {
    pub(super) fn of(wish: &'a Authenticate) -> Self {
        Self {
            fingerprint: match wish.fingerprint {
                Fingerprinted::Done => "done",
                Fingerprinted::TimedOut => "timed_out",
                Fingerprinted::Unavailable => "unavailable",
            },
            shopper: ShopperSide::of(
                wish.browser.as_ref(),
                wish.notification_url.as_deref(),
                wish.shopper.as_ref(),
            ),
        }
    }
}

impl<'a> ShopperSide<'a> {
    fn of(
        browser: Option<&'a Browser>,
        notification_url: Option<&'a str>,
        shopper: Option<&'a Shopper>,
    ) -> Self {
        let shown = |text: &'a Option<SecretText>| text.as_ref().map(SecretText::reveal);
        Self {
            browser: browser.map(|browser| BrowserTold {
                accept: &browser.accept,
                ip_address: &browser.address,
                language: &browser.language,
                user_agent: &browser.user_agent,
                screen: browser.screen.map(|screen| ScreenTold {
                    color_depth: screen.color_depth,
                    java: screen.has_java,
                    height: screen.height,
                    width: screen.width,
                    utc_offset: screen.utc_offset,
                }),
            }),
            notification_url,
            shopper: shopper.map(|shopper| ShopperTold {
                name: shown(&shopper.name),
                email: shown(&shopper.email),
                phone: shown(&shopper.phone),
                address: shopper.address.as_ref().map(AddressTold::of),
            }),
        }
    }
}

impl<'a> AddressTold<'a> {
    fn of(address: &'a BillingAddress) -> Self {
        Self {
            name: address.name.reveal(),
            line_one: address.line_one.reveal(),
            line_two: address.line_two.as_ref().map(SecretText::reveal),
            city: address.city.reveal(),
            state: address.state.reveal(),
            country: address.country.reveal(),
            postal_code: address.postal_code.reveal(),
        }
    }
}

/// Why nothing was done.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    /// There is something wrong with the card.
    Card,
    /// There is no such authentication.
    Unknown,
}

/// What was begun.
#[derive(Debug, Deserialize)]
pub(super) struct BegunTold {
    reference: Box<str>,
    #[serde(flatten)]
    standing: StandingTold,
}

/// Where it stands.
#[derive(Debug, Deserialize)]
pub(super) struct StandingTold {
    status: Box<str>,
    fingerprint: Option<FingerprintTold>,
    challenge: Option<ChallengeTold>,
    result: Option<ResultTold>,
}

#[derive(Debug, Deserialize)]
struct FingerprintTold {
    url: Box<str>,
    transaction: Box<str>,
}

#[derive(Debug, Deserialize)]
struct ChallengeTold {
    url: Box<str>,
    acs_transaction: Box<str>,
    transaction: Box<str>,
    version: Box<str>,
}

impl ChallengeTold {
    fn is_fit(&self) -> bool {
        is_fit(&self.url, &[&self.acs_transaction, &self.transaction, &self.version])
    }
}

#[derive(Deserialize)]
struct ResultTold {
    status: Box<str>,
    transaction: Box<str>,
    server_transaction: Box<str>,
    version: Box<str>,
    eci: Option<Box<str>>,
    cryptogram: Option<Box<str>>,
    value: Option<Box<str>>,
    reason: Option<Box<str>>,
    cardholder_info: Option<Box<str>>,
}

impl ResultTold {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { status, transaction, server_transaction, version, .. } = self;
        let Self { eci, cryptogram, value, reason, cardholder_info, .. } = self;
        let needed = [status, transaction, server_transaction, version].map(|text| Some(&**text));
        let others = [eci, cryptogram, value, reason, cardholder_info].map(Option::as_deref);
        needed.into_iter().chain(others).flatten()
    }
}

impl std::fmt::Debug for ResultTold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResultTold").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Whether a browser may be sent there, with names that can be kept.
fn is_fit(url: &str, names: &[&str]) -> bool {
    url.starts_with("https://")
        && names.iter().chain([&url]).all(|text| text.len() <= TOLD_CHARS_MAX)
}

impl BegunTold {
    pub(super) fn read(self) -> Result<Begun, &'static str> {
        let Self { reference, standing } = self;
        if reference.is_empty() || reference.len() > REFERENCE_CHARS_MAX {
            return Err("a reference has 1 to 255 characters");
        }
        let standing = standing.standing()?;
        match standing {
            Standing::Pending
            | Standing::ActionRequired(Action::Fingerprint { .. })
            | Standing::Ended(Ending::NotSupported) => Ok(Begun { reference, standing }),
            Standing::ActionRequired(Action::Challenge { .. }) | Standing::Ended(_) => {
                Err("what is begun is `fingerprint`, `pending` or `not_supported`")
            }
        }
    }
}

impl StandingTold {
    pub(super) fn standing(&self) -> Result<Standing, &'static str> {
        let Self { status, fingerprint, challenge, .. } = self;
        match (&**status, fingerprint, challenge) {
            ("pending", ..) => Ok(Standing::Pending),
            ("fingerprint", Some(told), _) if is_fit(&told.url, &[&told.transaction]) => {
                Ok(Standing::ActionRequired(Action::Fingerprint {
                    url: told.url.clone(),
                    transaction: told.transaction.clone(),
                }))
            }
            ("challenge", _, Some(told)) if told.is_fit() => {
                Ok(Standing::ActionRequired(Action::Challenge {
                    url: told.url.clone(),
                    acs_transaction: told.acs_transaction.clone(),
                    transaction: told.transaction.clone(),
                    version: told.version.clone(),
                }))
            }
            ("fingerprint" | "challenge", ..) => {
                Err("what the browser has to do is missing, too long, or at no address of the web")
            }
            (ending, ..) => {
                Ending::named(ending).map(Standing::Ended).ok_or("there is no such status")
            }
        }
    }

    /// Where it stands once the issuer was asked.
    pub(super) fn asked(&self) -> Result<Standing, &'static str> {
        let standing = self.standing()?;
        if standing.step() == Step::Begun {
            return Err("once the issuer was asked it is not `fingerprint` or `pending` any more");
        }
        Ok(standing)
    }

    /// What was found out, where something was that goes with where it stands.
    pub(super) fn found(&self, standing: &Standing) -> Result<Option<Found>, &'static str> {
        let (Standing::Ended(ending), Some(told)) = (standing, &self.result) else {
            return Ok(None);
        };
        if !ending.is_shown_by(&told.status) {
            return Err("the status of the result is not that of the authentication");
        }
        if told.texts().any(|text| text.len() > TOLD_CHARS_MAX) {
            return Err("a part of the result is too long");
        }
        Ok(Some(Found {
            status: told.status.clone(),
            transaction: told.transaction.clone(),
            server_transaction: told.server_transaction.clone(),
            version: told.version.clone(),
            eci: told.eci.clone(),
            cryptogram: told.cryptogram.clone(),
            value: told.value.clone(),
            reason: told.reason.clone(),
            cardholder_info: told.cardholder_info.clone(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(json: serde_json::Value) -> Result<Standing, &'static str> {
        serde_json::from_value::<StandingTold>(json).unwrap().standing()
    }

    #[test]
    fn what_a_service_tells_is_read_or_refused() {
        for ending in Ending::ALL {
            let told = standing(serde_json::json!({"status": ending.as_str()}));
            assert_eq!(told, Ok(Standing::Ended(ending)));
        }
        assert_eq!(standing(serde_json::json!({"status": "pending"})), Ok(Standing::Pending));
        let fingerprint = |url: &str| {
            standing(serde_json::json!({
                "status": "fingerprint",
                "fingerprint": {"url": url, "transaction": "t"},
            }))
        };
        assert!(fingerprint("https://acs.example/method").is_ok());
        let long = format!("https://acs.example/{}", "a".repeat(TOLD_CHARS_MAX));
        for wrong in ["javascript:alert(1)", "http://acs.example", "file:///etc/passwd", "", &long]
        {
            assert!(fingerprint(wrong).is_err(), "{wrong}");
        }
        assert!(standing(serde_json::json!({"status": "challenge"})).is_err());
        let begun = |status: &str| {
            let told = serde_json::json!({"reference": "r", "status": status});
            serde_json::from_value::<BegunTold>(told).unwrap().read().is_ok()
        };
        assert!(begun("pending") && begun("not_supported"));
        assert!(!begun("authenticated") && !begun("expired"));
        let found = |status: &str, letter: &str| {
            let result = serde_json::json!({"status": letter, "transaction": "t",
                                            "server_transaction": "s", "version": "2.2.0"});
            let told = serde_json::json!({"status": status, "result": result});
            let told: StandingTold = serde_json::from_value(told).unwrap();
            told.found(&told.standing().unwrap()).map(|found| found.is_some())
        };
        assert_eq!(found("authenticated", "Y"), Ok(true));
        assert_eq!(found("pending", "Y"), Ok(false));
        assert!(found("rejected", "Y").is_err());
        assert!(found("authenticated", "N").is_err());
        assert!(found("attempted", &"A".repeat(TOLD_CHARS_MAX + 1)).is_err());
        assert!(standing(serde_json::json!({"status": "sure"})).is_err());
    }
}
