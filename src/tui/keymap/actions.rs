//! The table of everything that a key can do: the names that `[keys]` uses, the keys without it, and the words of help,
//! footer and palette. Whoever adds an action adds a line here; and to `possible`, where it cannot always be done.

use super::Context;
use super::action::{Action, action, dangerous, explains, fixed, needed};
use crate::tui::message::{
    ConfirmUi, FilterUi, FindingsUi, Global, HelpUi, HistoryUi, LeaveUi, LogUi, MainUi, Motion, OverviewUi, PagerUi,
    PaletteUi, ProfilesUi, ReasonUi, RevealUi, Ui,
};
use crate::tui::model::Panel;

macro_rules! motions {
    ($wrap:expr) => {
        &[
            action("down", "j Down", $wrap(Motion::Down), "down", ""),
            action("up", "k Up", $wrap(Motion::Up), "up", ""),
            action("half-page-down", "Ctrl-d", $wrap(Motion::HalfDown), "half a page down", ""),
            action("half-page-up", "Ctrl-u", $wrap(Motion::HalfUp), "half a page up", ""),
            action("page-down", "PgDn", $wrap(Motion::PageDown), "a page down", ""),
            action("page-up", "PgUp", $wrap(Motion::PageUp), "a page up", ""),
            action("first", "g Home", $wrap(Motion::First), "to the first", ""),
            action("last", "G End", $wrap(Motion::Last), "to the last", ""),
        ]
    };
}

const fn list(motion: Motion) -> Ui {
    Ui::Main(MainUi::Move(motion))
}

const fn pager(motion: Motion) -> Ui {
    Ui::Pager(PagerUi::Move(motion))
}

const fn findings(motion: Motion) -> Ui {
    Ui::Findings(FindingsUi::Move(motion))
}

const fn history(motion: Motion) -> Ui {
    Ui::History(HistoryUi::Move(motion))
}

const fn profiles(motion: Motion) -> Ui {
    Ui::Profiles(ProfilesUi::Move(motion))
}

const fn overview(motion: Motion) -> Ui {
    Ui::Overview(OverviewUi::Move(motion))
}

/// The help comes first, wherever it works.
static HELP: &[Action] = &[needed(action("help", "? F1", Ui::Global(Global::Help), "these keys", "help"))];

/// The palette follows it, where letters are keys and nothing is half done.
static PALETTE: &[Action] = &[needed(action(
    "palette",
    ": Ctrl-p",
    Ui::Global(Global::Palette),
    "every action by name; a number: go to that session",
    "actions",
))];

static EVERYWHERE: &[Action] = &[
    action("redraw", "Ctrl-l", Ui::Global(Global::Redraw), "draw everything again", ""),
    action("suspend", "Ctrl-z", Ui::Global(Global::Suspend), "suspend the program", ""),
    action("times", "t", Ui::Global(Global::Times), "times as ages, by this machine's clock, in UTC", ""),
    action("mouse", "M", Ui::Global(Global::Mouse), "mouse on: wheel, click, the log's border; off again", ""),
];

