//! Who answers at a server's port: its certificate, which the database library does not show.
//!
//! Nothing is decided here: whether the server is trusted, the log-in tells.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::DateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use super::super::postgres::of_connection;
use super::StoreError;
use crate::domain::time::Timestamp;

/// `SSLRequest`: <https://www.postgresql.org/docs/15/protocol-message-formats.html>.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Names that are shown of a certificate.
const SHOWN: usize = 3;

/// A server's own certificate, and how it was shown.
pub(super) struct Peer {
    /// The version of the protocol.
    pub(super) protocol: String,
    /// For whom it is.
    pub(super) names: String,
    /// Who signed it.
    pub(super) issuer: String,
    /// Its end.
    pub(super) until: Timestamp,
}

/// Asks for TLS; `None` where the server declines.
pub(super) async fn ask(mut stream: TcpStream, host: &str) -> Result<Option<Peer>, StoreError> {
    let failed = |error: std::io::Error| StoreError::from(of_connection(&error));
    stream.write_all(&SSL_REQUEST).await.map_err(failed)?;
    if stream.read_u8().await.map_err(failed)? != b'S' {
        return Ok(None);
    }
    let unclear = |what: &str| StoreError::Failed { what: what.to_owned() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unclear(&error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Looker))
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| unclear(&error.to_string()))?;
    let shaken = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(failed)?;
    let session = shaken.get_ref().1;
    let protocol = session.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS").replace('_', ".");
    let own = session.peer_certificates().and_then(|chain| chain.first());
    own.and_then(|own| read(own, protocol)).map(Some).ok_or_else(|| unclear("the server's certificate is no X.509"))
}

fn read(der: &[u8], protocol: String) -> Option<Peer> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let until = DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)?;
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let names = alternatives.map(|names| names.value.general_names.iter().filter_map(named).collect::<Vec<_>>());
    let names = match names.unwrap_or_default() {
        none if none.is_empty() => certificate.subject().to_string(),
        some if some.len() > SHOWN => format!("{}, …", some[..SHOWN].join(", ")),
        some => some.join(", "),
    };
    Some(Peer { protocol, names, issuer: certificate.issuer().to_string(), until: Timestamp::new(until) })
}

fn named(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
            .ok()
            .map(|address| address.to_string()),
        _ => None,
    }
}

type Signed = Result<HandshakeSignatureValid, Error>;

fn known() -> WebPkiSupportedAlgorithms {
    ring::default_provider().signature_verification_algorithms
}

/// Takes any certificate: it is only looked at, and nothing is said to who shows it.
#[derive(Debug)]
struct Looker;

impl ServerCertVerifier for Looker {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(&self, text: &[u8], by: &CertificateDer<'_>, of: &DigitallySignedStruct) -> Signed {
        verify_tls12_signature(text, by, of, &known())
    }

    fn verify_tls13_signature(&self, text: &[u8], by: &CertificateDer<'_>, of: &DigitallySignedStruct) -> Signed {
        verify_tls13_signature(text, by, of, &known())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        known().supported_schemes()
    }
}
