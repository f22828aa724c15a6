//! The counts of an overview. Each is asked for by the very conditions that a filter has, so that a bar and the list
//! behind it agree; ranges of one index are counted, and no row is read but the entries of the last days.

use sqlx::QueryBuilder;

use super::conditions::push_record_condition;
use crate::domain::filter::{RecordTest, Test};
use crate::domain::overview::{Band, DAYS, MaxAge, Overview, PEOPLE, Person, Rotations, tests_of};
use crate::domain::time::Timestamp;
use crate::store::backend::{Backend, Speaks, Statement, fault, statement};
use crate::store::error::StoreError;
use crate::store::rows::get;
use crate::store::sql;

/// What one number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Current records that are like this, one for each session.
    Current(Vec<Test>),
    /// Sessions with duplicates.
    Duplicates,
    /// Such sessions without a current record.
    DuplicatesAlone,
    /// Entries that tell of a new Host GUID.
    Rotations(Band),
}

/// Counts everything from one consistent view.
pub(crate) async fn overview<B: Backend>(
    connection: &mut B::Connection,
    max_age: MaxAge,
    now: Timestamp,
) -> Result<Overview, StoreError> {
    statement::<B>(B::BEGIN_READ).run(connection).await?;
    let overview = read::<B>(connection, max_age, now).await?;
    statement::<B>(sql::COMMIT).run(connection).await?;
    Ok(overview)
}

async fn read<B: Backend>(
    connection: &mut B::Connection,
    max_age: MaxAge,
    now: Timestamp,
) -> Result<Overview, StoreError> {
    let sessions = statement::<B>(sql::COUNT_ALL_SESSIONS).rows(connection).await?;
    let sessions = numbers::<B>(&sessions, "Count")?.first().copied().unwrap_or(0);
    // What a deleted session left behind is in no list. To look for the session of each record costs more than all else,
    // so that is done only where there are such.
    let whole = statement::<B>(sql::LEFT_BEHIND).rows(connection).await?.is_empty();
    let [states, ages, days, rotations] = wanted(max_age);
    let states = count::<B>(connection, &states, whole, now).await?;
    let [current, expired, expiring, duplicates, alone] = states.try_into().unwrap_or_default();
    let ages = count::<B>(connection, &ages, whole, now).await?;
    let sessions_of_days = count::<B>(connection, &days, whole, now).await?;
    let rotations = count::<B>(connection, &rotations, whole, now).await?;
    let mut days = [Rotations::default(); DAYS];
    for (day, (rotations, sessions)) in days.iter_mut().zip(rotations.into_iter().zip(sessions_of_days)) {
        *day = Rotations { rotations, sessions };
    }
    Ok(Overview {
        at: now,
        max_age,
        sessions,
        working: current.saturating_sub(expired),
        expiring,
        expired,
        none: sessions.saturating_sub(current + alone),
        duplicates,
        ages: ages.try_into().unwrap_or_default(),
        days,
        people: people::<B>(connection, whole, now).await?,
    })
}

/// Lists what is counted: states, ages, sessions and rotations of the days.
fn wanted(max_age: MaxAge) -> [Vec<Counted>; 4] {
    let record = |test| Counted::Current(vec![Test::Record(test)]);
    let states = vec![
        Counted::Current(Vec::new()),
        record(RecordTest::Expired),
        record(RecordTest::Expiring),
        Counted::Duplicates,
        Counted::DuplicatesAlone,
    ];
    let of_age = |band: Band| Counted::Current(band.ages().into_iter().map(Test::Age).collect());
    let ages = Band::of_policy(max_age).map(of_age).into();
    [states, ages, Band::days().map(of_age).into(), Band::days().map(Counted::Rotations).into()]
}

/// Lists the questions that an overview asks, by name.
#[cfg(test)]
pub(crate) fn questions<B: Backend>(max_age: MaxAge, now: Timestamp) -> Vec<(String, QueryBuilder<B>)> {
    let counted = wanted(max_age).into_iter().flatten().flat_map(|one| [(one.clone(), true), (one, false)]);
    let counts = counted.map(|(one, whole)| (format!("{one:?}, {whole}"), assemble::<B>(&[one], whole, now)));
    counts.chain([("people".to_owned(), assemble_people(now))]).collect()
}

