//! The whole command line, read by clap.

use std::io::IsTerminal as _;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use super::config::ConfigCommand;
use super::documents::{CompletionsArgs, ManArgs};
use super::globals::Globals;
use super::output::Format;
use super::{Action, Arguments, Exit, Failure, Invocation, Stop, Style, Volume};
use super::{
    audit, consolidate, create, demo, duplicates, history, import, list, migrate, one_side, revoke, rotate, session,
    show, verify,
};

/// Keeps exactly one active Host GUID per online session.
///
/// Without a command, the console opens. Data goes to stdout, messages go to stderr. Exit codes: 0 done, 1 failed and
/// nothing changed, 2 usage or configuration, 3 partly done, 4 not allowed, 5 not found, 6 conflict, 7 database unreachable
/// or too slow, 8 not confirmed, 9 rejected or damaged, 10 outcome unknown, 11 done but the GUID or the report was not delivered, 129/130/143 stopped by a signal.
#[derive(Debug, Parser)]
#[command(name = "host-provisioner", bin_name = "host-provisioner", version, color = clap::ColorChoice::Never, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Opens the console; needs a terminal
    Tui,
    /// Gives a session a new Host GUID, and prints it
    Create(create::CreateArgs),
    /// Gives a host record a new Host GUID, and prints it
    Rotate(rotate::RotateArgs),
    /// Retires all active host records of a session
    Revoke(revoke::RevokeArgs),
    /// Sessions of our own
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Lists sessions with their host records
    List(list::ListArgs),
    /// Shows one session with its records and last events
    Show(show::ShowArgs),
    /// Shows what was done, by whom and why, newest first
    History(history::HistoryArgs),
    /// Checks a Host GUID, which it reads from stdin or a hidden prompt
    Verify(verify::VerifyArgs),
    /// Verifies the history
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Lists sessions with more than one active record, and which of them would stay
    Duplicates(duplicates::DuplicatesArgs),
    /// Leaves each session one active record, by a plan that people can review
    Consolidate(consolidate::ConsolidateArgs),
    /// Brings sessions and host records in from an export of the old tool's tables
    ///
    /// The files are CSV, whose first line names the columns, or one object of JSON a line. All rows that fit come in one
    /// transaction, and duplicates are flagged; where a row does not fit, nothing is changed, unless --skip-bad is given.
    /// Only the owner of a PostgreSQL schema may import. --timeout is the deadline of each step; reading a whole table
    /// and the commit have ten minutes.
    Import(import::ImportArgs),
    /// Examines the database step by step, from the network to its rows
    ///
    /// Changes nothing. Exits 0 when this program can work with it, warnings included, and otherwise with the code of the
    /// first step that fails.
    Doctor,
    /// Creates the database or brings it up to date
    Migrate(migrate::MigrateArgs),
    /// Opens the console on a world to try
    Demo(demo::DemoArgs),
    /// Checks and shows the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Prints a script that completes command lines of this program in a shell
    Completions(CompletionsArgs),
    /// Prints the manual page of the program or of one of its commands
    Man(ManArgs),
}

/// Reads a command line.
///
/// # Errors
/// [`Stop`]: help, or why it is not understood.
pub fn parse(arguments: Arguments) -> Result<Invocation, Box<Stop>> {
    let for_programs = asks_for_json(&arguments);
    let Cli { globals, command } = Cli::try_parse_from(one_side::behind(&Cli::command(), arguments))
        .map_err(|error| Box::new(stop(&error, for_programs)))?;
    let style = globals.style();
    let refused = |failure| Box::new(Stop::Failure(failure, style));
    if let Some(text) = document(command.as_ref()) {
        return Err(text.map_or_else(refused, |text| Box::new(Stop::Text(text))));
    }
    let action = action(command, style).map_err(refused)?;
    Ok(Invocation { action, given: globals.given(), style })
}

