//! `completions` and `man`: what shells and readers know of the command line, made from its definition.

use std::io;

use clap::{Args, Command, ValueEnum as _};
use clap_complete::Shell;

use super::{Exit, Failure};

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell: bash, elvish, fish, powershell, zsh
    #[arg(value_name = "SHELL", value_parser = shell)]
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command, such as `create` or `session add` [default: the program as a whole]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

fn shell(text: &str) -> Result<Shell, &'static str> {
    Shell::from_str(text, true).ok().ok_or("a shell is bash, elvish, fish, powershell or zsh")
}

impl CompletionsArgs {
    /// Writes the script that the shell reads.
    pub(super) fn text(&self, mut command: Command) -> String {
        let mut script = Vec::new();
        let name = command.get_name().to_owned();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}

impl ManArgs {
    /// Writes the page in roff.
    pub(super) fn text(&self, mut command: Command) -> Result<String, Failure> {
        command.build();
        let mut named = &command;
        for word in &self.command {
            let unknown = || Failure::refused("man", "there is no such command; --help lists them");
            named = named.find_subcommand(word).ok_or_else(unknown)?;
        }
        let title = named.get_bin_name().unwrap_or(named.get_name()).replace(' ', "-");
        let page = clap_mangen::Man::new(named.clone()).title(title.to_uppercase());
        let mut roff = Vec::new();
        let failed = |error: io::Error| Failure::new(Exit::Failed, "failed", error.to_string());
        page.render(&mut roff).map_err(failed)?;
        Ok(String::from_utf8_lossy(&roff).into_owned())
    }
}
