//! The same for tables: a variant on each line.
//!
//! A table is opened by programs that take some text for commands. So text is always quoted, and
//! text that such a program would take for one gets an apostrophe in front, which it hides again.

use std::io::Write as _;

use acp_core::catalog::{OfferedItem, OfferedProduct};

use super::feed::{FeedAvailability, category_path, currency, pictures, title};

/// The first line.
pub const CSV_HEADING: &str = "product_id,product_title,variant_id,title,description,price,\
    currency,available,availability,category,options,sku,image_url,additional_image_urls,seller\r\n";

/// Adds a line for each variant of a product.
pub fn add_rows(product: &OfferedProduct, to: &mut Vec<u8>) {
    let product_title = title(product).unwrap_or_default();
    for offered in &product.items {
        add_row(&product.id, product_title, offered, to);
    }
}

fn add_row(product: &str, product_title: &str, offered: &OfferedItem, to: &mut Vec<u8>) {
    let item = &*offered.item;
    let availability = FeedAvailability::of(offered);
    for cell in [product, product_title, item.id.as_str(), &item.title, &item.description] {
        add_text(cell, to);
    }
    let (price, currency) = (item.price.minor(), currency(item));
    let FeedAvailability { available, status } = availability;
    // Writing into memory cannot fail.
    write!(to, "{price},{currency},{available},{status},").unwrap_or_default();
    let options: Vec<_> =
        item.options.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let mut pictures = pictures(item);
    let picture = pictures.next().unwrap_or_default();
    let others = pictures.collect::<Vec<_>>().join(" ");
    add_text(&category_path(item), to);
    add_text(&options.join("; "), to);
    add_text(item.sku.as_deref().unwrap_or_default(), to);
    add_text(picture, to);
    add_text(&others, to);
    add_text(item.seller.as_deref().unwrap_or_default(), to);
    to.pop();
    to.extend_from_slice(b"\r\n");
}

/// A cell, and the comma behind it.
fn add_text(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    let is_command = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n');
    if text.trim_start_matches(' ').starts_with(is_command) {
        to.push(b'\'');
    }
    to.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    to.extend_from_slice(b"\",");
}
