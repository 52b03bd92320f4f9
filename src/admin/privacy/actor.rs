use std::fmt;
use std::io;

use acp_core::principal::{Principal, Proof};
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::net::{UnixListener, UnixStream};

/// Who calls: the user of this machine a connection belongs to, as the kernel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::admin) enum Actor {
    /// This user, through the socket.
    Socket(u32),
    /// This user, in a process of its own while no gateway ran.
    OwnProcess(u32),
    /// Whoever has proven it, over TCP: the holder of a key, or somebody a token vouches for.
    Proven(Box<str>),
    /// The kernel does not say.
    Unknown,
}

impl Actor {
    /// Whoever runs this process.
    pub(super) fn of_this_process() -> Self {
        uid_of_pair().map_or(Self::Unknown, Self::OwnProcess)
    }
}

/// Both ends of such a pair belong to this process.
fn uid_of_pair() -> io::Result<u32> {
    let (one, _other) = UnixStream::pair()?;
    Ok(one.peer_cred()?.uid())
}

impl Actor {
    /// Whoever has shown this.
    pub(in crate::admin) fn proven(principal: &Principal) -> Self {
        let shown = principal.proofs.iter().find_map(|proof| match proof {
            Proof::Bearer { key } => Some(format!("key {}", key.as_deref()?)),
            Proof::Jwt { issuer, subject, .. } => Some(format!("{subject} of {issuer}")),
            Proof::Signature { .. } | Proof::Message(_) => None,
        });
        shown.map_or(Self::Unknown, |shown| Self::Proven(shown.into()))
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Actor {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        stream.io().peer_cred().map_or(Self::Unknown, |cred| Self::Socket(cred.uid()))
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(uid) => write!(f, "uid {uid}"),
            Self::OwnProcess(uid) => write!(f, "uid {uid}, while no gateway ran"),
            Self::Proven(who) => f.write_str(who),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}
