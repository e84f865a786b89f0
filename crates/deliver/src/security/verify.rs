//! The certificate check of DANE (RFC 7672 3.1, RFC 7671 5).
//!
//! Promises: a server is taken only when a record matches: its own certificate whatever names and dates it has
//! (usage 3), or an authority in its chain that signed it for this host (usage 2). The handshake's signature is
//! checked in either case.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::tlsa::{Matching, Selector, Tlsa, Usage};

/// Takes what the records name.
#[derive(Debug)]
pub(crate) struct DaneVerifier {
    records: Arc<[Tlsa]>,
    provider: Arc<CryptoProvider>,
}

impl DaneVerifier {
    pub(crate) fn new(records: Arc<[Tlsa]>, provider: Arc<CryptoProvider>) -> Self {
        Self { records, provider }
    }

    fn with(&self, usage: Usage) -> impl Iterator<Item = &Tlsa> {
        self.records.iter().filter(move |r| r.usage == usage)
    }

    /// The authorities of the chain that a record names, and those that a record holds whole.
    fn authorities(&self, chain: &[CertificateDer<'_>]) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        let named = chain.iter().filter(|certificate| {
            let Ok(parsed) = ParsedCertificate::try_from(*certificate) else {
                return false;
            };
            let key = parsed.subject_public_key_info();
            self.with(Usage::Authority)
                .any(|record| record.matches(certificate, &key))
        });
        let held = self.with(Usage::Authority).filter(|record| {
            (record.selector, record.matching) == (Selector::Certificate, Matching::Whole)
        });
        let held = held.map(|record| CertificateDer::from(record.data.clone()));
        roots.add_parsable_certificates(named.map(|c| c.clone().into_owned()).chain(held));
        roots
    }
}

impl ServerCertVerifier for DaneVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let key = parsed.subject_public_key_info();
        if self
            .with(Usage::Server)
            .any(|record| record.matches(end_entity, &key))
        {
            return Ok(ServerCertVerified::assertion());
        }
        let roots = self.authorities(intermediates);
        if roots.is_empty() {
            return Err(CertificateError::UnknownIssuer.into());
        }
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, &roots, intermediates, now, algorithms)?;
        verify_server_name(&parsed, name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, schemes)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
