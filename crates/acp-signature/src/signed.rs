//! The signatures of a request, and the bytes they were made over.

use acp_core::limits;
use http::header::{HeaderMap, HeaderName};
use sfv::{BareItem, Dictionary, FieldType, InnerList, ListEntry, Parser};

use crate::component::Component;
use crate::field;
use crate::message::Request;
use crate::refused::Refused;

/// One signature of a request, with what it says of itself. Nothing of it is proven.
#[derive(Clone, Debug)]
pub struct Signed {
    label: String,
    list: InnerList,
    pub(crate) signature: Vec<u8>,
}

/// What a signature says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// Until when it is good, in seconds since 1970.
    pub expires: Option<i64>,
    /// Something that is used once.
    pub nonce: Option<String>,
    /// The name of the key.
    pub keyid: Option<String>,
    /// The name of the algorithm.
    pub alg: Option<String>,
    /// What the signature is for.
    pub tag: Option<String>,
}

impl Signed {
    /// All signatures of a request, in the order they were sent.
    ///
    /// # Errors
    /// Refuses fields that cannot be read, signatures without an input or inputs without a
    /// signature, and more of anything than is looked at.
    pub fn all(headers: &HeaderMap) -> Result<Vec<Self>, Refused> {
        let inputs = dictionary(headers, "signature-input", "Signature-Input")?;
        let mut signatures = dictionary(headers, "signature", "Signature")?;
        if inputs.len() > limits::SIGNATURES_MAX {
            return Err(Refused::TooMuch { what: "the number", max: limits::SIGNATURES_MAX });
        }
        let mut all = Vec::new();
        for (label, input) in inputs {
            let signature = signatures.shift_remove(&label);
            let why = "a label of Signature-Input has no signature in it";
            let Some(ListEntry::Item(signature)) = signature else {
                return Err(Refused::Malformed { field: "Signature", why });
            };
            let why = "a signature is not a sequence of bytes";
            let BareItem::ByteSequence(signature) = signature.bare_item else {
                return Err(Refused::Malformed { field: "Signature", why });
            };
            let why = "a member is not a list of components";
            let ListEntry::InnerList(list) = input else {
                return Err(Refused::Malformed { field: "Signature-Input", why });
            };
            all.push(Self::bounded(label.into(), list, signature)?);
        }
        if !signatures.is_empty() {
            let why = "a label of Signature has no input in it";
            return Err(Refused::Malformed { field: "Signature-Input", why });
        }
        Ok(all)
    }

    fn bounded(label: String, list: InnerList, signature: Vec<u8>) -> Result<Self, Refused> {
        let parameters =
            list.items.iter().map(|item| item.params.len()).chain([list.params.len()]).max();
        let counts = [
            ("the label", label.len(), limits::SIGNATURE_TEXT_CHARS_MAX),
            ("the components", list.items.len(), limits::SIGNED_COMPONENTS_MAX),
            ("the parameters", parameters.unwrap_or(0), limits::SIGNATURE_PARAMETERS_MAX),
            ("the length in bytes", signature.len(), limits::RSA_MODULUS_BYTES_MAX),
        ];
        for (what, found, max) in counts {
            if found > max {
                return Err(Refused::TooMuch { what, max });
            }
        }
        Ok(Self { label, list, signature })
    }

    /// Under which label it was sent.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What the signature is for, where it says so.
    pub fn tag(&self) -> Option<&str> {
        Some(self.list.params.get("tag")?.as_string()?.as_str())
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// Refuses known parameters of a wrong type or length. Those it does not know are signed like
    /// the others and mean nothing here.
    pub fn parameters(&self) -> Result<Parameters, Refused> {
        Ok(Parameters {
            created: self.seconds("created")?,
            expires: self.seconds("expires")?,
            nonce: self.text("nonce")?,
            keyid: self.text("keyid")?,
            alg: self.text("alg")?,
            tag: self.text("tag")?,
        })
    }

    fn seconds(&self, name: &'static str) -> Result<Option<i64>, Refused> {
        let Some(value) = self.list.params.get(name) else { return Ok(None) };
        let seconds = value.as_integer().map(i64::from).filter(|seconds| *seconds >= 0);
        seconds.map(Some).ok_or(Refused::Parameter(name))
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, Refused> {
        let Some(value) = self.list.params.get(name) else { return Ok(None) };
        let text = value.as_string().ok_or(Refused::Parameter(name))?.as_str();
        if text.len() > limits::SIGNATURE_TEXT_CHARS_MAX {
            return Err(Refused::TooMuch { what: name, max: limits::SIGNATURE_TEXT_CHARS_MAX });
        }
        Ok(Some(text.to_owned()))
    }

    /// What it covers, in its order.
    ///
    /// # Errors
    /// Refuses what is no component of a request, and what is covered twice.
    pub fn covered(&self) -> Result<Vec<Component>, Refused> {
        let mut covered = Vec::new();
        for item in &self.list.items {
            let component = Component::read(item)?;
            if covered.contains(&component) {
                return Err(Refused::Twice(component.to_string()));
            }
            covered.push(component);
        }
        Ok(covered)
    }

    /// The bytes that were signed, if they were signed for this request (RFC 9421, section 2.5).
    ///
    /// # Errors
    /// Refuses when a component has no value in this request.
    pub fn base(&self, request: &Request<'_>) -> Result<String, Refused> {
        let mut base = String::new();
        for (item, component) in self.list.items.iter().zip(self.covered()?) {
            base.push_str(&item.serialize());
            base.push_str(": ");
            base.push_str(&component.value(request)?);
            base.push('\n');
            if base.len() > limits::SIGNATURE_BASE_BYTES_MAX {
                let max = limits::SIGNATURE_BASE_BYTES_MAX;
                return Err(Refused::TooMuch { what: "the covered bytes", max });
            }
        }
        let why = "a member is not a list of components";
        let parameters = vec![ListEntry::InnerList(self.list.clone())].serialize();
        let parameters = parameters.ok_or(Refused::Malformed { field: "Signature-Input", why })?;
        base.push_str("\"@signature-params\": ");
        base.push_str(&parameters);
        Ok(base)
    }
}

/// A field that is a dictionary; empty where the request does not have it.
fn dictionary(
    headers: &HeaderMap,
    name: &'static str,
    shown: &'static str,
) -> Result<Dictionary, Refused> {
    let name = HeaderName::from_static(name);
    if !headers.contains_key(&name) {
        return Ok(Dictionary::new());
    }
    let text = field::combined(headers, &name);
    let text = text.map_err(|why| Refused::Malformed { field: shown, why })?;
    if text.len() > limits::SIGNATURE_FIELD_BYTES_MAX {
        return Err(Refused::TooMuch { what: shown, max: limits::SIGNATURE_FIELD_BYTES_MAX });
    }
    let why = "it is not a dictionary of structured fields";
    Parser::new(&text).parse().map_err(|_cause| Refused::Malformed { field: shown, why })
}
