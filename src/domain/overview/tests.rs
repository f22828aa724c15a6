//! The bars divide what they count, and their filters say the same.

use super::*;
use crate::domain::host_record::{HostRecord, HostRecordId, StoredHash};
use crate::domain::session::{Session, SessionId};

fn now() -> Timestamp {
    Timestamp::parse_fixed_width("2026-11-28T10:00:00.500000Z").unwrap()
}

fn max_age(hours: u64) -> MaxAge {
    MaxAge::new(Duration::from_hours(hours))
}

fn words<T: ToString>(bands: impl IntoIterator<Item = T>) -> Vec<String> {
    bands.into_iter().map(|band| band.to_string()).collect()
}

/// A session, and a record of it that was made then.
fn made(at: Timestamp) -> (Session, HostRecord) {
    let session = Session {
        id: SessionId::new(1).unwrap(),
        group_id: String::new(),
        title: None,
        description: None,
        status: None,
        participant_count: None,
        max_participants: None,
        started_at: None,
        ended_at: None,
        expires_at: None,
        created_at: at,
        modified_at: at,
    };
    let record = HostRecord {
        id: HostRecordId::new(1).unwrap(),
        session: session.id,
        hash: StoredHash::new("hash".to_owned()),
        created_at: at,
        expires_at: None,
        last_used_at: None,
        created_by: Some("R. \"Sato\"".to_owned()),
        revoked_at: None,
        revoked_by: None,
        is_active: true,
        legacy_duplicate: false,
    };
    (session, record)
}

fn overview(max_age: MaxAge) -> Overview {
    let mut days = [Rotations::default(); DAYS];
    days[DAYS - 1] = Rotations { rotations: 7, sessions: 5 };
    days[0] = Rotations { rotations: 2, sessions: 0 };
    let person = Person { name: "R. \"Sato\"".to_owned(), made: Rotations { rotations: 6, sessions: 4 } };
    Overview {
        at: now(),
        max_age,
        sessions: 30,
        working: 20,
        expiring: 2,
        expired: 3,
        none: 6,
        duplicates: 1,
        ages: [9, 5, 4, 3, 1, 1],
        days,
        people: vec![person],
    }
}

#[test]
fn the_limits_of_ages_are_whole_parts_and_multiples_of_the_policy() {
    let policy = |hours| words(Band::of_policy(max_age(hours)));
    assert_eq!(
        policy(90 * 24),
        ["under 30d", "30d to 60d", "60d to 90d", "90d to 180d", "180d to 360d", "360d and more"]
    );
    assert_eq!(
        policy(100 * 24),
        ["under 33d", "33d to 66d", "66d to 100d", "100d to 200d", "200d to 400d", "400d and more"]
    );
    assert_eq!(policy(1), ["under 20m", "20m to 40m", "40m to 1h", "1h to 2h", "2h to 4h", "4h and more"]);
    // Beyond the limits: the nearest within.
    assert_eq!(policy(0), policy(1));
    assert_eq!(policy(u64::from(u32::MAX)), policy(1_000_000_000));
}

#[test]
fn a_record_of_any_age_is_in_one_bar_of_ages_alone() {
    for hours in [1, 5, 24, 36, 90 * 24, 100 * 24 + 7, 1_000_000_000] {
        let bars = overview(max_age(hours)).bars(Chart::Ages);
        let ends = Band::of_policy(max_age(hours)).map(|band| i64::from(band.from));
        let around = ends.into_iter().flat_map(|end| [end - 1, end, end + 1]);
        let ages = around.map(|age| now().plus_seconds(-age)).chain([Timestamp::UNREADABLE, Timestamp::ENDLESS]);
        for at in ages {
            let (session, record) = made(at);
            let fits = bars.iter().filter(|bar| bar.filter.fits(&session, std::slice::from_ref(&record), now()));
            assert_eq!(fits.count(), 1, "{at} against {hours} h");
        }
    }
}

#[test]
fn the_days_follow_each_other_up_to_the_instant_of_the_counts() {
    let days = Band::days();
    assert_eq!((days[0].to_string(), days[DAYS - 1].to_string()), ("29d to 30d".to_owned(), "under 1d".to_owned()));
    assert!(days.windows(2).all(|two| two[0].from == two[1].to.unwrap()));
    assert_eq!((days[0].days_ago(), days[DAYS - 1].days_ago()), (29, 0));
    assert_eq!(days[DAYS - 2].instants(now()), (Some(now().plus_seconds(-172_800)), now().plus_seconds(-86_400)));
    assert_eq!(days[0].to, Band::all_days().to);
}

#[test]
fn every_filter_of_a_bar_reads_back_as_it_is_written() {
    let overview = overview(max_age(90 * 24));
    let bars: Vec<Bar> = Chart::ALL.into_iter().flat_map(|chart| overview.bars(chart)).collect();
    assert_eq!(bars.len(), 5 + 6 + 30 + 1);
    for bar in &bars {
        assert!(!bar.filter.is_empty(), "{bar:?}");
        assert_eq!(Filter::parse(&bar.filter.to_string()), Ok(bar.filter.clone()));
    }
    let written = |chart: Chart, place: usize| overview.bars(chart)[place].filter.to_string();
    assert_eq!(written(Chart::Records, 1), "record:expiring");
    assert_eq!([0, 3, 5].map(|place| written(Chart::Ages, place)), ["age:<30d", "age:>=90d age:<180d", "age:>=360d"]);
    assert_eq!([0, 29].map(|place| written(Chart::Days, place)), ["age:>=29d age:<30d", "age:<1d"]);
    assert_eq!(written(Chart::People, 0), r#"by:="R. \"Sato\"" age:<30d"#);
}

#[test]
fn a_bar_of_rotations_tells_the_sessions_that_its_filter_lists_beside_its_length() {
    let overview = overview(max_age(90 * 24));
    let bar = &overview.bars(Chart::Days)[29];
    assert_eq!((bar.count, bar.sessions), (7, 5));
    let bar = &overview.bars(Chart::People)[0];
    assert_eq!((bar.count, bar.sessions), (6, 4));
    assert_eq!((overview.rotations(), overview.by_others()), (9, 3));
    let bar = &overview.bars(Chart::Records)[4];
    assert_eq!((bar.count, bar.sessions), (1, 1));
}

#[test]
fn what_is_over_the_policy_is_what_is_at_least_as_old() {
    let overview = overview(max_age(90 * 24));
    assert_eq!(overview.over(), 5);
    let over = Band::of_policy(overview.max_age).map(|band| band.is_over(overview.max_age));
    assert_eq!(over, [false, false, false, true, true, true]);
    // A person's bar is of the records of these days.
    let (session, record) = made(now().plus_seconds(-86_400 * 30));
    let filter: Filter = tests_of("R. \"Sato\"").into_iter().collect();
    assert!(!filter.fits(&session, std::slice::from_ref(&record), now()));
    assert!(filter.fits(&session, &[HostRecord { created_at: record.created_at.plus_seconds(1), ..record }], now()));
}
