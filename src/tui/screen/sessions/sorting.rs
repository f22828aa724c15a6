//! In which order the list is, and where in it the cursor goes.

use super::{CHUNK, Land, load};
use crate::domain::filter::{IdRange, Test};
use crate::domain::order::{Order, SortKey};
use crate::domain::session::SessionId;
use crate::store::{Page, SessionQuery, SessionRow};
use crate::tui::effect::{Effect, Query};
use crate::tui::model::Model;

/// Sorts by the next column.
pub fn next(model: &mut Model) -> Vec<Effect> {
    let here = SortKey::ALL.iter().position(|key| *key == model.list.order.key).unwrap_or(0);
    let key = SortKey::ALL[(here + 1) % SortKey::ALL.len()];
    sort(model, Order { key, descending: false })
}

/// Turns the order around.
pub fn reverse(model: &mut Model) -> Vec<Effect> {
    let order = model.list.order;
    sort(model, Order { descending: !order.descending, ..order })
}

/// Reads in another order. The cursor stays on its session; one that is on the first row stays there.
fn sort(model: &mut Model, order: Order) -> Vec<Effect> {
    model.list.order = order;
    let way = if order.descending { ", from the greatest" } else { "" };
    let dropped = if model.marks.range.take().is_some() { " The range that was begun is dropped." } else { "" };
    model.say(format!("Sorted by {}{way}.{dropped}", order.key.word()));
    let on_top = model.list.at_start && model.list.position().is_none_or(|place| place == 0);
    model.list.cursor = model.list.cursor.filter(|_| !on_top);
    let page = model.list.cursor.map_or(Page::First, Page::From);
    load(model, page, CHUNK, Land::Match)
}

/// Reads again because a person asked: in an order other than that of ids everything goes where it belongs by now.
pub fn read_again(model: &mut Model) -> Vec<Effect> {
    model.list.numbers.read_again();
    if model.list.order.key == SortKey::Id {
        return super::refresh(model);
    }
    match model.list.cursor {
        Some(cursor) if model.list.position() != Some(0) || !model.list.at_start => {
            load(model, Page::From(cursor), CHUNK, Land::Stay)
        }
        Some(_) | None => load(model, Page::First, CHUNK, Land::Stay),
    }
}

/// Reads the rows of the window again, each in its place: what has another value by now would go elsewhere in the order,
/// from under the eyes of the operator.
pub fn refresh_in_place(model: &mut Model) -> Vec<Effect> {
    let id = |row: &SessionRow| IdRange::new(row.session.id, row.session.id);
    let ids: Vec<IdRange> = model.list.rows.iter().filter_map(id).collect();
    let limit = u32::try_from(ids.len()).unwrap_or(CHUNK);
    let mut effects = load(model, Page::First, limit, Land::InPlace);
    for effect in &mut effects {
        if let Effect::Load(_, Query::Sessions(query)) = effect {
            let filter = [Test::Id(ids.clone())].into_iter().collect();
            *query = SessionQuery { filter, order: Order::default(), ..query.clone() };
        }
    }
    effects
}

/// Goes to a session, wherever it is in the list.
pub fn jump(model: &mut Model, session: SessionId) -> Vec<Effect> {
    load(model, Page::From(session), CHUNK, Land::On(session))
}