static LIST: &[Action] = &[
    action("filter", "/", Ui::Main(MainUi::Filter), "filter: words, id: status: record: by: age:", "filter"),
    dangerous(action(
        "rotate",
        "R",
        Ui::Main(MainUi::Rotate),
        "rotate the Host GUID of the session under the cursor",
        "rotate",
    )),
    explains("rotate", action("explain-rotate", "r", Ui::Main(MainUi::ExplainRotate), "tell how to rotate", "")),
    explains("revoke", action("explain-revoke", "x", Ui::Main(MainUi::ExplainRevoke), "tell how to revoke", "")),
    explains(
        "consolidate",
        action("explain-consolidate", "c", Ui::Main(MainUi::ExplainConsolidate), "tell how to consolidate", ""),
    ),
    action("mark", "Space", Ui::Main(MainUi::Mark), "mark the session, or take its mark away", "mark"),
    action("mark-range", "v", Ui::Main(MainUi::MarkRange), "begin a range; again: mark up to the cursor", ""),
    action("mark-all", "*", Ui::Main(MainUi::MarkAll), "mark all that match the filter", ""),
    action("unmark-all", "u", Ui::Main(MainUi::UnmarkAll), "take all marks away", ""),
    action("count", "#", Ui::Main(MainUi::Count), "count exactly: how many match, or there are", ""),
    action("sort", "s", Ui::Main(MainUi::SortNext), "sort by the next column", ""),
    action("sort-reverse", "S", Ui::Main(MainUi::SortReverse), "turn the order around", ""),
    action("freeze", "f", Ui::Main(MainUi::Freeze), "hold the list as it is; again: follow", ""),
    action("history", "H", Ui::Main(MainUi::History), "history of the session", "history"),
    action("open", "Enter", Ui::Main(MainUi::Open), "detail of the session", "detail"),
    action("overview", "O", Ui::Main(MainUi::Overview), "overview: charts of all records; a bar is a filter", ""),
    action("profiles", "p", Ui::Main(MainUi::Profiles), "another profile: its database instead of this one", ""),
    action("config-warnings", "", Ui::Main(MainUi::Warnings), "show the warnings of the configuration", ""),
    needed(action("quit", "q", Ui::Main(MainUi::Quit), "quit", "quit")),
    dangerous(action("revoke", "X", Ui::Main(MainUi::Revoke), "revoke: no Host GUID works any more", "revoke")),
    dangerous(action(
        "consolidate",
        "C",
        Ui::Main(MainUi::Consolidate),
        "consolidate: one active record stays, of each marked session",
        "consolidate",
    )),
    action("next-panel", "Tab", Ui::Main(MainUi::NextPanel), "next panel", "panel"),
    action("previous-panel", "Shift-Tab", Ui::Main(MainUi::PreviousPanel), "panel before", ""),
    action("panel-sessions", "1", Ui::Main(MainUi::Focus(Panel::Sessions)), "the sessions", ""),
    action("panel-detail", "2", Ui::Main(MainUi::Focus(Panel::Detail)), "the detail", ""),
    action("panel-log", "3", Ui::Main(MainUi::Focus(Panel::Log)), "the log", ""),
    action("zoom", "z", Ui::Main(MainUi::Zoom), "the panel alone, and back", ""),
    action("toggle-log", "L \\", Ui::Main(MainUi::ToggleLog), "show or hide the log", ""),
    action("larger-log", "=", Ui::Main(MainUi::ResizeLog(1)), "larger log", ""),
    action("smaller-log", "-", Ui::Main(MainUi::ResizeLog(-1)), "smaller log", ""),
    action("log-level", "l", Ui::Main(MainUi::LogLevel), "every line of the log, from warnings on, errors alone", ""),
    action("search-log", "", Ui::Main(MainUi::SearchLog), "search the log: / does it when the log has the keys", ""),
    action("next-match", "n", Ui::Main(MainUi::NextMatch), "next line of the log that was found, an older one", ""),
    action("previous-match", "N", Ui::Main(MainUi::PreviousMatch), "the one before", ""),
    needed(action("level-up", "Esc", Ui::Main(MainUi::Back), "one level up: stop reading, zoom, filter", "")),
    action("refresh", "Ctrl-r F5", Ui::Main(MainUi::Refresh), "read again", ""),
    needed(action("cancel", "Ctrl-c", Ui::Main(MainUi::Cancel), "cancel what waits", "")),
];

static FILTER: &[Action] = &[
    action(
        "complete",
        "Tab",
        Ui::Filter(FilterUi::Complete),
        "complete the word, or go on to the next that does",
        "complete",
    ),
    action("complete-back", "Shift-Tab", Ui::Filter(FilterUi::CompleteBack), "the one before", ""),
    needed(action("keep-filter", "Enter", Ui::Filter(FilterUi::Keep), "keep the filter, back to the list", "keep")),
    needed(action("drop-filter", "Esc Ctrl-c", Ui::Filter(FilterUi::Discard), "take the filter away", "take away")),
];