/// Counts several things in one question.
async fn count<B: Backend>(
    connection: &mut B::Connection,
    counted: &[Counted],
    whole: bool,
    now: Timestamp,
) -> Result<Vec<u64>, StoreError> {
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    let found = Statement::<B>::assembled(&mut assemble(counted, whole, now)).rows(connection).await?;
    let mut counts = vec![0; counted.len()];
    for (place, count) in numbers::<B>(&found, "Place")?.into_iter().zip(numbers::<B>(&found, "Count")?) {
        if let Some(counted) = usize::try_from(place).ok().and_then(|place| counts.get_mut(place)) {
            *counted = count;
        }
    }
    Ok(counts)
}

fn numbers<B: Backend>(rows: &[B::Row], column: &'static str) -> Result<Vec<u64>, StoreError> {
    let number = |row| get::<B, i64>(row, column).map(i64::unsigned_abs);
    rows.iter().map(number).collect::<Result<_, _>>().map_err(fault::<B>)
}

fn assemble<B: Backend>(counted: &[Counted], whole: bool, now: Timestamp) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new("");
    for (place, counted) in (0_i64..).zip(counted) {
        builder.push(if place == 0 { "SELECT " } else { " UNION ALL SELECT " });
        <B as Speaks<i64>>::push(&mut builder, place);
        builder.push(sql::COUNT_AS);
        let with_session = if whole { "" } else { sql::WITH_SESSION };
        match counted {
            Counted::Current(tests) => {
                builder.push(sql::ACTIVE_RECORDS).push(r#" AND NOT r."LegacyDuplicate""#);
                for test in tests {
                    push_record_condition(&mut builder, test, now);
                }
                builder.push(with_session);
            }
            Counted::Duplicates => {
                builder.push(sql::SESSIONS_OF_DUPLICATES).push(with_session).push(") AS found");
            }
            Counted::DuplicatesAlone => {
                builder.push(sql::SESSIONS_OF_DUPLICATES).push(sql::WITHOUT_CURRENT).push(with_session);
                builder.push(") AS found");
            }
            Counted::Rotations(band) => push_rotations(&mut builder, *band, now),
        }
    }
    builder
}

/// Adds the entries of a stretch of time; those of the last one may be ahead of our clock.
fn push_rotations<B: Backend>(builder: &mut QueryBuilder<B>, band: Band, now: Timestamp) {
    builder.push(sql::ROTATIONS);
    let (after, to) = band.instants(now);
    let mut push = |sign, at: Timestamp| {
        builder.push(sign);
        <B as Speaks<String>>::push(builder, at.fixed_width());
    };
    if let Some(after) = after {
        push(r#" AND e."At" > "#, after);
    }
    if to < now {
        push(r#" AND e."At" <= "#, to);
    }
}

fn assemble_people<B: Backend>(now: Timestamp) -> QueryBuilder<B> {
    let mut builder = QueryBuilder::new("SELECT ");
    builder.push(B::MADE_BY).push(r#" AS "By", count(*) AS "Count" FROM "#);
    push_rotations(&mut builder, Band::all_days(), now);
    builder.push(sql::BUSIEST_FIRST);
    // One more: entries that cannot be read are nobody's.
    <B as Speaks<i64>>::push(&mut builder, i64::try_from(PEOPLE).unwrap_or(0) + 1);
    builder
}

/// Finds who made the most rotations, and what is left of them.
async fn people<B: Backend>(
    connection: &mut B::Connection,
    whole: bool,
    now: Timestamp,
) -> Result<Vec<Person>, StoreError> {
    let found = Statement::<B>::assembled(&mut assemble_people(now)).rows(connection).await?;
    let mut people = Vec::new();
    for (row, rotations) in found.iter().zip(numbers::<B>(&found, "Count")?) {
        let name = get::<B, Option<String>>(row, "By").map_err(fault::<B>)?;
        let name: Option<String> = name.and_then(|json| serde_json::from_str(&json).ok());
        people.extend(name.map(|name| Person { name, made: Rotations { rotations, sessions: 0 } }));
    }
    people.truncate(PEOPLE);
    let counted: Vec<Counted> = people.iter().map(|person| Counted::Current(tests_of(&person.name))).collect();
    for (person, sessions) in people.iter_mut().zip(count::<B>(connection, &counted, whole, now).await?) {
        person.made.sessions = sessions;
    }
    Ok(people)
}
