//! Who is asked where the rules do not understand a sentence.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::BootError;
use super::tools::Tools;
use crate::adapters::planner::{LanguageModel, ModelOptions};
use crate::app::Advisor;
use crate::config::Planner;

/// The model, where one is configured; else nobody, and nothing is built.
pub(super) fn advisor(config: &Planner, tools: &Tools<'_>) -> Result<Advisor, BootError> {
    let Some((base_url, model)) = config.base_url.clone().zip(config.model.clone()) else {
        return Ok(Advisor::Nobody);
    };
    let options = ModelOptions {
        base_url,
        model,
        api_key: config.api_key.as_ref().map(|key| Zeroizing::new(key.expose().clone())),
        connect: config.connect_timeout(),
        whole: config.timeout(),
        calls_at_once: config.calls_at_once,
        tokens_max: config.tokens_max,
        seed: config.seed,
        calls_per_minute: config.calls_per_minute,
        tokens_per_day: config.tokens_per_day,
        peers: tools.peers.clone(),
    };
    let model = LanguageModel::at(&options, Arc::clone(tools.entropy), tools.clock);
    Ok(Advisor::model(Arc::new(model.map_err(BootError::Planner)?)))
}
