//! Host Provisioner: exactly one active Host GUID per online session.
//!
//! Four layers; an arrow means "may use":
//!
//! ```text
//! domain  ←  store  ←  provision  ←  cli, tui        this file alone wires them together
//! ```
//!
//! | Module | What |
//! |---|---|
//! | [`domain`] | the rule, hash schemes and audit chain: pure functions and values |
//! | [`store`] | the only place that talks to a database |
//! | [`provision`] | the use cases, and the story that each tells |
//! | [`tui`] | the console |
//! | `places` | the databases that the console can go to |
//! | [`mod@demo`] | a world to try |
//! | [`cli`] | arguments into actions, results into text, errors into exit codes |
//! | [`config`] | settings: a flag before the environment before the files before the default |
//! | [`telemetry`] | the log file |
//! | [`drill`] | what can go wrong at which step, for the tests |
//! | [`signals`] | HUP, INT and TERM while a command runs |

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::future::Future;
use std::os::unix::fs::DirBuilderExt as _;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tracing_appender::non_blocking::WorkerGuard;

use crate::cli::messages::Messages;
use crate::cli::{Action, Context, Exit, Failure, Invocation, Stop, Style, delivery};
use crate::config::{Config, Database, Given, caller};
use crate::domain::overview::MaxAge;
use crate::domain::time::SystemClock;
use crate::provision::Provisioner;
use crate::signals::Signals;
use crate::store::{Store, StoreError, Target};
use crate::tui::look::Look;
use crate::tui::{Open, Opened, Place};

pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod drill;
mod places;
pub mod provision;
pub mod signals;
pub mod store;
pub mod telemetry;
pub mod tui;

/// Runs the program with these arguments, its own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    telemetry::restrict_new_files();
    match cli::parse(arguments.into_iter().collect()) {
        Ok(invocation) => {
            let messages = Messages::new(invocation.style);
            // The log is written out when this goes, at the very end.
            let mut log = None;
            let end = prepare(invocation, &messages, &mut log);
            finish(end, messages)
        }
        Err(stop) => match *stop {
            Stop::Text(text) => finish(cli::output::write_text(&text), Messages::new(Style::default())),
            Stop::Failure(failure, style) => finish(Err(failure), Messages::new(style)),
        },
    }
}

/// Says what went wrong, if anything, and gives the exit code.
fn finish(end: Result<(), Failure>, messages: Messages) -> ExitCode {
    let code = end.as_ref().map_or_else(|failure| failure.exit.code(), |()| 0);
    if let Err(failure) = end {
        if !failure.told {
            tracing::error!(kind = failure.kind, "{}", failure.message);
        }
        messages.failure(&failure);
    }
    messages.finish();
    ExitCode::from(code)
}

/// Reads the settings, opens the log, and runs the action on a runtime of two threads.
fn prepare(invocation: Invocation, messages: &Messages, log: &mut Option<WorkerGuard>) -> Result<(), Failure> {
    let Invocation { action, given, style } = invocation;
    let (config, look) = configured(given)?;
    if !matches!(action, Action::Config(_)) {
        config.complain()?;
        config.warnings().for_each(|problem| messages.warn(&problem.to_string()));
    }
    let started = config.log_dir().map_err(std::io::Error::other).and_then(|folder| {
        messages.detail(&format!("log: {}", folder.display()));
        telemetry::start(&folder, config.log_level().value)
    });
    match started {
        Ok(guard) => *log = Some(guard),
        Err(error) => messages.warn(&format!("there is no log of this run: {error}")),
    }
    telemetry::log_panics();
    let failed = |error: std::io::Error| Failure::new(Exit::Failed, "failed", error.to_string());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(failed)?;
    let work = AssertUnwindSafe(dispatch(action, &config, look, style, messages)).catch_unwind();
    let end = runtime.block_on(work).unwrap_or_else(|_| Err(Failure::internal("command")));
    // A thread that waits for a pipe or a terminal is left behind.
    runtime.shutdown_background();
    end
}

