//! Takes the terminal over, and always gives it back.

use std::io::{self, Stdout, Write as _, stdout};

use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::Print;
use crossterm::terminal::ClearType::CurrentLine;
use crossterm::terminal::{Clear, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::{Backend as _, ClearType, CrosstermBackend};
use rustix::process::{Signal, getpgrp, kill_process_group};

mod ghosts;

use ghosts::Ghosts;

/// Reports of presses, of the wheel, and of movements while a button is down, with places of any size (xterm control
/// sequences, "Mouse Tracking", modes 1000, 1002 and 1006). crossterm's own command asks for every movement.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// No more of them: the terminal selects text with the mouse again.
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Raw mode, alternate screen, bracketed paste, focus reports, and the mouse where it is asked for: switched on once, off
/// once.
pub(super) struct TerminalGuard {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    active: bool,
    mouse: bool,
    ghosts: Ghosts,
}

impl TerminalGuard {
    /// Takes the terminal over.
    pub(super) fn enter() -> io::Result<Self> {
        // NO_COLOR makes crossterm drop reverse video too, and with it the cursor row: the theme decides instead.
        crossterm::style::force_color_output(true);
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        let mut guard = Self { terminal, active: false, mouse: false, ghosts: Ghosts::default() };
        guard.take()?;
        Ok(guard)
    }

    fn take(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.active = true;
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange)?;
        if self.mouse {
            execute!(stdout(), Print(MOUSE_ON))?;
        }
        self.wipe()
    }

    /// Gives the terminal back; a second call does nothing.
    pub(super) fn give_back(&mut self) {
        if !std::mem::take(&mut self.active) {
            return;
        }
        // Each part is undone even if another fails: the terminal may be gone.
        if self.mouse {
            let _ = execute!(stdout(), Print(MOUSE_OFF));
        }
        let _ = execute!(stdout(), DisableFocusChange, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = disable_raw_mode();
        let _ = stdout().flush();
    }

    /// Has the mouse reported, or no more; suspended and taken back, the terminal is told again.
    pub(super) fn switch_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        execute!(stdout(), Print(if on { MOUSE_ON } else { MOUSE_OFF }))
    }

    /// Draws one frame.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut ratatui::Frame<'_>)) -> io::Result<()> {
        let (ghosts, mut erased) = (&mut self.ghosts, Ok(()));
        let drawn = self.terminal.draw(|frame| {
            view(frame);
            erased = ghosts
                .haunted(frame.buffer_mut())
                .into_iter()
                .try_for_each(|row| queue!(stdout(), cursor::MoveTo(0, row), Clear(CurrentLine)));
        });
        drawn.map(|_| ()).and(erased)
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole. Both buffers are wiped.
    pub(super) fn wipe(&mut self) -> io::Result<()> {
        self.ghosts.forget();
        self.terminal.current_buffer_mut().reset();
        self.terminal.swap_buffers();
        self.terminal.current_buffer_mut().reset();
        // Terminal::clear would ask the terminal where the cursor is, and wait for an answer that may never come.
        self.terminal.backend_mut().clear_region(ClearType::All)
    }

    /// Stops the program as Ctrl-z does elsewhere; comes back when it goes on. A self-raised TSTP can be discarded.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.give_back();
        kill_process_group(getpgrp(), Signal::STOP)?;
        self.take()
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        self.give_back();
    }
}
