//! Who claims to have brought the buyer.

use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::address::mirrored;
use super::cancel::flat_metadata_schema;
use super::{first_nested, metadata, strings_in};
use crate::scalar::{DateTime, Text, not_null};

mirrored!(
    /// Where the buyer came from.
    AffiliateAttributionSourceType = core::SourceKind { Url, Platform, Unknown }
);
mirrored!(
    /// Which touch a claim speaks of.
    AffiliateAttributionTouchpoint = core::Touchpoint { First, Last }
);

/// Where the buyer came from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AffiliateAttributionSource<'a> {
    /// What kind of place it was.
    #[serde(rename = "type")]
    kind: AffiliateAttributionSourceType,
    /// Its address.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    url: Option<Text<'a>>,
}

/// Somebody's claim to have brought the buyer. It is kept for the merchant and never shown again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AffiliateAttribution<'a> {
    /// The attribution provider.
    #[schema(value_type = String, min_length = 1, max_length = 1000, examples("impact.com"))]
    provider: Text<'a>,
    /// The provider's proof; this or a `publisher_id` is needed.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    token: Option<Text<'a>>,
    /// The publisher, as the provider calls it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    publisher_id: Option<Text<'a>>,
    /// The campaign.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    campaign_id: Option<Text<'a>>,
    /// The creative.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    creative_id: Option<Text<'a>>,
    /// The publisher's own mark; never a person.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    sub_id: Option<Text<'a>>,
    /// Where the buyer came from.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    source: Option<AffiliateAttributionSource<'a>>,
    /// When the claim was made.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = DateTime, required = false)]
    issued_at: Option<DateTime>,
    /// Until when it counts.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = DateTime, required = false)]
    expires_at: Option<DateTime>,
    /// Flat: strings, numbers and booleans.
    #[serde(default, borrow, deserialize_with = "not_null")]
    #[schema(schema_with = flat_metadata_schema, required = false)]
    metadata: Option<&'a RawValue>,
    /// Which touch the claim speaks of.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    touchpoint: Option<AffiliateAttributionTouchpoint>,
}

const AT: &str = "$.affiliate_attribution";

/// Whether a text is plainly about a person: an e-mail address or a telephone number.
fn is_personal(text: &str) -> bool {
    let is_email = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.split_once('.').is_some_and(|(name, _)| !name.is_empty())
    });
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_phone = text.trim_start().starts_with('+')
        && (8..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || "+-(). ".contains(c));
    is_email || is_phone
}

impl AffiliateAttribution<'_> {
    /// The first field that is about a person.
    fn personal(&self) -> Option<String> {
        let fields = [
            ("publisher_id", &self.publisher_id),
            ("campaign_id", &self.campaign_id),
            ("creative_id", &self.creative_id),
            ("sub_id", &self.sub_id),
        ];
        let mut fields = fields.into_iter();
        let is_about_somebody =
            |text: &Option<Text<'_>>| text.as_ref().is_some_and(|text| is_personal(&text.0));
        let field = fields.find(|(_, text)| is_about_somebody(text)).map(|(name, _)| name.into());
        field.or_else(|| {
            let mut strings = strings_in(self.metadata?).into_iter();
            let (name, _) = strings.find(|(name, text)| is_personal(name) || is_personal(text))?;
            Some(format!("metadata.{name}"))
        })
    }

    /// The claim.
    pub(crate) fn into_core(self) -> Result<core::Attribution, Fault> {
        let missing = |field: &str| Fault {
            kind: FaultKind::Missing,
            path: format!("{AT}.{field}"),
            text: "This field is required.".to_owned(),
        };
        if self.provider.0.trim().is_empty() {
            return Err(missing("provider"));
        }
        if self.token.is_none() && self.publisher_id.is_none() {
            let text = "A token or a publisher_id is required.".to_owned();
            return Err(Fault { text, ..missing("token") });
        }
        let inside = format!("{AT}.metadata");
        first_nested(self.metadata, &inside)?;
        if let Some(field) = self.personal() {
            let text =
                "This looks like somebody's e-mail address or telephone number. Attribution \
                        is about campaigns, not about people."
                    .to_owned();
            let path = format!("{AT}.{field}");
            return Err(Fault { kind: FaultKind::PersonalData, path, text });
        }
        Ok(core::Attribution {
            provider: self.provider.boxed(),
            token: self.token.map(Text::boxed),
            publisher_id: self.publisher_id.map(Text::boxed),
            campaign_id: self.campaign_id.map(Text::boxed),
            creative_id: self.creative_id.map(Text::boxed),
            sub_id: self.sub_id.map(Text::boxed),
            source: self.source.map(|source| (source.kind.into(), source.url.map(Text::boxed))),
            issued_at: self.issued_at.map(|at| at.0),
            expires_at: self.expires_at.map(|at| at.0),
            metadata: self.metadata.map(|raw| metadata(raw, &inside)).transpose()?,
            touchpoint: self.touchpoint.map(Into::into),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_campaigns() {
        for text in ["ada@example.com", "+49 (30) 901820", " +1-202-555-0114"] {
            assert!(is_personal(text), "{text}");
        }
        for text in ["summer-2026", "@shop", "a@b", "+1 off", "20260417", "pub_123456789012"] {
            assert!(!is_personal(text), "{text}");
        }
    }
}
