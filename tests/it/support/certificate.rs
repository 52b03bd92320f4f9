use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A certificate that has signed itself, of 127.0.0.1 unless it is of a host.
pub(crate) struct Certificate(TempDir);

impl Certificate {
    pub(crate) fn new() -> Self {
        Self::made("IP:127.0.0.1")
    }

    /// One of a host.
    pub(crate) fn of(host: &str) -> Self {
        Self::made(&format!("DNS:{host}"))
    }

    fn made(name: &str) -> Self {
        let made = Self(TempDir::new().unwrap());
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
        openssl.args(["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]);
        openssl.arg("-addext").arg(format!("subjectAltName={name}"));
        openssl.args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"]);
        openssl.arg(made.key()).arg("-out").arg(made.path());
        let ended = openssl.output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        made
    }

    /// The file it lies in.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("certificate.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }
}

/// Speaks in secret for a server that does not. It ends when this is dropped.
pub(crate) struct Encrypted {
    address: SocketAddr,
    _accepting: JoinSet<()>,
}

impl Encrypted {
    pub(crate) async fn before(server: SocketAddr, certificate: &Certificate) -> Self {
        let chain = vec![CertificateDer::from_pem_file(certificate.path()).unwrap()];
        let key = PrivateKeyDer::from_pem_file(certificate.key()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(pass_on(stream, acceptor.clone(), server));
            }
        });
        Self { address, _accepting: accepting }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }
}

async fn pass_on(stream: TcpStream, acceptor: TlsAcceptor, server: SocketAddr) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut plain = TcpStream::connect(server).await.unwrap();
    drop(copy_bidirectional(&mut stream, &mut plain).await);
}
