//! `[[shop.consent]]`: where the shop would like to write to its buyers.

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::forms::is_web_url;
use crate::config::reading;

/// A channel the shop would like to write on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentOption {
    /// Its name: `email`, `sms`, `whatsapp`.
    #[serde(deserialize_with = "reading::text::<1, 64, _>")]
    pub channel: String,
    /// What the buyer agrees to receive.
    #[serde(deserialize_with = "reading::text::<1, 500, _>")]
    pub text: String,
    /// The rules it is done by.
    #[serde(deserialize_with = "page")]
    pub privacy_policy_url: String,
}

fn page<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "an https URL such as https://shop.example/privacy";
    reading::from_text(from, expected, |text| is_web_url(text, &["https"]).then(|| text.to_owned()))
}
