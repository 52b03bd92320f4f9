//! An API key: never its secret, only the hash of it.

use acp_core::money::Currency;
use acp_core::principal::ApiKey;

use super::answer::StoredHabits;
use super::document::Document;
use super::mirror::{Word, mirror};
use super::scalars::{Blob, Moment};

mirror! {
    StoredApiKey of ApiKey {
        id: Box<str>,
        secret_hash: Blob,
        tenant: Box<str>,
        agent: Box<str>,
        scope: Word,
        label: Box<str>,
        created_at: Moment,
    } or_absent {
        expires_at: Option<Moment>,
        revoked_at: Option<Moment>,
        habits: Option<StoredHabits>,
    }
}

impl Document for ApiKey {
    type Shape = StoredApiKey;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
