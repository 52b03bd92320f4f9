//! The many fields that Stripe always sends and that are always empty here.

use serde_json::{Value, json};

/// An object with fields that are null added to it.
pub(super) fn with_nulls(mut object: Value, names: &[&str]) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.extend(names.iter().map(|name| ((*name).to_owned(), Value::Null)));
    }
    object
}

/// Whom a bill goes to: nobody the mock knows.
pub(super) fn billing_details() -> Value {
    json!({
        "address": {
            "city": null, "country": null, "line1": null,
            "line2": null, "postal_code": null, "state": null,
        },
        "email": null, "name": null, "phone": null, "tax_id": null,
    })
}
