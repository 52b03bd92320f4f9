//! What the promotion service says.

use acp_core::catalog::{Audience, Benefit, Promotion, Reach, Spread};
use acp_core::ids::ItemId;
use acp_core::limits::{TOLD_PROMOTIONS_MAX, TOLD_TARGETS_MAX};
use acp_core::money::Currency;
use serde::Deserialize;

use super::reading::{
    Wrong, at_most, currency, id, line, lines, moment, money, rate, shown, some_line, twice,
};

const PRIORITY_DEFAULT: u32 = 100;
const PRIORITY_MAX: u32 = 1_000;
const REDEMPTIONS_MAX: u32 = 1_000_000_000;

/// What can be taken off.
#[derive(Debug, Deserialize)]
pub(super) struct PromotionsTold {
    currency: String,
    promotions: Vec<PromotionTold>,
}

#[derive(Debug, Deserialize)]
struct PromotionTold {
    id: String,
    name: String,
    code: Option<String>,
    percent_off: Option<String>,
    amount_off: Option<i64>,
    applies_to: AppliesTo,
    items: Option<Vec<String>>,
    categories: Option<Vec<String>>,
    spread: Option<SpreadTold>,
    priority: Option<u32>,
    min_goods: Option<i64>,
    starts_at: Option<String>,
    ends_at: Option<String>,
    exclusive: Option<bool>,
    audience: Option<AudienceTold>,
    customers: Option<Vec<String>>,
    redemptions_max: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AppliesTo {
    Order,
    Goods,
    Delivery,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SpreadTold {
    Each,
    Across,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AudienceTold {
    Everybody,
    SignedIn,
    Customers,
}

impl PromotionsTold {
    /// All of them, or what is wrong with one.
    pub(super) fn read(&self, asked: Currency) -> Result<Vec<Promotion>, Wrong> {
        currency(&self.currency, asked)?;
        at_most("promotions", self.promotions.len(), TOLD_PROMOTIONS_MAX)?;
        if let Some(id) = twice(self.promotions.iter().map(|told| &told.id).collect()) {
            return Err(format!("promotion {} is there twice", shown(id)));
        }
        let codes = self.promotions.iter().filter_map(|told| told.code.as_ref());
        if let Some(code) = twice(codes.map(|code| code.trim().to_lowercase()).collect()) {
            return Err(format!("the code {} belongs to two promotions", shown(&code)));
        }
        let read = |told: &PromotionTold| {
            told.read(asked).map_err(|wrong| format!("promotion {}: {wrong}", shown(&told.id)))
        };
        self.promotions.iter().map(read).collect()
    }
}

impl PromotionTold {
    fn read(&self, asked: Currency) -> Result<Promotion, Wrong> {
        let priority = self.priority.unwrap_or(PRIORITY_DEFAULT);
        if !(1..=PRIORITY_MAX).contains(&priority) {
            return Err(format!("priority {priority} is not from 1 to {PRIORITY_MAX}"));
        }
        let most = self.redemptions_max;
        if let Some(most) = most.filter(|most| !(1..=REDEMPTIONS_MAX).contains(most)) {
            return Err(format!("redemptions_max {most} is not from 1 to {REDEMPTIONS_MAX}"));
        }
        let at = |name, text: Option<&String>| text.map(|text| moment(name, text)).transpose();
        Ok(Promotion {
            id: id("id", &self.id)?,
            name: line("name", &self.name, 100)?,
            code: some_line("code", self.code.as_ref(), 100)?,
            benefit: self.benefit(asked)?,
            reach: self.reach()?,
            spread: match self.spread {
                Some(SpreadTold::Each) => Spread::Each,
                Some(SpreadTold::Across) | None => Spread::Across,
            },
            priority,
            min_goods: self.min_goods.map(|least| money("min_goods", least, asked)).transpose()?,
            starts_at: at("starts_at", self.starts_at.as_ref())?,
            ends_at: at("ends_at", self.ends_at.as_ref())?,
            is_exclusive: self.exclusive.unwrap_or_default(),
            audience: self.audience()?,
            redemptions_max: most,
        })
    }

    fn benefit(&self, asked: Currency) -> Result<Benefit, Wrong> {
        match (&self.percent_off, self.amount_off) {
            (Some(share), None) => Ok(Benefit::Percent(rate("percent_off", share)?)),
            (None, Some(0)) => Err("amount_off 0 takes nothing off".to_owned()),
            (None, Some(minor)) => Ok(Benefit::Amount(money("amount_off", minor, asked)?)),
            (None, None) => Err("percent_off or amount_off is missing".to_owned()),
            (Some(_), Some(_)) => Err("percent_off and amount_off are both there".to_owned()),
        }
    }

    fn reach(&self) -> Result<Reach, Wrong> {
        let list = |name, texts: &Option<Vec<String>>, chars_max| {
            lines(name, texts.as_deref().unwrap_or_default(), chars_max, TOLD_TARGETS_MAX)
        };
        let items = list("items", &self.items, 128)?;
        let categories = list("categories", &self.categories, 200)?;
        let reach = match self.applies_to {
            AppliesTo::Goods => {
                let items = items.into_iter().map(ItemId::new).collect();
                return Ok(Reach::Goods { items, categories });
            }
            AppliesTo::Order => Reach::Order,
            AppliesTo::Delivery => Reach::Delivery,
        };
        if items.is_empty() && categories.is_empty() {
            return Ok(reach);
        }
        Err("items and categories belong to applies_to \"goods\"".to_owned())
    }

    fn audience(&self) -> Result<Audience, Wrong> {
        let customers = self.customers.as_deref().unwrap_or_default();
        let customers = lines("customers", customers, 200, TOLD_TARGETS_MAX)?;
        match (self.audience, customers.is_empty()) {
            (Some(AudienceTold::Customers), false) => Ok(Audience::Customers(customers)),
            (Some(AudienceTold::SignedIn), true) => Ok(Audience::SignedIn),
            (Some(AudienceTold::Everybody) | None, true) => Ok(Audience::Everybody),
            (Some(AudienceTold::Customers), true)
            | (Some(AudienceTold::SignedIn | AudienceTold::Everybody) | None, false) => {
                Err("customers and audience \"customers\" belong together".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(currency: &str, promotions: &Value) -> Result<Vec<Promotion>, String> {
        let told = json!({ "currency": currency, "promotions": promotions, "more": null });
        let told: PromotionsTold =
            serde_json::from_value(told).map_err(|error| error.to_string())?;
        told.read(Currency::parse("usd").unwrap())
    }

    fn ten(changed: &Value) -> Value {
        let mut ten = json!({
            "id": "ten", "name": "10 % off", "code": "TEN", "percent_off": "0.1",
            "applies_to": "order", "colour": "red",
        });
        for (member, value) in changed.as_object().unwrap() {
            ten[member] = value.clone();
        }
        ten
    }

    #[test]
    fn everything_that_can_be_said_is_read() {
        let told = json!([
            ten(&json!({})),
            {
                "id": "tea", "name": "Tea", "amount_off": 50, "applies_to": "goods",
                "items": ["tea"], "categories": ["drinks/hot"], "spread": "each", "priority": 7,
                "min_goods": 900, "starts_at": "2026-01-01T00:00:00Z",
                "ends_at": "2026-01-01T01:00:00+01:00", "exclusive": true,
                "audience": "customers", "customers": ["c1"], "redemptions_max": 3,
            },
        ]);
        let promotions = read("usd", &told).unwrap();
        let plain = &promotions[0];
        assert_eq!(
            (plain.priority, &plain.reach, plain.spread),
            (100, &Reach::Order, Spread::Across)
        );
        assert_eq!((&plain.audience, plain.code.as_deref()), (&Audience::Everybody, Some("TEN")));
        let tea = &promotions[1];
        let usd = |minor| money("x", minor, Currency::parse("usd").unwrap()).unwrap();
        assert_eq!((tea.benefit, tea.min_goods), (Benefit::Amount(usd(50)), Some(usd(900))));
        assert_eq!(tea.starts_at, tea.ends_at, "the same moment in two zones");
        assert_eq!(tea.audience, Audience::Customers(vec!["c1".into()]));
        assert_eq!((tea.spread, tea.redemptions_max, tea.priority), (Spread::Each, Some(3), 7));
    }

    #[test]
    fn a_promotion_that_makes_no_sense_spoils_the_answer_and_is_named() {
        for (changed, said) in [
            (json!({"percent_off": "1.5"}), "percent_off"),
            (json!({"percent_off": 0.1}), "expected a string"),
            (json!({"percent_off": null}), "missing"),
            (json!({"amount_off": 5}), "both"),
            (json!({"percent_off": null, "amount_off": -5}), "below zero"),
            (json!({"percent_off": null, "amount_off": 0}), "nothing"),
            (json!({"min_goods": -1}), "min_goods"),
            (json!({"applies_to": "tax"}), "tax"),
            (json!({"spread": "thin"}), "thin"),
            (json!({"items": ["tea"]}), "goods"),
            (json!({"audience": "friends"}), "friends"),
            (json!({"audience": "customers"}), "customers"),
            (json!({"customers": ["c1"]}), "customers"),
            (json!({"priority": 0}), "priority"),
            (json!({"priority": 1001}), "priority"),
            (json!({"redemptions_max": 0}), "redemptions_max"),
            (json!({"starts_at": "tomorrow"}), "starts_at"),
            (json!({"id": ""}), "id"),
            (json!({"name": " x"}), "name"),
        ] {
            let wrong = read("USD", &json!([ten(&changed)])).unwrap_err();
            assert!(wrong.contains(said), "{wrong} does not say {said}: {changed}");
        }
        let same_code = ten(&json!({"id": "other", "code": "ten"}));
        let wrong = read("USD", &json!([ten(&json!({})), same_code])).unwrap_err();
        assert!(wrong.contains("two promotions"), "{wrong}");
        let wrong = read("USD", &json!([ten(&json!({})), ten(&json!({"code": null}))]));
        assert!(wrong.unwrap_err().contains("twice"));
        assert!(read("EUR", &json!([])).unwrap_err().contains("EUR"));
    }
}
