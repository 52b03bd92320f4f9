use std::fmt;
use std::hint::black_box;

/// Text that is never shown, never copied, and overwritten when it is let go of.
///
/// This crate has no library for it. The compiler must not leave out the overwriting as useless,
/// so it is told that somebody looks at the result.
pub struct SecretText(Vec<u8>);

impl SecretText {
    /// Guards a text, in the place in memory where it is.
    pub fn new(text: String) -> Self {
        Self(text.into_bytes())
    }

    /// The text itself, for whoever it is meant for.
    pub fn reveal(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.fill(0);
        black_box(&self.0);
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}
