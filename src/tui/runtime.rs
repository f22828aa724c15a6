//! The only async file: the terminal's events, timers, jobs and signals become messages; effects are carried out.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crossterm::event::{Event, KeyEventKind};
use rustix::event::{PollFd, PollFlags, poll};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::effect::{Effect, JobId, Query, Ticket};
use super::message::{Failure, Global, JobEvent, Loaded, Message, Ui};
use super::model::{About, Model};
use super::screen::{Screen, detail};
use super::terminal::TerminalGuard;
use super::theme::Theme;
use super::update::{start, update};
use super::view::view;
use super::{COUNT_LIMIT, Setup, clipboard, keymap};
use crate::domain::event_id::EventId;
use crate::domain::expected::Expected;
use crate::domain::guid::HostGuid;
use crate::domain::request::Request;
use crate::domain::session::SessionId;
use crate::provision::{Provisioned, Provisioner};
use crate::store::{HistoryQuery, StoreError};

/// Messages that wait at most; further lines of a story are counted and dropped.
const WAITING: usize = 1024;
/// Messages that are taken in between two frames.
const PER_FRAME: usize = 256;
/// How long a console that is told to end waits for a commit under way.
const LAST_WAIT: Duration = Duration::from_secs(3);
/// Between two questions whether an attempt was committed.
const SETTLE_PAUSE: Duration = Duration::from_secs(2);

/// What comes from the terminal.
enum Input {
    Event(Event),
    Gone,
}

/// What a task was for, so that one that panicked is not a silent one.
#[derive(Clone, Copy)]
enum Task {
    Load(Ticket),
    Change(JobId),
    Other,
}

struct Runtime {
    model: Model,
    theme: Theme,
    terminal: TerminalGuard,
    provisioner: Arc<Provisioner>,
    messages: mpsc::Sender<Message>,
    dropped: Arc<AtomicU64>,
    tasks: JoinSet<Option<Message>>,
    kinds: HashMap<Id, Task>,
    loads: HashMap<Ticket, AbortHandle>,
    cancels: HashMap<JobId, CancellationToken>,
    exit: Option<u8>,
}

/// Runs the console; see [`super::run`].
pub(super) async fn run(provisioner: Arc<Provisioner>, setup: Setup) -> io::Result<u8> {
    let mut signals = Signals::listen()?;
    // A panic goes to the log file: on the screen it would only smear what the guard is about to clear.
    std::panic::set_hook(Box::new(|panic| tracing::error!("internal error: {panic}")));
    let terminal = TerminalGuard::enter()?;
    let (messages, mut inbox) = mpsc::channel(WAITING);
    let (input, mut typed) = mpsc::channel(WAITING);
    std::thread::Builder::new().name("input".to_owned()).spawn(move || read_input(&input))?;
    let mut runtime = Runtime::new(provisioner, setup, terminal, messages)?;
    let effects = start(&mut runtime.model);
    runtime.carry_out(effects);
    while runtime.exit.is_none() {
        if !runtime.draw() {
            break;
        }
        let tick = runtime.model.tick().map(Duration::from_millis);
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
            () = sleep(tick.unwrap_or_default()), if tick.is_some() => runtime.look_at_the_clock(),
        }
    }
    Ok(runtime.wind_down(&mut inbox).await)
}

impl Runtime {
    fn new(
        provisioner: Arc<Provisioner>,
        setup: Setup,
        terminal: TerminalGuard,
        messages: mpsc::Sender<Message>,
    ) -> io::Result<Self> {
        let store = provisioner.store();
        let about = About {
            database: store.name(),
            operator: setup.operator,
            origin: setup.origin,
            demo: setup.demo,
            read_only: store.is_read_only(),
            writes: provisioner.hasher().writes(),
        };
        let model = Model::new(about, store.clock().now(), crossterm::terminal::size()?);
        Ok(Self {
            model,
            theme: Theme::new(setup.colours),
            terminal,
            provisioner,
            messages,
            dropped: Arc::default(),
            tasks: JoinSet::new(),
            kinds: HashMap::new(),
            loads: HashMap::new(),
            cancels: HashMap::new(),
            exit: None,
        })
    }

    /// Draws a frame; tells whether the console can go on.
    fn draw(&mut self) -> bool {
        self.model.log.dropped += self.dropped.swap(0, Ordering::Relaxed);
        let (model, theme, terminal) = (&self.model, &self.theme, &mut self.terminal);
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            drill();
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
        let now = self.provisioner.store().clock().now();
        let effects = update(&mut self.model, Message::Clock(now));
        self.carry_out(effects);
    }