/// Writes what is made from this definition alone.
fn document(command: Option<&Command>) -> Option<Result<String, Failure>> {
    match command {
        Some(Command::Completions(args)) => Some(Ok(args.text(Cli::command()))),
        Some(Command::Man(args)) => Some(args.text(Cli::command())),
        _ => None,
    }
}

fn action(command: Option<Command>, style: Style) -> Result<Action, Failure> {
    Ok(match command {
        // Documents have been written by now.
        None | Some(Command::Tui | Command::Completions(_) | Command::Man(_)) => return console(style),
        Some(Command::Create(args)) => Action::Change(args.job()?),
        Some(Command::Rotate(args)) => Action::Change(args.job()?),
        Some(Command::Revoke(args)) => Action::Change(args.job()?),
        Some(Command::Session(session::SessionCommand::Add(args))) => Action::AddSession(args.build()?),
        Some(Command::List(args)) => Action::List(args.into()),
        Some(Command::Show(args)) => Action::Show(args.into()),
        Some(Command::History(args)) => Action::History(args.into()),
        Some(Command::Verify(args)) => Action::Verify(args.into()),
        Some(Command::Audit(audit::AuditCommand::Verify)) => Action::AuditVerify,
        Some(Command::Duplicates(args)) => Action::Duplicates(args.into()),
        Some(Command::Consolidate(args)) => Action::Consolidate(args.job()?),
        Some(Command::Import(args)) => Action::Import(args.job()?),
        Some(Command::Doctor) => Action::Doctor,
        Some(Command::Migrate(args)) => Action::Migrate(args.into()),
        Some(Command::Demo(args)) => Action::Demo(args.into()),
        Some(Command::Config(command)) => Action::Config(command),
    })
}

/// The console needs a terminal at both ends; without one there is help instead.
fn console(style: Style) -> Result<Action, Failure> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(Action::Console);
    }
    let failure = Failure::new(Exit::Usage, "no_terminal", "the console needs a terminal");
    if style.format.is_for_programs() {
        return Err(failure.hint("`host-provisioner --help` shows the commands"));
    }
    Err(Failure { details: Some(format!("\n{}", Cli::command().render_help())), ..failure })
}

/// Finds out how to answer before the command line is understood.
fn asks_for_json(arguments: &Arguments) -> bool {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    texts.contains(&"--json")
        || texts.iter().any(|text| matches!(*text, "--output=json" | "--output=jsonl"))
        || texts.windows(2).any(|pair| pair[0] == "--output" && matches!(pair[1], "json" | "jsonl"))
}

/// Turns clap's error into ours. What looks like a GUID is not repeated.
fn stop(error: &clap::Error, for_programs: bool) -> Stop {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Stop::Text(text);
    }
    let text = without_guids(&text);
    let mut parts = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let message = parts.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    let hints: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let format = if for_programs { Format::Json } else { Format::Table };
    let failure = Failure::new(Exit::Usage, "usage", message).hint(hints.join(" "));
    Stop::Failure(failure, Style { format, volume: Volume::Normal })
}

/// Blots out every run of 32 or more hexadecimal digits that only hyphens interrupt.
fn without_guids(text: &str) -> String {
    let in_run = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|c| !in_run(c)).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(run);
        let secret = head.bytes().filter(u8::is_ascii_hexdigit).count() >= 32;
        clean.push_str(if secret { "…" } else { head });
        let other = tail.find(in_run).unwrap_or(tail.len());
        clean.push_str(&tail[..other]);
        rest = &tail[other..];
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_guid_in_a_refused_argument_is_not_repeated() {
        let text = "unexpected argument '6ba39809-bc5a-498e-956a-fcbb3f39e017' found: see --help";
        assert_eq!(without_guids(text), "unexpected argument '…' found: see --help");
        assert_eq!(without_guids("b04de771902c and dead-beef stay"), "b04de771902c and dead-beef stay");
    }
}
