//! What is asked, and what is answered.

use acp_core::catalog::CatalogItem;
use serde::{Deserialize, Serialize};

use crate::adapters::catalog::report::Finding;
use crate::adapters::catalog::row::{self, Field, Found};

/// How much of an id that cannot be one is shown.
const SHOWN_CHARS: usize = 64;

#[derive(Debug, Serialize)]
pub(super) struct Lookup<'a> {
    pub(super) ids: Vec<&'a str>,
}

/// Items, and what the next page comes after, where there are pages.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    items: Vec<Found>,
    #[serde(default)]
    pub(super) next: Option<String>,
}

impl Page {
    /// Those that can be sold as they are told; of the others, the log says why not.
    pub(super) fn items(self) -> impl Iterator<Item = CatalogItem> {
        self.items.into_iter().filter_map(item)
    }
}

fn item(told: Found) -> Option<CatalogItem> {
    let Found::Pairs(mut fields) = told else {
        tracing::warn!("the catalogue lists something that is no item");
        return None;
    };
    fields.retain(|(name, _)| Field::named(name).is_some());
    let id = fields.iter().find_map(|(name, found)| match found {
        Found::Text(id) if name == "id" => Some(id.chars().take(SHOWN_CHARS).collect::<String>()),
        _ => None,
    });
    match row::read(1, fields) {
        Ok(reading) => Some(reading.row.item),
        Err(problems) => {
            let id = id.unwrap_or_default();
            let problems: Vec<_> = problems.iter().map(about).collect();
            tracing::warn!(
                item.id = ?id,
                problems = problems.join("; "),
                "an item of the catalogue is not sold: it is not as the contract for backends says"
            );
            None
        }
    }
}

fn about<P: std::fmt::Display>(finding: &Finding<P>) -> String {
    let field = finding.field.as_deref().unwrap_or("item");
    format!("{field}: {}", finding.problem)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(items: &Value) -> Vec<CatalogItem> {
        let page: Page = serde_json::from_value(json!({ "items": items, "other": 1 })).unwrap();
        page.items().collect()
    }

    fn mug(changed: &Value) -> Value {
        let mut mug = json!({
            "id": "mug", "title": "Mug", "kind": "physical", "price": 1200, "currency": "USD",
            "tax_class": "standard",
        });
        for (member, value) in changed.as_object().unwrap() {
            mug[member] = value.clone();
        }
        mug
    }

    #[test]
    fn what_is_not_described_is_passed_over() {
        let strange = mug(&json!({
            "colour": {"deep": [true, 1.5, null]}, "stock": null, "brand": null, "id": "mug",
        }));
        let items = read(&json!([strange]));
        assert_eq!(items, read(&json!([mug(&json!({}))])));
        assert_eq!((items[0].id.as_str(), items[0].price.minor()), ("mug", 1200));
    }

    #[test]
    fn a_bad_item_spoils_no_other() {
        for bad in [
            mug(&json!({"price": -1})),
            mug(&json!({"price": 1.5})),
            mug(&json!({"currency": "XXQ"})),
            mug(&json!({"kind": "gas"})),
            mug(&json!({"id": ""})),
            mug(&json!({"id": 7})),
            mug(&json!({"title": null})),
            json!("mug"),
            json!(null),
        ] {
            let items = read(&json!([bad, mug(&json!({"id": "good"}))]));
            let ids: Vec<_> = items.iter().map(|item| item.id.as_str()).collect();
            assert_eq!(ids, ["good"], "{bad}");
        }
    }
}
