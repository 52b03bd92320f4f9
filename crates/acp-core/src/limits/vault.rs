//! Bounds of cards that are handed over, and of finding out whose they are.

use std::time::Duration;

/// How long an allowance may last, where nothing else is configured.
pub const ALLOWANCE_LIFE_DEFAULT: Duration = Duration::from_hours(31 * 24);
/// How long a token is kept after its time: as long as a completion that has spent it may take.
pub const VAULT_TOKEN_KEPT: Duration = Duration::from_hours(96);
/// Longest text of a card or an allowance, in characters, where no schema says less.
pub const CARD_TEXT_CHARS_MAX: usize = 256;
/// Longest line or city of an address bills go to, in characters.
pub const BILLING_LINE_CHARS_MAX: usize = 60;
/// Longest postal code of an address bills go to, in characters.
pub const POSTAL_CODE_CHARS_MAX: usize = 20;
/// Most signs of risk that are told at once.
pub const RISK_SIGNALS_MAX: usize = 50;
/// How long somebody may take to find out whether a shopper is who a card says.
pub const AUTHENTICATION_LIFE: Duration = Duration::from_mins(30);
/// How long it is remembered after that where it stands.
pub const AUTHENTICATION_KEPT: Duration = Duration::from_hours(24);
/// Longest header of a browser that is told, in characters.
pub const BROWSER_TEXT_CHARS_MAX: usize = 2_048;
/// Longest address a browser comes back to, in characters.
pub const RETURN_URL_CHARS_MAX: usize = 2_048;
