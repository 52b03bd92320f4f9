//! Who claims to have brought a buyer, and what the buyer said about being written to.

use acp_core::session::{Attribution, Attributions, Consent, RiskSignals, SourceKind};

use crate::store::record::stored::mirror::{Mirror, Misfit, Optional, Within, Word, mirror};
use crate::store::record::stored::scalars::Moment;

/// Where a buyer came from.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(in crate::store::record) struct StoredSource {
    kind: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Box<str>>,
}

impl Mirror<(SourceKind, Option<Box<str>>)> for StoredSource {
    fn of(value: &(SourceKind, Option<Box<str>>), _: Within) -> Result<Self, Misfit> {
        Ok(Self { kind: Word::of(value.0), url: value.1.clone() })
    }

    fn back(self, within: Within) -> Result<(SourceKind, Option<Box<str>>), Misfit> {
        Ok((self.kind.back(within)?, self.url))
    }
}

mirror! {
    StoredAttribution of Attribution {
        provider: Box<str>,
    } or_absent {
        token: Option<Box<str>>,
        publisher_id: Option<Box<str>>,
        campaign_id: Option<Box<str>>,
        creative_id: Option<Box<str>>,
        sub_id: Option<Box<str>>,
        source: Option<StoredSource>,
        issued_at: Option<Moment>,
        expires_at: Option<Moment>,
        metadata: Option<Box<str>>,
        touchpoint: Option<Word>,
    }
}

mirror! {
    StoredAttributions of Attributions {} or_absent {
        first: Option<StoredAttribution>,
        last: Option<StoredAttribution>,
    }
}

/// Most sessions have none.
impl Mirror<Attributions> for Option<StoredAttributions> {
    fn of(value: &Attributions, within: Within) -> Result<Self, Misfit> {
        let is_empty = value.first.is_none() && value.last.is_none();
        (!is_empty).then(|| StoredAttributions::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<Attributions, Misfit> {
        self.map_or(Ok(Attributions::default()), |stored| stored.back(within))
    }
}

impl Optional<Attributions> for Option<StoredAttributions> {}

mirror! {
    StoredConsent of Consent {
        channel: Box<str>,
        opted_in: bool,
    } or_absent {
        contact: Option<Box<str>>,
    }
}

mirror! {
    StoredRiskSignals of RiskSignals {} or_absent {
        ip_address: Option<Box<str>>,
        user_agent: Option<Box<str>>,
        accept_language: Option<Box<str>>,
        session_id: Option<Box<str>>,
        device_fingerprint: Option<Box<str>>,
    }
}
