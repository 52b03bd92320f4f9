//! The headers of requests that are signed.

use acp_core::limits::{SIGNATURE_BYTES_MAX, SIGNATURE_SKEW};
use acp_core::signing::SigningAlgorithm;
use serde_json::json;
use utoipa::Modify;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required};

use super::shared::operations;

/// Adds them to every operation that asks who calls.
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
             on with the signing key. Whether there has to be one depends on the key of the agent."
        );
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let time = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        let signature = text().max_length(Some(SIGNATURE_BYTES_MAX));
        let headers = [
            (
                "Signature",
                signature.examples([json!("kB0SzD5gSfBMr8HfhxwGkQ3H2Eo4ZL9JxqvQ4Fv5n0M")]),
                signed.as_str(),
            ),
            ("Timestamp", time.examples([json!("2026-04-17T12:00:00.123Z")]), says.as_str()),
        ];
        let components = api.components.get_or_insert_default();
        for (name, schema, says) in headers {
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
