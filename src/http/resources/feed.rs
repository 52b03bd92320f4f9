//! The product feed of a tenant, for its merchant and its agents. What is said of it stands in
//! `openapi/shop.rs`.
//!
//! It is written while it is read: a piece is made once the one before it was taken. Nothing here
//! counts against the time a request may take: the answer is there with its head.

use std::sync::Arc;

use acp_core::ports::FeedForm;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;

use crate::app::{CutShort, Export, FeedReader};
use crate::http::extract::{FeedAsked, Reader};
use crate::http::problem::Rejection;
use crate::http::reply::{JSON, NO_STORE};
use crate::http::router::Gateway;

/// Writes all that is sold.
pub(in crate::http) async fn export(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    FeedAsked(form): FeedAsked,
) -> Result<Response, Rejection> {
    let tenant = &reader.principal.tenant;
    let export = gateway.feeds.export(tenant, form, FeedReader::Caller).await?;
    let (kind, name) = match form {
        FeedForm::JsonLines => (HeaderValue::from_static("application/x-ndjson"), "jsonl"),
        FeedForm::Json => (JSON, "json"),
        FeedForm::Csv => (HeaderValue::from_static("text/csv; charset=utf-8"), "csv"),
    };
    let named = format!("attachment; filename=\"products.{name}\"");
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, NO_STORE),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&named).unwrap_or(NO_STORE)),
    ];
    let pieces = stream::unfold(Some((export, gateway)), next);
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Why a feed breaks off. The reader is not told with a word: an answer that ends before its end is
/// not whole, and every client knows that.
#[derive(Debug, thiserror::Error)]
#[error("the feed broke off")]
struct BrokenOff;

type Writing = Option<(Export, Arc<Gateway>)>;

async fn next(writing: Writing) -> Option<(Result<Bytes, BrokenOff>, Writing)> {
    let (mut export, gateway) = writing?;
    let piece = tokio::select! {
        biased;
        () = gateway.stopping.cancelled() => return Some((Err(BrokenOff), None)),
        piece = export.piece() => piece,
    };
    match piece {
        Ok(piece) => Some((Ok(piece?.into()), Some((export, gateway)))),
        Err(cut) => Some((Err(broken_off(&cut)), None)),
    }
}

fn broken_off(cut: &CutShort) -> BrokenOff {
    let error = cut as &dyn std::error::Error;
    match cut {
        CutShort::NotTaken => tracing::info!(error, "a product feed broke off"),
        CutShort::Failed(_) => tracing::error!(error, "a product feed broke off"),
    }
    BrokenOff
}
