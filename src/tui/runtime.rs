//! The only async part: the terminal's events, timers, jobs and signals become messages; effects are carried out.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{Local, Offset as _, TimeZone as _};
use crossterm::event::{Event, KeyEventKind};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::copies::Copies;
use self::input::{Input, Signals};
use super::effect::{JobId, Ticket};
use super::message::{Global, JobEvent, Look, Message, Ui};
use super::model::{About, Model};
use super::remembered::{Memory, Remembered};
use super::screen::Screen;
use super::terminal::TerminalGuard;
use super::theme::Theme;
use super::update::{start, update};
use super::view::view;
use super::{Open, Opened, Setup, keymap};
use crate::domain::event_id::EventId;
use crate::domain::session::SessionId;
use crate::domain::time::{Timestamp, Zone};
use crate::drill::{self, Drilled, Step};
use crate::provision::{Certainty, Provisioned, Provisioner};
use crate::store::ChangeMarker;

mod ask;
mod copies;
mod effects;
mod input;
mod memory;
mod switch;

/// Messages that wait at most; further lines of a story are counted and dropped.
const WAITING: usize = 1024;
/// Messages that are taken in between two frames.
const PER_FRAME: usize = 256;
/// How long a console that is told to end waits for a commit under way.
const LAST_WAIT: Duration = Duration::from_secs(3);

/// What a task was for, so that one that panicked is not a silent one.
#[derive(Clone, Copy)]
enum Task {
    Load(Ticket),
    Open(Ticket),
    Change(JobId),
    Other,
}

/// What was opened, by the question that asked for it.
type Arrived = Arc<Mutex<Option<(Ticket, Arc<Provisioner>, Option<Memory>)>>>;

struct Runtime {
    model: Model,
    theme: Theme,
    terminal: TerminalGuard,
    provisioner: Arc<Provisioner>,
    open: Open,
    /// The database that was opened last, until it is taken in.
    arrived: Arrived,
    messages: mpsc::Sender<Message>,
    dropped: Arc<AtomicU64>,
    tasks: JoinSet<Option<Message>>,
    kinds: HashMap<Id, Task>,
    loads: HashMap<Ticket, AbortHandle>,
    cancels: HashMap<JobId, CancellationToken>,
    /// What lets work on several sessions end after the one that is under way.
    stops: HashMap<JobId, CancellationToken>,
    marker: Arc<Mutex<Option<ChangeMarker>>>,
    watch: Option<AbortHandle>,
    /// Where it is kept what the person chose, and what was kept last.
    memory: Option<Memory>,
    kept: Remembered,
    /// The copy in tmux, once there was one.
    copies: Option<Copies>,
    /// Whether the screen is not what the model says.
    outdated: bool,
    exit: Option<u8>,
}

/// Runs the console; see [`super::run`].
pub(super) async fn run(opened: Opened, open: Open, setup: Setup) -> io::Result<u8> {
    let mut signals = Signals::listen()?;
    let terminal = TerminalGuard::enter()?;
    let (messages, mut inbox) = mpsc::channel(WAITING);
    let (events, mut typed) = mpsc::channel(WAITING);
    std::thread::Builder::new().name("input".to_owned()).spawn(move || input::read(&events))?;
    let mut runtime = Runtime::new(opened, open, setup, terminal, messages)?;
    let effects = start(&mut runtime.model);
    runtime.carry_out(effects);
    while runtime.exit.is_none() {
        if std::mem::take(&mut runtime.outdated) && !runtime.draw() {
            break;
        }
        let tick = Duration::from_millis(runtime.model.tick());
        tokio::select! {
            _ = signals.hangup.recv() => runtime.exit = Some(129),
            _ = signals.interrupt.recv() => runtime.exit = Some(130),
            _ = signals.terminate.recv() => runtime.exit = Some(143),
            _ = signals.resize.recv() => runtime.resized(),
            Some(input) = typed.recv() => {
                runtime.typed(input);
                for _ in 0..PER_FRAME {
                    let Ok(more) = typed.try_recv() else { break };
                    runtime.typed(more);
                }
            }
            Some(message) = inbox.recv() => {
                runtime.take(message);
                for _ in 0..PER_FRAME {
                    let Ok(more) = inbox.try_recv() else { break };
                    runtime.take(more);
                }
            }
            Some(ended) = runtime.tasks.join_next_with_id() => runtime.ended(ended),
            () = sleep(tick) => runtime.look_at_the_clock(),
        }
    }
    Ok(runtime.wind_down(&mut inbox).await)
}

