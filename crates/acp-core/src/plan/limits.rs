//! The bounds of plans and of the words they are read from; part of [`crate::limits`].

/// Longest discount code, in characters.
pub const DISCOUNT_CODE_CHARS_MAX: usize = 64;
/// Most operations of one plan.
pub const PLAN_OPERATIONS_MAX: usize = 32;
/// Most of one item that a plan may speak of.
pub const PLAN_COUNT_MAX: u32 = 999;
/// Most search results a plan names.
pub const PLAN_RESULTS_MAX: usize = 50;
/// Most candidates of a question, alternatives of an issue and fallbacks of an operation.
pub const PLAN_CANDIDATES_MAX: usize = 10;
/// Most questions asked at once.
pub const PLAN_QUESTIONS_MAX: usize = 3;
/// Longest utterance that is read, in characters.
pub const UTTERANCE_CHARS_MAX: usize = 2_000;
/// Most items a dialogue remembers as spoken of.
pub const SALIENCE_MAX: usize = 20;
