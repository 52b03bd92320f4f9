//! Whole files, good, bad and hostile.

use acp_core::limits::CATALOG_ROW_BYTES_MAX;
use proptest::prelude::*;

use super::row::{print, print_csv};
use super::*;

const GOOD_CSV: &str = include_str!("../../../tests/data/catalog/good.csv");
const BAD_CSV: &str = include_str!("../../../tests/data/catalog/bad.csv");
const BAD_JSON_LINES: &str = include_str!("../../../tests/data/catalog/bad.jsonl");

const GOOD_IN_BAD: [&str; 5] =
    ["good-kettle", "good-lantern", "good-mat-green", "good-socks", "good-trail-guide"];

fn import_text(text: &str, format: RowFormat) -> Import {
    import(text.as_bytes(), format).unwrap()
}

fn ids(import: &Import) -> Vec<&str> {
    import.rows.iter().map(|row| row.item.id.as_str()).collect()
}

/// The lines of a report, for comparison.
fn lines(report: &Report) -> Vec<String> {
    report.to_string().lines().map(str::to_owned).collect()
}

/// A CSV file of these rows, with no more columns than there must be.
fn csv_with(rows: &str) -> String {
    format!("id,title,kind,price,currency,tax_class\n{rows}")
}

#[test]
fn a_good_csv_file_is_imported_whole() {
    let import = import_text(GOOD_CSV, RowFormat::Csv);
    assert_eq!(import.report.to_string(), "");
    assert_eq!((import.rows.len(), import.report.rows), (12, 12));

    let tote = &import.rows[10].item;
    assert_eq!(tote.id.as_str(), "tote-lantern-natural-large");
    assert_eq!(&*tote.title, "Lantern Tote, natural, large");
    let options = [("color".into(), "natural".into()), ("size".into(), "large".into())];
    assert_eq!(tote.options, options);
    assert_eq!(tote.tags, ["tote", "bag", "cotton"].map(Box::from));

    let by_id = |id: &str| import.rows.iter().find(|row| row.item.id.as_str() == id).unwrap();
    assert_eq!(by_id("ebook-salt-ledger").stock, None);
    assert_eq!(by_id("field-guide-unseen-birds").stock, Some(0));
    assert_eq!(by_id("map-old-town-1888").item.seller.as_deref(), Some("Paperloft Antiquary"));
    let poems = "Sixty short poems; the one called \"Drizzle\" won no prize at all.";
    assert_eq!(&*by_id("poems-small-weather").item.description, poems);
}

#[test]
fn the_bad_rows_of_json_lines_are_named_and_the_others_imported() {
    let import = import_text(BAD_JSON_LINES, RowFormat::JsonLines);
    assert_eq!(ids(&import), GOOD_IN_BAD);
    assert_eq!((import.report.rows, import.report.rows_refused), (10, 5));
    assert_eq!(
        lines(&import.report),
        [
            "line 2, price: a price is a whole number of minor units, such as 1250 for 12.50 USD",
            "line 4, stock: -4 does not fit; expected a whole number from 0 to 4294967295",
            "line 5, title: this is missing or empty",
            "line 7, currency: this is not an ISO 4217 currency code",
            "line 8: this is not JSON; reading stopped at byte 2",
        ]
    );
}

#[test]
fn the_bad_rows_of_csv_are_named_and_the_others_imported() {
    let import = import_text(BAD_CSV, RowFormat::Csv);
    assert_eq!(ids(&import), GOOD_IN_BAD);
    assert_eq!((import.report.rows, import.report.rows_refused), (10, 5));
    assert_eq!(
        lines(&import.report),
        [
            "line 3, price: a price is a whole number of minor units, such as 1250 for 12.50 USD",
            "line 5, stock: -4 does not fit; expected a whole number from 0 to 4294967295",
            "line 6, title: this is missing or empty",
            "line 8, currency: this is not an ISO 4217 currency code",
            "line 9: the row has 2 cells, but the first line names 19",
        ]
    );
}

#[test]
fn both_formats_say_the_same() {
    let csv = import_text(BAD_CSV, RowFormat::Csv);
    let json_lines = import_text(BAD_JSON_LINES, RowFormat::JsonLines);
    assert_eq!(csv.rows, json_lines.rows);
}

