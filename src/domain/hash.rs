//! How a Host GUID becomes the text of `HostGuidHash`, and how a GUID is checked against it.
//!
//! A GUID is 122 random bits, so a fast hash is right (NIST SP 800-63B, look-up secrets).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::guid::HostGuid;
use super::host_record::StoredHash;
use super::secret::{Secret, hex};
use super::session::SessionId;

/// Separates our input from every other use of SHA-256.
const CONTEXT: &[u8] = b"host-guid/1\0";

/// The three text forms of a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashScheme {
    /// `sha256:` and 64 hex: SHA-256 of context, session id (u64 big-endian) and the 16 GUID bytes.
    Sha256,
    /// `hmac-sha256:`, 8 hex of key id, `:` and 64 hex: the same input under a key.
    HmacSha256,
    /// 44 characters of base64: HMAC-SHA256 of the GUID's text under the application's secret, as the
    /// web application writes it. The session is not in it.
    Legacy,
}

impl HashScheme {
    /// All schemes, by name in the order of preference.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::HmacSha256, Self::Legacy];

    /// Gives the name of flags and settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::HmacSha256 => "hmac-sha256",
            Self::Legacy => "legacy",
        }
    }

    /// Tells whether this program alone writes it.
    #[must_use]
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Sha256 | Self::HmacSha256)
    }

    /// Gives the key's id in a stored HMAC.
    #[must_use]
    pub fn key_id(stored: &StoredHash) -> Option<&str> {
        stored.as_str().strip_prefix("hmac-sha256:")?.split(':').next()
    }

    /// Recognises the scheme of a stored text by its form.
    #[must_use]
    pub fn of(stored: &StoredHash) -> Option<Self> {
        let text = stored.as_str();
        if text.starts_with("sha256:") {
            Some(Self::Sha256)
        } else if text.starts_with("hmac-sha256:") {
            Some(Self::HmacSha256)
        } else if text.len() == 44 && STANDARD.decode(text).is_ok() {
            Some(Self::Legacy)
        } else {
            None
        }
    }
}

impl std::str::FromStr for HashScheme {
    type Err = HasherError;

    fn from_str(text: &str) -> Result<Self, HasherError> {
        let unknown = || HasherError::UnknownScheme(text.chars().take(40).collect());
        Self::ALL.into_iter().find(|scheme| scheme.name() == text.trim()).ok_or_else(unknown)
    }
}

/// Why hash settings do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HasherError {
    /// No scheme has this name.
    #[error("{0:?} is no hash scheme: sha256, hmac-sha256, legacy")]
    UnknownScheme(String),
    /// The scheme wants a key.
    #[error("the scheme hmac-sha256 needs a key: --hash-key-file")]
    NoKey,
    /// The scheme wants the application's secret.
    #[error("the scheme legacy needs the application's secret: --legacy-secret-file")]
    NoLegacySecret,
    /// The key is shorter than the hash (RFC 2104, section 3).
    #[error("the key has {0} bytes; it needs 32 at least")]
    ShortKey(usize),
    /// New hashes would be rejected by `verify`.
    #[error("--hash-accept must contain the scheme that is written: {0}")]
    WriteNotAccepted(&'static str),
}

/// What checking a GUID against a stored text found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the GUID.
    Accepted,
    /// It is not.
    Rejected,
    /// The text's scheme is not accepted here, or its key or secret is missing.
    Unchecked,
}

/// Hashes and verifies by one set of settings.
#[derive(Debug, Clone)]
pub struct Hasher {
    write: HashScheme,
    accept: Vec<HashScheme>,
    key: Option<Secret>,
    legacy: Option<Secret>,
}