/// Reads the settings with all that is wrong with them, and what the console makes of them.
fn configured(given: Given) -> Result<(Config, Look), Failure> {
    let mut config = Config::new(given)?;
    let (look, errors, warnings) = Look::of(&config);
    config.add(errors, warnings);
    Ok((config, look))
}

/// Runs an action; the one place that knows them all.
async fn dispatch(
    action: Action,
    config: &Config,
    look: Look,
    style: Style,
    messages: &Messages,
) -> Result<(), Failure> {
    let signals = Signals::listen().map_err(|error| Failure::new(Exit::Failed, "failed", error.to_string()))?;
    let end = match action {
        Action::Config(about) => until(signals.token(), about.run(config, look.settings(config), style.format)).await,
        Action::Console => console(config, look, messages, signals.token()).await,
        Action::Demo(demo) => self::demo(&demo, config, look, messages, signals.token()).await,
        other => command(other, config, style, messages, &signals).await,
    };
    end.map_err(|failure| match (failure.exit, signals.exit_code()) {
        (Exit::Signal(_), Some(code)) => Failure { exit: Exit::Signal(code), ..failure },
        _ => failure,
    })
}

/// Runs a command. One that changes something ends by itself when a signal comes; any other one is dropped.
async fn command(
    mut action: Action,
    config: &Config,
    style: Style,
    messages: &Messages,
    signals: &Signals,
) -> Result<(), Failure> {
    let cancel = signals.token();
    if matches!(&action, Action::Change(job) if job.delivers_guid()) {
        delivery::check()?;
    }
    let hasher = config.hasher()?;
    let database = config.database()?;
    messages.detail(&format!("database: {}", database.settings.target));
    match &mut action {
        Action::Change(job) => job.check_confirmed(database.profile.as_ref())?,
        Action::Consolidate(job) => job.check_confirmed(database.profile.as_ref())?,
        Action::Import(job) => job.check_confirmed(database.profile.as_ref())?,
        _ => {}
    }
    if let Action::Migrate(migrate) = action {
        let is_check = migrate.is_check();
        if !is_check {
            make_default_folder(&database)?;
        }
        let work = migrate.run(&database, messages, style.format, cancel);
        return if is_check { until(cancel, work).await } else { work.await };
    }
    if matches!(action, Action::Doctor) {
        return until(cancel, cli::doctor::run(&database.settings, &hasher, style.format)).await;
    }
    if let Action::Verify(verify) = &mut action {
        verify.read(cancel).await?;
    }
    let inputs = if let Action::Import(job) = &action { Some(until(cancel, job.open()).await?) } else { None };
    let settings = || database.settings.clone();
    let store = match action {
        // One deadline for each session or step, as there may be a million of them.
        Action::Duplicates(_) | Action::Consolidate(_) | Action::Import(_) => {
            until(cancel, open(&database, || store::connect(settings(), None))).await
        }
        _ => until(cancel, open(&database, || store::connect_once(settings()))).await,
    };
    let store = store.map_err(|failure| if action.changes() { failure.before_any_change() } else { failure })?;
    let provisioner = Provisioner::new(store, hasher);
    let origin = caller::origin();
    let context = Context { provisioner: &provisioner, messages, style, origin: &origin, cancel };
    let end = match action {
        Action::Change(job) if job.is_dry_run() => until(cancel, job.run(&context)).await,
        Action::Change(job) => job.run(&context).await,
        Action::AddSession(add) => add.run(&context).await,
        Action::List(list) => until(cancel, list.run(&context)).await,
        Action::Show(show) => until(cancel, show.run(&context)).await,
        Action::History(history) => until(cancel, history.run(&context)).await,
        Action::Verify(verify) => until(cancel, verify.run(&context)).await,
        Action::AuditVerify => until(cancel, cli::audit::verify(&context)).await,
        Action::Duplicates(duplicates) => until(cancel, duplicates.run(&context)).await,
        Action::Consolidate(job) if job.changes() => job.run(&context).await,
        Action::Consolidate(job) => until(cancel, job.run(&context)).await,
        Action::Import(job) => job.run(inputs, &context).await,
        Action::Console | Action::Config(_) | Action::Demo(_) | Action::Doctor | Action::Migrate(_) => Ok(()),
    };
    provisioner.store().close().await;
    end
}