impl Runtime {
    fn new(
        opened: Opened,
        open: Open,
        setup: Setup,
        terminal: TerminalGuard,
        messages: mpsc::Sender<Message>,
    ) -> io::Result<Self> {
        let Opened { provisioner, profile, memory, unverified } = opened;
        let store = provisioner.store();
        let about = About {
            database: store.name(),
            profile,
            places: setup.places,
            operator: setup.operator,
            origin: setup.origin,
            warnings: setup.warnings,
            times: setup.times,
            demo: setup.demo,
            max_age: setup.max_age,
            unverified,
            read_only: store.read_only(),
            writes: provisioner.hasher().writes(),
        };
        let mut model = Model::new(about, store.clock().now(), crossterm::terminal::size()?);
        model.keys = setup.look.keys;
        (model.time_mode, model.zone) = (setup.times, Zone::Place(machine));
        if let Some(remembered) = memory.as_ref().and_then(Memory::recall) {
            model.recall(remembered);
        }
        let kept = Remembered::of(&model);
        Ok(Self {
            model,
            theme: setup.look.theme,
            terminal,
            provisioner,
            open,
            arrived: Arc::default(),
            messages,
            dropped: Arc::default(),
            tasks: JoinSet::new(),
            kinds: HashMap::new(),
            loads: HashMap::new(),
            cancels: HashMap::new(),
            stops: HashMap::new(),
            marker: Arc::default(),
            watch: None,
            memory,
            kept,
            copies: None,
            outdated: true,
            exit: None,
        })
    }

