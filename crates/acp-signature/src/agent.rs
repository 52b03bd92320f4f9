//! Who a signature says it is by: the `Signature-Agent` field it covers.

use acp_core::limits;
use http::header::HeaderName;
use sfv::{Dictionary, Item, ListEntry, Parser};

use crate::component::{Component, Form};
use crate::field;
use crate::message::Request;
use crate::refused::Refused;
use crate::source::{Discovery, KeySource, KeyUrl};

/// The place a signature names for its key. It has to be covered: otherwise somebody could put
/// another name on a signature.
///
/// The draft wants a dictionary with a member for each signature; before that the field was a
/// string, and large agents still send it so.
pub(crate) fn named(
    request: &Request<'_>,
    covered: &[Component],
    label: &str,
) -> Result<KeySource, Refused> {
    let name = HeaderName::from_static("signature-agent");
    let mut forms = covered.iter().filter_map(|one| match one {
        Component::Field(field, form) if *field == name => Some(form),
        _ => None,
    });
    let form = forms.next().ok_or_else(|| Refused::Uncovered(name.to_string()))?;
    if forms.next().is_some() {
        return Err(Refused::NoSource("the signature covers two of it"));
    }
    let text = field::combined(request.headers, &name).map_err(Refused::NoSource)?;
    if text.len() > limits::SIGNATURE_FIELD_BYTES_MAX {
        let max = limits::SIGNATURE_FIELD_BYTES_MAX;
        return Err(Refused::TooMuch { what: "Signature-Agent", max });
    }
    let dictionary = Parser::new(&text).parse::<Dictionary>();
    match (form, dictionary) {
        (Form::Member(key), Ok(members)) => source(item_of(&members, key)?),
        (Form::Member(_), Err(_)) => Err(Refused::NoSource("it is not a dictionary")),
        (Form::Plain | Form::Strict | Form::Bytes, Ok(members)) => {
            source(item_of(&members, whose(&members, label)?)?)
        }
        (Form::Plain | Form::Strict | Form::Bytes, Err(_)) => {
            let item = Parser::new(&text).parse::<Item>();
            source(&item.map_err(|_cause| Refused::NoSource("it is no dictionary and no string"))?)
        }
    }
}

/// Which member belongs to a signature that covers the whole field.
fn whose<'a>(members: &'a Dictionary, label: &'a str) -> Result<&'a str, Refused> {
    if members.contains_key(label) {
        return Ok(label);
    }
    match members.keys().next() {
        Some(only) if members.len() == 1 => Ok(only.as_str()),
        _ => Err(Refused::NoSource("it is not clear which of its members is meant")),
    }
}

fn item_of<'a>(members: &'a Dictionary, key: &str) -> Result<&'a Item, Refused> {
    match members.get(key) {
        Some(ListEntry::Item(item)) => Ok(item),
        Some(ListEntry::InnerList(_)) => Err(Refused::NoSource("its member is not a string")),
        None => Err(Refused::NoSource("it has no such member")),
    }
}

fn source(item: &Item) -> Result<KeySource, Refused> {
    let text = item.bare_item.as_string().ok_or(Refused::NoSource("it is not a string"))?;
    let discovery = match item.params.get("type") {
        None => Discovery::Directory,
        Some(kind) => match kind.as_token().map(sfv::TokenRef::as_str) {
            Some("directory") => Discovery::Directory,
            Some("jwks_uri") => Discovery::JwksUri,
            Some("cimd") => Discovery::Cimd,
            _ => return Err(Refused::NoSource("its type is none of directory, jwks_uri, cimd")),
        },
    };
    let url = KeyUrl::read(text.as_str()).map_err(|_cause| {
        Refused::NoSource("it is not an https address with a name for a host and the usual port")
    })?;
    KeySource::new(discovery, url)
        .map_err(|_cause| Refused::NoSource("a directory is a host alone, without path and query"))
}
