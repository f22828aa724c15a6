//! The console in a tmux of its own: a server with its own socket, without anybody's configuration.

use std::process::Command;
use std::time::Instant;

use super::desk::Desk;
use super::pty::PATIENCE;

/// Names the one session.
const SESSION: &str = "console";

/// A tmux server with the console in it.
pub(crate) struct Tmux<'a>(&'a Desk);

impl<'a> Tmux<'a> {
    /// Opens the console on this desk's database, and waits for the list. When it has ended, the server stays.
    pub(crate) fn console(desk: &'a Desk) -> Self {
        let tmux = Self(desk);
        let url = desk.url();
        let program = [env!("CARGO_BIN_EXE_host-provisioner"), "--timeout", "60s", "--database-url", &url];
        let start = ["-f", "/dev/null", "new-session", "-d", "-s", SESSION, "-x", "120", "-y", "35"];
        let stay = [";", "set-option", "-g", "remain-on-exit", "on"];
        tmux.run(&[&start[..], &program, &stay].concat());
        tmux.sees(&["24 sessions"]);
        tmux
    }

    /// Runs a tmux command, which must succeed; gives what it wrote.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.env_clear().envs(self.0.variables()).env("TMUX_TMPDIR", self.0.home()).arg("-u").args(arguments);
        let output = command.output().expect("tmux is installed");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Types characters.
    pub(crate) fn types(&self, text: &str) {
        self.run(&["send-keys", "-t", SESSION, "-l", "--", text]);
    }

    /// Presses a key by its name in tmux.
    pub(crate) fn press(&self, key: &str) {
        self.run(&["send-keys", "-t", SESSION, key]);
    }

    /// Gives the screen as text.
    pub(crate) fn text(&self) -> String {
        self.run(&["capture-pane", "-t", SESSION, "-p"])
    }

    /// Waits until all these texts are on the screen.
    pub(crate) fn sees(&self, texts: &[&str]) {
        let end = Instant::now() + PATIENCE;
        loop {
            let screen = self.text();
            if texts.iter().all(|text| screen.contains(text)) {
                return;
            }
            assert!(Instant::now() < end, "the screen never had {texts:?}:\n{screen}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Lists the names of the buffers that can be pasted.
    pub(crate) fn buffers(&self) -> Vec<String> {
        self.run(&["list-buffers", "-F", "#{buffer_name}"]).lines().map(str::to_owned).collect()
    }

    /// Gives what a buffer holds.
    pub(crate) fn buffer(&self, name: &str) -> String {
        self.run(&["show-buffer", "-b", name])
    }

    /// Gives the number of the program's process.
    pub(crate) fn pid(&self) -> String {
        self.run(&["display-message", "-t", SESSION, "-p", "#{pane_pid}"]).trim().to_owned()
    }

    /// Tells whether the program has given its terminal back for good. How it ended is not asked: a busy tmux may never
    /// learn that from its child.
    pub(crate) fn is_dead(&self) -> bool {
        self.run(&["display-message", "-t", SESSION, "-p", "#{pane_dead}"]).trim() == "1"
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        let mut kill = Command::new("tmux");
        let _ = kill.env_clear().envs(self.0.variables()).env("TMUX_TMPDIR", self.0.home()).arg("kill-server").output();
    }
}
