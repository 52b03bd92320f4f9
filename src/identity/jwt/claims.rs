use std::time::Duration;

use acp_core::ids::TenantId;
use acp_core::limits::JWT_SUBJECT_CHARS_MAX;
use acp_core::principal::Role;
use acp_core::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::prove::JwtOptions;

/// What a token says. Claims nobody knows are passed over, as they have to be.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: OneOrMany,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Whom a token names, and what it may do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) subject: Box<str>,
    pub(super) roles: Vec<Role>,
}

/// A time of a token in milliseconds; parts of seconds do not matter.
fn moment(number: &Number) -> Option<Timestamp> {
    let text = number.to_string();
    let whole = text.split('.').next().unwrap_or_default();
    let seconds: i64 = whole.parse().ok()?;
    Some(Timestamp::from_unix_ms(seconds.checked_mul(1_000)?))
}

impl Claims {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        serde_json::from_slice(bytes).ok().ok_or("iss, sub, aud or exp is missing or malformed")
    }

    /// Whether this is a token of the issuer, for us and of now; then whom it names.
    pub(super) fn checked(
        &self,
        options: &JwtOptions,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Person, &'static str> {
        if self.iss != options.issuer {
            return Err("it is of another issuer");
        }
        let is_for_us = match &self.aud {
            OneOrMany::One(one) => *one == options.audience,
            OneOrMany::Many(many) => many.contains(&options.audience),
        };
        if !is_for_us {
            return Err("it is for another audience");
        }
        self.is_of_now(options.skew, now)?;
        if let Some(claim) = &options.tenant_claim {
            let named = self.others.get(claim).and_then(Value::as_str);
            if named != Some(tenant.as_str()) {
                return Err("it is for another shop");
            }
        }
        let is_plain = !self.sub.is_empty() && !self.sub.contains(char::is_control);
        if !is_plain || self.sub.chars().count() > JWT_SUBJECT_CHARS_MAX {
            return Err("its sub is empty, too long, or not plain text");
        }
        Ok(Person { subject: self.sub.as_str().into(), roles: self.roles(&options.roles_claim) })
    }

    fn is_of_now(&self, skew: Duration, now: Timestamp) -> Result<(), &'static str> {
        const NO_TIME: &str = "its exp, nbf or iat is not a number of seconds";
        let end = moment(&self.exp).ok_or(NO_TIME)?;
        let begin = self.nbf.as_ref().map(|at| moment(at).ok_or(NO_TIME)).transpose()?;
        let made = self.iat.as_ref().map(|at| moment(at).ok_or(NO_TIME)).transpose()?;
        if end.plus(skew) <= now {
            return Err("it has expired");
        }
        if begin.is_some_and(|begin| now.plus(skew) < begin) {
            return Err("it is not good yet");
        }
        if made.is_some_and(|made| now.plus(skew) < made) {
            return Err("it is of the future");
        }
        Ok(())
    }

    /// The roles it says, in `scope` and in the claim that is configured: with spaces between them,
    /// or as a list. Words that are for others are passed over.
    fn roles(&self, claim: &str) -> Vec<Role> {
        let mut roles = Vec::new();
        for value in ["scope", claim].iter().filter_map(|name| self.others.get(*name)) {
            let words: Vec<&str> = match value {
                Value::String(text) => text.split(' ').collect(),
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            for role in Role::ALL {
                if words.contains(&role.as_str()) && !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        roles
    }
}
