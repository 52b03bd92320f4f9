use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What comes out with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plot {
    /// The browser is looked at, and nobody is asked: `4917610000000000`, and every card that is not
    /// named below.
    Frictionless,
    /// The browser is not looked at, and nobody is asked: `4242424242424242`.
    Silent,
    /// The shopper is asked: `4000000000003220`.
    Challenge,
    /// The issuer takes it that it was tried: `4000000000000341`.
    Attempted,
    /// It is not the shopper: `4000008400001629`.
    NotAuthenticated,
    /// The issuer wants no payment: `4000008260003178`.
    Rejected,
    /// It cannot be found out: `5555555555554444`.
    Unavailable,
    /// The card knows nothing of it: `378282246310005`.
    NotSupported,
    /// Nobody knows the card: `4000000000000002`.
    Unknown,
}

impl Plot {
    fn of(number: &str) -> Self {
        match number {
            "4242424242424242" => Self::Silent,
            "4000000000003220" => Self::Challenge,
            "4000000000000341" => Self::Attempted,
            "4000008400001629" => Self::NotAuthenticated,
            "4000008260003178" => Self::Rejected,
            "5555555555554444" => Self::Unavailable,
            "378282246310005" => Self::NotSupported,
            "4000000000000002" => Self::Unknown,
            _ => Self::Frictionless,
        }
    }
}

/// What the mock knows of an authentication, for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it calls it.
    pub reference: String,
    /// Where it stands, as the contract names that.
    pub status: String,
    /// What was told of the browser.
    pub browser: Option<Value>,
    /// How often the issuer was asked.
    pub times_asked: u32,
}

#[derive(Clone, Debug)]
struct Page {
    plot: Plot,
    status: &'static str,
    browser: Option<Value>,
    has_notification_url: bool,
    times_asked: u32,
}

/// What was begun, and how it went on.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    /// By reference.
    pages: BTreeMap<String, Page>,
    /// The reference of each authentication, by the id it was begun with.
    known: BTreeMap<String, String>,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Card,
    Unknown,
    /// The caller has a mistake in it.
    Incomplete,
}

impl Books {
    pub(super) fn seen(&self) -> Vec<Seen> {
        let seen = self.pages.iter().map(|(reference, page)| Seen {
            reference: reference.clone(),
            status: page.status.to_owned(),
            browser: page.browser.clone(),
            times_asked: page.times_asked,
        });
        seen.collect()
    }

    /// Begins, or finds what was begun with the same id.
    pub(super) fn begin(
        &mut self,
        id: &str,
        number: &str,
        browser: Option<Value>,
        url: Option<&str>,
    ) -> Result<Value, Refused> {
        let plot = Plot::of(number);
        if plot == Plot::Unknown {
            return Err(Refused::Card);
        }
        let reference = if let Some(reference) = self.known.get(id) {
            reference.clone()
        } else {
            let reference = format!("3ds_{:04}", self.pages.len().saturating_add(1));
            let status = match plot {
                Plot::NotSupported => "not_supported",
                Plot::Silent => "pending",
                _ => "fingerprint",
            };
            let has_notification_url = url.is_some();
            let page = Page { plot, status, browser, has_notification_url, times_asked: 0 };
            self.pages.insert(reference.clone(), page);
            self.known.insert(id.to_owned(), reference.clone());
            reference
        };
        let mut told = self.told(&reference)?;
        if let Some(told) = told.as_object_mut() {
            told.insert("reference".to_owned(), json!(reference));
        }
        Ok(told)
    }

    /// Asks the issuer, once; asked again it says how that went.
    pub(super) fn authenticate(
        &mut self,
        reference: &str,
        browser: Option<Value>,
        url: Option<&str>,
    ) -> Result<Value, Refused> {
        let page = self.pages.get_mut(reference).ok_or(Refused::Unknown)?;
        page.browser = page.browser.take().or(browser);
        page.has_notification_url |= url.is_some();
        if page.browser.is_none() || !page.has_notification_url {
            return Err(Refused::Incomplete);
        }
        page.times_asked = page.times_asked.saturating_add(1);
        if ["fingerprint", "pending"].contains(&page.status) {
            page.status = match page.plot {
                Plot::Frictionless | Plot::Silent => "authenticated",
                Plot::Challenge => "challenge",
                Plot::Attempted => "attempted",
                Plot::NotAuthenticated => "not_authenticated",
                Plot::Rejected => "rejected",
                Plot::Unavailable => "unavailable",
                Plot::NotSupported | Plot::Unknown => "not_supported",
            };
        }
        self.told(reference)
    }

