use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;

use super::{Controlled, Running, StartError, control_routes};

/// A mock that listens on its own. Clones are the same one.
pub trait Mock: Controlled + Clone {
    /// How one starts.
    type Settings: Send;
    /// Why one does not start.
    type Error: From<StartError>;

    /// One that does not listen yet.
    ///
    /// # Errors
    /// The settings make no sense.
    fn new(settings: Self::Settings) -> Result<Self, Self::Error>;

    /// Its routes, without those every mock is controlled by.
    fn routes(&self) -> Router;

    /// Starts one that listens on a free port of this machine.
    ///
    /// # Errors
    /// The settings make no sense, or it cannot listen.
    fn start(
        settings: Self::Settings,
    ) -> impl Future<Output = Result<Running<Self>, Self::Error>> + Send {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings)
    }

    /// Starts one that listens here.
    ///
    /// # Errors
    /// The settings make no sense, or it cannot listen.
    fn start_at(
        address: SocketAddr,
        settings: Self::Settings,
    ) -> impl Future<Output = Result<Running<Self>, Self::Error>> + Send {
        async move {
            let mock = Self::new(settings)?;
            let router = mock.routes().merge(control_routes(Arc::new(mock.clone())));
            Ok(Running::listen(address, router, mock).await?)
        }
    }
}
