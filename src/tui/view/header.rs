//! The first line: program, database, operator, and how old the picture is, in a word, a sign and a style.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::text;
use crate::tui::SLOW;
use crate::tui::connection::{Standing, Trouble};
use crate::tui::message::MainUi;
use crate::tui::model::Model;
use crate::tui::theme::signs::Signs;
use crate::tui::theme::{Theme, banner};

/// Draws it.
pub fn draw(model: &Model, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let about = &model.about;
    let mut left = vec![Span::styled(" Host Provisioner", theme.strong)];
    if about.demo {
        left.push(Span::styled("  [demo]", theme.caution));
    }
    if let Some(profile) = &about.profile {
        left.push(Span::raw("  "));
        left.push(Span::styled(format!("[{}]", text::clean(&profile.banner)), banner::style(theme, profile.colour)));
    }
    if about.read_only.is_some() {
        left.push(Span::styled("  [read-only]", theme.caution));
    }
    if about.unverified {
        left.push(Span::styled("  [TLS not verified]", theme.caution));
    }
    // What stands on the left must not be missed; a long name gives way, and a long state has short forms.
    let taken: usize = left.iter().map(|span| text::width(&span.content)).sum();
    let room = usize::from(area.width).saturating_sub(taken + 1);
    let (forms, style) = state(model, theme);
    let fits = forms.iter().find(|form| text::width(form) + 4 <= room).or(forms.last());
    let state = fits.cloned().unwrap_or_default();
    let for_name = room.saturating_sub(text::width(&state) + 3);
    let who = format!("{}  ", theme.fit(&about.operator.to_string(), for_name));
    let width = u16::try_from(text::width(&who) + text::width(&state) + 1).unwrap_or(area.width).min(area.width);
    let right = Rect { x: area.right() - width, width, ..area };
    let room = usize::from(area.width - width).saturating_sub(taken + 4);
    left.push(Span::styled(format!("  {}", theme.fit(&about.database, room)), theme.plain));
    frame.render_widget(Paragraph::new(Line::from(left)), Rect { width: area.width - width, ..area });
    let spans = vec![Span::styled(who, theme.plain), Span::styled(state, style)];
    frame.render_widget(Paragraph::new(Line::from(spans)), right);
}

/// Says how the picture and the database stand, in forms from long to short.
fn state(model: &Model, theme: &Theme) -> (Vec<String>, Style) {
    let standing = model.connection.standing(model.now);
    if let Standing::Offline(trouble) = standing {
        return (offline(model, trouble, theme.signs), theme.danger);
    }
    let signs = theme.signs;
    if let Some(loading) = &model.list.loading
        && model.now.millis_since(loading.since) >= SLOW
    {
        return (vec![format!("{} loading {}", signs.ellipsis, text::waited(loading.since, model.now))], theme.plain);
    }
    let not_read = format!("{} not read", signs.bad);
    match (standing, model.list.failure.is_some()) {
        (Standing::Frozen(since), false) => {
            let (word, at) = ("! frozen", model.times().of_day(since));
            let key = model.keys.main(MainUi::Freeze);
            let forms = [format!("{word} since {at} ({key} follows again)"), format!("{word} since {at}")];
            (forms.into_iter().chain([word.to_owned()]).collect(), theme.caution)
        }
        (Standing::Live(age) | Standing::Stale(age), true) => {
            (vec![format!("{not_read}, {age} s old"), not_read], theme.danger)
        }
        (Standing::Unread | Standing::Frozen(_), true) => (vec![not_read], theme.danger),
        (Standing::Unread | Standing::Offline(_), _) => (vec![], theme.plain),
        (Standing::Live(age), false) => (vec![format!("{} live {age} s", signs.live)], theme.good),
        (Standing::Stale(age), false) => (vec![format!("! stale {age} s")], theme.caution),
    }
}

fn offline(model: &Model, Trouble { since, tries, again }: Trouble, signs: &Signs) -> Vec<String> {
    let word = format!("{} offline", signs.bad);
    let left = again.millis_since(model.now);
    let asking = left <= 0 || model.list.loading.is_some();
    let when = if asking { signs.ellipsis.to_owned() } else { format!("in {} s", (left + 999) / 1000) };
    vec![
        format!("{word} since {} (retry {tries} {when})", model.times().minute_of_day(since)),
        format!("{word} (retry {when})"),
        word,
    ]
}
