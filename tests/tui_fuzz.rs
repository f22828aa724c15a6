//! Random people, databases and clocks: whatever comes in whatever order, nothing panics and nothing is confirmed
//! that was not shown.

use std::collections::HashSet;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use host_provisioner::domain::sanitize::is_hostile;
use host_provisioner::domain::session::SessionId;
use host_provisioner::provision::{Certainty, Fate, Planned, ProvisionEvent};
use host_provisioner::tui::effect::{Effect, JobId, Query, Ticket};
use host_provisioner::tui::keymap::message_in;
use host_provisioner::tui::message::{ConfirmUi, Global, JobEvent, Loaded, Look, MainUi, Message, Ui};
use host_provisioner::tui::model::Panel;
use host_provisioner::tui::screen::Screen;
use host_provisioner::tui::screen::confirm::Confirm;
use host_provisioner::tui::screen::consolidation::Consolidation;
use host_provisioner::tui::screen::reason::Purpose;
use host_provisioner::tui::theme::Theme;
use host_provisioner::tui::update::update;
use host_provisioner::tui::view::{layout, view};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Cell;

use crate::support::canned::failure;
use crate::support::console::{CleaningUp, Console, Started};
use crate::world::session_id;

mod happenings;

use happenings::{Event, events, world};

/// What is under way.
enum Busy {
    Change(Started),
    CleanUp(CleaningUp),
}

impl Busy {
    fn job(&self) -> JobId {
        match self {
            Self::Change(started) => started.job,
            Self::CleanUp(started) => started.job,
        }
    }
}

/// A plan that is shown, and a key that is pressed before it.
enum Shown {
    Confirm(Box<Confirm>, ConfirmUi),
    Consolidation(Box<Consolidation>, ConfirmUi),
}

/// A console, and what a runtime would know of it.
struct Run {
    console: Console,
    asked: Vec<(Ticket, Query)>,
    /// All changes that were started, and one that never was.
    jobs: Vec<JobId>,
    under_way: Option<Busy>,
    drawn: u64,
    was_on_the_list: bool,
}

impl Run {
    fn new() -> Self {
        let mut console = Console::unread(world(), (120, 35));
        console.prompt = false;
        let asked = console.waiting.clone();
        Self { console, asked, jobs: vec![JobId(u64::MAX)], under_way: None, drawn: 0, was_on_the_list: true }
    }

    /// Sends a message and checks what comes of it.
    fn send(&mut self, message: Message) {
        let key = if let Message::Ui(Ui::Confirm(key)) = &message { Some(*key) } else { None };
        let shown = match (&self.console.model.screen, key) {
            (Screen::Confirm(confirm), Some(key)) => Some(Shown::Confirm(confirm.clone(), key)),
            (Screen::Consolidation(asked), Some(key)) => Some(Shown::Consolidation(asked.clone(), key)),
            _ => None,
        };
        let had_job = self.console.model.job.is_some();
        self.was_on_the_list = self.console.is_on_the_list();
        let aim = self.aim(&message);
        let effects = self.console.send(message);
        for effect in &effects {
            match effect {
                Effect::Load(ticket, query) => self.asked.push((*ticket, query.clone())),
                Effect::Provision { job, request, expected } => {
                    let Some(Shown::Confirm(confirm, key)) = &shown else {
                        panic!("only a key before a plan starts it")
                    };
                    self.assert_confirmed(confirm, *key);
                    assert!(self.console.model.connection.trouble.is_none(), "nothing is begun while offline");
                    assert_eq!(**request, confirm.request);
                    assert_eq!(**expected, confirm.preview.as_ref().unwrap().expected);
                    assert!(!had_job && self.under_way.is_none(), "one change at a time");
                    let (request, expected) = ((**request).clone(), (**expected).clone());
                    self.under_way = Some(Busy::Change(Started { job: *job, request, expected }));
                    self.jobs.push(*job);
                }
                Effect::CleanUp { job, planned, mandate } => {
                    let Some(Shown::Consolidation(asked, key)) = &shown else { panic!("nor a consolidation") };
                    self.assert_consolidation(asked, *key, planned);
                    assert_eq!(**mandate, asked.mandate);
                    assert!(self.console.model.connection.trouble.is_none(), "nothing is begun while offline");
                    assert!(!had_job && self.under_way.is_none(), "one change at a time");
                    let (planned, mandate) = (planned.clone(), (**mandate).clone());
                    self.under_way = Some(Busy::CleanUp(CleaningUp { job: *job, planned, mandate }));
                    self.jobs.push(*job);
                }
                Effect::Quit => assert!(self.console.model.job.is_none(), "a change is never abandoned"),
                _ => {}
            }
        }
        self.assert_aimed(aim);
        let list = &self.console.model.list;
        assert!(list.rows.len() <= 400, "{} rows", list.rows.len());
        assert!(list.rows.is_empty() || list.top < list.rows.len());
        let ids: HashSet<SessionId> = list.rows.iter().map(|row| row.session.id).collect();
        assert_eq!(ids.len(), list.rows.len(), "a session has one row");
        self.assert_cursor_in_sight();
        assert_eq!(self.console.model.job.as_ref().map(|job| job.id), self.under_way.as_ref().map(Busy::job));
    }

