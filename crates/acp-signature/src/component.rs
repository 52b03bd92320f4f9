//! What a signature can cover, and what it is worth in a request (RFC 9421, section 2).

use std::fmt;

use http::header::HeaderName;
use sfv::{BareItem, FieldType, Item};

use crate::field;
use crate::message::Request;
use crate::query;
use crate::refused::Refused;

/// Something of a request that a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Component {
    /// The method.
    Method,
    /// The whole address.
    TargetUri,
    /// Host and port.
    Authority,
    /// `http` or `https`.
    Scheme,
    /// Path and query as they stand in the request line.
    RequestTarget,
    /// The path.
    Path,
    /// The query, with its question mark.
    Query,
    /// One parameter of the query, by its encoded name.
    QueryParam(String),
    /// A header field.
    Field(HeaderName, Form),
}

/// In which form a header field is covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it was sent.
    Plain,
    /// As a structured field, written anew (`sf`).
    Strict,
    /// One member of a dictionary (`key`).
    Member(String),
    /// Line by line, as bytes (`bs`).
    Bytes,
}

impl Component {
    /// Reads what stands in a signature.
    pub(crate) fn read(item: &Item) -> Result<Self, Refused> {
        let refused = || Refused::NoComponent(short(&item.serialize()));
        let name = item.bare_item.as_string().ok_or_else(refused)?.as_str();
        let mut parameters = item.params.iter();
        let parameter = parameters.next().map(|(key, value)| (key.as_str(), value));
        // No two of the known parameters say anything together, and `req` and `tr` speak of
        // another message and of what comes after the body.
        if parameters.next().is_some() {
            return Err(refused());
        }
        if name.starts_with('@') {
            return Self::derived(name, parameter).ok_or_else(refused);
        }
        let name = HeaderName::from_lowercase(name.as_bytes()).map_err(|_cause| refused())?;
        let form = match parameter {
            None => Form::Plain,
            Some(("sf", BareItem::Boolean(true))) => Form::Strict,
            Some(("bs", BareItem::Boolean(true))) => Form::Bytes,
            Some(("key", BareItem::String(key))) => Form::Member(key.as_str().to_owned()),
            Some(_) => return Err(refused()),
        };
        Ok(Self::Field(name, form))
    }

    fn derived(name: &str, parameter: Option<(&str, &BareItem)>) -> Option<Self> {
        if name == "@query-param" {
            let ("name", BareItem::String(of)) = parameter? else { return None };
            return Some(Self::QueryParam(of.as_str().to_owned()));
        }
        if parameter.is_some() {
            return None;
        }
        Some(match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            _ => return None,
        })
    }

    /// What it is worth in this request.
    pub(crate) fn value(&self, request: &Request<'_>) -> Result<String, Refused> {
        let origin = request.origin;
        let value = match self {
            Self::Method => Ok(request.method.as_str().to_owned()),
            Self::TargetUri => {
                Ok(format!("{}://{}{}", origin.scheme(), origin.authority(), request.target))
            }
            Self::Authority => Ok(origin.authority().to_owned()),
            Self::Scheme => Ok(origin.scheme().to_string()),
            Self::RequestTarget => Ok(request.target.as_str().to_owned()),
            Self::Path => Ok(request.target.path().to_owned()),
            Self::Query => Ok(format!("?{}", request.target.query().unwrap_or_default())),
            Self::QueryParam(name) => {
                let query = request.target.query().unwrap_or_default();
                query::only_value(query, name).ok_or("the query does not have it exactly once")
            }
            Self::Field(name, Form::Plain) => field::combined(request.headers, name),
            Self::Field(name, Form::Strict) => field::strict(request.headers, name),
            Self::Field(name, Form::Member(key)) => field::member(request.headers, name, key),
            Self::Field(name, Form::Bytes) => field::bytes(request.headers, name),
        };
        let value = value.and_then(|value| {
            // A line end in a value could be read as the beginning of the next component.
            let is_line = value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
            is_line.then_some(value).ok_or("it has characters that cannot be signed")
        });
        value.map_err(|why| Refused::NoValue { component: self.to_string(), why })
    }
}

/// The beginning of what somebody else wrote, for a text that is read by people.
fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("@method"),
            Self::TargetUri => f.write_str("@target-uri"),
            Self::Authority => f.write_str("@authority"),
            Self::Scheme => f.write_str("@scheme"),
            Self::RequestTarget => f.write_str("@request-target"),
            Self::Path => f.write_str("@path"),
            Self::Query => f.write_str("@query"),
            Self::QueryParam(name) => write!(f, "@query-param;name={:?}", short(name)),
            Self::Field(name, form) => {
                f.write_str(&short(name.as_str()))?;
                match form {
                    Form::Plain => Ok(()),
                    Form::Strict => f.write_str(";sf"),
                    Form::Bytes => f.write_str(";bs"),
                    Form::Member(key) => write!(f, ";key={:?}", short(key)),
                }
            }
        }
    }
}
