//! What an estimate of the number of sessions asks.

use sqlx::QueryBuilder;

use crate::domain::estimate::Stretches;
use crate::domain::session::SessionId;
use crate::store::backend::Backend;
use crate::store::listing;

/// The questions for the ends of pieces, and for the sessions that are looked at.
pub(super) fn questions<B: Backend>() -> [(String, QueryBuilder<B>); 2] {
    let id = |id| SessionId::new(id).unwrap();
    let mut stretches = Stretches::over(id(1), id(14_001));
    let pieces = stretches.pieces().unwrap();
    let ends = listing::assemble_ends(&pieces);
    stretches.narrow(pieces.into_iter().map(|(first, last)| (id(first), id(last))).collect());
    [("ends of pieces".to_owned(), ends), ("samples of stretches".to_owned(), listing::assemble_samples(&stretches))]
}
