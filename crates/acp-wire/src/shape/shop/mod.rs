//! What a shop sells: for whoever looks after it, and in feeds for whoever is told of it.

mod csv;
mod feed;
mod item;
#[cfg(test)]
mod tests;

pub use csv::{CSV_HEADING, add_rows};
pub use feed::{
    FeedAvailability, FeedBarcode, FeedCategory, FeedDescription, FeedMedia, FeedOption, FeedPrice,
    FeedProduct, FeedProductList, FeedSeller, FeedVariant, render_product,
};
pub(in crate::shape) use item::count;
pub use item::{
    KindWord, OfferWord, ShopItem, ShopItemList, ShopItemUpdateRequest, ShopStock,
    StockCountRequest, TaxClassWord, read_item_change, read_stock_count, render_item, render_items,
};