    /// The session that a key on the list is to open a form for: the one that is marked, else the one under the cursor.
    fn aim(&self, message: &Message) -> Option<SessionId> {
        let model = &self.console.model;
        let opens = matches!(message, Message::Ui(Ui::Main(MainUi::Rotate | MainUi::Revoke | MainUi::Consolidate)));
        let marks = &model.marks;
        let under = model.list.target().map(|row| row.session.id);
        let aim = if marks.ids.is_empty() { under } else { marks.ids.only() };
        aim.filter(|_| opens && marks.range.is_none())
    }

    /// A form opens for the session that it was asked for, and for none where several are marked or a range is begun.
    fn assert_aimed(&self, aim: Option<SessionId>) {
        let opened = matches!(self.console.model.screen, Screen::Reason(_)) && self.was_on_the_list;
        if let (true, Screen::Reason(form)) = (opened, &self.console.model.screen) {
            let marks = &self.console.model.marks.ids;
            let several = form.several.as_ref().map(|all| (all.len(), all.after(None).next()));
            assert_eq!(several.is_some(), form.purpose == Purpose::Consolidate && marks.len() > 1);
            assert_eq!(Some(form.session), several.map_or(aim, |(_, first)| first));
            assert!(several.is_none_or(|(count, _)| count == marks.len()));
        }
    }

    /// The cursor is in the window of rows, and the window within the screen.
    fn assert_cursor_in_sight(&self) {
        let (model, height) = (&self.console.model, usize::from(self.console.model.size.1));
        assert!(layout::list_rows(model) <= height, "{} rows on {height} lines", layout::list_rows(model));
        let place = model.list.rows.iter().position(|row| Some(row.session.id) == model.list.cursor);
        if let Some(place) = place.filter(|_| layout::panels(model).contains(&Panel::Sessions)) {
            let window = model.list.top..model.list.top + layout::list_rows(model);
            assert!(window.contains(&place), "{place} in {window:?} of {}", model.list.rows.len());
        }
    }

    fn assert_confirmed(&self, confirm: &Confirm, key: ConfirmUi) {
        let preview = confirm.preview.as_ref().expect("a plan is shown");
        assert!(self.console.now.millis_since(confirm.quiet_since) >= 350);
        assert!(self.console.now.millis_since(preview.read_at) <= 30_000);
        assert_eq!(preview.plan.session, confirm.request.session);
        if preview.session.is_live() {
            assert_eq!(key, ConfirmUi::Enter);
            assert_eq!(confirm.typed, confirm.request.session.to_string());
        } else {
            assert_eq!(key, ConfirmUi::Type('y'));
        }
    }

    fn assert_consolidation(&self, asked: &Consolidation, key: ConfirmUi, planned: &[Planned]) {
        assert!(self.console.now.millis_since(asked.quiet_since) >= 350);
        assert!(self.console.now.millis_since(asked.read_at.expect("it is read")) <= 30_000);
        assert_eq!((planned, planned.is_empty()), (&asked.survey.planned()[..], false));
        let (one, several) = (asked.form.session, asked.form.several.as_ref());
        let of_the_form = |id: SessionId| several.map_or(id == one, |several| several.contains(id));
        assert!(planned.iter().all(|planned| of_the_form(planned.session())), "{planned:?}");
        if asked.survey.live() > 0 {
            assert_eq!(key, ConfirmUi::Enter);
            assert_eq!(asked.typed, several.map_or(one.to_string(), |_| planned.len().to_string()));
        } else {
            assert_eq!(key, ConfirmUi::Type('y'));
        }
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        if let Some(ui) = message_in(&self.console.model, KeyEvent::new(code, modifiers)) {
            self.send(Message::Ui(ui));
        }
    }

