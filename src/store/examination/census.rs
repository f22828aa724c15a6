//! The active records counted by the form of their hash, in slices, as far as the time goes.

use super::super::backend::{Backend, fault, statement};
use super::super::deadline::Deadline;
use super::super::error::StoreError;
use super::super::rows::get;
use super::super::sql;
use crate::domain::host_record::StoredHash;

/// Records that one statement looks at: some hundredths of a second, so that the deadline is met in between.
const SLICE: i64 = 20_000;

/// What the active records are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// The forms of their hashes, in the order in which they were met.
    pub forms: Vec<HashForm>,
    /// How many are left over from the old tool beside the current record of their session.
    pub duplicates: u64,
    /// Whether the time did not suffice: then there are at least so many.
    pub cut_short: bool,
}

/// Hashes of one form: one scheme, and one key where the text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashForm {
    /// One of them.
    pub sample: StoredHash,
    /// How many.
    pub records: u64,
}

/// Counts until all is counted or the deadline passes. At the deadline the connection is left with a running statement.
pub(super) async fn take<B: Backend>(
    connection: &mut B::Connection,
    deadline: &Deadline,
) -> Result<Census, StoreError> {
    let (mut census, mut forms, mut start) = (Census::default(), Vec::new(), 0);
    loop {
        let end = deadline.run(slice::<B>(connection, start, &mut census, &mut forms)).await;
        match end.and_then(|end| end) {
            Ok(Some(end)) => start = end,
            Ok(None) => return Ok(census),
            Err(_) if deadline.left().is_zero() => return Ok(Census { cut_short: true, ..census }),
            Err(error) => return Err(error),
        }
    }
}

/// Counts the records after one id; gives the last id that was looked at, `None` where there is no more.
async fn slice<B: Backend>(
    connection: &mut B::Connection,
    start: i64,
    census: &mut Census,
    forms: &mut Vec<String>,
) -> Result<Option<i64>, StoreError> {
    let found = statement::<B>(sql::CENSUS_SLICE).with(start).with(SLICE).rows(connection).await?;
    let end = found.first().map(|row| get::<B, Option<i64>>(row, "End")).transpose().map_err(fault::<B>)?.flatten();
    let Some(end) = end else {
        return Ok(None);
    };
    for row in statement::<B>(sql::CENSUS).with(start).with(end).rows(connection).await? {
        let number = |column| get::<B, i64>(&row, column).map_err(fault::<B>);
        let count = |column| number(column).map(i64::unsigned_abs);
        let form = get::<B, String>(&row, "Form").map_err(fault::<B>)?;
        census.duplicates += count("Duplicates")?;
        let records = count("Records")?;
        if let Some(place) = forms.iter().position(|known| *known == form) {
            census.forms[place].records += records;
        } else {
            let sample = StoredHash::new(get::<B, String>(&row, "Sample").map_err(fault::<B>)?);
            forms.push(form);
            census.forms.push(HashForm { sample, records });
        }
    }
    Ok(Some(end))
}
