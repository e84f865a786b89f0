//! TLS for connections that come to us: the certificate that our mail listeners show.
//!
//! Promises: what cannot be read, or does not fit together, is told at the start, with the file and what to do.
//! Never: asks a client for a certificate, or speaks less than TLS 1.2 (RFC 8996).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// What our listeners speak TLS with. Cheap to clone. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct TlsServer(TlsAcceptor);

impl std::fmt::Debug for TlsServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsServer(..)")
    }
}

/// Why our listeners cannot speak TLS.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    #[error(
        "the certificate file {path} cannot be read as PEM certificates ({why}): check [tls] certificate, and that this user may read the file"
    )]
    Certificate { path: PathBuf, why: String },
    #[error(
        "the key file {path} cannot be read as a PEM private key ({why}): check [tls] key, and that this user may read the file"
    )]
    Key { path: PathBuf, why: String },
    #[error(
        "the key {key} is not that of the first certificate in {certificate} ({why}): name the two files that were issued together"
    )]
    Pair {
        certificate: PathBuf,
        key: PathBuf,
        why: rustls::Error,
    },
}

impl TlsServer {
    /// Reads the chain, our own certificate first, and its key.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, CertificateFault> {
        let chain = chain(certificate).map_err(|why| CertificateFault::Certificate {
            path: certificate.to_owned(),
            why,
        })?;
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| CertificateFault::Key {
            path: key.to_owned(),
            why: why.to_string(),
        })?;
        let pair = |why| CertificateFault::Pair {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            why,
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(pair)?
            .with_no_client_auth()
            .with_single_cert(chain, secret)
            .map_err(pair)?;
        Ok(Self(Arc::new(config).into()))
    }

    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.0
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let chain = chain.map_err(|why| why.to_string())?;
    if chain.is_empty() {
        return Err("there is none in it".to_owned());
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::super::materials::file;
    use super::*;

    fn fault(certificate: &Path, key: &Path) -> CertificateFault {
        TlsServer::read(certificate, key).unwrap_err()
    }

    #[test]
    fn files_that_are_none_or_do_not_fit_together_are_named() {
        let (certificate, key) = (file("relay.pem"), file("relay.key"));
        assert!(TlsServer::read(&certificate, &key).is_ok());
        let absent = file("absent.pem");
        for wrong in [&absent, &key, &file("README.md")] {
            let told = fault(wrong, &key).to_string();
            assert!(told.contains(&wrong.display().to_string()), "{told}");
            assert!(told.contains("[tls] certificate"), "{told}");
        }
        for wrong in [&absent, &certificate] {
            let told = fault(&certificate, wrong).to_string();
            assert!(told.contains("[tls] key"), "{told}");
        }
        let other = fault(&certificate, &file("policy.key"));
        assert!(matches!(other, CertificateFault::Pair { .. }), "{other}");
    }
}
