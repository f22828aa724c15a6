//! Vectors and refusals of the hash schemes.

use super::*;

const GUID: &str = "6ba39809-bc5a-498e-956a-fcbb3f39e017";
const LEGACY_SECRET: &[u8] = b"example-application-secret-42";

fn guid(text: &str) -> HostGuid {
    HostGuid::parse(text).unwrap()
}

fn session(id: i64) -> SessionId {
    SessionId::new(id).unwrap()
}

fn hasher(write: HashScheme) -> Hasher {
    Hasher::new(write, None, Some(Secret::new((0..32).collect())), Some(Secret::new(LEGACY_SECRET.to_vec()))).unwrap()
}

#[test]
fn the_vectors_of_the_format_page() {
    let hash = |scheme| hasher(scheme).hash(session(1), &guid(GUID));
    let sha = hash(HashScheme::Sha256);
    assert_eq!(sha.as_str(), "sha256:667437ad777d7ec9eda79865e59e5f6214de3563c1f97654037c597d148cd359");
    assert_eq!(sha.fingerprint().short(), "336cf97dd299");
    assert_eq!(
        hash(HashScheme::HmacSha256).as_str(),
        "hmac-sha256:630dcd29:5ca9c09d8469cc159b72b6f94a9f357e7aeb378a7ffac1d1a147c51da24328ce"
    );
    assert_eq!(hash(HashScheme::Legacy).as_str(), "rMYHJ6bVB/3vfplieP9p34wsZmX7NzbnX6r4oS1lZOI=");
}

#[test]
fn what_can_be_checked_here_is_told_before_a_guid_is_known() {
    let stored = |scheme| hasher(scheme).hash(session(1), &guid(GUID));
    for scheme in HashScheme::ALL {
        assert!(hasher(scheme).can_check(&stored(scheme)), "{scheme:?}");
    }
    let keyless = Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    assert!(!keyless.can_check(&stored(HashScheme::HmacSha256)));
    assert!(!keyless.can_check(&StoredHash::new("unknown".to_owned())));
}

#[test]
fn a_scheme_is_read_by_its_own_name_alone() {
    for scheme in HashScheme::ALL {
        assert_eq!(format!(" {}\n", scheme.name()).parse(), Ok(scheme));
    }
    for (text, repeated) in [("md5", "md5"), ("", ""), (&*"x".repeat(41), &*"x".repeat(40))] {
        assert_eq!(text.parse::<HashScheme>(), Err(HasherError::UnknownScheme(repeated.to_owned())));
    }
}

#[test]
fn base64_of_another_length_and_other_texts_of_that_length_are_no_scheme() {
    for text in ["", "cGxhaW4=", &"*".repeat(44), &"A".repeat(48), "sha256", "SHA256:00"] {
        assert_eq!(HashScheme::of(&StoredHash::new(text.to_owned())), None, "{text}");
    }
}

#[test]
fn a_stored_hash_prints_its_fingerprint_alone() {
    let stored = hasher(HashScheme::Sha256).hash(session(1), &guid(GUID));
    let fingerprint = stored.fingerprint();
    assert_eq!(
        format!("{stored:?} {fingerprint:?} {fingerprint}"),
        "StoredHash(336cf97dd299) 336cf97dd299 336cf97dd299"
    );
    assert!(fingerprint.full().starts_with("336cf97dd299") && fingerprint.full().len() == 64);
}

/// RFC 4231, sections 4.2 to 4.8 (case 5 truncates: its first 128 bits).
#[test]
fn the_hmac_below_passes_rfc_4231() {
    let cases: [(Vec<u8>, &[u8], &str); 7] = [
        (vec![0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe".to_vec(), b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (vec![0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        ((1..=25).collect(), &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (vec![0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, message, expected) in cases {
        assert!(hex(&hmac_sha256(&Secret::new(key), &[message])).starts_with(expected));
    }
}

#[test]
fn every_known_guid_of_the_existing_system_verifies_under_legacy() {
    let read =
        |name: &str| std::fs::read_to_string(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let records = read("host_sessions.csv");
    let known = read("known_guids.csv");
    let hashes: std::collections::HashMap<&str, &str> =
        records.lines().map(|line| line.split(',').collect::<Vec<_>>()).map(|fields| (fields[0], fields[2])).collect();
    let mut seen = 0;
    for line in known.lines().skip(1) {
        let fields: Vec<&str> = line.trim().split(',').collect();
        let stored = StoredHash::new(hashes[fields[1]].to_owned());
        assert_eq!(HashScheme::of(&stored), Some(HashScheme::Legacy));
        let verdict = hasher(HashScheme::Sha256).verify(fields[0].parse().unwrap(), &guid(fields[2]), &stored);
        assert_eq!(verdict, Verdict::Accepted, "{line}");
        seen += 1;
    }
    assert_eq!(seen, 26);
}

#[test]
fn another_guid_is_rejected_on_every_scheme() {
    for scheme in HashScheme::ALL {
        let stored = hasher(scheme).hash(session(7), &guid(GUID));
        assert_eq!(hasher(scheme).verify(session(7), &guid(GUID), &stored), Verdict::Accepted);
        assert_eq!(hasher(scheme).verify(session(7), &HostGuid::generate(), &stored), Verdict::Rejected);
    }
}

#[test]
fn a_hash_copied_to_another_session_is_rejected_but_legacy_cannot_tell() {
    for (scheme, verdict) in [
        (HashScheme::Sha256, Verdict::Rejected),
        (HashScheme::HmacSha256, Verdict::Rejected),
        (HashScheme::Legacy, Verdict::Accepted),
    ] {
        let stored = hasher(scheme).hash(session(7), &guid(GUID));
        assert_eq!(hasher(scheme).verify(session(8), &guid(GUID), &stored), verdict, "{}", scheme.name());
    }
}

#[test]
fn what_cannot_be_checked_is_never_accepted() {
    let stored = hasher(HashScheme::Legacy).hash(session(1), &guid(GUID));
    let bare = Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    assert_eq!(bare.verify(session(1), &guid(GUID), &stored), Verdict::Unchecked);

    let stored = hasher(HashScheme::HmacSha256).hash(session(1), &guid(GUID));
    let other_key = Hasher::new(HashScheme::Sha256, None, Some(Secret::new(vec![9; 32])), None).unwrap();
    assert_eq!(other_key.verify(session(1), &guid(GUID), &stored), Verdict::Unchecked);

    for text in ["", "plain", "sha256:", "md5:00"] {
        let verdict = bare.verify(session(1), &guid(GUID), &StoredHash::new(text.to_owned()));
        assert_ne!(verdict, Verdict::Accepted, "{text}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    use HashScheme::{HmacSha256, Legacy, Sha256};
    let key = || Some(Secret::new(vec![1; 32]));
    let error = |write, accept: Option<Vec<HashScheme>>, key| Hasher::new(write, accept, key, None).unwrap_err();
    assert_eq!(error(HmacSha256, None, None), HasherError::NoKey);
    assert_eq!(error(Legacy, None, None), HasherError::NoLegacySecret);
    assert_eq!(error(Sha256, Some(vec![Sha256, Legacy]), None), HasherError::NoLegacySecret);
    assert_eq!(error(Sha256, Some(vec![HmacSha256]), key()), HasherError::WriteNotAccepted("sha256"));
    assert_eq!(error(Sha256, None, Some(Secret::new(vec![1; 31]))), HasherError::ShortKey(31));
    assert_eq!(
        Hasher::new(Sha256, None, key(), None).unwrap().writes(),
        Sha256,
        "a key alone does not change the scheme"
    );
}