static LOG_SEARCH: &[Action] = &[
    needed(action("keep-search", "Enter", Ui::Log(LogUi::Keep), "keep the search, back to the lines", "keep")),
    needed(action("drop-search", "Esc Ctrl-c", Ui::Log(LogUi::Drop), "take the search away", "take away")),
];

static REASON: &[Action] = &[
    needed(action(
        "read-plan",
        "Enter",
        Ui::Reason(ReasonUi::GoOn),
        "read the plan; nothing is changed yet",
        "read the plan",
    )),
    action("next-field", "Tab", Ui::Reason(ReasonUi::Next), "next field", "next field"),
    action("previous-field", "Shift-Tab", Ui::Reason(ReasonUi::Previous), "field before", ""),
    action("next-pick", "Down", Ui::Reason(ReasonUi::PickDown), "next quick pick", "quick pick"),
    action("previous-pick", "Up", Ui::Reason(ReasonUi::PickUp), "quick pick before", ""),
    fixed(action("toggle", "Space", Ui::Reason(ReasonUi::Space), "toggle force-new when it has the keys", "")),
    needed(action("leave-form", "Esc Ctrl-c", Ui::Reason(ReasonUi::Back), "back to the list", "back")),
];

static CONFIRM: &[Action] = &[
    fixed(action("confirm-idle", "y", Ui::Confirm(ConfirmUi::Type('y')), "do it, when the session is idle", "")),
    fixed(action(
        "confirm-live",
        "Enter",
        Ui::Confirm(ConfirmUi::Enter),
        "after the id: do it, when the session is live",
        "",
    )),
    fixed(action("erase-digit", "Backspace", Ui::Confirm(ConfirmUi::Erase), "take back a digit", "")),
    action("refresh", "Ctrl-r F5", Ui::Confirm(ConfirmUi::Refresh), "read the plan again", "read again"),
    needed(action("leave-plan", "Esc Ctrl-c", Ui::Confirm(ConfirmUi::Back), "back to the form", "back")),
];

static CONSOLIDATION: &[Action] = &[
    action("next-record", "Down", Ui::Confirm(ConfirmUi::ChooseNext), "one session: the next record stays", "choose"),
    action("previous-record", "Up", Ui::Confirm(ConfirmUi::ChoosePrevious), "one session: the record before stays", ""),
];

static REVEAL: &[Action] = &[
    action("show-guid", "v", Ui::Reveal(RevealUi::Show), "show the GUID for 10 s", "show 10 s"),
    action("copy-guid", "c", Ui::Reveal(RevealUi::Copy), "copy the GUID", "copy"),
    needed(action("leave-guid", "Esc q", Ui::Reveal(RevealUi::Leave), "done: it is wiped", "done")),
    fixed(action("handed-over", "y", Ui::Reveal(RevealUi::Yes), "yes, it is handed over", "")),
];

static PAGER: &[Action] = &[
    action("history", "H", Ui::Pager(PagerUi::History), "history, and back", "history"),
    dangerous(action("rotate", "R", Ui::Pager(PagerUi::Rotate), "rotate this session", "rotate")),
    dangerous(action("revoke", "X", Ui::Pager(PagerUi::Revoke), "revoke this session", "revoke")),
    action("verify", "V", Ui::Pager(PagerUi::Verify), "verify the history that is shown", "verify"),
    needed(action("back", "Esc q Enter Ctrl-c", Ui::Pager(PagerUi::Back), "back", "back")),
    dangerous(action("consolidate", "C", Ui::Pager(PagerUi::Consolidate), "consolidate this session", "consolidate")),
];

