use super::said::line;

/// What lies between two columns.
const GAP: &str = "  ";

/// Which side of a column its cells lean to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Side {
    Left,
    Right,
}

/// Rows of cells under a heading, in columns as wide as their widest cell.
#[derive(Debug)]
pub(in crate::cli) struct Table<const COLUMNS: usize> {
    sides: [Side; COLUMNS],
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(in crate::cli) fn new(headings: [(&str, Side); COLUMNS]) -> Self {
        let sides = headings.map(|(_, side)| side);
        Self { sides, rows: vec![headings.map(|(heading, _)| heading.to_owned())] }
    }

    pub(in crate::cli) fn push(&mut self, row: [String; COLUMNS]) {
        self.rows.push(row);
    }

    /// The table as text, a row on each line.
    pub(in crate::cli) fn text(&self) -> String {
        let mut widths = [0; COLUMNS];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let cells =
                row.iter().zip(widths).zip(self.sides).map(|((cell, width), side)| match side {
                    Side::Left => format!("{cell:<width$}"),
                    Side::Right => format!("{cell:>width$}"),
                });
            line(&mut text, cells.collect::<Vec<_>>().join(GAP).trim_end());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new([("ID", Side::Left), ("N", Side::Right), ("", Side::Left)]);
        table.push(["häuser".into(), "5".into(), String::new()]);
        table.push(["a".into(), "123".into(), "x".into()]);
        assert_eq!(table.text(), "ID        N\nhäuser    5\na       123  x\n");
    }
}
