//! How encrypted connections are made: TLS 1.2 or later, to whom this machine trusts.

use std::io;
use std::path::Path;
use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt as _;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The certificates this machine trusts cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "the certificates this machine trusts cannot be read: install them (the package is often \
     called ca-certificates), or name their file in SSL_CERT_FILE"
)]
pub struct NoRoots(#[source] Box<dyn std::error::Error + Send + Sync>);

/// What a client has to know that trusts the certificates of a file, and those of this machine where
/// there is none.
///
/// # Errors
/// The certificates cannot be read.
pub fn trusting(ca_file: Option<&Path>) -> Result<ClientConfig, NoRoots> {
    let Some(file) = ca_file else { return config(true) };
    let mut roots = RootCertStore::empty();
    let found = CertificateDer::pem_file_iter(file).map_err(|error| NoRoots(Box::new(error)))?;
    for certificate in found {
        let certificate = certificate.map_err(|error| NoRoots(Box::new(error)))?;
        roots.add(certificate).map_err(|error| NoRoots(Box::new(error)))?;
    }
    if roots.is_empty() {
        return Err(NoRoots("the file has no certificate in it".into()));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NoRoots(Box::new(error)))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// What a client has to know. Where nothing is encrypted, nobody has to be trusted.
pub(super) fn config(is_encrypted: bool) -> Result<ClientConfig, NoRoots> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NoRoots(Box::new(error)))?;
    let builder = if is_encrypted {
        builder.with_native_roots().map_err(|error: io::Error| NoRoots(Box::new(error)))?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
