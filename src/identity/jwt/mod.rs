//! People of the merchant whom somebody else vouches for, with JSON Web Tokens (RFC 7519).
//!
//! A token is believed when it is signed by a key of the configured issuer, is for us, and is of
//! now. What it may do it says in roles. It looks after the shop or the gateway and never buys:
//! what agents do is done with keys.

mod claims;
mod header;
mod keys;
mod prove;
#[cfg(test)]
mod tests;

pub use prove::{JwtOptions, Jwts};
