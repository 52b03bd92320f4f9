//! The certificate TLS is spoken with, and how it is changed while connections come in.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use acp_core::limits::{CERTIFICATE_BYTES_MAX, CERTIFICATE_EXPIRY_WARNING};
use acp_core::time::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::TLS13;
use zeroize::Zeroizing;

use super::validity::Validity;

/// What is offered in the handshake, the better one first.
const SPOKEN: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// Whoever has one of these may read a file who is not its owner.
const MODE_OF_OTHERS: u32 = 0o077;

/// Why TLS cannot be spoken with what lies in the files.
#[derive(Debug, thiserror::Error)]
pub enum BadCertificate {
    #[error("{} cannot be read; is server.tls_certificate or server.tls_key right?", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is larger than {CERTIFICATE_BYTES_MAX} bytes", path.display())]
    TooLarge { path: PathBuf },
    #[error(
        "{} holds no certificates; write the chain there as PEM, the certificate of this gateway \
         first",
        path.display()
    )]
    NoCertificate { path: PathBuf, source: pem::Error },
    #[error("{} holds no private key; write it there as PEM, without a password", path.display())]
    NoKey { path: PathBuf, source: pem::Error },
    #[error(
        "the certificate in {} and the key in {} cannot be used together",
        certificate.display(),
        key.display()
    )]
    Unusable { certificate: PathBuf, key: PathBuf, source: rustls::Error },
}

/// What tells that a file is another one than before.
type Stamp = Option<(i64, i64, u64, u64)>;

#[derive(Debug)]
struct Loaded {
    config: Arc<ServerConfig>,
    validity: Option<Validity>,
    is_key_open: bool,
    seen: (Stamp, Stamp),
}

/// A certificate with its key, in two files that somebody else renews.
#[derive(Debug)]
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    loaded: Mutex<Loaded>,
}

impl Certificates {
    /// Reads both files.
    ///
    /// # Errors
    /// Nobody could be spoken to with what is in there.
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, BadCertificate> {
        let loaded = load(&certificate, &key)?;
        Ok(Self { certificate, key, loaded: Mutex::new(loaded) })
    }

    /// Reads them again, and uses what is in there for connections from now on. When it is no good,
    /// everything stays as it was.
    ///
    /// # Errors
    /// Nobody could be spoken to with what is in there.
    pub fn renew(&self) -> Result<(), BadCertificate> {
        let seen = (stamp(&self.certificate), stamp(&self.key));
        let loaded = load(&self.certificate, &self.key);
        let mut current = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        // What is no good is looked at once, and again when it changes.
        current.seen = seen;
        *current = loaded?;
        Ok(())
    }

    /// The same, if a file has changed since somebody looked. Whether one has.
    ///
    /// # Errors
    /// Nobody could be spoken to with what is in there.
    pub fn renew_if_changed(&self) -> Result<bool, BadCertificate> {
        let seen = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).seen;
        if seen == (stamp(&self.certificate), stamp(&self.key)) {
            return Ok(false);
        }
        self.renew()?;
        Ok(true)
    }

    /// What an operator should know of them.
    pub fn findings(&self, now: Timestamp) -> Vec<String> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let (certificate, key) = (self.certificate.display(), self.key.display());
        let mut found = Vec::new();
        if loaded.is_key_open {
            found.push(format!(
                "the private key {key} can be read by others: take that from them (chmod 600)"
            ));
        }
        match loaded.validity {
            None => {
                found.push(format!("the certificate {certificate} does not say when it expires"));
            }
            Some(Validity { until, .. }) if until < now => found.push(format!(
                "the certificate {certificate} has expired, so nobody will trust it: renew it"
            )),
            Some(Validity { from, .. }) if now < from => found.push(format!(
                "the certificate {certificate} is not good yet, so nobody will trust it: is the \
                 clock of this machine right?"
            )),
            Some(Validity { until, .. }) if until < now.plus(CERTIFICATE_EXPIRY_WARNING) => {
                let hours = until.since(now).as_secs() / 3_600;
                found.push(format!(
                    "the certificate {certificate} expires in {hours} hours: renew it"
                ));
            }
            Some(_) => {}
        }
        found
    }

    /// What the next connection is greeted with.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&loaded.config)
    }
}

fn stamp(path: &Path) -> Stamp {
    let found = std::fs::metadata(path).ok()?;
    Some((found.mtime(), found.mtime_nsec(), found.ino(), found.size()))
}

fn load(certificate: &Path, key: &Path) -> Result<Loaded, BadCertificate> {
    // Before they are read: a change meanwhile is seen with the next look.
    let seen = (stamp(certificate), stamp(key));
    let path = || certificate.to_path_buf();
    let chain = CertificateDer::pem_slice_iter(&text_of(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(|source| BadCertificate::NoCertificate { path: path(), source })?;
    let validity = chain.first().and_then(|first| Validity::of(first));
    let secret = PrivateKeyDer::from_pem_slice(&text_of(key)?)
        .map_err(|source| BadCertificate::NoKey { path: key.to_path_buf(), source })?;
    let unusable =
        |source| BadCertificate::Unusable { certificate: path(), key: key.to_path_buf(), source };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unusable)?;
    config.alpn_protocols = SPOKEN.map(<[u8]>::to_vec).into();
    let is_key_open = std::fs::metadata(key).is_ok_and(|found| found.mode() & MODE_OF_OTHERS != 0);
    Ok(Loaded { config: Arc::new(config), validity, is_key_open, seen })
}

fn text_of(path: &Path) -> Result<Zeroizing<Vec<u8>>, BadCertificate> {
    let unreadable = |source| BadCertificate::Unreadable { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut text = Zeroizing::new(Vec::new());
    let read = file.take(CERTIFICATE_BYTES_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
    if u64::try_from(read).is_ok_and(|read| read > CERTIFICATE_BYTES_MAX) {
        return Err(BadCertificate::TooLarge { path: path.to_path_buf() });
    }
    Ok(text)
}
