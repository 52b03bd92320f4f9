//! What a signature has to cover before it may move anything.

use http::header::HeaderName;

use crate::component::{Component, Form};
use crate::digest;
use crate::message::Request;
use crate::refused::Refused;

/// What a proof is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To look at something.
    Read,
    /// To change something.
    Change,
    /// To pay.
    Pay,
}

/// Demands that the place is covered the request was meant for.
pub(crate) fn place(covered: &[Component]) -> Result<(), Refused> {
    any(covered, &[Component::Authority, Component::TargetUri])
}

/// Demands for a change that everything is covered which decides what becomes of it. A signature
/// over the host alone says who is there, and nothing of what they want.
pub(crate) fn of_a_change(
    covered: &[Component],
    request: &Request<'_>,
    fields: &[HeaderName],
) -> Result<(), Refused> {
    any(covered, &[Component::Method])?;
    any(covered, &[Component::Path, Component::TargetUri, Component::RequestTarget])?;
    if request.target.query().is_some() {
        any(covered, &[Component::Query, Component::TargetUri, Component::RequestTarget])?;
    }
    let digest = HeaderName::from_static("content-digest");
    if !request.body.is_empty() && !is_whole(covered, &digest) {
        return Err(Refused::Uncovered(digest.to_string()));
    }
    for field in fields {
        if request.headers.contains_key(field) && !is_whole(covered, field) {
            return Err(Refused::Uncovered(field.to_string()));
        }
    }
    Ok(())
}

/// Holds the body against its digest, where the digest is covered.
pub(crate) fn body(covered: &[Component], request: &Request<'_>) -> Result<(), Refused> {
    let digest = HeaderName::from_static("content-digest");
    let is_covered =
        covered.iter().any(|one| matches!(one, Component::Field(name, _) if *name == digest));
    if is_covered { digest::check(request.headers, request.body) } else { Ok(()) }
}

fn any(covered: &[Component], of: &[Component]) -> Result<(), Refused> {
    if of.iter().any(|one| covered.contains(one)) {
        return Ok(());
    }
    let names: Vec<_> = of.iter().map(ToString::to_string).collect();
    Err(Refused::Uncovered(names.join(" or ")))
}

/// Whether a field is covered, and not only one of its members: another could be put beside it.
fn is_whole(covered: &[Component], field: &HeaderName) -> bool {
    covered.iter().any(|one| match one {
        Component::Field(name, Form::Plain | Form::Strict | Form::Bytes) => name == field,
        _ => false,
    })
}
