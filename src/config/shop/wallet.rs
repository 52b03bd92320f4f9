//! `[[shop.wallet]]`: what the shop keeps for its buyers to pay with.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::PRICE_MAX;
use crate::config::forms::Slug;
use crate::config::reading::{self, Line, Within};

pub(in crate::config) const WALLETS_MAX: usize = 10_000;

/// What kind of thing the shop keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletType {
    /// A card the shop has on file.
    SavedCard,
    /// A gift card; whoever has its number and PIN may use it.
    GiftCard,
    /// Points of a loyalty programme.
    Points,
    /// Money the shop owes the buyer.
    StoreCredit,
}

/// Something a buyer can pay with that the shop keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WalletEntry")]
pub struct Wallet {
    /// The id of the payment handler it becomes.
    pub id: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: WalletType,
    /// What the buyer reads.
    pub display_name: String,
    /// Whose it is; nobody's in particular for a gift card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// What is in it, in minor units of the shop's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<i64>,
    /// What the shop calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WalletEntry {
    id: Slug,
    #[serde(rename = "type", deserialize_with = "reading::choice")]
    kind: WalletType,
    display_name: Line<128>,
    customer_id: Option<Line<200>>,
    balance: Option<Within<0, PRICE_MAX, i64>>,
    payment_method_id: Option<Line<200>>,
}

impl TryFrom<WalletEntry> for Wallet {
    type Error = &'static str;

    fn try_from(entry: WalletEntry) -> Result<Self, Self::Error> {
        if entry.kind != WalletType::GiftCard && entry.customer_id.is_none() {
            return Err("customer_id is missing; only a gift card belongs to nobody");
        }
        Ok(Self {
            id: entry.id.0,
            kind: entry.kind,
            display_name: entry.display_name.0,
            customer_id: entry.customer_id.map(|line| line.0),
            balance: entry.balance.map(|balance| balance.0),
            payment_method_id: entry.payment_method_id.map(|line| line.0),
        })
    }
}

/// Reads the list and refuses two wallets of one id.
pub(in crate::config) fn wallets<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<Wallet>, D::Error> {
    let wallets = reading::list::<WALLETS_MAX, Wallet, D>(from)?;
    let mut ids: Vec<_> = wallets.iter().map(|wallet| &wallet.id).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(D::Error::custom(format_args!(
            "the id {:?} is used twice; expected each id once",
            pair.first()
        ))),
        None => Ok(wallets),
    }
}
