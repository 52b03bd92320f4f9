use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::books::{Books, Refused};
use crate::server::{Call, Reply};

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Begin,
    Authenticate(String),
    Look(String),
}

#[derive(Deserialize)]
struct Beginning {
    authentication: String,
    card: Card,
    browser: Option<Value>,
    notification_url: Option<String>,
}

/// That the rest can be read is what matters of it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what comes out depends on the number alone")]
struct Card {
    number: String,
    exp_month: u8,
    exp_year: u16,
    name: String,
}

#[derive(Deserialize)]
struct Asking {
    browser: Option<Value>,
    notification_url: Option<String>,
}

/// What the books say to a call.
pub(super) fn told(books: &mut Books, operation: &Operation, call: &Call) -> Reply {
    let told = match operation {
        Operation::Begin => match read::<Beginning>(call) {
            Ok(wish) => {
                let url = wish.notification_url.as_deref();
                books.begin(&wish.authentication, &wish.card.number, wish.browser, url)
            }
            Err(mistake) => return mistake,
        },
        Operation::Authenticate(reference) => match read::<Asking>(call) {
            Ok(wish) => {
                books.authenticate(reference, wish.browser, wish.notification_url.as_deref())
            }
            Err(mistake) => return mistake,
        },
        Operation::Look(reference) => books.told(reference),
    };
    answered(told)
}

pub(super) fn answered(told: Result<Value, Refused>) -> Reply {
    let refused = |status, error: &str| Reply::of(status, json!({ "error": error }));
    match told {
        Ok(body) => Reply::of(StatusCode::OK, body),
        Err(Refused::Card) => refused(StatusCode::CONFLICT, "card"),
        Err(Refused::Unknown) => refused(StatusCode::NOT_FOUND, "unknown"),
        Err(Refused::Incomplete) => {
            Reply::mistake("something is missing, or comes at a wrong time")
        }
    }
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Reply> {
    serde_json::from_slice(&call.body).map_err(|error| Reply::mistake(&error.to_string()))
}
