use std::sync::Arc;

use acp_core::limits::{ADMIN_REACH_TIMEOUT, HEALTH_ANSWER_BYTES_MAX};
use axum::http::{Request, Response};
use bytes::Bytes;
use clap::Args;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::time::timeout;

use crate::cli::answer::{CommandError, Said};
use crate::cli::wire::granted;
use crate::config::Loaded;

/// Ask a running gateway how it is, as container engines do
///
/// It is asked at the address it is configured to listen on. Ends with 0 when it lives, or with
/// --ready when it can also work, and otherwise with 1 and the reason.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway health
  acp-gateway health --ready"
)]
pub(in crate::cli) struct HealthArgs {
    /// Whether its store answers too, and the payment provider takes its credentials
    #[arg(long)]
    ready: bool,
}

/// Asks once, and does not wait long: whoever watches asks again.
pub(in crate::cli) fn ask(args: &HealthArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    let server = &loaded.config.server;
    let path = if args.ready { "/readyz" } else { "/healthz" };
    let url = format!("{}{path}", server.own_url_at(server.listen));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    let answered = runtime.block_on(async { timeout(ADMIN_REACH_TIMEOUT, answer(&url)).await });
    granted(answered.map_err(|_elapsed| CommandError::NotInTime { url })??)?;
    Ok(Said::fine("ok\n".to_owned()))
}

async fn answer(url: &str) -> Result<Response<Bytes>, CommandError> {
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(without_proof()?)
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let request = Request::get(url).body(Empty::<Bytes>::new());
    let answered = client.request(request.map_err(CommandError::Unaddressable)?).await;
    let nobody = |source| CommandError::NobodyThere { url: url.to_owned(), source };
    let (head, body) = answered.map_err(nobody)?.into_parts();
    let body = Limited::new(body, HEALTH_ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|error| CommandError::CutShort(axum::Error::new(error)))?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// TLS with whoever answers. The certificate is for the name that callers use and not for this
/// address, and nothing is told to the other side that is not for everybody.
fn without_proof() -> Result<ClientConfig, CommandError> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(CommandError::NoTls)?;
    let anybody = Arc::new(Anybody(provider));
    Ok(config.dangerous().with_custom_certificate_verifier(anybody).with_no_client_auth())
}

/// Takes every certificate whose holder can sign.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
