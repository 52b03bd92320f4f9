use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;

use super::privacy::Actor;

/// Only the user the gateway runs as may enter.
const DIRECTORY_MODE: u32 = 0o700;
/// Only the user the gateway runs as may call.
const SOCKET_MODE: u32 = 0o600;

/// Why the operator cannot be listened to.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    #[error(
        "another gateway answers at the admin socket {}; stop that one, or give this one a \
         socket of its own with admin.socket",
        path.display()
    )]
    InUse { path: PathBuf },
    #[error(
        "{} lies where the admin socket belongs and is no socket; remove it, or set admin.socket \
         to another path",
        path.display()
    )]
    NoSocket { path: PathBuf },
    #[error("the admin socket {} cannot be made; admin.socket can name another path", path.display())]
    Unusable { path: PathBuf, source: io::Error },
}

/// Where the operator's calls arrive: a Unix socket that only the gateway's own user can open.
/// Dropping it removes the socket.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    file: SocketFile,
}

/// The name of a socket that is ours.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let Self(path) = self;
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "the admin socket was left behind");
        }
    }
}

impl AdminSocket {
    /// Makes the socket, and its directory if there is none. A socket nobody answers at, which a
    /// gateway that was killed leaves behind, is replaced.
    ///
    /// # Errors
    /// Somebody answers there, something else lies there, or the file system says no.
    pub async fn bind(path: &Path) -> Result<Self, SocketError> {
        let unusable = |source| SocketError::Unusable { path: path.to_path_buf(), source };
        if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(DIRECTORY_MODE).create(directory).map_err(unusable)?;
        }
        clear_the_place(path).await?;
        let listener = UnixListener::bind(path).map_err(unusable)?;
        let file = SocketFile(path.to_path_buf());
        fs::set_permissions(path, Permissions::from_mode(SOCKET_MODE)).map_err(unusable)?;
        Ok(Self { listener, file })
    }

    /// Serves until the gateway stops, then lets the last calls finish for at most
    /// `drain_timeout` and removes the socket.
    ///
    /// # Errors
    /// The listener broke.
    pub async fn serve(
        self,
        router: Router,
        stopping: CancellationToken,
        drain_timeout: Duration,
    ) -> io::Result<()> {
        let Self { listener, file } = self;
        let is_stopping = stopping.clone();
        let serving = axum::serve(listener, router.into_make_service_with_connect_info::<Actor>())
            .with_graceful_shutdown(async move { is_stopping.cancelled().await });
        let overdue = async {
            stopping.cancelled().await;
            tokio::time::sleep(drain_timeout).await;
        };
        let outcome = tokio::select! {
            outcome = serving.into_future() => outcome,
            () = overdue => {
                tracing::warn!("a call of the operator was cut off: it took too long");
                Ok(())
            }
        };
        drop(file);
        outcome
    }
}

async fn clear_the_place(path: &Path) -> Result<(), SocketError> {
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(SocketError::Unusable { path: path.to_path_buf(), source }),
    };
    if !found.file_type().is_socket() {
        return Err(SocketError::NoSocket { path: path.to_path_buf() });
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(_) | Err(_) => return Err(SocketError::InUse { path: path.to_path_buf() }),
    }
    let unusable = |source| SocketError::Unusable { path: path.to_path_buf(), source };
    fs::remove_file(path).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn mode_of(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn only_the_owner_may_open_the_socket() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("made/admin.sock");
        let socket = AdminSocket::bind(&path).await.unwrap();
        assert_eq!(mode_of(&path), 0o600);
        assert_eq!(mode_of(path.parent().unwrap()), 0o700);
        drop(socket);
        assert!(!path.exists(), "a socket that is closed is removed");
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("admin.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "what a killed process leaves behind");
        let live = AdminSocket::bind(&path).await.unwrap();
        let second = AdminSocket::bind(&path).await.unwrap_err();
        assert!(matches!(second, SocketError::InUse { .. }), "{second}");
        drop(live);
        AdminSocket::bind(&path).await.unwrap();
    }

    #[tokio::test]
    async fn a_file_in_the_way_is_left_alone() {
        let home = TempDir::new().unwrap();
        let path = home.path().join("admin.sock");
        fs::write(&path, "precious").unwrap();
        let refused = AdminSocket::bind(&path).await.unwrap_err();
        assert!(matches!(refused, SocketError::NoSocket { .. }), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }
}
