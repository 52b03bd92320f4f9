//! How much a row may say.

use acp_core::limits::URI_BYTES_MAX;

/// Longest title, in characters.
pub(super) const TITLE_CHARS_MAX: usize = 300;
/// Longest description, in characters.
pub(super) const DESCRIPTION_CHARS_MAX: usize = 5_000;
/// Longest name of a brand, a category, a seller, an option or its value, in characters.
pub(super) const NAME_CHARS_MAX: usize = 200;
/// Longest stock keeping code, in characters.
pub(super) const SKU_CHARS_MAX: usize = 128;
/// Longest tag, in characters.
pub(super) const TAG_CHARS_MAX: usize = 100;
/// Longest link to a picture, in bytes.
pub(super) const LINK_BYTES_MAX: usize = URI_BYTES_MAX;
/// Most options of one item.
pub(super) const OPTIONS_MAX: usize = 10;
/// Most tags of one item.
pub(super) const TAGS_MAX: usize = 20;
/// Most pictures of one item.
pub(super) const IMAGES_MAX: usize = 10;