/// Waits for something that a signal may drop.
async fn until<T>(cancel: &CancellationToken, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        end = work => end,
        () = cancel.cancelled() => Err(Failure::interrupted()),
    }
}

/// Opens the database; a default one is made, or brought up to date, on first use.
async fn open<F>(database: &Database, connect: impl Fn() -> F) -> Result<Arc<dyn Store>, Failure>
where
    F: Future<Output = Result<Arc<dyn Store>, StoreError>>,
{
    match connect().await {
        Err(StoreError::Missing { .. } | StoreError::Unmigrated { .. })
            if database.is_default && !database.settings.read_only =>
        {
            make_default_folder(database)?;
            // Whoever waits for this drops it: there was nothing, or it was ours alone.
            store::migrate(&database.settings, &CancellationToken::new()).await?;
            Ok(connect().await?)
        }
        other => Ok(other?),
    }
}

/// Makes the folder of a default database (mode 0700); any other folder is its owner's business.
fn make_default_folder(database: &Database) -> Result<(), StoreError> {
    let file = database.settings.target.file().filter(|_| database.is_default && !database.settings.read_only);
    let Some(folder) = file.and_then(Path::parent) else {
        return Ok(());
    };
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| StoreError::Denied { what: format!("{} cannot be created: {error}", folder.display()) })
}

/// Opens the console on the configured database.
async fn console(config: &Config, look: Look, messages: &Messages, cancel: &CancellationToken) -> Result<(), Failure> {
    let database = config.database()?;
    messages.detail(&format!("database: {}", database.settings.target));
    let places = places::all(config, &database);
    let opened = until(cancel, places::opened(config, database)).await?;
    show(opened, places::opener(config), places, config, look, false).await
}

/// Makes a world to try, and opens the console on it. A world that is not kept goes when the console does.
async fn demo(
    demo: &cli::demo::Demo,
    config: &Config,
    look: Look,
    messages: &Messages,
    cancel: &CancellationToken,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(Exit::Failed, "failed", error.to_string());
    let throwaway = tempfile::Builder::new().prefix("host-provisioner-demo-").tempdir().map_err(failed)?;
    let path = demo.keep.clone().unwrap_or_else(|| throwaway.path().join("demo.db"));
    let world = async { Ok(self::demo::world(&path, demo.sessions, Arc::new(SystemClock)).await?) };
    until(cancel, world).await?;
    if demo.keep.is_some() {
        messages.note(&format!("the world is in {0}; --database-url sqlite:{0} opens it", path.display()));
    }
    if !demo.tui {
        return Ok(());
    }
    let settings = config.settings_for(Target::Sqlite(path));
    let store = store::connect(settings, None).await?;
    let provisioner = Arc::new(Provisioner::new(store, config.hasher()?));
    show(
        Opened { provisioner, profile: None, memory: None, unverified: false },
        places::opener(config),
        Vec::new(),
        config,
        look,
        true,
    )
    .await
}

/// Runs the console to its end.
async fn show(
    opened: Opened,
    open: Open,
    places: Vec<Place>,
    config: &Config,
    look: Look,
    demo: bool,
) -> Result<(), Failure> {
    let origin = caller::origin();
    let unnamed = || Failure::new(Exit::Usage, "usage", "the operating system's user has no name");
    let operator = caller::fallback(&origin).ok_or_else(unnamed)?;
    let warnings = config.warnings().map(ToString::to_string).collect();
    let max_age = MaxAge::new(config.policy().max_age);
    let times = config.times().value;
    let setup = tui::Setup { operator, origin, demo, places, max_age, look, times, warnings };
    match tui::run(opened, open, setup).await {
        Ok(0) => Ok(()),
        Ok(1) => Err(Failure::internal("console")),
        Ok(code) => Err(Failure { exit: Exit::Signal(code), ..Failure::interrupted() }),
        Err(error) => Err(Failure::new(Exit::Usage, "no_terminal", format!("the terminal cannot be used: {error}"))),
    }
}
