//! What the merchant's catalogue said before.

mod remembered;

#[cfg(test)]
mod tests;

pub use remembered::RememberedCatalog;
