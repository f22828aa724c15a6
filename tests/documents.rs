//! Completions and manual pages, read by the programs that they are for where those are there.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::program::TestEnv;

/// Feeds a program; `None` where it is not installed. Gives what it said on stdout, and whether it was content.
fn fed(program: &str, arguments: &[&str], text: &str) -> Option<(String, bool)> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let quiet = output.stderr.is_empty();
    Some((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success() && quiet))
}

#[test]
fn the_completions_of_every_shell_name_the_commands_and_flags() {
    let env = TestEnv::nowhere();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = env.run(&format!("completions {shell}")).ok();
        for word in ["create", "force-new", "profile", "completions"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(env.run("completions tcsh").code, 2);
    assert!(!env.home(".local").exists(), "no log, no database");
}

#[test]
fn the_shells_that_are_there_take_their_completions() {
    let env = TestEnv::nowhere();
    for shell in ["bash", "zsh", "fish"] {
        let script = env.run(&format!("completions {shell}")).ok();
        if let Some((_, content)) = fed(shell, &["-n"], &script) {
            assert!(content, "{shell} -n");
        }
    }
}

#[test]
fn bash_completes_a_command_and_a_flag() {
    let env = TestEnv::nowhere();
    let script = env.run("completions bash").ok();
    let ask = |words: &str, last: usize| {
        format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={last}\n\
             function=$(complete -p host-provisioner | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n\
             $function host-provisioner \"${{COMP_WORDS[$COMP_CWORD]}}\" 2>&1; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        )
    };
    let (answer, _) = fed("bash", &["--norc"], &ask("host-provisioner cre", 1)).unwrap();
    assert_eq!(answer.trim(), "create");
    let (answer, _) = fed("bash", &["--norc"], &ask("host-provisioner create --force", 2)).unwrap();
    assert_eq!(answer.trim(), "--force-new");
}

#[test]
fn every_command_has_a_manual_page_in_roff() {
    let env = TestEnv::nowhere();
    for command in ["", "create", "rotate", "revoke", "list", "config check", "session add"] {
        let page = env.run(&format!("man {command}")).ok();
        for part in [".TH ", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS"] {
            assert!(page.contains(part), "{command}: {part}");
        }
        if let Some((shown, content)) = fed("groff", &["-man", "-Tutf8", "-ww"], &page) {
            assert!(content, "{command}: groff complains");
            assert!(shown.contains(&format!("host-provisioner {command}").trim().replace(' ', "-")), "{shown}");
        }
    }
    assert!(env.run("man").ok().contains("not confirmed"), "the exit codes are told");
    assert_eq!(env.run("man no-such-command").code, 2);
}