    fn plain(&mut self, code: KeyCode) {
        self.press(code, KeyModifiers::NONE);
    }

    fn happen(&mut self, event: Event) {
        let global = |global| Message::Ui(Ui::Global(global));
        match event {
            Event::Key(code, modifiers) => self.press(code, modifiers),
            Event::Paste(text) => self.send(global(Global::Paste(text))),
            Event::Resize(columns, lines) => self.send(global(Global::Resize(columns, lines))),
            Event::Mouse(does, column, row) => self.send(global(Global::Pointer(does, column, row))),
            Event::FocusLost => self.send(global(Global::FocusLost)),
            Event::Look(0) => self.send(Message::Looked(Look::Changed)),
            Event::Look(1) => self.send(Message::Looked(Look::Unchanged(self.console.now))),
            Event::Look(_) => self.send(Message::Looked(Look::Lost("no route to host".to_owned()))),
            Event::Suspend => self.send(global(Global::Suspend)),
            Event::Stray('\n') => self.send(Message::Ui(Ui::Confirm(ConfirmUi::Enter))),
            Event::Stray(c) => self.send(Message::Ui(Ui::Confirm(ConfirmUi::Type(c)))),
            Event::Pass(milliseconds) => {
                self.console.pass(milliseconds);
                // What the clock alone asks.
                let last = self.asked.last().map_or(0, |(ticket, _)| ticket.0);
                self.asked.extend(self.console.waiting.iter().filter(|(ticket, _)| ticket.0 > last).cloned());
            }
            Event::Scroll(code, pages) => {
                for _ in 0..pages {
                    let asked = self.asked.len();
                    self.plain(code);
                    (asked..self.asked.len()).for_each(|which| self.answer(which, 0));
                }
            }
            Event::Answer(which, how) => self.answer(which.index(self.asked.len()), how),
            Event::Job(how, id) => self.job(how, id),
            Event::Ask(letter, marks, wait, keys) => {
                // Back online, as the list on which somebody rotates is.
                let asked = self.asked.len();
                self.send(Message::Looked(Look::Changed));
                (asked..self.asked.len()).for_each(|which| self.answer(which, 0));
                // Out of whatever takes letters as text.
                self.plain(KeyCode::Esc);
                self.plain(KeyCode::Esc);
                self.plain(KeyCode::Char('u'));
                for _ in 0..marks {
                    self.plain(KeyCode::Char(' '));
                    self.plain(KeyCode::Down);
                }
                self.plain(KeyCode::Char(letter));
                self.plain(KeyCode::Down);
                self.plain(KeyCode::Enter);
                self.answer(self.asked.len() - 1, 0);
                self.console.pass(wait);
                for c in keys.chars() {
                    self.plain(if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) });
                }
            }
            Event::RotatedElsewhere(number) => {
                if self.console.data.tables.sessions.contains(&session_id(number)) {
                    self.console.data.rotated_elsewhere(number, 1);
                }
            }
            Event::Removed(number) => self.console.data.remove(number),
            Event::Jump(number) => self.send(Message::Ui(Ui::Main(MainUi::Jump(session_id(number))))),
            Event::Palette(text) => {
                self.plain(KeyCode::Char(':'));
                text.chars().for_each(|c| self.plain(KeyCode::Char(c)));
                self.plain(KeyCode::Enter);
            }
            Event::Filter(text) => {
                self.plain(KeyCode::Char('/'));
                for c in text.chars() {
                    self.plain(match c {
                        '\t' => KeyCode::Tab,
                        '\n' => KeyCode::Enter,
                        c => KeyCode::Char(c),
                    });
                }
            }
        }
    }

    fn answer(&mut self, which: usize, how: u8) {
        let (ticket, query) = self.asked[which].clone();
        let answer = match how {
            0..=3 => self.console.data.answer(&query, self.console.now),
            4 => Err(failure("no answer")),
            _ => Ok(Loaded::Count(7)),
        };
        self.send(Message::Loaded(ticket, answer));
    }

    fn job(&mut self, how: u8, which: prop::sample::Index) {
        let latest = self.jobs.len() - 1;
        let id = self.jobs[if how < 5 { which.index(self.jobs.len()) } else { latest }];
        if how == 10 {
            let copied = if which.index(2) == 0 { Ok("copied") } else { Err("not copied") };
            return self.send(Message::Copied(id, copied.map(str::to_owned).map_err(str::to_owned)));
        }
        let under_way = self.under_way.take_if(|busy| busy.job() == id && how % 5 > 1);
        let event = match (how % 5, under_way) {
            (2.., Some(Busy::CleanUp(started))) => {
                let most = if how % 5 == 2 { 1 } else { usize::MAX };
                let mut ends = self.console.clean_up(&started, most);
                if let (3, Some(last)) = (how % 5, ends.last_mut()) {
                    last.fate = Fate::Unknown;
                }
                JobEvent::CleanedUp(ends, (how % 5 == 2).then(|| failure("the disk is full")))
            }
            (0, _) => JobEvent::Told(ProvisionEvent::Checking(session_id(1))),
            (1, _) => JobEvent::Settled(which.index(2) == 0),
            (3 | 4, Some(Busy::Change(started))) => {
                let mut end = self.console.outcome(&started);
                if let (Ok(provisioned), true) = (&mut end, how == 4) {
                    provisioned.certainty = Certainty::Unknown;
                }
                JobEvent::Ended(Box::new(end))
            }
            _ => JobEvent::Ended(Box::new(Err(failure("the disk is full")))),
        };
        self.send(Message::Job(id, event));
    }

    /// Draws, at times on a terminal that has another size already.
    fn draw(&mut self) {
        self.drawn += 1;
        let model = &self.console.model;
        let (columns, rows) = if self.drawn.is_multiple_of(8) { (77, 21) } else { model.size };
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| view(model, &Theme::new(true), frame)).unwrap();
        let text: String = terminal.backend().buffer().content().iter().map(Cell::symbol).collect();
        assert!(!text.chars().any(is_hostile), "{text:?}");
        let shown = matches!(&model.screen, Screen::Reveal(reveal) if reveal.shown_until.is_some());
        assert!(shown || !text.contains("00000000-0000-4000-8000-"), "{text}");
        assert!(text.matches('▸').count() <= 2, "one row and one field have the keys: {text}");
    }
}

