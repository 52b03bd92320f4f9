use acp_core::catalog::{GoneItem, OfferedProduct};
use acp_core::ports::{FeedForm, FeedWriter, WrittenProduct};
use acp_wire::shape::shop::{CSV_HEADING, add_rows, render_product};
use sha2::{Digest as _, Sha256};

/// Writes product feeds as the protocol has them.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedWords;

impl FeedWriter for FeedWords {
    fn opening(&self, form: FeedForm) -> &'static str {
        match form {
            FeedForm::JsonLines => "",
            FeedForm::Json => "{\"products\":[",
            FeedForm::Csv => CSV_HEADING,
        }
    }

    fn add(&self, form: FeedForm, product: &OfferedProduct, before: usize, to: &mut Vec<u8>) {
        match form {
            FeedForm::JsonLines => {
                to.extend(render_product(product, &[]));
                to.push(b'\n');
            }
            FeedForm::Json => {
                if before > 0 {
                    to.push(b',');
                }
                to.extend(render_product(product, &[]));
            }
            FeedForm::Csv => add_rows(product, to),
        }
    }

    fn closing(&self, form: FeedForm) -> &'static str {
        match form {
            FeedForm::JsonLines | FeedForm::Csv => "",
            FeedForm::Json => "]}",
        }
    }

    fn product(&self, product: &OfferedProduct, gone: &[GoneItem]) -> WrittenProduct {
        let json = render_product(product, gone);
        let hash = Sha256::digest(&json);
        let digest = u128::from_be_bytes(hash.first_chunk().copied().unwrap_or_default());
        WrittenProduct { json: json.into(), digest: format!("{digest:032x}").into() }
    }
}
