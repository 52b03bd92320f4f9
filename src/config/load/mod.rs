//! From layers to a checked [`Config`](super::Config): which file, which variables, which flags,
//! what came from where, and what is wrong with it.

mod describe;
mod environment;
mod fault;
mod file;
mod layers;
mod loading;
mod origin;

pub use describe::Loaded;
pub use environment::Environment;
pub use fault::{ConfigError, Fault};
pub use loading::{Overrides, load};
pub use origin::Origin;
