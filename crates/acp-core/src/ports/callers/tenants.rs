use async_trait::async_trait;

use crate::ids::TenantId;
use crate::ports::PortError;
use crate::tenant::Tenant;

/// What became of a tenant that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// It is one of them now.
    Done,
    /// There is one with its id.
    Known,
    /// There are as many as there may be.
    TooMany,
}

/// Changes a tenant by how it is.
pub type ChangeTenant<'a> = &'a mut (dyn FnMut(&mut Tenant) + Send);

/// Knows the tenants of a store. The one the store was made for is the first of them for ever, and
/// none is ever taken away: what belonged to it would be found by whoever comes after it.
///
/// What this trait means is written in `tests/it/contract/callers/tenants.rs`; it holds over every store.
#[async_trait]
pub trait Tenants: Send + Sync {
    /// Every tenant. Where there is none yet, this one is made the first; of several gateways that
    /// begin at the same time with a store, one makes it.
    async fn begin_with(&self, first: &Tenant) -> Result<Vec<Tenant>, PortError>;

    /// Every tenant; none before somebody began.
    async fn all(&self) -> Result<Vec<Tenant>, PortError>;

    /// Adds a tenant behind all others.
    async fn enroll(&self, tenant: &Tenant) -> Result<Enrolled, PortError>;

    /// Changes a tenant by how it is, and says how it is now; `None` when there is none with this
    /// id. It is asked again when somebody came between.
    async fn change(
        &self,
        id: &TenantId,
        change: ChangeTenant<'_>,
    ) -> Result<Option<Tenant>, PortError>;
}