static HISTORY: &[Action] = &[
    action("search", "/", Ui::History(HistoryUi::Search), "search: words, id: by: age:", "search"),
    action("open-entry", "Enter", Ui::History(HistoryUi::Open), "the entry whole", "entry"),
    action(
        "other-history",
        "Tab",
        Ui::History(HistoryUi::OtherScope),
        "of this session, of all sessions",
        "one or all",
    ),
    action("next-match", "n", Ui::History(HistoryUi::NextMatch), "next entry that was found", ""),
    action("previous-match", "N", Ui::History(HistoryUi::PreviousMatch), "the one before", ""),
    dangerous(action("rotate", "R", Ui::History(HistoryUi::Rotate), "rotate this session", "rotate")),
    dangerous(action("revoke", "X", Ui::History(HistoryUi::Revoke), "revoke this session", "revoke")),
    action("verify", "V", Ui::History(HistoryUi::Verify), "verify the history that is shown", "verify"),
    needed(action(
        "level-up",
        "Esc",
        Ui::History(HistoryUi::Up),
        "one level up: stop reading, search, history",
        "back",
    )),
    dangerous(action(
        "consolidate",
        "C",
        Ui::History(HistoryUi::Consolidate),
        "consolidate this session",
        "consolidate",
    )),
    action("leave-history", "q H", Ui::History(HistoryUi::Leave), "leave the history", ""),
    action("refresh", "Ctrl-r F5", Ui::History(HistoryUi::Refresh), "read again", ""),
    needed(action("cancel", "Ctrl-c", Ui::History(HistoryUi::Cancel), "stop reading, or leave", "")),
];

static SEARCH: &[Action] = &[
    needed(action(
        "search-history",
        "Enter",
        Ui::History(HistoryUi::Keep),
        "search from the newest entry on",
        "search",
    )),
    needed(action("leave-search", "Esc Ctrl-c", Ui::History(HistoryUi::Discard), "leave the search as it was", "back")),
];

static ENTRY: &[Action] = &[
    action("next-match", "n", Ui::History(HistoryUi::NextMatch), "next entry that was found", "next found"),
    action("previous-match", "N", Ui::History(HistoryUi::PreviousMatch), "the one before", ""),
    dangerous(action("rotate", "R", Ui::History(HistoryUi::Rotate), "rotate this session", "rotate")),
    dangerous(action("revoke", "X", Ui::History(HistoryUi::Revoke), "revoke this session", "revoke")),
    dangerous(action("consolidate", "C", Ui::History(HistoryUi::Consolidate), "consolidate this session", "")),
    needed(action("back", "Esc q Enter Ctrl-c", Ui::History(HistoryUi::Up), "back", "back")),
];

static FINDINGS: &[Action] = &[
    action("open-finding", "Enter", Ui::Findings(FindingsUi::Open), "the history of this session", "its history"),
    needed(action("leave-findings", "Esc q Ctrl-c", Ui::Findings(FindingsUi::Back), "back", "back")),
];

static HELP_SCREEN: &[Action] = &[
    action("search-help", "/", Ui::Help(HelpUi::Search), "search these keys", "search"),
    needed(action("close-help", "Esc q Enter Ctrl-c", Ui::Pager(PagerUi::Back), "back", "back")),
];

static HELP_SEARCH: &[Action] = &[
    needed(action("keep-search", "Enter", Ui::Help(HelpUi::Keep), "keep the search, back to the keys", "keep")),
    needed(action("drop-search", "Esc Ctrl-c", Ui::Help(HelpUi::Drop), "take the search away", "take away")),
];

static PALETTE_SCREEN: &[Action] = &[
    needed(action("run-action", "Enter", Ui::Palette(PaletteUi::Run), "do it", "do it")),
    needed(action("close-palette", "Esc Ctrl-c", Ui::Palette(PaletteUi::Back), "back", "back")),
];

static TEXT: &[Action] =
    &[needed(action("close-text", "Esc q Enter Ctrl-c", Ui::Pager(PagerUi::Back), "back", "back"))];

static PROFILES: &[Action] = &[
    needed(action("open-profile", "Enter", Ui::Profiles(ProfilesUi::Choose), "open this database instead", "open")),
    needed(action("close-profiles", "Esc q p Ctrl-c", Ui::Profiles(ProfilesUi::Back), "back", "back")),
];

