//! Where it stands whether a shopper is who a card says.

use acp_core::money::Currency;
use acp_core::three_ds::{Action, Authentication, Ending, Standing};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, mirror};
use crate::store::record::stored::party::StoredOwner;
use crate::store::record::stored::scalars::Moment;

/// Where it stands, by its name, with what only that needs.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredStanding {
    status: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acs_transaction: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<Box<str>>,
}

impl Mirror<Standing> for StoredStanding {
    fn of(value: &Standing, _: Within) -> Result<Self, Misfit> {
        let bare = |status: &str| Self {
            status: status.into(),
            url: None,
            transaction: None,
            acs_transaction: None,
            version: None,
        };
        Ok(match value {
            Standing::Pending => bare("pending"),
            Standing::Ended(ending) => bare(ending.as_str()),
            Standing::ActionRequired(Action::Fingerprint { url, transaction }) => Self {
                url: Some(url.clone()),
                transaction: Some(transaction.clone()),
                ..bare("fingerprint")
            },
            Standing::ActionRequired(Action::Challenge {
                url,
                acs_transaction,
                transaction,
                version,
            }) => Self {
                url: Some(url.clone()),
                transaction: Some(transaction.clone()),
                acs_transaction: Some(acs_transaction.clone()),
                version: Some(version.clone()),
                ..bare("challenge")
            },
        })
    }

    fn back(self, _: Within) -> Result<Standing, Misfit> {
        let Self { status, url, transaction, acs_transaction, version } = self;
        match (&*status, url, transaction, acs_transaction, version) {
            ("pending", ..) => Ok(Standing::Pending),
            ("fingerprint", Some(url), Some(transaction), ..) => {
                Ok(Standing::ActionRequired(Action::Fingerprint { url, transaction }))
            }
            ("challenge", Some(url), Some(transaction), Some(acs_transaction), Some(version)) => {
                Ok(Standing::ActionRequired(Action::Challenge {
                    url,
                    acs_transaction,
                    transaction,
                    version,
                }))
            }
            (ending, ..) => {
                let ending = Ending::named(ending).map(Standing::Ended);
                ending.ok_or(Misfit::UnknownWord { list: "standing", word: status })
            }
        }
    }
}

mirror! {
    StoredAuthentication of Authentication {
        id: Box<str>,
        owner: StoredOwner,
        reference: Box<str>,
        standing: StoredStanding,
        expires_at: Moment,
    } or_absent {
        has_browser: bool,
        has_notification_url: bool,
    }
}

impl Document for Authentication {
    type Shape = StoredAuthentication;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
