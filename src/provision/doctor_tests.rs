//! What the counts of a census come to, in words.

use super::*;
use crate::domain::host_record::StoredHash;
use crate::domain::secret::Secret;

const LEGACY: &str = "rMYHJ6bVB/3vfplieP9p34wsZmX7NzbnX6r4oS1lZOI=";
const HMAC: &str = "hmac-sha256:630dcd29:5ca9c09d8469cc159b72b6f94a9f357e7aeb378a7ffac1d1a147c51da24328ce";

fn census(forms: &[(&str, u64)]) -> Census {
    let form =
        |(sample, records): &(&str, u64)| HashForm { sample: StoredHash::new((*sample).to_owned()), records: *records };
    Census { forms: forms.iter().map(form).collect(), duplicates: 0, cut_short: false }
}

fn hasher(key: Option<Vec<u8>>, legacy: Option<&str>) -> Hasher {
    let legacy = legacy.map(|secret| Secret::new(secret.as_bytes().to_vec()));
    Hasher::new(HashScheme::Sha256, None, key.map(Secret::new), legacy).unwrap()
}

#[test]
fn what_was_not_counted_in_time_is_said() {
    let cut = Census { cut_short: true, duplicates: 2, ..census(&[("sha256:00", 1000)]) };
    let found = duplicates(&cut);
    assert_eq!(found.detail, "more than 2 left by the old tool, of more than 1000 active records");
    assert!(found.concern.unwrap().contains(COUNT_ON));
    assert_eq!(schemes(&cut, HashScheme::Sha256).detail, "more than 1000 sha256");
    assert_eq!(duplicates(&Census { cut_short: false, duplicates: 0, ..cut }).concern, None);
}

#[test]
fn forms_that_the_web_application_cannot_read_count_where_it_is_in_use() {
    let mixed = schemes(&census(&[("sha256:00", 3), (HMAC, 4), (LEGACY, 5)]), HashScheme::Legacy);
    assert_eq!(mixed.detail, "3 sha256, 4 hmac-sha256, 5 legacy");
    assert_eq!(mixed.concern.unwrap(), "today's web application reads legacy alone: 7 of these it cannot verify");
    assert_eq!(schemes(&census(&[("sha256:00", 3)]), HashScheme::Sha256).concern, None);
    assert_eq!(schemes(&census(&[(LEGACY, 5)]), HashScheme::Legacy).concern, None);
    assert!(schemes(&census(&[(LEGACY, 5)]), HashScheme::Sha256).concern.unwrap().starts_with("new hashes are sha256"));
    let unknown = schemes(&census(&[("plain", 1)]), HashScheme::Sha256);
    assert_eq!((unknown.detail.as_str(), unknown.concern.is_some()), ("1 of no known form", true));
}

#[test]
fn a_key_that_rows_name_must_be_the_configured_one() {
    let rows = census(&[(HMAC, 4), ("sha256:00", 1)]);
    let right: Vec<u8> = (0..32).collect();
    assert_eq!(keys(&rows, &hasher(Some(right), None)).concern, None);
    for key in [None, Some(vec![7; 32])] {
        let found = keys(&rows, &hasher(key, None));
        assert_eq!(found.detail, "cannot be verified: 4 under the key 630dcd29");
        assert_eq!(found.concern.unwrap(), "--hash-key-file names the file with the key");
    }
}

#[test]
fn legacy_rows_want_the_secret() {
    let rows = census(&[(LEGACY, 5)]);
    assert_eq!(keys(&rows, &hasher(None, Some("x"))).concern, None);
    let found = keys(&rows, &hasher(None, None));
    assert_eq!(found.detail, "cannot be verified: 5 legacy");
    assert!(found.concern.unwrap().starts_with("--legacy-secret-file"));
}
