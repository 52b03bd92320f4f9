use std::sync::Arc;

use acp_core::catalog::OfferedProduct;
use acp_core::ids::TenantId;
use acp_core::ports::FeedForm;

use super::Feeds;
use super::seats::Seat;
use super::walk::Walk;
use crate::app::Failure;

/// Why a feed ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum CutShort {
    /// Its reader took nothing for a while, and somebody else wanted to read.
    #[error("its reader took nothing for a while, and others wait")]
    NotTaken,
    /// What is sold cannot be read any more.
    #[error("what is sold cannot be read now")]
    Failed(#[source] Failure),
}

/// A feed that is being written, piece by piece: a piece is made when somebody wants it, and who
/// drops this ends the work.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Export {
    feeds: Arc<Feeds>,
    walk: Walk,
    form: FeedForm,
    /// What was read and is not written yet.
    read: Option<Vec<OfferedProduct>>,
    written: usize,
    is_over: bool,
    seat: Seat,
}

impl Export {
    pub(super) async fn begin(
        feeds: Arc<Feeds>,
        tenant: &TenantId,
        form: FeedForm,
        seat: Seat,
    ) -> Result<Self, Failure> {
        let mut walk = Walk::through(tenant.clone());
        let read = Some(walk.next(&feeds).await?);
        seat.waits();
        Ok(Self { feeds, walk, form, read, written: 0, is_over: false, seat })
    }

    /// The next piece; nothing when the feed is whole.
    ///
    /// # Errors
    /// It ends here: what was written is not whole.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, CutShort> {
        if self.is_over {
            return Ok(None);
        }
        if !self.seat.makes() {
            return Err(CutShort::NotTaken);
        }
        let piece = self.made().await.map_err(CutShort::Failed)?;
        self.seat.waits();
        Ok(Some(piece))
    }

    async fn made(&mut self) -> Result<Vec<u8>, Failure> {
        let writer = Arc::clone(&self.feeds.ports.writer);
        let mut piece = Vec::new();
        let products = match self.read.take() {
            Some(read) => {
                piece.extend_from_slice(writer.opening(self.form).as_bytes());
                read
            }
            None => self.walk.next(&self.feeds).await?,
        };
        for product in products {
            writer.add(self.form, &product, self.written, &mut piece);
            self.written = self.written.saturating_add(1);
        }
        if self.walk.is_over() {
            self.is_over = true;
            piece.extend_from_slice(writer.closing(self.form).as_bytes());
        }
        Ok(piece)
    }
}
