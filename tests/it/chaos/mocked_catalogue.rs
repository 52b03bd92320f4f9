//! A merchant's catalogue that sells what the demo shop does.

use acp_mocks::catalog::{CatalogMock, Settings};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};

use crate::support::demo_goods;

const TOKEN: &str = "tok_chaos_goods";

/// A mock that listens as long as this is there.
pub(super) struct MockedCatalogue(Running<CatalogMock>);

impl MockedCatalogue {
    pub(super) async fn start(faults: Faults) -> Self {
        let token = Some(TOKEN.to_owned());
        let settings = Settings { token, items: demo_goods(), seed: 13, faults, webhook: None };
        Self(CatalogMock::start(settings).await.unwrap())
    }

    /// What a gateway has to know. Nothing that was told stays fresh, so that it asks for every
    /// basket; what it knows it sells while nobody answers.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CATALOGUE__KIND", "http".to_owned()),
            ("CATALOGUE__BASE_URL", self.0.url()),
            ("CATALOGUE__TOKEN", TOKEN.to_owned()),
            ("CATALOGUE__FRESH_SECONDS", "0".to_owned()),
        ]
    }

    /// From now on it does this wrong.
    pub(super) fn misbehave(&self, faults: Faults) {
        self.0.switches().set_faults(faults).unwrap();
    }

    /// From now on it answers whatever it is asked.
    pub(super) fn come_to_rest(&self) {
        self.misbehave(Faults::default());
    }

    /// How often it was asked, and spoiled or not.
    pub(super) fn calls(&self) -> u64 {
        self.0.switches().requests().values().sum()
    }
}