impl Hasher {
    /// Checks the settings. Without `accept`, every scheme that can be checked is accepted.
    ///
    /// # Errors
    /// [`HasherError`] names the setting that is missing or contradicts another.
    pub fn new(
        write: HashScheme,
        accept: Option<Vec<HashScheme>>,
        key: Option<Secret>,
        legacy: Option<Secret>,
    ) -> Result<Self, HasherError> {
        if let Some(short) = key.as_ref().filter(|key| key.bytes().len() < 32) {
            return Err(HasherError::ShortKey(short.bytes().len()));
        }
        let available = |scheme: HashScheme| match scheme {
            HashScheme::Sha256 => Ok(()),
            HashScheme::HmacSha256 => key.as_ref().map(|_| ()).ok_or(HasherError::NoKey),
            HashScheme::Legacy => legacy.as_ref().map(|_| ()).ok_or(HasherError::NoLegacySecret),
        };
        available(write)?;
        let accept = match accept {
            Some(list) => {
                list.iter().try_for_each(|scheme| available(*scheme))?;
                list
            }
            None => HashScheme::ALL.into_iter().filter(|scheme| available(*scheme).is_ok()).collect(),
        };
        if !accept.contains(&write) {
            return Err(HasherError::WriteNotAccepted(write.name()));
        }
        Ok(Self { write, accept, key, legacy })
    }

    /// Gives the scheme of new hashes.
    #[must_use]
    pub fn writes(&self) -> HashScheme {
        self.write
    }

    /// Hashes a new GUID for a session.
    #[must_use]
    pub fn hash(&self, session: SessionId, guid: &HostGuid) -> StoredHash {
        // `new` has checked that the scheme's key is there; an empty text verifies nothing.
        StoredHash::new(self.text(self.write, session, guid).unwrap_or_default())
    }

    /// Checks a GUID against a stored text, in constant time.
    #[must_use]
    pub fn verify(&self, session: SessionId, guid: &HostGuid, stored: &StoredHash) -> Verdict {
        let Some(scheme) = self.checked_as(stored) else {
            return Verdict::Unchecked;
        };
        match self.text(scheme, session, guid) {
            None => Verdict::Unchecked,
            Some(text) if bool::from(text.as_bytes().ct_eq(stored.as_str().as_bytes())) => Verdict::Accepted,
            Some(_) => Verdict::Rejected,
        }
    }

    /// Tells whether a GUID can be checked against a stored text here.
    #[must_use]
    pub fn can_check(&self, stored: &StoredHash) -> bool {
        self.checked_as(stored).is_some()
    }

    /// Gives the scheme of a stored text that is accepted here, and whose key, if it names one, is the configured one.
    fn checked_as(&self, stored: &StoredHash) -> Option<HashScheme> {
        let key_is_here = || self.key.as_ref().is_some_and(|key| HashScheme::key_id(stored) == Some(&key_id(key)));
        let fits = |scheme: &HashScheme| match scheme {
            HashScheme::HmacSha256 => key_is_here(),
            HashScheme::Sha256 | HashScheme::Legacy => true,
        };
        HashScheme::of(stored).filter(|scheme| self.accept.contains(scheme)).filter(fits)
    }

    fn text(&self, scheme: HashScheme, session: SessionId, guid: &HostGuid) -> Option<String> {
        Some(match scheme {
            HashScheme::Sha256 => {
                let hash =
                    Sha256::new().chain_update(CONTEXT).chain_update(session.to_be_bytes()).chain_update(guid.bytes());
                format!("sha256:{}", hex(&hash.finalize()))
            }
            HashScheme::HmacSha256 => {
                let key = self.key.as_ref()?;
                let tag = hmac_sha256(key, &[CONTEXT, &session.to_be_bytes(), guid.bytes()]);
                format!("hmac-sha256:{}:{}", key_id(key), hex(&tag))
            }
            HashScheme::Legacy => STANDARD.encode(hmac_sha256(self.legacy.as_ref()?, &[guid.reveal().as_bytes()])),
        })
    }
}

/// Names a key without telling it: the first 8 hex of its SHA-256.
fn key_id(key: &Secret) -> String {
    hex(&Sha256::digest(key.bytes())[..4])
}

/// HMAC-SHA256 (RFC 2104) over the parts in turn.
fn hmac_sha256(key: &Secret, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length: `new_from_slice` cannot fail for it.
    Hmac::<Sha256>::new_from_slice(key.bytes())
        .map_or([0; 32], |mac| parts.iter().fold(mac, hmac::Mac::chain_update).finalize().into_bytes().into())
}

#[cfg(test)]
#[path = "hash_tests.rs"]
mod tests;
