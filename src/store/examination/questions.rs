//! The questions that every engine is asked once a connection stands.

use std::time::Duration;

use tokio::time::Instant;

use super::super::backend::{fault, statement};
use super::super::error::StoreError;
use super::super::rows::get;
use super::super::settings::Settings;
use super::super::{migration, sql, standing};
use super::{Examined, Finding};
use crate::domain::time::{Clock as _, SystemClock};

/// Round trips that are measured at most.
const TRIPS: usize = 50;

/// Asks for the version of the engine.
pub(super) async fn version<B: Examined>(connection: &mut B::Connection) -> Result<Finding, StoreError> {
    let found = statement::<B>(B::VERSION).rows(connection).await?;
    let version = found.first().map(|row| get::<B, String>(row, "version")).transpose().map_err(fault::<B>)?;
    Ok(Finding::fine(format!("{} {}", B::NAME, version.unwrap_or_default())))
}

/// Asks which tables this user may read.
pub(super) async fn privileges<B: Examined>(connection: &mut B::Connection) -> Result<Finding, StoreError> {
    let Some(asked) = B::READABLE else {
        return Ok(Finding::fine("all may be read"));
    };
    let found = statement::<B>(asked).rows(connection).await?;
    let (mut may, mut may_not) = (Vec::new(), Vec::new());
    for row in &found {
        let name = get::<B, String>(row, "name").map_err(fault::<B>)?;
        let list = if get::<B, bool>(row, "may_read").map_err(fault::<B>)? { &mut may } else { &mut may_not };
        list.push(name);
    }
    match (may.is_empty(), may_not.is_empty()) {
        (_, false) => Err(StoreError::Denied { what: format!("this user may not read {}", may_not.join(", ")) }),
        (true, true) => Ok(Finding::fine("no table is there yet")),
        (false, true) => Ok(Finding::fine(format!("this user may read {}", may.join(", ")))),
    }
}

/// Compares the schema with the migrations.
pub(super) async fn schema<B: Examined>(
    connection: &mut B::Connection,
    settings: &Settings,
) -> Result<Finding, StoreError> {
    migration::check::<B>(connection, settings).await?;
    let newest = migration::names::<B>().pop().unwrap_or_default();
    Ok(Finding::fine(format!("up to date: {newest}")))
}

/// Asks the engine, then begins a write and takes it back: a locked file or one that is not ours to write shows so.
/// `SQLite` begins one on a file that it cannot write, too, so what is known of the file goes before.
pub(super) async fn writable<B: Examined>(
    connection: &mut B::Connection,
    of_the_file: Option<standing::ReadOnly>,
) -> Result<Finding, StoreError> {
    if let Some(obstacle) = of_the_file.or(standing::read::<B>(connection).await?.obstacle) {
        return Err(StoreError::ReadOnly(obstacle));
    }
    statement::<B>(B::BEGIN_WRITE).run(connection).await?;
    statement::<B>(sql::ROLLBACK).run(connection).await?;
    Ok(Finding::fine("takes writes"))
}

/// Compares the server's clock with this machine's.
pub(super) async fn clock<B: Examined>(connection: &mut B::Connection) -> Result<Finding, StoreError> {
    let (start, here) = (Instant::now(), SystemClock.now());
    let there = standing::read::<B>(connection).await?.now.unwrap_or(here);
    // The server looked at its clock about half-way through the question.
    let here = here.utc() + start.elapsed() / 2;
    Ok(of_difference((there.utc() - here).num_milliseconds()))
}

/// Tells how far two clocks are apart. The server's counts, so a difference misleads people alone.
fn of_difference(millis: i64) -> Finding {
    let (size, place) = (millis.unsigned_abs(), if millis < 0 { "behind" } else { "ahead of" });
    let shown = if size < 10_000 { format!("{size} ms") } else { format!("{} s", size / 1000) };
    let detail = format!("the server is {shown} {place} this machine");
    if size < 2000 {
        return Finding::fine(detail);
    }
    Finding::but(detail, "the server's clock decides when a record expires; set both by a time server")
}

/// Measures how long an answer takes; what takes long is measured fewer times.
pub(super) async fn round_trip<B: Examined>(
    connection: &mut B::Connection,
    patience: Duration,
) -> Result<Finding, StoreError> {
    let begin = Instant::now();
    let mut trips = Vec::with_capacity(TRIPS);
    while trips.len() < TRIPS && (trips.is_empty() || begin.elapsed() < patience) {
        let start = Instant::now();
        statement::<B>(sql::ONE_SESSION).rows(connection).await?;
        trips.push(start.elapsed());
    }
    trips.sort_unstable();
    let place = |percent: usize| trips[(trips.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    Ok(Finding::fine(format!("p50 {:.2} ms, p95 {:.2} ms of {}", place(50), place(95), trips.len())))
}

/// What to do where words of titles have no index.
const NO_TITLE_INDEX: &str = "words of titles are searched row by row, which is slow among many sessions; \
    the owner can mend it: CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; \
    DROP INDEX IF EXISTS canvas.\"IX_Sessions_TitlePieces\"; \
    CREATE INDEX \"IX_Sessions_TitlePieces\" ON canvas.\"Sessions\" USING gin (\"Title\" public.gin_trgm_ops)";

/// Looks at the index that holds the rule, and at the one that only makes searches fast.
pub(super) async fn index<B: Examined>(connection: &mut B::Connection) -> Result<Finding, StoreError> {
    let found = statement::<B>(B::RULE_INDEX).rows(connection).await?;
    let row = found.first().ok_or(StoreError::Unguarded { what: "is missing" })?;
    if !get::<B, bool>(row, "holds").map_err(fault::<B>)? {
        return Err(StoreError::Unguarded { what: "is not valid, not unique, or not over the right rows" });
    }
    let holds = "UX_HostSessions_OneCurrent is valid and unique";
    match B::TITLE_INDEX {
        Some(asked) if statement::<B>(asked).rows(connection).await?.is_empty() => {
            Ok(Finding::but(format!("{holds}; titles have no index of pg_trgm"), NO_TITLE_INDEX))
        }
        Some(_) | None => Ok(Finding::fine(holds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_deserves_attention() {
        assert_eq!(of_difference(-3), Finding::fine("the server is 3 ms behind this machine"));
        assert_eq!(of_difference(1999).concern, None);
        assert_eq!(of_difference(2000).detail, "the server is 2000 ms ahead of this machine");
        assert!(of_difference(2000).concern.is_some());
        assert_eq!(of_difference(-90_500).detail, "the server is 90 s behind this machine");
    }
}
