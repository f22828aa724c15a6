//! Why a server is not trusted: what the handshake of TLS says, in the words of the person who has to go on.

use std::io;

use chrono::DateTime;
use tokio_rustls::rustls::pki_types::UnixTime;
use tokio_rustls::rustls::{CertificateError, Error};

use crate::domain::sanitize::visible;
use crate::domain::time::Timestamp;

/// What sqlx says where a server declines TLS; it has no type for it.
const DECLINED: &str = "server does not support TLS";

/// Names of a certificate that are shown.
const SHOWN: usize = 3;

/// Why no connection is made to a server that is there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// Signed by nobody whom this machine trusts.
    #[error("the server's certificate is not signed by an authority that this machine trusts")]
    Authority,
    /// Made for another server.
    #[error("the server's certificate is for {presented}, not for {expected}")]
    Name {
        /// The host of the URL.
        expected: String,
        /// The names in the certificate.
        presented: String,
    },
    /// Too old.
    #[error("the server's certificate expired at {0}")]
    Expired(Timestamp),
    /// Too young.
    #[error("the server's certificate is not valid before {0}")]
    NotYet(Timestamp),
    /// Plain text alone.
    #[error("the server offers no TLS, and this connection must be encrypted")]
    NoTls,
    /// A file of ours.
    #[error("a file that the URL or the environment names (sslrootcert, sslcert, sslkey) cannot be read: {0}")]
    File(String),
    /// Anything else.
    #[error("no secure connection to the server: {0}")]
    Other(String),
}

impl Untrusted {
    /// Says what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Authority => {
                "sslrootcert in the URL, or PGSSLROOTCERT, names the file with the authority's certificate"
            }
            Self::Name { .. } => "connect to a name that is in the certificate",
            Self::Expired(_) => "the owner of the server renews its certificate",
            Self::NotYet(_) => {
                "is the clock of this machine right? else the owner of the server renews its certificate"
            }
            Self::NoTls => "the owner of the server turns TLS on (ssl = on); nothing was sent in plain text",
            Self::File(_) => "name a file that this user can read",
            Self::Other(_) => "the log file tells more",
        }
    }

    /// Reads what a handshake ended with; `None` where something else went wrong than the handshake.
    pub(super) fn of_io(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Error>().map(of_rustls)
    }

    /// Reads what sqlx says before or in place of a handshake.
    pub(super) fn of_tls(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Self {
        match error.downcast_ref::<Error>() {
            Some(error) => of_rustls(error),
            None if error.to_string() == DECLINED => Self::NoTls,
            None => Self::Other(visible(&error.to_string()).into_owned()),
        }
    }
}

fn of_rustls(error: &Error) -> Untrusted {
    let Error::InvalidCertificate(certificate) = error else {
        return Untrusted::Other(visible(&error.to_string()).into_owned());
    };
    match certificate {
        // A signature that does not fit: an authority has the name of one that is trusted, and is not it.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Untrusted::Authority,
        CertificateError::ExpiredContext { not_after, .. } => Untrusted::Expired(instant(*not_after)),
        CertificateError::NotValidYetContext { not_before, .. } => Untrusted::NotYet(instant(*not_before)),
        CertificateError::NotValidForNameContext { expected, presented } => {
            Untrusted::Name { expected: visible(&expected.to_str()).into_owned(), presented: some(presented) }
        }
        other => Untrusted::Other(other.to_string()),
    }
}

fn instant(at: UnixTime) -> Timestamp {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).map_or(Timestamp::UNREADABLE, Timestamp::new)
}

/// Shows the first names; rustls writes them as `DnsName("db1")`.
fn some(names: &[String]) -> String {
    let bare = |name: &String| {
        let inside = name.split_once('(').map_or(name.as_str(), |(_, inside)| inside.trim_end_matches(')'));
        visible(inside.trim_matches('"')).into_owned()
    };
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(bare).collect();
    match names.len() {
        0 => return "no name".to_owned(),
        count if count > SHOWN => shown.push("…".to_owned()),
        _ => {}
    }
    shown.join(", ")
}
