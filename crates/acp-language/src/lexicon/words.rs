//! Single words: what means the same, what means nothing, and what is a measure.

use crate::word::stem;

/// Words and what they are read as, in the catalogue and in sentences alike.
const SAME: &[(&str, &str)] = &[
    ("small", "s"),
    ("little", "s"),
    ("tiny", "s"),
    ("medium", "m"),
    ("large", "l"),
    ("big", "l"),
    ("xlarge", "xl"),
    ("smaller", "s"),
    ("larger", "l"),
    ("bigger", "l"),
    ("biggest", "l"),
    ("largest", "l"),
    ("smallest", "s"),
    ("grey", "gray"),
    ("colour", "color"),
    ("flavour", "flavor"),
    ("aluminium", "aluminum"),
    ("fibre", "fiber"),
    ("jewellery", "jewelry"),
    ("pyjama", "pajama"),
    ("doughnut", "donut"),
    ("yoghurt", "yogurt"),
    ("tshirt", "tee"),
    ("sofa", "couch"),
    ("trainer", "sneaker"),
    ("jumper", "sweater"),
    ("rucksack", "backpack"),
    ("flashlight", "torch"),
    ("tv", "television"),
    ("telly", "television"),
    ("bike", "bicycle"),
    ("fridge", "refrigerator"),
    ("serviette", "napkin"),
    ("ketchup", "catsup"),
    ("trouser", "pant"),
    ("organiser", "organizer"),
    ("secateur", "pruner"),
    ("centre", "center"),
    ("notepad", "notebook"),
    ("mic", "microphone"),
    ("cellphone", "phone"),
    ("spectacle", "eyeglass"),
    ("burgundy", "maroon"),
];

/// A word in the spelling everything is compared in.
pub(crate) fn canonical(word: &str) -> String {
    let stem = stem(word);
    let found = SAME.iter().find(|(from, _)| *from == stem || *from == word);
    found.map_or(stem, |(_, to)| (*to).to_owned())
}

/// Words of a name that nobody has to speak.
pub(crate) fn is_stop(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "a"
            | "an"
            | "of"
            | "and"
            | "for"
            | "with"
            | "in"
            | "at"
            | "to"
            | "on"
            | "by"
            | "or"
    )
}

/// The short name of a unit that things are measured in.
pub(crate) fn measure_unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "gb" | "gig" | "gigs" | "gigabyte" | "gigabytes" => "gb",
        "tb" | "terabyte" | "terabytes" => "tb",
        "mb" | "megabyte" | "megabytes" => "mb",
        "g" | "gr" | "gram" | "grams" | "gramme" | "grammes" => "g",
        "kg" | "kilo" | "kilos" | "kilogram" | "kilograms" => "kg",
        "lb" | "lbs" | "pound" | "pounds" => "lb",
        "oz" | "ounce" | "ounces" => "oz",
        "l" | "liter" | "liters" | "litre" | "litres" => "l",
        "ml" | "milliliter" | "milliliters" | "millilitre" | "millilitres" => "ml",
        "cl" | "centilitre" | "centilitres" => "cl",
        "m" | "meter" | "meters" | "metre" | "metres" => "m",
        "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => "cm",
        "mm" | "millimeter" | "millimeters" | "millimetre" | "millimetres" => "mm",
        "ft" | "foot" | "feet" => "ft",
        "inch" | "inches" => "inch",
        "w" | "watt" | "watts" => "w",
        "mah" => "mah",
        "gallon" | "gallons" | "gal" => "gallon",
        "quart" | "quarts" => "quart",
        "pint" | "pints" => "pint",
        "ply" => "ply",
        "person" => "person",
        _ => return None,
    })
}

/// What one of something is called, when goods are counted by it.
pub(crate) const PACKAGES: &[&str] = &[
    "pack",
    "packet",
    "package",
    "box",
    "bag",
    "jar",
    "bottle",
    "carton",
    "bunch",
    "pair",
    "tin",
    "can",
    "case",
    "crate",
    "tub",
    "tube",
    "roll",
    "loaf",
    "set",
    "piece",
    "stick",
    "bar",
    "container",
    "sack",
    "pouch",
    "unit",
    "sheet",
    "block",
    "copy",
    "item",
    "order",
    "serving",
    "slice",
    "head",
    "clof",
    "bouquet",
    "punnet",
    "ream",
    "reel",
    "spool",
    "bundle",
    "tray",
];

/// Praise and padding that tells no two items apart.
pub(crate) const EMPTY: &[&str] = &[
    "nice",
    "good",
    "great",
    "fine",
    "lovely",
    "decent",
    "perfect",
    "pretty",
    "beautiful",
    "awesome",
    "cool",
    "new",
    "quality",
    "favorite",
    "favourite",
    "usual",
    "proper",
    "simple",
    "regular",
    "normal",
    "ordinary",
    "standard",
    "sort",
    "kind",
    "type",
    "brand",
    "stuff",
    "thing",
    "thingy",
    "product",
    "model",
    "version",
    "option",
    "color",
    "size",
    "flavor",
    "variety",
    "style",
    "edition",
    "title",
    "called",
    "named",
    "titled",
    "labeled",
    "extra",
    "whole",
    "single",
    "individual",
    "separate",
    "actual",
    "available",
    "different",
    "colored",
    "sized",
    "flavored",
];
