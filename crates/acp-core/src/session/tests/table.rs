//! Tables written as text: columns between bars, the first line names them.

/// The cells of every row below the first, trimmed.
pub(super) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows: Vec<[&str; COLUMNS]> = lines.skip(1).map(cells).collect();
    assert!(!rows.is_empty(), "a table without rows proves nothing");
    rows
}

fn cells<const COLUMNS: usize>(line: &str) -> [&str; COLUMNS] {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    cells.try_into().unwrap_or_else(|_| panic!("this row has not {COLUMNS} columns: {line}"))
}
