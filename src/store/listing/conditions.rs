//! A filter as conditions on a row of `Sessions`. `domain::filter` says what each of them means.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use crate::domain::filter::{Compare, IdRange, Name, RecordTest, Test, Word, soon};
use crate::domain::order::SortKey;
use crate::domain::time::Timestamp;
use crate::store::backend::{Backend, Speaks};
use crate::store::session_query::SessionFilter;
use crate::store::sql;

/// Adds the terms of a filter to conditions that there are already, on sessions in the order of `key`.
pub(super) fn push_filter<B: Backend>(
    builder: &mut QueryBuilder<B>,
    filter: &SessionFilter,
    key: SortKey,
    now: Timestamp,
) {
    for term in &filter.terms {
        // What is not known does not hold, and its opposite does.
        builder.push(if term.negated { " AND NOT coalesce((" } else { " AND (" });
        push_test(builder, &term.test, key, now);
        builder.push(if term.negated { "), false)" } else { ")" });
    }
}

fn push_test<B: Backend>(builder: &mut QueryBuilder<B>, test: &Test, key: SortKey, now: Timestamp) {
    match test {
        Test::Word(word) => push_word(builder, word),
        Test::Id(ranges) => push_ids(builder, ranges),
        Test::Status(name) => push_status(builder, name, key),
        Test::Record(test) => push_record(builder, *test, now),
        Test::By(_) | Test::Age(_) => push_of_session(builder, test, now),
    }
}

fn push_word<B: Backend>(builder: &mut QueryBuilder<B>, word: &Word) {
    builder.push(r#""Sessions"."Title""#);
    push_pattern(builder, word.text());
    if let Some(id) = word.id() {
        builder.push(r#" OR "Sessions"."SessionId" = "#);
        <B as Speaks<i64>>::push(builder, id.get());
    }
}

fn push_pattern<B: Backend>(builder: &mut QueryBuilder<B>, text: &str) {
    builder.push(B::MATCHES);
    <B as Speaks<String>>::push(builder, B::pattern(text));
}

fn push_ids<B: Backend>(builder: &mut QueryBuilder<B>, ranges: &[IdRange]) {
    for (place, range) in ranges.iter().enumerate() {
        builder.push(if place == 0 { "" } else { " OR " }).push(r#""Sessions"."SessionId" BETWEEN "#);
        <B as Speaks<i64>>::push(builder, range.first().get());
        builder.push(" AND ");
        <B as Speaks<i64>>::push(builder, range.last().get());
    }
}

/// A status that leaves few sessions has narrowed them down before. One that leaves many must not take them from the index
/// of titles, to sort them all.
fn push_status<B: Backend>(builder: &mut QueryBuilder<B>, name: &Name, key: SortKey) {
    builder.push(if key == SortKey::Title { B::STATUS_BESIDE } else { B::STATUS }).push(" = ");
    push_text(builder, &name.text);
    if name.exact {
        builder.push(r#" AND "Sessions"."Status" = "#);
        <B as Speaks<String>>::push(builder, name.text.clone());
    }
}

fn push_maker<B: Backend>(builder: &mut QueryBuilder<B>, name: &Name) {
    if name.exact {
        builder.push(r#" AND coalesce(r."CreatedBy", '') = "#);
        <B as Speaks<String>>::push(builder, name.text.clone());
        if !name.text.is_empty() {
            // Says the same to the index.
            builder.push(" AND ").push(B::MAKER).push(" = ");
            push_text(builder, &name.text);
        }
    } else {
        builder.push(r#" AND r."CreatedBy""#);
        push_pattern(builder, &name.text);
    }
}

fn push_record<B: Backend>(builder: &mut QueryBuilder<B>, test: RecordTest, now: Timestamp) {
    if test == RecordTest::None {
        builder.push("NOT EXISTS (").push(sql::ACTIVE_OF_SESSION).push(sql::ACTIVE_OF_SESSION_END).push(")");
    } else {
        push_of_session(builder, &Test::Record(test), now);
    }
}

/// Adds that the session has a record like this.
fn push_of_session<B: Backend>(builder: &mut QueryBuilder<B>, test: &Test, now: Timestamp) {
    builder.push("EXISTS (").push(sql::ACTIVE_OF_SESSION);
    push_record_condition(builder, test, now);
    builder.push(sql::ACTIVE_OF_SESSION_END).push(")");
}

/// Adds what an active record `r` must be like; what does not ask for records asks nothing.
pub(super) fn push_record_condition<B: Backend>(builder: &mut QueryBuilder<B>, test: &Test, now: Timestamp) {
    builder.push(if *test == Test::Record(RecordTest::Duplicate) {
        r#" AND r."LegacyDuplicate""#
    } else {
        r#" AND NOT r."LegacyDuplicate""#
    });
    match test {
        Test::By(name) => push_maker(builder, name),
        Test::Age(age) => {
            builder.push(" AND ").push(B::MADE_AT).push(match age.compare() {
                Compare::Over => " < ",
                Compare::AtLeast => " <= ",
                Compare::Under => " > ",
                Compare::AtMost => " >= ",
            });
            push_time(builder, age.made_at(now));
        }
        Test::Record(RecordTest::Expired) => {
            builder.push(" AND ").push(B::EXPIRES_AT).push(" <= ");
            push_time(builder, now);
        }
        Test::Record(RecordTest::Expiring) => {
            builder.push(" AND ").push(B::EXPIRES_AT).push(" > ");
            push_time(builder, now);
            builder.push(" AND ").push(B::EXPIRES_AT).push(" <= ");
            push_time(builder, soon(now));
        }
        Test::Record(RecordTest::Active) => {
            builder.push(r#" AND (r."ExpiresAt" IS NULL OR "#).push(B::EXPIRES_AT).push(" > ");
            push_time(builder, now);
            builder.push(")");
        }
        Test::Record(RecordTest::None | RecordTest::Duplicate) | Test::Word(_) | Test::Id(_) | Test::Status(_) => {}
    }
}

/// Adds a text that is compared without regard to the case of ASCII.
pub(super) fn push_text<B: Backend>(builder: &mut QueryBuilder<B>, text: &str) {
    builder.push(B::FOLD);
    <B as Speaks<String>>::push(builder, text.to_owned());
    builder.push(B::FOLD_END);
}

/// Adds an instant in the form that the engine compares.
pub(super) fn push_time<B: Backend>(builder: &mut QueryBuilder<B>, at: Timestamp) {
    if at == Timestamp::UNREADABLE {
        builder.push(B::NO_TIME);
    } else if at == Timestamp::ENDLESS {
        builder.push(B::ENDLESS);
    } else {
        builder.push(B::TIME);
        <B as Speaks<DateTime<Utc>>>::push(builder, at.utc());
        builder.push(B::TIME_END);
    }
}
