use acp_core::limits::{EMPTY_PAGES_MAX, PAGE_ROWS_MAX};
use acp_core::money::{Currency, Money};
use clap::{Args, Subcommand};

use super::file::{FileArgs, import, lint};
use crate::admin::{Counted, ItemPage, ItemShown, PriceAsked, PriceSet, StockAsked, StockSet};
use crate::cli::answer::{CommandError, Said, Side, Table, line};
use crate::cli::arguments::{OutputArgs, TenantArgs};
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// Import, check, list and change what the shop sells
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  acp-gateway catalog lint shop.csv
  acp-gateway catalog import shop.csv")]
pub(in crate::cli) struct CatalogArgs {
    #[command(subcommand)]
    command: CatalogCommand,
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    Import(ImportArgs),
    Lint(LintArgs),
    List(ListArgs),
    SetPrice(SetPriceArgs),
    SetStock(SetStockArgs),
}

/// Put the items of a file on sale
///
/// An item takes the place of the one with the same id; items the file does not name stay. Bad
/// rows are reported, all others are imported, and the exit code is 3.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway catalog import shop.csv
  acp-gateway catalog import export.txt --format jsonl"
)]
struct ImportArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    tenant: TenantArgs,
}

/// Check a file without importing it
///
/// Says what an import would refuse and what its owner may not have meant. It needs no gateway.
/// With bad rows the exit code is 3.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway catalog lint shop.csv"
)]
struct LintArgs {
    #[command(flatten)]
    file: FileArgs,
}

