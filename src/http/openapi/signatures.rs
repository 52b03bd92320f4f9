//! The headers of requests that are signed.

use acp_core::limits::{SIGNATURE_BYTES_MAX, SIGNATURE_SKEW};
use acp_core::signing::SigningAlgorithm;
use serde_json::json;
use utoipa::Modify;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required};

use super::shared::operations;

/// Adds them to every operation that asks who calls.
///
/// Their forms are told in words: with a key that does not sign, nobody reads them, and a schema
/// that bound them would say of such a request that it is refused.
#[derive(Debug)]
pub(super) struct Signatures;

impl Modify for Signatures {
    fn modify(&self, api: &mut OpenApi) {
        let says = format!(
            "When the request was signed, in RFC 3339, at most {} seconds away from our time. Sent \
             beside `Signature`; give it to the millisecond.",
            SIGNATURE_SKEW.as_secs()
        );
        let algorithms = SigningAlgorithm::ALL.map(|one| format!("`{}`", one.as_str())).join(", ");
        let signed = format!(
            "The signature of the request, in base64url, by one of {algorithms}, as it was agreed \
             on with the signing key; at most {SIGNATURE_BYTES_MAX} bytes. Whether there has to be \
             one, and whether it is read, depends on the key of the agent. Beside `Signature-Input` \
             it is a dictionary by RFC 9421, where the gateway believes such signatures."
        );
        let headers = [
            ("Signature", "kB0SzD5gSfBMr8HfhxwGkQ3H2Eo4ZL9JxqvQ4Fv5n0M", signed),
            ("Timestamp", "2026-04-17T12:00:00.123Z", says),
        ];
        let components = api.components.get_or_insert_default();
        for (name, example, says) in headers {
            let schema = ObjectBuilder::new().schema_type(Type::String).examples([json!(example)]);
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(says))
                .schema(Some(schema.build()));
            components.parameters.insert(name.to_owned(), parameter.build().into());
        }
        for (_, operation) in operations(api).filter(|(_, one)| one.security.is_none()) {
            let reference = |name| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")));
            let parameters = operation.parameters.get_or_insert_default();
            parameters.extend(["Signature", "Timestamp"].map(reference));
        }
    }
}