#[test]
fn the_first_of_two_rows_with_one_id_wins() {
    let rows = "a,First,physical,1,USD,standard\na,Second,physical,2,USD,standard\n";
    let import = import_text(&csv_with(rows), RowFormat::Csv);
    assert_eq!(lines(&import.report), ["line 3, id: line 2 has this id already"]);
    assert_eq!(&*import.rows[0].item.title, "First");
    assert_eq!(import.rows.len(), 1);
}

#[test]
fn a_bad_row_does_not_take_an_id() {
    let rows = "a,First,physical,-1,USD,standard\na,Second,physical,2,USD,standard\n";
    let import = import_text(&csv_with(rows), RowFormat::Csv);
    assert_eq!(&*import.rows[0].item.title, "Second");
    assert_eq!(import.report.rows_refused, 1);
}

#[test]
fn lines_are_counted_over_breaks_inside_cells_and_blank_lines() {
    let rows = "a,\"One\nTwo\",physical,1,USD,standard\n\n\nb,\"x\n\ny\",physical,?,USD,standard\n\
                ,,,,,\nc,C,physical,?,USD,standard";
    for file in [csv_with(rows), csv_with(rows).replace('\n', "\r\n")] {
        let import = import_text(&file, RowFormat::Csv);
        let found: Vec<u64> = import.report.problems.shown().iter().map(|f| f.line).collect();
        assert_eq!(found, [6, 10], "{file:?}");
        assert!(import.rows[0].item.title.starts_with("One "), "{file:?}");
    }
    let file = format!("\n  \r\n{}\n\n[]", BAD_JSON_LINES.trim_end());
    let import = import_text(&file, RowFormat::JsonLines);
    assert_eq!(lines(&import.report).last().unwrap(), "line 14: a row is one JSON object");
}

#[test]
fn what_editors_put_around_a_file_does_not_matter() {
    for (file, format) in
        [(GOOD_CSV, RowFormat::Csv), (print(&some_row()).as_str(), RowFormat::JsonLines)]
    {
        let plain = import_text(file, format);
        assert!(!plain.rows.is_empty());
        let dressed = format!("\u{feff}{}", file.replace('\n', "\r\n"));
        assert_eq!(import_text(&dressed, format), plain, "{format:?}");
        assert_eq!(import_text(file.trim_end(), format), plain, "{format:?}");
    }
}

#[test]
fn a_first_line_that_makes_no_sense_ends_a_csv_file() {
    let import = import_text(
        "id,title,kind,price,curency,id\na,A,physical,1,USD,standard\n",
        RowFormat::Csv,
    );
    assert!(import.rows.is_empty());
    assert_eq!(
        lines(&import.report),
        [
            "line 1, curency: there is no such field",
            "line 1, id: this is given twice",
            "line 1, currency: this is missing or empty",
            "line 1, tax_class: this is missing or empty",
        ]
    );
    assert_eq!(import.report.rows, 1);
}

#[test]
fn an_empty_file_is_an_empty_catalogue() {
    for format in [RowFormat::JsonLines, RowFormat::Csv] {
        for file in ["", "\n\n", "\u{feff}"] {
            assert_eq!(import_text(file, format), Import::default(), "{format:?} {file:?}");
        }
    }
}

#[test]
fn cells_that_are_not_of_their_form_are_refused() {
    let header = "id,title,kind,price,currency,tax_class,options,weight_grams\n";
    let rows = "a,A,physical,+1,USD,standard,,\n\
                b,B,physical,1,USD,standard,size,\n\
                c,C,physical,1,USD,standard,size=,\n\
                d,D,physical, 1 ,USD,standard, size = M ; ,-\n\
                e,E,physical,1,USD,standard, size = M ; ,007\n";
    let import = import_text(&format!("{header}{rows}"), RowFormat::Csv);
    assert_eq!(ids(&import), ["e"]);
    assert_eq!(import.rows[0].item.options, [("size".into(), "M".into())]);
    let lines = lines(&import.report);
    let starts: Vec<&str> = lines.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        starts,
        ["line 2, price", "line 3, options", "line 4, options", "line 5, weight_grams"]
    );
}