/// List items with their prices and stock
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway catalog list
  acp-gateway catalog list --after honey-wildflower-350g --limit 20"
)]
struct ListArgs {
    /// Begin behind the item with this id, or where a list said to go on
    #[arg(long, value_name = "ITEM")]
    after: Option<String>,
    /// How many to list at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Set the price of an item
///
/// Sessions that are open keep the price they were told until they change.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway catalog set-price honey-wildflower-350g 850      8.50 USD, or 850 JPY"
)]
struct SetPriceArgs {
    /// The id of the item
    item: String,
    /// The price in minor units: 1250 is 12.50 USD, 1250 JPY or 1.250 KWD
    #[arg(value_parser = minor_units)]
    amount: i64,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Set how much of an item is free to be sold
///
/// What is reserved for a running completion is not counted in and stays reserved.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway catalog set-stock honey-wildflower-350g 40
  acp-gateway catalog set-stock ebook-salt-ledger unlimited"
)]
struct SetStockArgs {
    /// The id of the item
    item: String,
    /// How many there are, or `unlimited`
    #[arg(value_parser = units)]
    units: Units,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// How many there are; nothing when it never runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Units(Option<u32>);

/// Does what is to be done with the catalogue.
pub(in crate::cli) fn run(
    args: CatalogArgs,
    load: impl FnOnce() -> Result<Loaded, CommandError>,
) -> Result<Said, CommandError> {
    match args.command {
        CatalogCommand::Lint(args) => lint(&args.file),
        CatalogCommand::Import(args) => import(&args.file, &args.tenant, &load()?),
        CatalogCommand::List(args) => {
            at_desk(&load()?, Store::MustExist, async |desk| list(&args, desk).await)
        }
        CatalogCommand::SetPrice(args) => {
            at_desk(&load()?, Store::MustExist, async |desk| set_price(&args, desk).await)
        }
        CatalogCommand::SetStock(args) => {
            at_desk(&load()?, Store::MustExist, async |desk| set_stock(&args, desk).await)
        }
    }
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = args.tenant.asked("&");
    let mut list = page(desk, &tenant, args.after.as_deref(), args.limit).await?;
    // A service may always say that more comes, and never bring any.
    let mut empty = usize::from(list.items.is_empty());
    while let Some(after) =
        list.next.take_if(|_| list.items.len() < args.limit && empty < EMPTY_PAGES_MAX)
    {
        let missing = args.limit.saturating_sub(list.items.len());
        let more = page(desk, &tenant, Some(&after), missing).await?;
        empty = if more.items.is_empty() { empty.saturating_add(1) } else { 0 };
        list.items.extend(more.items);
        list.next = more.next;
    }
    if args.output.json { Said::json(&list) } else { Ok(Said::fine(told(&list))) }
}

async fn page(
    desk: &Desk,
    tenant: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<ItemPage, CommandError> {
    let mut address = format!("/catalog?limit={}{tenant}", limit.min(PAGE_ROWS_MAX));
    if let Some(after) = after {
        address.push_str("&after=");
        address.push_str(&encoded(after));
    }
    desk.get(&address).await?.read()
}

fn told(list: &ItemPage) -> String {
    if list.items.is_empty() {
        return match &list.next {
            None => "There are no items here.\n".to_owned(),
            Some(next) => format!("There are no items here; go on with --after {next}\n"),
        };
    }
    let mut table = Table::new([
        ("ITEM", Side::Left),
        ("PRICE", Side::Right),
        ("STOCK", Side::Right),
        ("TITLE", Side::Left),
    ]);
    for ItemShown { id, title, price, currency, is_withdrawn, stock } in &list.items {
        let free = stock.and_then(|counted| counted.free);
        let stock = free.map_or_else(|| "unlimited".to_owned(), |units| units.to_string());
        let title = if *is_withdrawn { format!("(withdrawn) {title}") } else { title.clone() };
        table.push([id.clone(), money(*price, currency), stock, title]);
    }
    let mut text = table.text();
    if let Some(next) = &list.next {
        let count = list.items.len();
        let of = list.total.map_or_else(String::new, |total| format!(" of {total}"));
        line(&mut text, format_args!("{count}{of}; go on with --after {next}"));
    }
    text
}

async fn set_price(args: &SetPriceArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = args.tenant.asked("?");
    let address = format!("/catalog/{}/price{tenant}", encoded(&args.item));
    let answer = desk.post(&address, &PriceAsked { amount: args.amount }).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let PriceSet { id, amount, before, currency } = answer.read()?;
    let (now, before) = (money(amount, &currency), money(before, &currency));
    Ok(Said::fine(format!("{id} costs {now} now; it was {before}.\n")))
}

async fn set_stock(args: &SetStockArgs, desk: &Desk) -> Result<Said, CommandError> {
    let Units(units) = args.units;
    let tenant = args.tenant.asked("?");
    let address = format!("/catalog/{}/stock{tenant}", encoded(&args.item));
    let answer = desk.post(&address, &StockAsked { units }).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let StockSet { id, stock: Counted { free, reserved, sold } } = answer.read()?;
    let has = free.map_or_else(|| "never runs out".to_owned(), |units| format!("has {units} free"));
    Ok(Said::fine(format!("{id} {has}; {reserved} are reserved and {sold} were sold.\n")))
}

/// An amount with its decimals.
fn money(minor: i64, currency: &str) -> String {
    let money = Currency::parse(currency).and_then(|currency| Money::new(minor, currency));
    money.map_or_else(|_| format!("{minor} minor units of {currency}"), |money| money.to_string())
}

fn minor_units(text: &str) -> Result<i64, String> {
    let expected = "expected a whole number of minor units, such as 1250 for 12.50 USD";
    text.parse().map_err(|_not_whole: std::num::ParseIntError| expected.to_owned())
}

fn units(text: &str) -> Result<Units, String> {
    if text == "unlimited" {
        return Ok(Units(None));
    }
    let expected = "expected a whole number from 0 on, or unlimited";
    text.parse()
        .map(|units| Units(Some(units)))
        .map_err(|_not_whole: std::num::ParseIntError| expected.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_a_number_or_without_end() {
        assert_eq!(units("40"), Ok(Units(Some(40))));
        assert_eq!(units("unlimited"), Ok(Units(None)));
        for text in ["", "-1", "1.5", "4294967296", "Unlimited"] {
            assert!(units(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_told_with_their_decimals() {
        for (minor, currency, told) in
            [(1250, "USD", "12.50 USD"), (1250, "JPY", "1250 JPY"), (1250, "KWD", "1.250 KWD")]
        {
            assert_eq!(money(minor, currency), told);
        }
    }
}
