//! Single words: what means the same, what means nothing, and what is a measure.

use std::collections::HashSet;
use std::sync::LazyLock;

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
    ("longer", "l"),
    ("longest", "l"),
    ("taller", "l"),
    ("wider", "l"),
    ("thicker", "l"),
    ("shorter", "s"),
    ("shortest", "s"),
    ("thinner", "s"),
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
const PACKAGES: &str = "pack packet package box bag jar bottle carton bunch pair tin can case crate tub tube \
    roll loaf set piece stick bar container sack pouch unit sheet block copy item order \
    serving slice head clof bouquet punnet ream reel spool bundle tray";

/// Praise and padding that tells no two items apart.
const EMPTY: &str = "nice good great fine lovely decent perfect pretty beautiful awesome cool new quality \
    favorite favourite usual proper simple regular normal ordinary standard sort kind type \
    brand stuff thing thingy product model version option color size flavor variety style \
    edition title called named titled labeled extra whole single individual separate actual \
    available different colored sized flavored";

/// Words that are never taken for slips of others: they are words, and nothing here is called so.
const COMMON: &str = "tell told tells said says say hear listen look looking find found show showed shown see seen saw keep kept use used try tried ask asked open close start stop turn move hold lose lost win won wait watch wear carry cut meet met pay paid sell sold buy bought learn teach build built fill feel felt mind minds changed exceed allowed approved administrator manager owner increased available about account after again airport always animal animals another answer anyone anything \
    bake bank basket bathroom beach bedroom before believe best better between bicycle \
    birthday boat book books breakfast bring brother budget bus cab call calls came camera \
    capital car cars cart chair child city come comes cook cooking cost costs couch could \
    country dark dinner door drink drinks drum during early easy eat eating email even \
    evening everyone everything family fast father feel flight floor flower flowers food \
    friend friends game games garden gave give gives going gone good grass great guitar hard \
    hate heavy helmet help high higher holiday home hotel hour hours house idea just kids \
    king kitchen know language laptop large late later leave left letter letters light like \
    likes limit long love lower lunch made make makes maybe meal meeting message might \
    minute minutes mirror money month months moon morning mother movie movies music must \
    name names need needs never news night nothing number numbers ocean often only order \
    orders other others over page pages paper party people phone piano place places plane \
    planes planet plants play please president price prices printer problem queen question \
    quick rain read really reason recipe ride right river road roof room run savings second \
    send sends sent shall ship shop short should sister sleep slow small soft someone \
    something song songs soon sorry star stars still store stores story street sunny \
    surfboard table take takes taxi thanks their there these thing things think those \
    thought ticket tickets time times today tomorrow tonight took total train trampoline \
    tree trees trip truck umbrella under vacation walk wall want wants water weather wedding \
    week weeks when where which while window word words work world worse worst would write \
    wrong year years";

fn listed(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

/// Whether goods are counted by it.
pub(crate) fn is_package(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| listed(PACKAGES));
    WORDS.contains(word)
}

/// Whether it tells no two items apart.
pub(crate) fn is_empty(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| listed(EMPTY));
    WORDS.contains(word)
}

/// Whether it is a word that is never taken for a slip of another.
pub(crate) fn is_common(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| listed(COMMON));
    WORDS.contains(word)
}