    fn take(&mut self, message: Message) {
        self.look_at_the_clock();
        match catch_unwind(AssertUnwindSafe(|| update(&mut self.model, message))) {
            Ok(effects) => self.carry_out(effects),
            Err(_) => self.exit = Some(1),
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
            Input::Event(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                let (columns, lines) = self.model.size;
                if super::view::layout::too_small(columns, lines) {
                    // Nothing is readable: only leaving makes sense, and only from where it is harmless.
                    keymap::message_for(&Screen::Sessions, key)
                        .filter(|ui| *ui == Ui::Main(super::message::MainUi::Quit))
                } else {
                    keymap::message_for(&self.model.screen, key)
                }
            }
            Input::Event(Event::Paste(data)) => Some(Ui::Global(Global::Paste(data))),
            Input::Event(Event::FocusLost) => Some(Ui::Global(Global::FocusLost)),
            Input::Event(Event::Resize(columns, lines)) => Some(Ui::Global(Global::Resize(columns, lines))),
            Input::Event(Event::Key(_) | Event::FocusGained | Event::Mouse(_)) => None,
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
            (Err(_), Some(Task::Load(ticket))) => Some(Message::Loaded(ticket, Err(internal("")))),
            (Err(_), Some(Task::Change(job))) => {
                let failure = internal("look the session up before you try again");
                Some(Message::Job(job, JobEvent::Ended(Box::new(Err(failure)))))
            }
            (Err(_), Some(Task::Other) | None) => None,
        };
        if let Some(Message::Loaded(ticket, _)) = &message {
            self.loads.remove(ticket);
        }
        if let Some(message) = message {
            self.take(message);
        }
    }

    fn spawn(&mut self, kind: Task, task: impl Future<Output = Option<Message>> + Send + 'static) -> AbortHandle {
        let handle = self.tasks.spawn(task);
        self.kinds.insert(handle.id(), kind);
        handle
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out_one(effect);
        }
    }

    fn carry_out_one(&mut self, effect: Effect) {
        let provisioner = Arc::clone(&self.provisioner);
        match effect {
            Effect::Load(ticket, query) => {
                let task = async move { Some(Message::Loaded(ticket, load(&provisioner, query).await)) };
                let handle = self.spawn(Task::Load(ticket), task);
                self.loads.insert(ticket, handle);
            }
            Effect::CancelLoad(ticket) => {
                if let Some(handle) = self.loads.remove(&ticket) {
                    self.kinds.remove(&handle.id());
                    handle.abort();
                }
            }
            Effect::Provision { job, request, expected } => self.provision(job, request, expected),
            Effect::CancelJob(job) => {
                if let Some(cancel) = self.cancels.get(&job) {
                    cancel.cancel();
                }
            }
            Effect::Settle(job, session, event) => {
                self.spawn(Task::Other, async move { Some(settle(&provisioner, job, session, event).await) });
            }
            Effect::Undelivered(session, event) => self.undelivered(session, event),
            Effect::Copy(guid) => self.copy(guid),
            Effect::Forget => {
                if clipboard::in_tmux() {
                    self.spawn(Task::Other, forget());
                }
                self.wipe();
            }
            Effect::Redraw => self.wipe(),
            Effect::Suspend => {
                if self.terminal.suspend().is_err() {
                    self.exit = Some(129);
                }
                self.resized();
            }
            Effect::Quit => self.exit = Some(0),
        }
    }

    fn wipe(&mut self) {
        if self.terminal.wipe().is_err() {
            self.exit = Some(129);
        }
    }

    fn provision(&mut self, job: JobId, request: Box<Request>, expected: Box<Expected>) {
        let (provisioner, messages) = (Arc::clone(&self.provisioner), self.messages.clone());
        let (cancel, dropped) = (CancellationToken::new(), Arc::clone(&self.dropped));
        self.cancels.insert(job, cancel.clone());
        self.spawn(Task::Change(job), async move {
            let tell = |line| {
                if messages.try_send(Message::Job(job, JobEvent::Told(line))).is_err() {
                    dropped.fetch_add(1, Ordering::Relaxed);
                }
            };
            let end = provisioner.change(&request, &expected, &tell, &cancel).await;
            let end = end.map_err(|error| failure(&error));
            // Through the same channel as its story, so that the end comes last.
            let end = Message::Job(job, JobEvent::Ended(Box::new(end)));
            match messages.send(end).await {
                Ok(()) => None,
                Err(unsent) => Some(unsent.0),
            }
        });
    }

    fn copy(&mut self, guid: HostGuid) {
        if !clipboard::in_tmux() {
            let result = clipboard::copy_by_osc52(&guid);
            self.take(Message::Copied(result));
            return;
        }
        self.spawn(Task::Other, async move {
            let copied = tokio::task::spawn_blocking(move || clipboard::copy_by_tmux(&guid)).await;
            let failed = |_| Err("tmux did not take the GUID; v shows it instead".to_owned());
            Some(Message::Copied(copied.unwrap_or_else(failed)))
        });
        self.spawn(Task::Other, async {
            sleep(Duration::from_secs(clipboard::KEPT_SECONDS)).await;
            forget().await
        });
    }

    fn undelivered(&mut self, session: SessionId, event: EventId) {
        let lines = std::sync::Mutex::new(Vec::new());
        self.provisioner.undelivered(session, event, &|line| {
            lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        });
        for line in lines.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            super::update::tell(&mut self.model, &line);
        }
    }

    /// Ends: what is not committed is rolled back, a commit under way is awaited, the terminal is given back.
    async fn wind_down(mut self, inbox: &mut mpsc::Receiver<Message>) -> u8 {
        self.cancels.values().for_each(CancellationToken::cancel);
        self.loads.values().for_each(AbortHandle::abort);
        if self.model.job.is_some() {
            let end = timeout(LAST_WAIT, last_word(inbox)).await;
            if let Ok(Some(provisioned)) = end
                && provisioned.guid.is_some()
            {
                self.undelivered(provisioned.applied.plan.session, provisioned.event);
            }
        }
        let unseen = match (self.model.ready.take(), &*self.model.screen.beneath()) {
            (Some((_, provisioned)), _) => Some((provisioned.applied.plan.session, provisioned.event)),
            (None, Screen::Reveal(reveal)) if !reveal.handed_over => {
                Some((reveal.provisioned.applied.plan.session, reveal.provisioned.event))
            }
            (None, _) => None,
        };
        if let Some((session, event)) = unseen {
            self.undelivered(session, event);
        }
        if clipboard::in_tmux() {
            // A buffer that was never made is deleted as well: it costs nothing.
            let _ = timeout(LAST_WAIT, forget()).await;
        }
        let _ = self.terminal.wipe();
        self.terminal.give_back();
        self.exit.unwrap_or(1)
    }
}

