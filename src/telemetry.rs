//! The log file: always on, one file a day, kept for thirty days, readable by its owner alone.

use std::fmt;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use tracing::{Event, Level, Subscriber};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;

use crate::domain::reason::holds_guid;
use crate::domain::sanitize::visible;
use crate::domain::time::{Clock as _, SystemClock};

/// Daily files that are kept.
const KEPT: usize = 30;

/// Lines that may wait for the disk; beyond them a line is dropped. Their room is taken at once, and stays taken.
const WAITING: usize = 4096;

/// Lets nobody but the owner open what this process makes: logs and databases.
pub fn restrict_new_files() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Makes the folder (mode 0700) and writes what happens into it, until the guard is dropped.
///
/// # Errors
/// The operating system's; then nothing is logged.
pub fn start(folder: &Path, level: Level) -> io::Result<WorkerGuard> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // A folder from elsewhere may be more open; if it is not ours to close, so be it.
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(env!("CARGO_PKG_NAME"))
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .map_err(io::Error::other)?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(file);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).event_format(Line).with_writer(writer);
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(ours).with(lines))
        .map_err(io::Error::other)?;
    Ok(guard)
}

/// Writes panics to the log file from now on: on stderr they would break the one object of `--json` and smear the console.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("internal error at {place}: {}", without_guid(panic.payload_as_str().unwrap_or_default()));
    }));
}

/// Some panics quote the text that they stumbled over.
fn without_guid(message: &str) -> &str {
    if holds_guid(message) { "(what it says holds a GUID)" } else { message }
}

/// One event, one line: instant, level, message, then the fields `session_id`, `host_session_id`, `event_id`.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut text = String::new();
        ctx.format_fields(Writer::new(&mut text), event)?;
        let (at, level) = (SystemClock.now().fixed_width(), event.metadata().level());
        // Whatever got into the text: no input makes a second line.
        writeln!(writer, "{at} {level:5} {}", visible(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::without_guid;

    #[test]
    fn a_panic_that_quotes_a_guid_is_logged_without_it() {
        let message = "byte index 40 is out of bounds of `6ba39809-bc5a-498e-956a-fcbb3f39e017`";
        assert_eq!(without_guid(message), "(what it says holds a GUID)");
        assert_eq!(without_guid("byte index 40 is out of bounds"), "byte index 40 is out of bounds");
    }
}
