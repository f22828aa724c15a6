//! Takes rows in that were asked for: where they go, and where the cursor is then.

use std::collections::{HashMap, HashSet};

use super::{CHUNK, KEPT, Land, Picture, SessionList};
use crate::domain::session::SessionId;
use crate::store::{Page, SessionRow};
use crate::tui::message::MainUi;
use crate::tui::model::{Following, Model};

/// Takes rows in, where they belong. The cursor stays on its session.
pub fn loaded(model: &mut Model, page: &Page, land: Land, rows: Vec<SessionRow>, height: usize) {
    let list = &mut model.list;
    let full = rows.len() >= CHUNK as usize;
    list.failure = None;
    match (page, land) {
        (_, Land::On(session)) if rows.first().is_none_or(|row| row.session.id != session) => {
            let told = if list.filter.is_empty() {
                format!("There is no session {session}. {} finds one by its title.", model.keys.main(MainUi::Filter))
            } else {
                let drop = model.keys.main(MainUi::Back);
                format!("There is no session {session}, or the filter hides it: {drop} takes the filter away.")
            };
            model.say(told);
            return;
        }
        (_, Land::InPlace) => {
            put_in_place(list, rows, model.connection.frozen.is_some());
            list.picture = picture(model.following, Picture::Patched);
        }
        (Page::After(_), _) => {
            list.at_end = !full;
            let rows = without_those_shown(list, rows);
            list.rows.extend(rows);
            // The cursor may have gone up meanwhile: what is shown stays, and the rest is cut below.
            let surplus = list.rows.len().saturating_sub(KEPT).min(list.top);
            list.drop_above(surplus);
            list.drop_below(KEPT);
        }
        (Page::Before(_), _) => {
            list.at_start = !full;
            let rows = without_those_shown(list, rows);
            list.top += rows.len();
            list.rows.splice(..0, rows);
            let shown = (list.top + height).max(KEPT).min(list.rows.len());
            list.drop_below(shown);
            list.drop_above(list.rows.len().saturating_sub(KEPT));
        }
        (Page::First | Page::Last | Page::From(_), _) => {
            let old_place = list.position();
            list.at_start = matches!(page, Page::First) || (matches!(page, Page::Last) && !full);
            list.at_end = matches!(page, Page::Last) || !full;
            list.rows = rows;
            list.moved.clear();
            list.picture = picture(model.following, Picture::Whole);
            land_on(list, land, old_place);
        }
    }
    list.scroll_into_view(height);
}

/// A change that was noticed meanwhile is still to be read.
fn picture(following: Following, read: Picture) -> Picture {
    if following == Following::Outdated { Picture::Outdated } else { read }
}

/// Leaves rows out that the window has: a session that goes elsewhere in the order between two pages is in both.
fn without_those_shown(list: &SessionList, rows: Vec<SessionRow>) -> Vec<SessionRow> {
    let shown: HashSet<SessionId> = list.rows.iter().map(|row| row.session.id).collect();
    rows.into_iter().filter(|row| !shown.contains(&row.session.id)).collect()
}

/// Takes the rows of the window in anew, each in its place.
fn put_in_place(list: &mut SessionList, rows: Vec<SessionRow>, frozen: bool) {
    let old_place = list.position();
    let mut fresh: HashMap<SessionId, SessionRow> = rows.into_iter().map(|row| (row.session.id, row)).collect();
    for row in std::mem::take(&mut list.rows) {
        let Some(new) = fresh.remove(&row.session.id) else {
            // What vanished would let all below it move.
            if frozen {
                list.rows.push(row);
            }
            continue;
        };
        let stood = list.place_of(&row);
        if stood == list.order.place(&new.session, &new.active) {
            list.moved.remove(&stood.id);
        } else {
            list.moved.insert(stood.id, stood);
        }
        list.rows.push(new);
    }
    land_on(list, Land::Stay, old_place);
}

/// Finds the cursor again after the rows were replaced.
fn land_on(list: &mut SessionList, land: Land, old_place: Option<usize>) {
    match land {
        Land::First | Land::On(_) => list.go_to(0),
        Land::Last => list.go_to(usize::MAX),
        Land::Match if list.position().is_none() => list.go_to(0),
        Land::Stay if list.position().is_none() => {
            let vanished = list.cursor.is_some();
            list.go_to(old_place.unwrap_or(0));
            list.cursor_lost = vanished;
        }
        Land::Match | Land::Stay | Land::InPlace => {}
    }
}
