//! Who calls, whom, how that is proven, and how often.

pub mod principal;
pub mod quota;
pub mod request;
pub mod signing;
pub mod tenant;
