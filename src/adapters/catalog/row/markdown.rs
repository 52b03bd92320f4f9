//! Markdown that is safe to show: `CommonMark` without HTML in it.

use acp_core::catalog::{Disclosure, Markup};
use acp_core::limits::ITEM_DISCLOSURE_CHARS_MAX;
use pulldown_cmark::{Event, Parser};

use crate::adapters::catalog::problem::Problem;

/// Whether somebody who shows it as Markdown shows HTML too.
fn has_html(text: &str) -> bool {
    Parser::new(text).any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
}

/// What a buyer has to be told. HTML is refused and not taken out: what the law wants said is not
/// changed on the way.
pub(super) fn disclosure(raw: &str) -> Result<Disclosure, Problem> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Problem::EmptyEntry);
    }
    if text.chars().count() > ITEM_DISCLOSURE_CHARS_MAX {
        return Err(Problem::TooLong { max: ITEM_DISCLOSURE_CHARS_MAX });
    }
    if has_html(text) {
        return Err(Problem::RawHtml);
    }
    Ok(Disclosure { markup: Markup::Markdown, text: text.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_refused_wherever_it_hides() {
        for text in [
            "<script>alert(1)</script>",
            "Contains **nuts** <b>really</b>",
            "<!-- hidden -->",
            "a\n\n<div>\n\nb",
            "> <img src=x onerror=alert(1)>",
            "- <a href=\"#\">x</a>",
        ] {
            assert_eq!(disclosure(text), Err(Problem::RawHtml), "{text}");
        }
    }

    #[test]
    fn markdown_is_kept_as_it_is() {
        for text in [
            "Contains **nuts**.",
            "1 < 2 and 3 > 2",
            "See [the notice](https://shop.example/notice) or `<b>`.",
            "<https://shop.example>",
        ] {
            let kept = disclosure(&format!(" {text}\n")).unwrap();
            assert_eq!((kept.markup, &*kept.text), (Markup::Markdown, text));
        }
        assert_eq!(disclosure(" \n"), Err(Problem::EmptyEntry));
    }
}
