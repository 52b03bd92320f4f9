//! Markdown that is safe to show: `CommonMark` without HTML in it.

use acp_core::catalog::{Disclosure, Markup};
use acp_core::limits::ITEM_DISCLOSURE_CHARS_MAX;
use pulldown_cmark::{Event, LinkType, Parser, Tag};

use crate::adapters::catalog::problem::Problem;

/// Whether somebody who shows it as Markdown shows HTML too.
fn has_html(text: &str) -> bool {
    Parser::new(text).any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
}

/// Whether it leads somewhere a buyer should not be sent, such as into a script.
fn has_odd_link(text: &str) -> bool {
    let is_odd = |url: &str| !url.starts_with("https://") && !url.starts_with("mailto:");
    Parser::new(text).any(|event| match event {
        Event::Start(Tag::Link { dest_url, link_type, .. }) => {
            // An address in angle brackets is said without its scheme.
            link_type != LinkType::Email && is_odd(&dest_url)
        }
        Event::Start(Tag::Image { dest_url, .. }) => is_odd(&dest_url),
        _ => false,
    })
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
    if has_odd_link(text) {
        return Err(Problem::OddLink);
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
    fn links_lead_to_pages_and_mail_alone() {
        for text in [
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "![x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x][1]\n\n[1]: http://shop.example/plain",
            "<javascript:alert(1)>",
            "[x](//shop.example)",
        ] {
            assert_eq!(disclosure(text), Err(Problem::OddLink), "{text}");
        }
    }

    #[test]
    fn markdown_is_kept_as_it_is() {
        for text in [
            "Contains **nuts**.",
            "1 < 2 and 3 > 2",
            "See [the notice](https://shop.example/notice) or `<b>`.",
            "<https://shop.example>",
            "<ada@shop.example> or [mail](mailto:ada@shop.example)",
            "`[x](javascript:alert(1))`",
        ] {
            let kept = disclosure(&format!(" {text}\n")).unwrap();
            assert_eq!((kept.markup, &*kept.text), (Markup::Markdown, text));
        }
        assert_eq!(disclosure(" \n"), Err(Problem::EmptyEntry));
    }
}
