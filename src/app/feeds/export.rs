use std::sync::Arc;

use acp_core::catalog::OfferedProduct;
use acp_core::ids::TenantId;
use acp_core::ports::FeedForm;

use super::Feeds;
use super::seats::Seat;
use super::walk::Walk;
use crate::app::Failure;

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
    _seat: Seat,
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
        Ok(Self { feeds, walk, form, read, written: 0, is_over: false, _seat: seat })
    }

    /// The next piece; nothing when the feed is whole.
    ///
    /// # Errors
    /// What is sold cannot be read any more: what was written is not whole.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.is_over {
            return Ok(None);
        }
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
        Ok(Some(piece))
    }
}
