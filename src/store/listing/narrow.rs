//! What narrows a search down before the conditions decide: where few sessions come into question, by an index of the
//! titles' pieces, of the statuses or of the records, only these are looked at, in whatever order the list is. Where many
//! do, a walk in the order of the list fills a page soon.

use sqlx::QueryBuilder;

use super::conditions::{push_record_condition, push_text};
use crate::domain::filter::{Name, RecordTest, Test, Word, letters};
use crate::domain::time::Timestamp;
use crate::store::backend::{Backend, Speaks, Statement, fault};
use crate::store::error::StoreError;
use crate::store::rows::get;
use crate::store::session_query::SessionFilter;
use crate::store::sql;

/// So many sessions are sorted faster than a walk finds a page among a million.
const FEW: i64 = 20_000;

/// Letters of a piece: what the trigram index takes.
const PIECE: usize = 3;
/// Pieces that a question has at most; more would narrow nothing down any more.
const PIECES: usize = 24;

/// The sessions that come into question.
#[derive(Debug, Clone)]
pub(crate) enum Narrowed {
    /// Those with all pieces in their titles, those whose titles are not in the index yet, and these.
    Titles(String, Vec<i64>),
    /// These, as a JSON array: what the index of titles found is not looked for a second time.
    These(String),
    /// Those with this status, whatever the case.
    Status(Name),
    /// Those with a current record, or duplicates, of this kind.
    Records(Test),
}

/// Finds the index that leaves the fewest sessions, if one leaves few.
pub(crate) async fn narrow<B: Backend>(
    connection: &mut B::Connection,
    filter: &SessionFilter,
    now: Timestamp,
) -> Result<Option<Narrowed>, StoreError> {
    let mut best = None;
    let mut fewest = FEW;
    for narrowed in ways::<B>(filter) {
        if matches!(narrowed, Narrowed::Titles(..)) && !has_titles::<B>(connection).await? {
            continue;
        }
        let mut probe = assemble_probe::<B>(&narrowed, now);
        let found = Statement::<B>::assembled(&mut probe).rows(connection).await?;
        let Some(row) = found.first() else { continue };
        let count = get::<B, i64>(row, "Count").map_err(fault::<B>)?;
        if count < fewest {
            fewest = count;
            best = Some(match narrowed {
                Narrowed::Titles(..) => Narrowed::These(get::<B, String>(row, "Ids").map_err(fault::<B>)?),
                Narrowed::These(_) | Narrowed::Status(_) | Narrowed::Records(_) => narrowed,
            });
        }
    }
    Ok(best)
}

/// Tells whether the index of titles is kept up: another program may have made the table anew, without its triggers.
async fn has_titles<B: Backend>(connection: &mut B::Connection) -> Result<bool, StoreError> {
    let Some(asked) = B::HAS_TITLES else { return Ok(false) };
    let found = crate::store::backend::statement::<B>(asked).rows(connection).await?;
    Ok(!found.is_empty())
}

/// Lists the ways to narrow a filter down.
pub(crate) fn ways<B: Backend>(filter: &SessionFilter) -> Vec<Narrowed> {
    let tests = || filter.terms.iter().filter(|term| !term.negated).map(|term| &term.test);
    let words: Vec<&Word> =
        tests().filter_map(|test| if let Test::Word(word) = test { Some(word) } else { None }).collect();
    let mut pieces: Vec<String> = words.iter().flat_map(|word| pieces(word.text())).collect();
    pieces.truncate(PIECES);
    let ids = words.iter().filter_map(|word| word.id()).map(crate::domain::session::SessionId::get).collect();
    let titles = (B::HAS_TITLES.is_some() && !pieces.is_empty()).then(|| Narrowed::Titles(pieces.join(" AND "), ids));
    let is_of_records = |test: &&Test| match test {
        Test::Age(_) | Test::Record(RecordTest::Expired | RecordTest::Expiring | RecordTest::Duplicate) => true,
        Test::By(name) => name.exact && !name.text.is_empty(),
        Test::Record(RecordTest::None | RecordTest::Active) | Test::Word(_) | Test::Id(_) | Test::Status(_) => false,
    };
    let statuses = tests()
        .filter_map(|test| if let Test::Status(name) = test { Some(Narrowed::Status(name.clone())) } else { None });
    let records = tests().filter(is_of_records).cloned().map(Narrowed::Records);
    titles.into_iter().chain(statuses).chain(records).collect()
}

/// Cuts a word into pieces of the index, each as a quoted text of its language: as many as its letters need. Those that
/// overlap would take as long again to look up, and leave hardly fewer titles.
fn pieces(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let last = letters.len().saturating_sub(PIECE);
    let begins = (0..last).step_by(PIECE).chain([last]);
    let alike = |piece: &&[char]| piece.iter().all(|c| folds_alike(*c));
    let quoted = |piece: &[char]| format!("\"{}\"", piece.iter().collect::<String>().replace('"', "\"\""));
    begins.filter_map(|begin| letters.get(begin..begin + PIECE)).filter(alike).map(quoted).collect()
}