static OVERVIEW: &[Action] = &[
    action("list-bar", "Enter", Ui::Overview(OverviewUi::Choose), "list the sessions of the bar", "list"),
    action("next-chart", "Tab", Ui::Overview(OverviewUi::NextChart), "next chart", "chart"),
    action("previous-chart", "Shift-Tab", Ui::Overview(OverviewUi::PreviousChart), "chart before", ""),
    action("next-bar", "l Right", overview(Motion::Down), "next bar, also j", ""),
    action("previous-bar", "h Left", overview(Motion::Up), "bar before, also k", ""),
    action("refresh", "Ctrl-r F5", Ui::Overview(OverviewUi::Refresh), "count again", "count"),
    needed(action(
        "leave-overview",
        "Esc q O Ctrl-c",
        Ui::Overview(OverviewUi::Back),
        "stop counting; else back",
        "back",
    )),
];

static LEAVE: &[Action] = &[
    fixed(action("quit-when-done", "y q", Ui::Leave(LeaveUi::WhenDone), "quit when it is done", "quit when done")),
    fixed(action("cancel-change", "c Ctrl-c", Ui::Leave(LeaveUi::CancelJob), "cancel the change", "cancel it")),
    fixed(action("stay", "Esc n", Ui::Leave(LeaveUi::Stay), "stay", "stay")),
];

const fn palette(motion: Motion) -> Ui {
    Ui::Palette(PaletteUi::Move(motion))
}

/// The others edit what is typed.
static PALETTE_MOTIONS: &[Action] = &[
    action("down", "j Down", palette(Motion::Down), "down", ""),
    action("up", "k Up", palette(Motion::Up), "up", ""),
    action("page-down", "PgDn", palette(Motion::PageDown), "a page down", ""),
    action("page-up", "PgUp", palette(Motion::PageUp), "a page up", ""),
];

static LIST_MOTIONS: &[Action] = motions!(list);
static FINDINGS_MOTIONS: &[Action] = motions!(findings);
static HISTORY_MOTIONS: &[Action] = motions!(history);
static PROFILES_MOTIONS: &[Action] = motions!(profiles);
static PAGER_MOTIONS: &[Action] = motions!(pager);
static OVERVIEW_MOTIONS: &[Action] = motions!(overview);

/// Gives the actions of a context, the most telling first.
pub(super) fn of(context: Context) -> impl Iterator<Item = &'static Action> {
    let (own, motions): (&[Action], &[Action]) = match context {
        Context::List => (LIST, LIST_MOTIONS),
        Context::Filter => (FILTER, &[]),
        Context::LogSearch => (LOG_SEARCH, &[]),
        Context::Reason => (REASON, &[]),
        Context::Confirm => (CONFIRM, &[]),
        Context::Consolidation => (CONFIRM, CONSOLIDATION),
        Context::Reveal => (REVEAL, &[]),
        Context::Pager => (PAGER, PAGER_MOTIONS),
        Context::History => (HISTORY, HISTORY_MOTIONS),
        Context::Search => (SEARCH, &[]),
        Context::Entry => (ENTRY, HISTORY_MOTIONS),
        Context::Findings => (FINDINGS, FINDINGS_MOTIONS),
        Context::Help => (HELP_SCREEN, PAGER_MOTIONS),
        Context::HelpSearch => (HELP_SEARCH, &[]),
        Context::Palette => (PALETTE_SCREEN, PALETTE_MOTIONS),
        Context::Text => (TEXT, PAGER_MOTIONS),
        Context::Profiles => (PROFILES, PROFILES_MOTIONS),
        Context::Overview => (OVERVIEW, OVERVIEW_MOTIONS),
        Context::Leave => (LEAVE, &[]),
    };
    let palette: &[Action] = if matches!(context, Context::List | Context::Pager | Context::History | Context::Overview)
    {
        PALETTE
    } else {
        &[]
    };
    HELP.iter().chain(own).chain(palette).chain(motions).chain(EVERYWHERE)
}