/// Waits for the end of the running change.
async fn last_word(inbox: &mut mpsc::Receiver<Message>) -> Option<Provisioned> {
    while let Some(message) = inbox.recv().await {
        if let Message::Job(_, JobEvent::Ended(end)) = message {
            return end.ok();
        }
    }
    None
}

async fn forget() -> Option<Message> {
    // A failure is in the log file; there is nothing else to do about it.
    let _ = tokio::task::spawn_blocking(clipboard::forget_by_tmux).await;
    None
}

/// Asks until the database answers.
async fn settle(provisioner: &Provisioner, job: JobId, session: SessionId, event: EventId) -> Message {
    loop {
        if let Ok(committed) = provisioner.settle(session, event).await {
            return Message::Job(job, JobEvent::Settled(committed));
        }
        sleep(SETTLE_PAUSE).await;
    }
}

async fn load(provisioner: &Provisioner, query: Query) -> Result<Loaded, Failure> {
    let store = provisioner.store();
    let answer = match query {
        Query::Sessions(query) => store.sessions(&query).await.map(Loaded::Sessions),
        Query::Count => store.count_sessions(COUNT_LIMIT + 1).await.map(Loaded::Count),
        Query::Plan(request) => {
            provisioner.preview(&request, &Expected::Anything).await.map(|preview| Loaded::Plan(Box::new(preview)))
        }
        Query::Detail(session) => {
            // The history first: what is appended in between shows as "not all read", never as damage.
            let query = HistoryQuery { session: Some(session), before: None, limit: detail::ENTRIES };
            match store.history(&query).await {
                Ok(entries) => {
                    store.snapshot(session).await.map(|snapshot| Loaded::Detail(Box::new(snapshot), entries))
                }
                Err(error) => Err(error),
            }
        }
    };
    answer.map_err(|error| failure(&error))
}

fn failure(error: &StoreError) -> Failure {
    let conflict = if let StoreError::Conflict(conflict) = error { Some(conflict.clone()) } else { None };
    Failure { what: error.to_string(), unchanged: error.unchanged().sentence().to_owned(), conflict }
}

fn internal(unchanged: &str) -> Failure {
    let what = "an internal error ended the work; the log file tells more".to_owned();
    Failure { what, unchanged: unchanged.to_owned(), conflict: None }
}

/// Reads the terminal in a thread of its own. crossterm alone would spin when the terminal vanishes.
fn read_input(input: &mpsc::Sender<Input>) {
    let stdin = io::stdin();
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let ready = match poll(&mut fds, None) {
            Ok(_) => fds[0].revents(),
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => PollFlags::ERR,
        };
        if ready.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            // Nobody listens any more when this fails.
            let _ = input.blocking_send(Input::Gone);
            return;
        }
        while let Ok(true) = crossterm::event::poll(Duration::ZERO) {
            let Ok(event) = crossterm::event::read() else { break };
            if input.blocking_send(Input::Event(event)).is_err() {
                return;
            }
        }
    }
}

/// The signals that end the console, and the one that tells a new size.
struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
    resize: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            resize: signal(SignalKind::window_change())?,
        })
    }
}

/// Makes the drawing panic on demand in debug builds: the tests' way to see the terminal given back.
fn drill() {
    #[cfg(debug_assertions)]
    if std::env::var_os("HOST_PROVISIONER_DRILL").is_some_and(|drill| drill == "panic-while-drawing") {
        let drawn: Option<()> = None;
        assert!(drawn.is_some(), "drill");
    }
}
