use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// An address somebody will listen on later, when others know it already. Nobody else gets it in
/// between, not as the near end of a connection either.
pub(crate) struct Reserved(TcpSocket);

impl Reserved {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Without this whoever it is for would find it taken; without a backlog nobody connects.
        socket.set_reuseaddr(true).unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}
