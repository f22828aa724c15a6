//! `verify` on a terminal: a prompt that shows nothing.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::support::program::TestEnv;

/// The program on a terminal.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    screen: Receiver<Vec<u8>>,
    seen: String,
    /// Reads the modes of the terminal.
    pair: portable_pty::PtyPair,
}

impl Terminal {
    fn start(env: &TestEnv, arguments: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, ..PtySize::default() }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_host-provisioner"));
        command.args(arguments);
        command.env_clear();
        command.env("HOME", env.home(""));
        command.env("HOST_PROVISIONER_DATABASE_URL", env.url());
        let child = pair.slave.spawn_command(command).unwrap();
        let keys = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, screen) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keys, screen, seen: String::new(), pair }
    }

    fn wait_for(&mut self, text: &str) {
        while !self.seen.contains(text) {
            let bytes = self.screen.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("{}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn wait_for_echo(&self, wanted: bool) {
        for _ in 0..400 {
            if self.echoes() == wanted {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("echo is not {wanted}");
    }

    fn echoes(&self) -> bool {
        /// `ECHO` of `termios(3)`.
        const ECHO: u32 = 0o10;
        self.pair.master.get_termios().unwrap().local_flags.bits() & ECHO != 0
    }

    fn end(mut self) -> (u32, String) {
        let code = self.child.wait().unwrap().exit_code();
        drop(self.pair.slave);
        while let Ok(bytes) = self.screen.recv_timeout(Duration::from_secs(2)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        (code, self.seen)
    }
}

#[test]
fn the_prompt_does_not_show_what_is_typed() {
    let env = TestEnv::with_sessions();
    let guid = env.guid(1);
    let mut terminal = Terminal::start(&env, &["verify", "--session-id", "1"]);
    terminal.wait_for("Host GUID: ");
    terminal.wait_for_echo(false);
    terminal.keys.write_all(format!("{guid}\n").as_bytes()).unwrap();
    terminal.wait_for("accepted");
    assert!(terminal.echoes());
    let (code, seen) = terminal.end();
    assert_eq!(code, 0);
    assert!(!seen.contains(&guid), "{seen}");
}

#[test]
fn an_interrupted_prompt_gives_the_terminal_its_echo_back() {
    let env = TestEnv::with_sessions();
    let mut terminal = Terminal::start(&env, &["verify", "--session-id", "1"]);
    terminal.wait_for("Host GUID: ");
    terminal.wait_for_echo(false);
    terminal.keys.write_all(b"\x03").unwrap();
    let code = terminal.child.wait().unwrap().exit_code();
    assert_eq!(code, 130);
    assert!(terminal.echoes());
}

#[test]
fn a_guid_for_a_terminal_is_shown_below_its_story() {
    let env = TestEnv::with_sessions();
    let terminal = Terminal::start(&env, &["create", "--session-id", "1", "--created-by", "Keller"]);
    let (code, seen) = terminal.end();
    assert_eq!(code, 0);
    let lines: Vec<&str> = seen.lines().map(str::trim_end).collect();
    assert_eq!(lines[3], "PROVISIONER-CREATE: Host GUID created for Session 1 by Keller");
    assert_eq!((lines.len(), lines[4].len()), (5, 36), "{seen}");
}
