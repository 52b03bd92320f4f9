//! What single layers of the gateway cost.

pub(crate) mod quota;
pub(crate) mod telemetry;
