//! How long a sentence takes over ten thousand products: `cargo run --release --example speed`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "measures and says so")]
#![expect(clippy::unwrap_used, reason = "a measurement may end")]

use std::time::{Duration, Instant};

use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};
use acp_language::{Context, Index, Product, Shop, parse};

const SENTENCES: [&str; 12] = [
    "add two red cotton shirts and a wool scarf",
    "remove the blue lamp",
    "a dozen lemons, three jars of honey and half a dozen eggs please",
    "the cheapest steel bottle under $20",
    "do you have any oak tables?",
    "a grean woolen hat and a coton shrt",
    "green tea, or black tea if the green tea is gone, and check out",
    "make it four",
    "lamp bottle scarf table honey",
    "swap the lamp for a larger one",
    "ship it overnight and use code SPRING5",
    "I'd like four, sorry, five steel bottles but not the black ones",
];

fn products() -> Vec<Product> {
    let colours =
        ["red", "blue", "green", "black", "white", "gray", "brown", "teal", "navy", "coral"];
    let stuffs =
        ["cotton", "wool", "steel", "oak", "glass", "linen", "clay", "paper", "silk", "cork"];
    let things = [
        "shirt", "scarf", "lamp", "bottle", "table", "hat", "bowl", "chair", "rug", "shelf", "tea",
        "honey", "lemon", "egg", "towel", "pillow", "vase", "clock", "basket", "mirror",
    ];
    let currency = Currency::parse("USD").unwrap();
    let pick =
        |list: &[&'static str], number: usize| list.get(number % list.len()).copied().unwrap_or("");
    (0..10_000)
        .map(|number| Product {
            id: ItemId::new(format!("p{number}")),
            title: format!(
                "{} {} {} {}",
                pick(&colours, number),
                pick(&stuffs, number / 10),
                pick(&things, number / 100),
                number / 2_000,
            ),
            description: format!(
                "A fine {} for every day, number {number}.",
                pick(&things, number / 100)
            ),
            brand: format!("Maker{}", number % 97),
            category: format!("kind{}", number % 40),
            attributes: vec![("color".to_owned(), pick(&colours, number).to_owned())],
            price: Money::new(i64::try_from(number % 900 + 100).unwrap(), currency).unwrap(),
            stock: Some(u32::try_from(number % 50).unwrap()),
            variants: Vec::new(),
        })
        .collect()
}

fn main() {
    let begun = Instant::now();
    let index = Index::build(&products());
    println!("built {} items in {:?}", index.len(), begun.elapsed());
    let (shop, context) = (Shop::default(), Context::default());
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for _ in 0..40 {
        for sentence in SENTENCES {
            let begun = Instant::now();
            let understood = parse(sentence, &index, &shop, &context);
            times.push((begun.elapsed(), sentence));
            assert!(understood.coverage <= 100, "{sentence}");
        }
    }
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!("p50 {:?}, p95 {:?}, longest {:?}", at(50), at(95), times.last());
}