/// Tells whether the index takes the cases of a letter for the same as we do: it knows the letters of an older Unicode,
/// and no small i without a dot.
fn folds_alike(c: char) -> bool {
    let is_known =
        matches!(c, '\0'..='\u{130}' | '\u{132}'..='\u{17f}' | '\u{386}'..='\u{3ef}' | '\u{400}'..='\u{527}');
    is_known || letters::forms(c).len() == 1
}

pub(crate) fn assemble_probe<B: Backend>(narrowed: &Narrowed, now: Timestamp) -> QueryBuilder<B> {
    let lists = matches!(narrowed, Narrowed::Titles(..));
    let mut builder = QueryBuilder::new(if lists { sql::LIST_IDS_HEAD } else { sql::COUNT_HEAD });
    narrowed.push(&mut builder, now);
    builder.push(" LIMIT ");
    <B as Speaks<i64>>::push(&mut builder, FEW);
    builder.push(sql::COUNT_TAIL);
    builder
}

impl Narrowed {
    /// Adds a question for the ids that come into question.
    pub(super) fn push<B: Backend>(&self, builder: &mut QueryBuilder<B>, now: Timestamp) {
        match self {
            Self::Titles(pieces, ids) => {
                builder.push(sql::TITLES_WITH);
                <B as Speaks<String>>::push(builder, pieces.clone());
                builder.push(sql::TITLES_CHANGED);
                for id in ids {
                    builder.push(" UNION ALL SELECT ");
                    <B as Speaks<i64>>::push(builder, *id);
                }
            }
            Self::These(ids) => {
                builder.push(sql::IDS_LISTED);
                <B as Speaks<String>>::push(builder, ids.clone());
                builder.push(")");
            }
            Self::Status(name) => {
                builder.push(sql::IDS_HEAD).push(sql::FROM_SESSIONS).push(B::STATUS).push(" = ");
                push_text(builder, &name.text);
            }
            Self::Records(test) => {
                builder.push(sql::SESSIONS_OF_RECORDS);
                push_record_condition(builder, test, now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::{Connection as _, Row as _, Sqlite, SqliteConnection};

    use super::*;

    fn ways_of(text: &str) -> Vec<String> {
        let ways = ways::<Sqlite>(&SessionFilter::parse(text).unwrap());
        ways.iter().map(|way| format!("{way:?}")).collect()
    }

    #[test]
    fn words_are_cut_into_pieces_and_numbers_may_be_ids() {
        assert_eq!(ways_of("light ab"), [r#"Titles("\"lig\" AND \"ght\"", [])"#]);
        assert_eq!(ways_of("215 it\"s"), [r#"Titles("\"215\" AND \"it\"\"\" AND \"t\"\"s\"", [215])"#]);
        assert_eq!(ways_of("\"知識の\" -light"), [r#"Titles("\"知識の\"", [])"#]);
    }

    #[test]
    fn what_no_index_narrows_down_has_no_way() {
        for text in ["", "ab", "7", "-light", "record:none", "record:active", "by:sato", "-status:active", "ᏸᏹᏺᏻ"]
        {
            assert_eq!(ways_of(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(ways_of("record:expired record:duplicate by:=Ada age:>9d -age:<9d status:active").len(), 5);
    }

    /// The index folds letters with tables of its own: wherever it is asked for a letter, it must know all its cases.
    #[tokio::test]
    async fn the_index_finds_every_case_of_a_letter_that_it_is_asked_for() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let table =
            "CREATE VIRTUAL TABLE titles USING fts5(title, content='', columnsize=0, detail=none, tokenize='trigram')";
        sqlx::query(table).execute(&mut connection).await.unwrap();
        let cased: Vec<char> = ('\0'..=char::MAX).filter(|c| letters::forms(*c).len() > 1 && folds_alike(*c)).collect();
        assert!(cased.len() > 500, "{}", cased.len());
        let forms: BTreeSet<char> = cased.iter().flat_map(|c| letters::forms(*c)).collect();
        for form in &forms {
            let insert = sqlx::query("INSERT INTO titles (rowid, title) VALUES ($1, $2)");
            insert.bind(i64::from(u32::from(*form))).bind(format!("ab{form}")).execute(&mut connection).await.unwrap();
        }
        let mut unknown = Vec::new();
        for c in cased {
            let asked = sqlx::query("SELECT rowid FROM titles WHERE titles MATCH $1").bind(format!("\"ab{c}\""));
            let found = asked.fetch_all(&mut connection).await.unwrap();
            let found: Vec<i64> = found.iter().map(|row| row.get(0)).collect();
            let knows = |form: &char| found.contains(&i64::from(u32::from(*form)));
            unknown.extend(letters::forms(c).into_iter().filter(|form| !knows(form)).map(|form| (c, form)));
        }
        assert_eq!(unknown, []);
    }
}