    /// The shopper, who was asked, answers.
    pub(super) fn answer(&mut self, reference: &str, status: &str) -> Result<Value, Refused> {
        let ends = ["authenticated", "not_authenticated", "rejected", "challenge_abandoned"];
        let status = ends.into_iter().find(|end| *end == status).ok_or(Refused::Incomplete)?;
        let page = self.pages.get_mut(reference).ok_or(Refused::Unknown)?;
        if page.status != "challenge" {
            return Err(Refused::Incomplete);
        }
        page.status = status;
        self.told(reference)
    }

    /// Where it stands, and what was found out.
    pub(super) fn told(&self, reference: &str) -> Result<Value, Refused> {
        let page = self.pages.get(reference).ok_or(Refused::Unknown)?;
        let server = format!("server-{reference}");
        let fingerprint = (page.status == "fingerprint")
            .then(|| json!({ "url": "https://acs.example/method", "transaction": server }));
        let challenge = (page.status == "challenge").then(|| {
            json!({
                "url": "https://acs.example/challenge",
                "acs_transaction": format!("acs-{reference}"),
                "transaction": server,
                "version": "2.2.0",
            })
        });
        Ok(object([
            ("status", Some(json!(page.status))),
            ("fingerprint", fingerprint),
            ("challenge", challenge),
            ("result", result(page.status, reference)),
        ]))
    }
}

/// What there is of these members.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect())
}

/// In the words of the networks.
fn result(status: &str, reference: &str) -> Option<Value> {
    let (letter, eci, is_proven) = match status {
        "authenticated" => ("Y", Some("05"), true),
        "attempted" => ("A", Some("06"), true),
        "not_authenticated" => ("N", Some("07"), false),
        "rejected" => ("R", None, false),
        "unavailable" | "challenge_abandoned" => ("U", None, false),
        _ => return None,
    };
    let proof = is_proven.then(|| json!("AAABBEg0VhI0VniQEjRWAAAAAAA="));
    let is_rejected = letter == "R";
    Some(object([
        ("status", Some(json!(letter))),
        ("transaction", Some(json!(format!("ds-{reference}")))),
        ("server_transaction", Some(json!(format!("server-{reference}")))),
        ("version", Some(json!("2.2.0"))),
        ("eci", eci.map(|eci| json!(eci))),
        ("cryptogram", proof.clone()),
        ("value", proof),
        ("reason", is_rejected.then(|| json!("02"))),
        ("cardholder_info", is_rejected.then(|| json!("Please call your bank."))),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser() -> Value {
        json!({ "accept": "text/html" })
    }

    #[test]
    fn the_same_id_begins_the_same_and_the_issuer_is_asked_once() {
        let mut books = Books::default();
        let begun = books.begin("a", "4917610000000000", None, None).unwrap();
        assert_eq!(books.begin("a", "4917610000000000", None, None).unwrap(), begun);
        let reference = begun["reference"].as_str().unwrap();
        let url = Some("https://agent.example");
        assert_eq!(books.authenticate(reference, None, url), Err(Refused::Incomplete));
        let ended = books.authenticate(reference, Some(browser()), url).unwrap();
        assert_eq!(
            (&ended["status"], &ended["result"]["status"]),
            (&json!("authenticated"), &json!("Y"))
        );
        assert_eq!(books.authenticate(reference, None, None).unwrap(), ended);
        assert_eq!(books.seen().len(), 1);
    }

    #[test]
    fn a_shopper_who_is_asked_answers_once() {
        let mut books = Books::default();
        let url = Some("https://agent.example");
        let begun = books.begin("a", "4000000000003220", Some(browser()), url).unwrap();
        let reference = begun["reference"].as_str().unwrap().to_owned();
        assert_eq!(books.answer(&reference, "authenticated"), Err(Refused::Incomplete));
        let asked = books.authenticate(&reference, None, None).unwrap();
        assert_eq!(asked["status"], "challenge");
        let gone = books.answer(&reference, "challenge_abandoned").unwrap();
        assert_eq!(gone["result"]["status"], "U");
        assert_eq!(books.answer(&reference, "authenticated"), Err(Refused::Incomplete));
        assert_eq!(books.told("nobody"), Err(Refused::Unknown));
        assert_eq!(books.begin("b", "4000000000000002", None, None), Err(Refused::Card));
    }
}