    /// Draws a frame; tells whether the console can go on.
    fn draw(&mut self) -> bool {
        self.model.log.dropped += self.dropped.swap(0, Ordering::Relaxed);
        let (model, theme, terminal) = (&self.model, &self.theme, &mut self.terminal);
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            drill::at(Step::Draw).map_err(io::Error::other)?;
            terminal.draw(|frame| view(model, theme, frame))
        }));
        self.exit = match drawn {
            Ok(Ok(())) => return true,
            // The terminal is gone: as if it had hung up.
            Ok(Err(_)) => Some(129),
            Err(_) => Some(1),
        };
        false
    }

    fn look_at_the_clock(&mut self) {
        let before = self.model.face();
        let now = self.provisioner.store().clock().now();
        let effects = update(&mut self.model, Message::Clock(now));
        self.carry_out(effects);
        self.outdated |= self.model.face() != before;
    }

    fn take(&mut self, message: Message) {
        self.look_at_the_clock();
        // A database at rest is looked at once a second, and that alone draws nothing; how far a verification is shows with
        // the next turn of its sign.
        let is_quiet =
            matches!(message, Message::Looked(Look::Unchanged(_)) | Message::Verifying(..) | Message::Tended(_));
        self.outdated |= !is_quiet;
        let before = self.model.face();
        let brought = guid_in(&message);
        let updated = catch_unwind(AssertUnwindSafe(|| {
            brought.map_or(Ok(()), |_| drill::at(Step::HandOver))?;
            Ok::<_, Drilled>(update(&mut self.model, message))
        }));
        if let Ok(Ok(effects)) = updated {
            self.outdated |= self.model.face() != before;
            self.carry_out(effects);
            return;
        }
        self.exit = Some(1);
        if let Some((session, event, certainty)) = brought {
            self.undelivered(session, event, certainty);
        }
    }

    fn resized(&mut self) {
        if let Ok((columns, lines)) = crossterm::terminal::size() {
            self.take(Message::Ui(Ui::Global(Global::Resize(columns, lines))));
        }
    }

    fn typed(&mut self, input: Input) {
        let ui = match input {
            Input::Gone => {
                self.exit = Some(129);
                None
            }
            Input::Event(Event::Key(key)) if key.kind != KeyEventKind::Release => keymap::message_in(&self.model, key),
            Input::Event(Event::Paste(data)) => Some(Ui::Global(Global::Paste(data))),
            Input::Event(Event::FocusLost) => Some(Ui::Global(Global::FocusLost)),
            Input::Event(Event::Resize(columns, lines)) => Some(Ui::Global(Global::Resize(columns, lines))),
            Input::Event(Event::Mouse(mouse)) => keymap::pointer_in(&self.model, mouse),
            Input::Event(Event::Key(_) | Event::FocusGained) => None,
        };
        if let Some(ui) = ui {
            self.take(Message::Ui(ui));
        }
    }

    fn ended(&mut self, ended: Result<(Id, Option<Message>), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let kind = self.kinds.remove(&id);
        let message = match (ended, kind) {
            (Ok((_, message)), _) => message,
            // It panicked: a silent end would leave the operator guessing.
            (Err(_), Some(Task::Load(ticket))) => Some(Message::Loaded(ticket, Err(ask::internal("")))),
            (Err(_), Some(Task::Open(ticket))) => Some(Message::Opened(ticket, Err(ask::internal("")))),
            (Err(_), Some(Task::Change(job))) => {
                let failure = ask::internal("look the session up before you try again");
                Some(Message::Job(job, JobEvent::Ended(Box::new(Err(failure)))))
            }
            (Err(_), Some(Task::Other) | None) => None,
        };
        if let Some(Message::Loaded(ticket, _) | Message::Opened(ticket, _)) = &message {
            self.loads.remove(ticket);
        }
        // A look that ended while its database was given up for another tells nothing of the new one.
        let is_present = |watch: &AbortHandle| watch.id() == id;
        let is_old = matches!(message, Some(Message::Looked(_))) && !self.watch.as_ref().is_some_and(is_present);
        if let Some(message) = message.filter(|_| !is_old) {
            self.take(message);
        }
    }

    fn spawn(&mut self, kind: Task, task: impl Future<Output = Option<Message>> + Send + 'static) -> AbortHandle {
        let handle = self.tasks.spawn(task);
        self.kinds.insert(handle.id(), kind);
        handle
    }

    /// Ends: what is not committed is rolled back, a commit under way is awaited, the terminal is given back.
    async fn wind_down(mut self, inbox: &mut mpsc::Receiver<Message>) -> u8 {
        self.cancels.values().for_each(CancellationToken::cancel);
        self.loads.values().for_each(AbortHandle::abort);
        if let Some(session) = self.model.job.as_ref().map(|job| job.work.session()) {
            match timeout(LAST_WAIT, last_word(inbox)).await {
                Ok(Some(done)) if done.guid.is_some() => self.undelivered(session, done.event, done.certainty),
                Ok(Some(_) | None) => {}
                Err(_) => tracing::error!(
                    session_id = session.get(),
                    "PROVISIONER-ERROR: the console ended before the change of session {session} did; \
                     its history tells whether it was committed; if it made a GUID, nobody has it"
                ),
            }
        }
        let unseen = match (self.model.ready.take(), &*self.model.screen.beneath()) {
            (Some((_, provisioned)), _) => {
                Some((provisioned.applied.plan.session, provisioned.event, provisioned.certainty))
            }
            (None, Screen::Reveal(reveal)) => reveal.undelivered(),
            (None, _) => None,
        };
        if let Some((session, event, certainty)) = unseen {
            self.undelivered(session, event, certainty);
        }
        if let Some(copies) = self.copies.take() {
            let _ = timeout(LAST_WAIT, copies.end()).await;
        }
        let _ = self.terminal.wipe();
        self.terminal.give_back();
        // A disk that does not answer must not keep the program.
        if let Some(keeping) = self.keep() {
            let _ = timeout(LAST_WAIT, keeping).await;
        }
        // A server that is out of reach must not keep the program.
        let _ = timeout(LAST_WAIT, self.provisioner.store().close()).await;
        self.exit.unwrap_or(1)
    }
}

/// Gives session, event and certainty of a new GUID that a message brings.
fn guid_in(message: &Message) -> Option<(SessionId, EventId, Certainty)> {
    let Message::Job(_, JobEvent::Ended(end)) = message else { return None };
    let done = end.as_ref().as_ref().ok().filter(|done| done.guid.is_some())?;
    Some((done.applied.plan.session, done.event, done.certainty))
}

/// Waits for the end of the running change.
async fn last_word(inbox: &mut mpsc::Receiver<Message>) -> Option<Provisioned> {
    while let Some(message) = inbox.recv().await {
        if let Message::Job(_, JobEvent::CleanedUp(..)) = message {
            return None;
        }
        if let Message::Job(_, JobEvent::Ended(end)) = message {
            return end.ok();
        }
    }
    None
}

/// Tells how many seconds the clocks of this machine are east of UTC at an instant: by `TZ`, else by `/etc/localtime`, else
/// not at all. chrono reads them itself; the C library's `localtime` is no business of several threads.
fn machine(at: Timestamp) -> i32 {
    Local.offset_from_utc_datetime(&at.utc().naive_utc()).fix().local_minus_utc()
}
