//! The two formats a catalogue is imported from.

use std::path::Path;

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// One JSON object on each line.
    JsonLines,
    /// Cells between commas, under a first line that names the columns.
    Csv,
}

impl RowFormat {
    /// The format a file of this name is most likely in; `None` when the name does not tell.
    ///
    /// A `.json` file does not tell: most hold one large array, which is not read row by row.
    pub fn guess(file_name: impl AsRef<Path>) -> Option<Self> {
        let extension = file_name.as_ref().extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_tells_the_format() {
        for (name, format) in [
            ("shop.jsonl", Some(RowFormat::JsonLines)),
            ("/data/SHOP.NDJSON", Some(RowFormat::JsonLines)),
            ("a.jsonl.csv", Some(RowFormat::Csv)),
            ("shop.json", None),
            ("csv", None),
            ("", None),
        ] {
            assert_eq!(RowFormat::guess(name), format, "{name}");
        }
    }
}
