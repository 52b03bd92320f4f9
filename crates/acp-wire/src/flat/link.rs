//! Pages the buyer may want to see, as they are said since 12 December 2025.

use acp_core::catalog::{Page, PageKind};
use serde::Serialize;
use utoipa::ToSchema;

/// What a link leads to.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkType {
    /// The terms the shop sells by.
    TermsOfUse,
    /// What the shop does with what it knows of a buyer.
    PrivacyPolicy,
    /// How goods are given back.
    ReturnPolicy,
}

/// A page the buyer may want to see.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link<'a> {
    /// What it leads to.
    #[serde(rename = "type")]
    kind: LinkType,
    /// Where it is.
    #[schema(format = "uri")]
    url: &'a str,
}

impl<'a> Link<'a> {
    /// A page as it is said; most kinds of pages have no word here.
    pub(crate) fn of(page: &'a Page) -> Option<Self> {
        let kind = match page.kind {
            PageKind::TermsOfUse => LinkType::TermsOfUse,
            PageKind::PrivacyPolicy => LinkType::PrivacyPolicy,
            PageKind::ReturnPolicy => LinkType::ReturnPolicy,
            PageKind::ShippingPolicy
            | PageKind::ContactUs
            | PageKind::AboutUs
            | PageKind::Faq
            | PageKind::Support => return None,
        };
        Some(Self { kind, url: &page.url })
    }
}
