use acp_core::ids::VaultTokenId;
use acp_core::limits::VAULT_TOKEN_KEPT;
use acp_core::ports::Committed;

use crate::app::{App, Failure};

impl App {
    /// Forgets the tokens nobody asks for any more; says how many.
    ///
    /// # Errors
    /// The store cannot be asked. What fails for one token is logged and tried again later.
    pub async fn tend_vault(&self) -> Result<usize, Failure> {
        let mut forgotten = 0_usize;
        for token in self.ports.vault.overdue().await? {
            match self.let_token_go(&token).await {
                Ok(true) => forgotten = forgotten.saturating_add(1),
                Ok(false) => {}
                Err(failure) => tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "a vault token could not be forgotten; it will be tried again"
                ),
            }
        }
        Ok(forgotten)
    }

    async fn let_token_go(&self, id: &VaultTokenId) -> Result<bool, Failure> {
        let Some((token, at)) = self.ports.vault.find(id).await? else { return Ok(false) };
        let now = self.ports.vault.now().await?;
        if token.allowance.expires_at.plus(VAULT_TOKEN_KEPT) > now {
            return Ok(false);
        }
        Ok(matches!(self.ports.vault.forget(id, at).await?, Committed::At(_)))
    }
}
