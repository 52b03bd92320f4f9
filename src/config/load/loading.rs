//! Loads the configuration: all layers, all checks, all complaints at once.

use std::path::PathBuf;

use super::super::{Config, Otlp};
use super::layers::Layers;
use super::{ConfigError, Environment, Fault, Loaded, Origin, file};

/// What the command line says. Values are text as it was typed; they are checked with the rest.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--config`: the file to read.
    pub config: Option<PathBuf>,
    /// `--listen`: above `server.listen`.
    pub listen: Option<String>,
    /// `--data-dir`: above `store.data_dir`.
    pub data_dir: Option<String>,
    /// `--log-level`: above `log.level`.
    pub log_level: Option<String>,
}

/// Stacks defaults, file, environment and flags, and checks what comes out.
///
/// # Errors
/// Says everything that is wrong, each with its key and its source.
pub fn load(overrides: &Overrides, environment: &Environment) -> Result<Loaded, ConfigError> {
    let mut layers = Layers::default();
    let mut path = None;
    match file::read(overrides, environment) {
        Ok(None) => {}
        Ok(Some(file)) => {
            path = Some(file.path.to_path_buf());
            layers.add_file(file);
        }
        Err(fault) => layers.faults.push(fault),
    }
    layers.add_environment(environment);
    let flags = [
        ("--listen", "server", "listen", &overrides.listen),
        ("--data-dir", "store", "data_dir", &overrides.data_dir),
        ("--log-level", "log", "level", &overrides.log_level),
    ];
    for (flag, section, key, text) in flags {
        if let Some(text) = text {
            layers.add_flag(flag, section, key, text);
        }
    }
    let config = Config {
        server: layers.section(),
        admin: layers.section(),
        store: layers.section(),
        redis: layers.section(),
        secrets: layers.section(),
        keys: layers.section(),
        jwt: layers.section(),
        mcp: layers.section(),
        limits: layers.section(),
        checkout: layers.section(),
        intents: layers.section(),
        shop: layers.section(),
        payment: layers.section(),
        stripe: layers.section(),
        vault: layers.section(),
        authentication: layers.section(),
        inventory: layers.section(),
        catalogue: layers.section(),
        tax: layers.section(),
        shipping: layers.section(),
        promotions: layers.section(),
        cart: layers.section(),
        orders: layers.section(),
        planner: layers.section(),
        webhooks: layers.section(),
        feed: layers.section(),
        message_signatures: layers.section(),
        metrics: layers.section(),
        log: layers.section(),
        otlp: Otlp::of(environment),
    };
    // A value that was refused left its default behind, which must not be held against others.
    if layers.faults.is_empty() {
        layers.faults = contradictions(&config, &layers);
    }
    if layers.faults.is_empty() {
        Ok(Loaded::new(config, layers.origins, path))
    } else {
        Err(ConfigError::of(layers.faults))
    }
}

/// Blames each contradiction on a key somebody has set.
fn contradictions(config: &Config, layers: &Layers) -> Vec<Fault> {
    let blame = |(keys, what): (&[&'static str], String)| {
        let set = keys.iter().find(|key| layers.origins.of(key) != Origin::Default);
        let key = set.or(keys.first())?;
        Some(Fault { key: Some((*key).to_owned()), origin: layers.origins.of(key), what })
    };
    config.contradictions().into_iter().filter_map(blame).collect()
}
