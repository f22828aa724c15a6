//! Global options may stand on both sides of a command's name. clap sees repetitions and contradictions among those on one
//! side alone: of two databases, it would take one and drop the other without a word.

use std::ffi::OsString;

use clap::Command;

use super::Arguments;

/// Puts the global options that stand before the name of a command behind it, where clap compares them with the others.
/// What is unknown to `root` stays where it is, and with it all that follows.
pub(super) fn behind(root: &Command, arguments: Arguments) -> Arguments {
    let mut words = arguments.into_iter();
    let (mut names, mut options, mut level): (Arguments, Arguments, _) =
        (words.next().into_iter().collect(), vec![], root);
    while let Some(word) = words.next() {
        if let Some(has_its_value_behind) = global(root, &word) {
            options.push(word);
            options.extend(has_its_value_behind.then(|| words.next()).flatten());
        } else if let Some(command) = word.to_str().and_then(|name| level.find_subcommand(name)) {
            level = command;
            names.push(word);
        } else {
            options.push(word);
            break;
        }
    }
    names.into_iter().chain(options).chain(words).collect()
}

/// Tells whether the next word is the value of this one; `None` where this is no global option.
fn global(root: &Command, word: &OsString) -> Option<bool> {
    let text = word.to_str()?;
    let takes_value = |arg: &clap::Arg| arg.get_action().takes_values();
    if let Some(long) = text.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        let arg = root.get_arguments().find(|arg| arg.get_long() == Some(name))?;
        return Some(takes_value(arg) && value.is_none());
    }
    let flags = text.strip_prefix('-').filter(|flags| !flags.is_empty())?;
    let is_flag = |short| root.get_arguments().any(|arg| arg.get_short() == Some(short) && !takes_value(arg));
    flags.chars().all(is_flag).then_some(false)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    fn moved(line: &str) -> String {
        let words = behind(&Cli::command(), line.split(' ').map(OsString::from).collect());
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn global_options_go_behind_the_names_of_commands_in_their_order() {
        assert_eq!(moved("hp --json -qv --timeout 1s list --limit 3"), "hp list --json -qv --timeout 1s --limit 3");
        assert_eq!(moved("hp --database-url=a audit --json verify"), "hp audit verify --database-url=a --json");
        assert_eq!(moved("hp --profile list list --output csv"), "hp list --profile list --output csv");
    }

    #[test]
    fn what_is_not_understood_stays_in_its_place() {
        for line in
            ["hp", "hp --json", "hp --frobnicate list", "hp -x list", "hp --help list", "hp -- list", "hp - list"]
        {
            assert_eq!(moved(line), line);
        }
        assert_eq!(moved("hp --json lost --quiet"), "hp --json lost --quiet");
        assert_eq!(moved("hp --json list --frobnicate --quiet"), "hp list --json --frobnicate --quiet");
        assert_eq!(moved("hp --timeout"), "hp --timeout");
    }
}
