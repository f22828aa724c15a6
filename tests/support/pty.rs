//! The program in a real terminal: a pseudo-terminal, a reader that keeps every byte, and a screen made of them.
//!
//! A shell leads the terminal's session, as in life: when the program ends, the terminal is still there to be looked
//! at. The kernel would tidy it up behind a program that leads the session itself.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use rustix::termios::{LocalModes, OutputModes, tcgetattr};
use vt100::{Parser, Screen};

/// Far beyond what anything takes, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the terminal is switched to, and how it is switched back: alternate screen, bracketed paste, focus reports.
pub(crate) const SWITCHES: [(&str, &str); 3] =
    [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?2004h", "\x1b[?2004l"), ("\x1b[?1004h", "\x1b[?1004l")];

/// Runs the program, tells its number beforehand and its exit code afterwards, and stays until a line is typed.
const SHELL: &str =
    r#"sh -c 'echo $$ >"$0"; exec "$@"' "$@"; code=$?; printf '\r\n[exit %s]\r\n' "$code"; read -r _; exit 0"#;

struct Seen {
    parser: Parser,
    raw: Vec<u8>,
    /// The reader is to let go of the terminal.
    closing: bool,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Option<Seen>>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A running console.
pub(crate) struct Console {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    shell: Box<dyn Child + Send + Sync>,
    reader: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
    /// The program's end of the terminal, held open so that its settings stay.
    line: Option<OwnedFd>,
    pub(crate) pid: Pid,
}

fn size(columns: u16, lines: u16) -> PtySize {
    PtySize { rows: lines, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

impl Console {
    /// Starts the program in a terminal of this size, with this environment and no other.
    pub(crate) fn start(folder: &Path, size: (u16, u16), variables: &[(String, String)], arguments: &[String]) -> Self {
        Self::run(env!("CARGO_BIN_EXE_host-provisioner").as_ref(), folder, size, variables, arguments)
    }

    /// Starts any program in such a terminal.
    pub(crate) fn run(
        program: &Path,
        folder: &Path,
        size_: (u16, u16),
        variables: &[(String, String)],
        arguments: &[String],
    ) -> Self {
        let pair = native_pty_system().openpty(size(size_.0, size_.1)).unwrap();
        let pid_file = tempfile::NamedTempFile::new_in(folder).unwrap();
        let mut command = CommandBuilder::new("/bin/sh");
        command.env_clear();
        command.args(["-c", SHELL, "sh"]);
        command.arg(pid_file.path());
        command.arg(program);
        command.args(arguments);
        command.cwd(folder);
        for (name, value) in variables {
            command.env(name, value);
        }
        let name = pair.master.tty_name().unwrap();
        let line = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let shell = pair.slave.spawn_command(command).unwrap();
        let shared = Arc::new(Shared::default());
        let parser = Parser::new(some(size_.1), some(size_.0), 0);
        *shared.lock() = Some(Seen { parser, raw: Vec::new(), closing: false });
        let reader = read(&*pair.master, Arc::clone(&shared));
        let pid = number_in(pid_file.path());
        let writer = Some(pair.master.take_writer().unwrap());
        Self { master: Some(pair.master), writer, shell, reader: Some(reader), shared, line: Some(line), pid }
    }

    /// Types.
    pub(crate) fn send(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Waits until the screen is as wanted; fails with the screen as it is.
    pub(crate) fn wait_for(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        self.wait("the screen", what, |seen| is_so(seen.parser.screen()));
    }

    fn wait(&self, place: &str, what: &str, is_so: impl Fn(&Seen) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.shared.lock();
        loop {
            let now = seen.as_ref().unwrap();
            if is_so(now) {
                return;
            }
            let ended = exit_in(&now.raw).is_some();
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !ended, "{place} never had {what}:\n{}", now.parser.screen().contents());
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until all these texts are on the screen.
    pub(crate) fn sees(&self, texts: &[&str]) {
        self.wait_for(&format!("{texts:?}"), |screen| {
            let contents = screen.contents();
            texts.iter().all(|text| contents.contains(text))
        });
    }

    /// Waits until this text is not on the screen.
    pub(crate) fn sees_no_more(&self, text: &str) {
        self.wait_for(&format!("lost {text:?}"), |screen| !screen.contents().contains(text));
    }

    /// Gives the screen as text, line by line.
    pub(crate) fn text(&self) -> String {
        self.screen().contents()
    }

    pub(crate) fn screen(&self) -> Screen {
        self.shared.lock().as_ref().unwrap().parser.screen().clone()
    }

    /// Gives every byte that came so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.shared.lock().as_ref().unwrap().raw.clone()
    }

    /// Waits until these bytes came this often.
    pub(crate) fn receives(&self, bytes: &str, times: usize) {
        self.wait("the terminal", bytes, |seen| count(&seen.raw, bytes) >= times);
    }

    pub(crate) fn resize(&self, columns: u16, lines: u16) {
        self.shared.lock().as_mut().unwrap().parser.set_size(some(lines), some(columns));
        self.master.as_ref().unwrap().resize(size(columns, lines)).unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Signals the program and the shell around it.
    pub(crate) fn signal_group(&self, signal: Signal) {
        kill_process_group(rustix::process::getpgid(Some(self.pid)).unwrap(), signal).unwrap();
    }

    /// Tells whether lines are edited and typed characters echoed, as a shell leaves the terminal.
    pub(crate) fn is_cooked(&self) -> bool {
        let modes = tcgetattr(self.line.as_ref().unwrap()).unwrap();
        modes.local_modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
            && modes.output_modes.contains(OutputModes::OPOST)
    }

    /// Waits until the program has ended; gives its exit code, and checks that the terminal is as it was before.
    pub(crate) fn exit_code(&mut self) -> i32 {
        self.wait("the terminal", "the end of the program", |seen| exit_in(&seen.raw).is_some());
        assert!(self.is_cooked(), "the terminal is not in the mode that it was in");
        assert_eq!(self.state(), None, "the process is still there");
        let raw = self.raw();
        for (on, off) in SWITCHES {
            assert_eq!(count(&raw, off), count(&raw, on), "{off:?} comes as often as {on:?}");
            assert!(last(&raw, off) >= last(&raw, on), "{off:?} comes last");
        }
        assert!(last(&raw, "\x1b[?25h") >= last(&raw, "\x1b[?25l"), "the cursor is shown again");
        exit_in(&raw).unwrap()
    }

    /// Reads the state of the process, such as `S` or `T`; `None` when it is gone.
    pub(crate) fn state(&self) -> Option<char> {
        self.stat().map(|fields| fields[0].chars().next().unwrap()).filter(|state| *state != 'Z')
    }

    /// Reads the processor time that the process has used, in milliseconds.
    pub(crate) fn processor_time(&self) -> Option<u64> {
        let fields = self.stat()?;
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        // A hundred ticks a second, as for every program (time(7), USER_HZ).
        Some(ticks * 10)
    }

    /// Gives the fields of `/proc/PID/stat` from the third on (`man 5 proc_pid_stat`).
    fn stat(&self) -> Option<Vec<String>> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.pid.as_raw_nonzero())).ok()?;
        let (_, fields) = text.rsplit_once(") ")?;
        Some(fields.split(' ').map(str::to_owned).collect())
    }

    /// Closes the window: the terminal is gone, and nobody reads any more.
    pub(crate) fn close_window(&mut self) {
        self.shared.lock().as_mut().unwrap().closing = true;
        // Something to be drawn, so that the reader wakes up and lets go.
        self.send("?");
        self.reader.take().unwrap().join().unwrap();
        self.line = None;
        self.writer = None;
        self.master = None;
    }

    /// Waits until the process is gone, without a terminal to tell; gives the processor time that it used meanwhile, in
    /// milliseconds.
    pub(crate) fn gone_within(&self, patience: Duration) -> u64 {
        let (start, used) = (Instant::now(), self.processor_time().unwrap_or(0));
        let mut spent = used;
        while let Some(time) = self.state().and_then(|_| self.processor_time()) {
            spent = time.max(used);
            assert!(start.elapsed() < patience, "the console lives on without a terminal");
            std::thread::sleep(Duration::from_millis(5));
        }
        spent - used
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if self.state().is_some() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn read(master: &dyn MasterPty, shared: Arc<Shared>) -> JoinHandle<()> {
    let mut source = master.try_clone_reader().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = source.read(&mut buffer) {
            let mut seen = shared.lock();
            let now = seen.as_mut().unwrap();
            now.parser.process(&buffer[..length]);
            now.raw.extend_from_slice(&buffer[..length]);
            shared.changed.notify_all();
            if now.closing {
                return;
            }
        }
    })
}

/// Waits for the number that the shell writes into a file.
fn number_in(file: &Path) -> Pid {
    let end = Instant::now() + PATIENCE;
    loop {
        let text = std::fs::read_to_string(file).unwrap();
        if let (true, Ok(number)) = (text.ends_with('\n'), text.trim().parse()) {
            return Pid::from_raw(number).unwrap();
        }
        assert!(Instant::now() < end, "the program never started");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn exit_in(raw: &[u8]) -> Option<i32> {
    // It is the last that comes; to look through all that came before would take longer than the program to answer.
    let text = String::from_utf8_lossy(&raw[raw.len().saturating_sub(1024)..]);
    let (_, rest) = text.rsplit_once("[exit ")?;
    rest.split_once(']')?.0.parse().ok()
}

/// Waits until something outside the terminal is so.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Counts where these bytes come.
pub(crate) fn count(raw: &[u8], bytes: &str) -> usize {
    raw.windows(bytes.len()).filter(|window| *window == bytes.as_bytes()).count()
}

fn last(raw: &[u8], bytes: &str) -> Option<usize> {
    raw.windows(bytes.len()).rposition(|window| window == bytes.as_bytes())
}
