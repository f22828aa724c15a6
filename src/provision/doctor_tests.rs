//! What the counts of a census come to, in words.

use super::*;
use crate::domain::host_record::StoredHash;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

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

#[test]
fn the_phase_goes_by_what_happened_and_what_is_left() {
    let (none, some) = (census(&[(LEGACY, 5)]), Census { duplicates: 3, ..census(&[(LEGACY, 5)]) });
    let told = |census: &Census, rollout: &Rollout| phase(census, rollout).detail;
    let at = Timestamp::parse_fixed_width("2026-11-28T17:20:05.120000Z");
    let new = Rollout { last_import: at, ..Rollout::default() };
    assert_eq!(told(&some, &Rollout::default()), "phase 2: nothing was rotated here yet; no import");
    assert_eq!(told(&some, &new), "phase 2: nothing was rotated here yet; last import 2026-11-28T17:20:05Z");
    let used = Rollout { in_use: true, ..new };
    assert_eq!(told(&some, &used), "phase 3: in use, 3 duplicates left; last import 2026-11-28T17:20:05Z");
    assert_eq!(told(&none, &used), "phase 4 is done: in use, no duplicate left; last import 2026-11-28T17:20:05Z");
}

#[test]
fn a_phase_that_was_not_counted_to_the_end_is_said_as_far_as_it_is_known() {
    let cut = Census { cut_short: true, ..census(&[(LEGACY, 5)]) };
    let used = Rollout { in_use: true, last_import: None, cut_short: true };
    let detail = phase(&cut, &used).detail;
    assert_eq!(detail, "phase 3 or 4: in use, not all duplicates counted; no import among the newest entries");
    let more = phase(&Census { duplicates: 2, ..cut.clone() }, &used).detail;
    assert!(more.starts_with("phase 3: in use, more than 2 duplicates left"), "{more}");
    let imports = phase(&cut, &Rollout { in_use: false, ..used }).detail;
    assert!(imports.starts_with("phase 2: nothing but imports among the newest entries"), "{imports}");
}
