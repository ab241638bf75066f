//! TLS to the server, verified.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsFailed {
    #[error(
        "no trusted certificate was found on this machine; install ca-certificates, or name a file in SSL_CERT_FILE"
    )]
    NoCertificates,
    #[error("TLS could not be set up: {0}")]
    Rustls(#[from] rustls::Error),
}

/// Trusts what the operating system trusts, or the file that `SSL_CERT_FILE` names.
pub(super) fn connector() -> Result<MakeRustlsConnect, TlsFailed> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(TlsFailed::NoCertificates);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
