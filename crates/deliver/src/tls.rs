//! TLS for outgoing connections: verified by public authorities, by DANE records, or not at all. `server` is for those
//! that come to us.
//!
//! Never: decides when TLS is used (`smtp::open` does). One provider, aws-lc-rs, for both.

#[cfg(test)]
pub(crate) mod materials;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use avow_model::Timestamp;

use crate::security::{DaneVerifier, Tlsa};
use crate::smtp::TlsWhy;

pub use server::{CertificateFault, TlsServer};

/// The ways to do TLS, ready to share between all sessions.
#[derive(Debug, Clone)]
pub struct TlsClients {
    /// The name and the chain must be right.
    pub verified: Arc<ClientConfig>,
    /// Any certificate will do: better than clear, and a check would only lose mail (RFC 7435).
    pub any: Arc<ClientConfig>,
    authorities: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
}

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    #[error(
        "the CA file {path} cannot be read as PEM certificates ({why}): check the path and its content"
    )]
    CaFile { path: PathBuf, why: String },
    #[error(
        "the CA file {0} holds no certificate: give the PEM file of the CA that signed the relay's certificate"
    )]
    EmptyCaFile(PathBuf),
    #[error("TLS cannot be set up ({0})")]
    Setup(#[from] rustls::Error),
}

impl TlsClients {
    /// Trusts the public authorities, and those of `ca_file` besides when one is given.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, TlsFault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(path) = ca_file {
            add_file(&mut roots, path)?;
        }
        let builder = || {
            ClientConfig::builder_with_provider(provider.clone())
                .with_safe_default_protocol_versions()
        };
        let authorities =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|fault| rustls::Error::General(fault.to_string()))?;
        let verified = builder()?
            .with_webpki_verifier(authorities.clone())
            .with_no_client_auth();
        let any = builder()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider.clone())))
            .with_no_client_auth();
        Ok(Self {
            verified: Arc::new(verified),
            any: Arc::new(any),
            authorities,
            provider,
        })
    }

    /// What the public authorities say of certificates that a server showed, its own first.
    pub(crate) fn verdict(
        &self,
        chain: &[CertificateDer<'_>],
        host: &str,
        now: Timestamp,
    ) -> Result<(), TlsWhy> {
        let (own, rest) = chain.split_first().ok_or(TlsWhy::Other)?;
        let name = ServerName::try_from(host).map_err(|_| TlsWhy::HostMismatch)?;
        let now = Duration::from_secs(now.as_second().try_into().unwrap_or(0));
        let now = UnixTime::since_unix_epoch(now);
        let verified = self
            .authorities
            .verify_server_cert(own, rest, &name, &[], now);
        verified.map(drop).map_err(|fault| TlsWhy::of(&fault))
    }

    /// Takes a certificate that one of these records names (RFC 7672).
    pub fn dane(&self, records: &Arc<[Tlsa]>) -> Result<Arc<ClientConfig>, TlsFault> {
        let verifier = DaneVerifier::new(records.clone(), self.provider.clone());
        let config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), TlsFault> {
    let unreadable = |why: String| TlsFault::CaFile {
        path: path.to_owned(),
        why,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|e| unreadable(e.to_string()))?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(TlsFault::EmptyCaFile(path.to_owned()));
    }
    Ok(())
}

/// Takes any certificate, but checks that the other side holds its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let schemes = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, schemes)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let schemes = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
