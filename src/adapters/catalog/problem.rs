//! What a row can be refused for, what was mended in it, and what its owner may want to look at.

use acp_core::limits::CATALOG_ROW_BYTES_MAX;

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes of the line are not JSON.
    #[error("this is not JSON; reading stopped at byte {column}")]
    NotJson {
        /// Where reading stopped, counted from 1.
        column: usize,
    },
    /// JSON, but not a row.
    #[error("a row is one JSON object")]
    NotAnObject,
    /// The cells do not fit the first line of the file.
    #[error("the row has {cells} cells, but the first line names {columns}")]
    CellCount {
        /// How many the row has.
        cells: usize,
        /// How many it should have.
        columns: usize,
    },
    /// More bytes than a row may have.
    #[error("the row has more than {CATALOG_ROW_BYTES_MAX} bytes; is a quote never closed?")]
    RowTooLong,
    /// More rows than a catalogue may have.
    #[error("a catalogue has at most {max} rows; this one and all after it were not read")]
    TooManyRows {
        /// How many it may have.
        max: usize,
    },
    /// Bytes that are not text.
    #[error("this is not text in UTF-8")]
    NotUtf8,
    /// A name no field has.
    #[error("there is no such field")]
    UnknownField,
    /// One field, two values.
    #[error("this is given twice")]
    Twice,
    /// A field every row needs.
    #[error("this is missing or empty")]
    Missing,
    /// Another kind of value where text belongs.
    #[error("this is not text")]
    NotText,
    /// Another kind of value where a list belongs.
    #[error("this is not a list of texts")]
    NotTexts,
    /// Another kind of value where names and values belong.
    #[error("this is not a set of names, each with a text as its value")]
    NotPairs,
    /// Another kind of value where a count belongs.
    #[error("this is not a whole number")]
    NotWhole,
    /// A price as people write it.
    #[error("a price is a whole number of minor units, such as 1250 for 12.50 USD")]
    NotMinorUnits,
    /// A number below or above what is possible.
    #[error("{number} does not fit; expected a whole number from {min} to {max}")]
    OutOfRange {
        /// The number.
        number: i64,
        /// The smallest that fits.
        min: i64,
        /// The largest that fits.
        max: i64,
    },
    /// Text without end.
    #[error("this is longer than {max} characters")]
    TooLong {
        /// How long it may be.
        max: usize,
    },
    /// A list without end.
    #[error("this has more than {max} entries")]
    TooMany {
        /// How many it may have.
        max: usize,
    },
    /// An entry that says nothing.
    #[error("an entry is empty")]
    EmptyEntry,
    /// Text that cannot be an id.
    #[error("an id has 1 to {max} letters, digits, dots, dashes and underscores")]
    NotAnId {
        /// How many it may have.
        max: usize,
    },
    /// No currency has this code.
    #[error("this is not an ISO 4217 currency code")]
    UnknownCurrency,
    /// A link a browser would not follow.
    #[error("a link to a picture begins with http:// or https:// and has no spaces in it")]
    NotALink,
    /// Markdown that a page would run.
    #[error("this is Markdown with HTML in it; write it without")]
    RawHtml,
    /// Markdown that leads somewhere else than to a page or a mailbox.
    #[error("a link in Markdown begins with https:// or mailto:")]
    OddLink,
    /// Not one of the names there are.
    #[error("expected one of {names}")]
    NotOneOf {
        /// The names there are.
        names: Box<str>,
    },
    /// An id that an earlier row has.
    #[error("line {first} has this id already")]
    DuplicateId {
        /// The line of the row that keeps it.
        first: u64,
    },
}

/// What was mended in a row that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The text held HTML.
    #[error("HTML tags were taken out")]
    TagsTakenOut,
}

/// What is allowed, but rarely meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hint {
    /// Variants of a product that cannot be in one basket.
    #[error("line {first} sells another variant of this product in {currency}")]
    CurrenciesDiffer {
        /// The line of the first variant.
        first: u64,
        /// Its currency.
        currency: Box<str>,
    },
    /// Two items that cannot be told apart by name.
    #[error("line {first} has the same title")]
    SameTitle {
        /// The first line with it.
        first: u64,
    },
    /// A gift.
    #[error("the price is 0")]
    Free,
    /// Nothing to read before buying.
    #[error("there is no description")]
    NoDescription,
    /// A product nobody can buy.
    #[error("every variant of this product is sold out")]
    SoldOut,
}