#[test]
fn bytes_that_are_not_text_spoil_their_cell_only() {
    let mut file = csv_with("a,").into_bytes();
    file.extend(b"\xff\xfe,physical,1,USD,standard\nb,B,physical,1,USD,standard\n");
    let import = import(&*file, RowFormat::Csv).unwrap();
    assert_eq!(lines(&import.report), ["line 2, title: this is not text in UTF-8"]);
    assert_eq!(ids(&import), ["b"]);
}

#[test]
fn a_row_that_is_too_long_is_skipped_and_the_next_one_read() {
    let long = "x".repeat(3 * CATALOG_ROW_BYTES_MAX);
    let good = print(&some_row());
    let file = format!("{long}\n{good}\n{long}");
    let import = import_text(&file, RowFormat::JsonLines);
    assert_eq!(lines(&import.report).len(), 2);
    assert_eq!(import.report.problems.shown()[1].line, 3);
    assert_eq!(import.report.problems.shown()[1].problem, Problem::RowTooLong);
    assert_eq!(import.rows, [some_row()]);

    let good = "b,B,physical,1,USD,standard";
    let import = import_text(&csv_with(&format!("a,{long}\n{good}\n")), RowFormat::Csv);
    assert_eq!(import.report.problems.shown()[0].line, 2);
    assert_eq!(ids(&import), ["b"]);
}

#[test]
fn a_quote_that_is_never_closed_costs_some_rows_and_no_memory() {
    let row = |n| format!("i{n},T,physical,1,USD,standard\n");
    let rest: String = (0..20_000).map(row).collect();
    let import =
        import_text(&csv_with(&format!("a,\"A,physical,1,USD,standard\n{rest}")), RowFormat::Csv);
    let [found] = import.report.problems.shown() else { panic!("{}", import.report) };
    assert_eq!((found.line, &found.problem), (2, &Problem::RowTooLong));
    assert!(import.rows.len() > 15_000, "{}", import.rows.len());
    let after = import_text(
        &csv_with(&format!("a,\"A,physical,1,USD,standard\n{rest}z,Z,physical,?,USD,standard")),
        RowFormat::Csv,
    );
    assert_eq!(after.report.problems.shown()[1].line, 20_003);
}

#[test]
fn the_largest_row_fits_and_one_byte_more_does_not() {
    for (spare, rows) in [(0, 1), (1, 0)] {
        let row = print(&some_row());
        let fill = " ".repeat(CATALOG_ROW_BYTES_MAX + spare - row.len());
        let padded = row.replacen('{', &format!("{{{fill}"), 1);
        for end in ["", "\n", "\r\n"] {
            let import = import_text(&format!("{padded}{end}"), RowFormat::JsonLines);
            assert_eq!(import.rows.len(), rows, "{spare} {end:?}");
        }
    }
}

#[test]
fn a_lint_hints_at_what_is_rarely_meant() {
    let header = "id,product_id,title,description,kind,price,currency,stock,tax_class\n";
    let rows = "a,p,Mug,Round.,physical,1,USD,0,standard\n\
                b,p,mug,Round.,physical,1,EUR,0,standard\n\
                c,q,Cup,,physical,0,USD,0,standard\n\
                d,q,Jar,Tall.,physical,1,USD,,standard\n\
                e,e,,Bad.,physical,1,USD,,standard\n";
    let report = lint(format!("{header}{rows}").as_bytes(), RowFormat::Csv).unwrap();
    assert_eq!(
        lines(&report),
        [
            "line 6, title: this is missing or empty",
            "hint: line 3, title: line 2 has the same title",
            "hint: line 3, currency: line 2 sells another variant of this product in USD",
            "hint: line 4, price: the price is 0",
            "hint: line 4, description: there is no description",
            "hint: line 2, stock: every variant of this product is sold out",
        ]
    );
}

