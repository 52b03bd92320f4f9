//! What is not read for goods at all: attempts on the rules, other languages, other subjects.

use acp_core::dialogue::Language;

use crate::lexicon::{BYPASS, OFF_TOPIC};
use crate::text::Token;

fn joined(tokens: &[Token]) -> String {
    let mut out = String::from(" ");
    for token in
        tokens.iter().filter(|token| token.is_word() || token.text == ":" || token.text == "*")
    {
        out.push_str(&token.text);
        out.push(' ');
    }
    out
}

/// Whether a text tries to change what it is not allowed to: rules, roles, limits, prices.
pub(crate) fn is_bypass(text: &str, tokens: &[Token]) -> bool {
    let said = joined(tokens);
    let has_phrase = BYPASS.split('|').any(|phrase| {
        said.match_indices(phrase).any(|(at, _)| {
            let before = said.get(..at).is_some_and(|before| before.ends_with(' '));
            let after = said
                .get(at.saturating_add(phrase.len())..)
                .is_some_and(|after| after.starts_with(' '));
            before && after
        })
    });
    // A text that looks like a program, a document or a message of ours is not a sentence.
    let is_markup = [
        "{\"", "</", "<|", "[[", "]]", "```", "${", "<system", "<script", "[system", "[inst", "###",
    ]
    .iter()
    .any(|mark| text.to_ascii_lowercase().contains(mark));
    has_phrase || is_markup
}

/// Whether a text begins like something that is asked of somebody else.
pub(crate) fn is_off_topic(tokens: &[Token]) -> bool {
    const LEAD: [&str; 10] =
        ["please", "can", "could", "would", "you", "hey", "hi", "ok", "so", "well"];
    let mut words: Vec<&str> =
        tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let begins = |words: &[&str]| {
        let said = format!("{} ", words.join(" "));
        OFF_TOPIC.split('|').any(|phrase| said.starts_with(&format!("{phrase} ")))
    };
    if begins(&words) {
        return true;
    }
    while words.first().is_some_and(|word| LEAD.contains(word)) {
        words.remove(0);
    }
    begins(&words)
}

const FOREIGN: &[&str] = &[
    "ich",
    "und",
    "bitte",
    "der",
    "die",
    "das",
    "ein",
    "eine",
    "einen",
    "nicht",
    "mochte",
    "mein",
    "meinen",
    "warenkorb",
    "zwei",
    "drei",
    "kaufen",
    "wo",
    "ist",
    "bestellung",
    "legen",
    "hinzu",
    "fur",
    "mit",
    "je",
    "veux",
    "voudrais",
    "les",
    "des",
    "une",
    "un",
    "mon",
    "panier",
    "ajoutez",
    "ajouter",
    "deux",
    "trois",
    "sil",
    "vous",
    "plait",
    "est",
    "commande",
    "pour",
    "avec",
    "moi",
    "donnez",
    "acheter",
    "quiero",
    "por",
    "favor",
    "dos",
    "tres",
    "el",
    "los",
    "las",
    "una",
    "mi",
    "carrito",
    "anade",
    "agrega",
    "agregar",
    "comprar",
    "donde",
    "esta",
    "pedido",
    "necesito",
    "y",
    "con",
    "dame",
    "vorrei",
    "il",
    "lo",
    "gli",
    "uno",
    "nel",
    "carrello",
    "aggiungi",
    "due",
    "tre",
    "per",
    "favore",
    "mio",
    "e",
    "eu",
    "quero",
    "adicione",
    "dois",
    "duas",
    "meu",
    "carrinho",
    "onde",
    "ik",
    "wil",
    "graag",
    "het",
    "een",
    "twee",
    "drie",
    "mijn",
    "winkelwagen",
    "toevoegen",
    "voeg",
    "toe",
    "aan",
    "jag",
    "vill",
    "och",
    "tva",
    "tack",
    "poprosze",
    "chce",
    "dwa",
    "lutfen",
    "istiyorum",
    "iki",
];

/// A text is foreign if most letters are of another script, or if at least two of its words, and
/// a third of them, are of another language and none of ours is among them.
pub(crate) fn language(text: &str, tokens: &[Token], is_known: impl Fn(&str) -> bool) -> Language {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (mut all, mut latin) = (0_usize, 0_usize);
    for letter in letters {
        all = all.saturating_add(1);
        let is_latin = letter.is_ascii()
            || ('\u{c0}'..='\u{24f}').contains(&letter)
            || ('\u{ff21}'..='\u{ff5a}').contains(&letter);
        latin = latin.saturating_add(usize::from(is_latin));
    }
    if all > 0 && latin.saturating_mul(2) < all {
        return Language::Other;
    }
    let words: Vec<&str> =
        tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let foreign = words.iter().filter(|word| FOREIGN.contains(word) && !is_known(word)).count();
    let english = words
        .iter()
        .filter(|word| {
            matches!(
                **word,
                "the"
                    | "a"
                    | "my"
                    | "please"
                    | "add"
                    | "of"
                    | "to"
                    | "and"
                    | "i"
                    | "it"
                    | "is"
                    | "two"
                    | "in"
            )
        })
        .count();
    let is_foreign = foreign >= 2 && foreign.saturating_mul(3) >= words.len() && english < foreign;
    if is_foreign { Language::Other } else { Language::English }
}