/// Set to a number, the fuzz sends so many messages.
const MESSAGES: &str = "HOST_PROVISIONER_TEST_MESSAGES";

/// Events of one run of the console; each is a message or more.
const IN_A_ROW: u32 = 500;

/// Without a number of messages, that many events lie between two frames: a debug build draws slowly.
const UNSEEN: usize = 20;

fn given() -> Option<u32> {
    std::env::var(MESSAGES).ok().map(|given| given.parse().expect("messages are counted"))
}

fn cases() -> u32 {
    u32::max(given().unwrap_or(100_000) / IN_A_ROW, 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_is_confirmed_that_was_not_shown(
        happening in prop::collection::vec(events(), IN_A_ROW as usize)
    ) {
        let (mut run, unseen) = (Run::new(), given().map_or(UNSEEN, |_| 1));
        run.answer(0, 0);
        for (number, event) in happening.into_iter().enumerate() {
            run.happen(event);
            if number % unseen == 0 {
                run.draw();
            }
        }
    }
}

#[test]
fn the_fuzz_reaches_changes_guids_and_consolidations() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut changes, mut guids, mut cleaned, mut several, mut rows) = (0, 0, 0, 0, 0);
    for _ in 0..30 {
        let mut run = Run::new();
        run.answer(0, 0);
        for event in prop::collection::vec(events(), 500).new_tree(&mut runner).unwrap().current() {
            run.happen(event);
            guids += usize::from(matches!(run.console.model.screen, Screen::Reveal(_)));
            rows = rows.max(run.console.model.list.rows.len());
        }
        changes += run.console.started.len();
        cleaned += run.console.cleaning.len();
        several += run.console.cleaning.iter().filter(|started| started.planned.len() > 1).count();
        update(&mut run.console.model, Message::Clock(run.console.now));
    }
    let sum = format!(
        "{changes} changes, {guids} screens with a GUID, {cleaned} consolidations, {several} of several sessions; {rows} rows"
    );
    assert!(changes >= 10 && guids >= 10 && cleaned >= 3 && several >= 1 && rows == 400, "{sum}");
}