#[test]
fn a_lint_finds_what_an_import_finds() {
    for (file, format) in [(BAD_CSV, RowFormat::Csv), (BAD_JSON_LINES, RowFormat::JsonLines)] {
        let linted = lint(file.as_bytes(), format).unwrap();
        let imported = import_text(file, format).report;
        assert!(imported.hints.is_empty());
        assert_eq!(Report { hints: Findings::default(), ..linted }, imported);
    }
}

fn some_row() -> Row {
    DemoShop::Usd.import().unwrap().rows.swap_remove(1)
}

/// A text as a reader leaves it.
fn words(chars: &'static str) -> impl Strategy<Value = Box<str>> {
    let text = chars.prop_filter("only spaces", |text: &String| !text.trim().is_empty());
    text.prop_map(|text| text.trim().into())
}

prop_compose! {
    /// A good row: one of the demo rows with much of it replaced.
    fn any_row()(
        base in 0..112_usize,
        id in "[A-Za-z0-9._-]{1,128}",
        title in words("[ -:=?-~\u{e9}\u{8336}\u{1f35c}]{1,75}"),
        description in "[ -;=?-~\u{e9}\u{8336}]{0,90}",
        options in proptest::collection::btree_map("[a-z]{1,9}", words("[ -:=?-~]{1,20}"), 0..=10),
        tags in proptest::collection::vec(words("[a-z0-9, \"-]{1,20}"), 0..=20),
        price in 0..=99_999_999_i64,
        stock in proptest::option::of(any::<u32>()),
        max_per_order in proptest::option::of(1..=u32::MAX),
    ) -> Row {
        let Row { mut item, .. } = DemoShop::Usd.import().unwrap().rows.swap_remove(base);
        item.id = acp_core::ids::ItemId::new(id);
        item.title = title;
        item.description = description.trim().into();
        item.options = options.into_iter().rev().map(|(name, value)| (name.into(), value)).collect();
        item.tags = tags;
        item.price = acp_core::money::Money::new(price, item.price.currency()).unwrap();
        item.max_per_order = max_per_order;
        Row { item, stock }
    }
}

/// Bytes that get further into the readers than random ones.
fn hostile_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"\"",
        b",",
        b"\n",
        b"\r",
        b"\r\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b";",
        b"=",
        b"<",
        b">",
        b"\\u0000",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\"id\"",
        b"\"price\"",
        b"1e999",
        b"-0",
        b"99999999",
        b"id,title,kind,price,currency,tax_class\n",
        b"a,A,physical,1,USD,standard\n",
        b"null",
        b"{\"id\":\"a\",\"title\":\"<b>\",\"kind\":\"digital\",",
        b"\"options\":{\"a\":\"b\"}",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in hostile_bytes()) {
        for format in [RowFormat::JsonLines, RowFormat::Csv] {
            let import = import(&*bytes, format).unwrap();
            let kept = u64::try_from(import.rows.len()).unwrap();
            prop_assert_eq!(kept + import.report.rows_refused, import.report.rows);
            prop_assert!(import.report.problems.total() >= import.report.rows_refused);
            prop_assert_eq!(lint(&*bytes, format).unwrap().problems, import.report.problems);
        }
    }

    #[test]
    fn a_row_that_is_printed_is_read_back(rows in proptest::collection::vec(any_row(), 0..6)) {
        let mut rows = rows;
        let mut seen = std::collections::BTreeSet::new();
        rows.retain(|row| seen.insert(row.item.id.clone()));
        let file: Vec<String> = rows.iter().map(print).collect();
        let read = import_text(&file.join("\n"), RowFormat::JsonLines);
        prop_assert_eq!(read.report.to_string(), "");
        prop_assert_eq!(&read.rows, &rows);
        let read = import(&*print_csv(&rows), RowFormat::Csv).unwrap();
        prop_assert_eq!(read.report.to_string(), "");
        prop_assert_eq!(&read.rows, &rows);
    }

    #[test]
    fn a_stream_in_small_pieces_is_read_the_same(bytes in hostile_bytes(), piece in 1..20_usize) {
        for format in [RowFormat::JsonLines, RowFormat::Csv] {
            let pieces = std::io::BufReader::with_capacity(piece, &*bytes);
            prop_assert_eq!(import(pieces, format).unwrap(), import(&*bytes, format).unwrap());
        }
    }
}
