//! What every engine's store must do. A behaviour is a function over a [`Database`]; each engine's list runs them all.

use std::sync::Arc;

use async_trait::async_trait;
use host_provisioner::domain::time::Clock;
use host_provisioner::store::{self, Settings, Store};

use crate::support::database::TestDb;
use crate::support::postgres::TestPg;

mod filters;
mod history;
mod imports;
mod listing;
mod one_session;
mod overview;
mod search;

/// A database of one engine: migrated over the rows that it was made with.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    /// Opens it.
    async fn store(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store>;
    /// Names engine and database.
    fn name(&self) -> String;
    /// Opens it for reading alone.
    async fn read_only(&self) -> Arc<dyn Store>;
    /// Lists what a store that is not closed keeps: files beside its database, or connections.
    async fn left_beside(&self) -> Vec<String>;
    /// Runs SQL that both engines take, past the store.
    async fn sql(&self, text: &str);
    /// The same; the engine's words when it refuses.
    async fn try_sql(&self, text: &str) -> Result<(), String>;
}

#[async_trait]
impl Database for TestDb {
    async fn store(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store> {
        self.store_at(clock).await
    }

    fn name(&self) -> String {
        format!("sqlite {}", self.path.file_name().unwrap().display())
    }

    async fn read_only(&self) -> Arc<dyn Store> {
        store::connect(Settings { read_only: true, ..self.settings() }, None).await.unwrap()
    }

    async fn left_beside(&self) -> Vec<String> {
        let file = self.path.file_name().unwrap().to_owned();
        let names = std::fs::read_dir(self.path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| *name != file).map(|name| name.into_string().unwrap()).collect()
    }

    async fn sql(&self, text: &str) {
        TestDb::sql(self, text).await;
    }

    async fn try_sql(&self, text: &str) -> Result<(), String> {
        TestDb::try_sql(self, text).await
    }
}

#[async_trait]
impl Database for TestPg {
    async fn store(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store> {
        store::connect(self.settings(), Some(clock)).await.unwrap()
    }

    fn name(&self) -> String {
        format!("postgres {}", self.settings().target)
    }

    async fn read_only(&self) -> Arc<dyn Store> {
        store::connect(Settings { read_only: true, ..self.settings() }, None).await.unwrap()
    }

    /// A server learns of a closed connection a moment later.
    async fn left_beside(&self) -> Vec<String> {
        let ours = "SELECT pid::text FROM pg_stat_activity \
                    WHERE datname = current_database() AND application_name = 'host-provisioner'";
        for _ in 0..200 {
            if self.texts(ours).await.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        self.texts(ours).await
    }

    async fn sql(&self, text: &str) {
        TestPg::sql(self, text).await;
    }

    async fn try_sql(&self, text: &str) -> Result<(), String> {
        TestPg::try_sql(self, text).await
    }
}

/// Old rows, in SQL that both engines take; the instants are as Entity Framework writes them.
pub(crate) const OLD_ROWS: &str = include_str!("store_contract/old_rows.sql");

macro_rules! contract {
    ($($part:ident: $($behaviour:ident)+;)+) => {
        mod sqlite {
            $($(
                #[tokio::test]
                async fn $behaviour() {
                    super::$part::$behaviour(&super::TestDb::with_old_rows(super::OLD_ROWS).await).await;
                }
            )+)+
        }

        mod postgres {
            $($(
                #[tokio::test]
                async fn $behaviour() {
                    super::$part::$behaviour(&super::TestPg::with_old_rows(super::OLD_ROWS).await).await;
                }
            )+)+
        }

        /// Every behaviour that is run.
        const RUN: &[&str] = &[$($(stringify!($behaviour)),+),+];
    };
}

contract! {
    one_session:
        a_snapshot_reads_the_session_all_its_records_and_the_head_of_its_chain
        a_snapshot_of_no_session_is_empty
        times_of_entity_framework_are_read_as_utc
        a_stored_text_comes_back_as_it_is
        a_record_names_its_session
        an_added_session_is_read_back_with_the_instant_of_the_clock
        applying_a_change_writes_it_and_names_the_event
        a_record_that_stays_is_as_it_was_and_the_others_are_retired
        settling_tells_whether_an_attempt_was_committed
        a_log_in_is_noted_on_its_record_and_nowhere_else
        a_log_in_is_not_noted_on_a_record_that_was_rotated_or_retired_meanwhile
        a_read_only_store_reads_and_writes_nothing
        a_store_names_its_engine_and_keeps_its_clock
        a_marker_changes_with_every_commit_of_anybody_and_rests_with_the_database
        a_closed_store_leaves_no_connection_and_opens_another;
    listing:
        pages_go_forward_by_key_without_gap_or_repetition
        pages_go_back_by_key_without_gap_or_repetition
        a_page_from_a_session_begins_with_it_or_the_next
        a_page_of_ids_has_the_sessions_of_the_same_page
        of_some_sessions_those_are_told_that_are_there_and_match
        a_row_has_the_active_records_in_the_order_of_ids
        where_few_titles_changed_there_is_nothing_to_look_after
        every_word_must_be_in_the_title
        letters_match_whatever_their_case_in_every_script
        wildcards_and_quotes_are_letters_like_others
        a_number_matches_the_id_exactly
        a_status_matches_exactly
        record_filters_tell_none_active_expired_and_duplicate
        expiry_is_judged_by_the_stores_clock
        filters_hold_together_and_page
        few_sessions_are_counted_and_so_are_those_that_match
        beyond_the_bound_an_estimate_is_near_and_what_an_index_finds_is_counted;
    filters:
        every_term_and_its_opposite_find_what_the_domain_says
        two_terms_hold_together
        the_age_of_a_record_counts_to_the_second
        every_order_is_the_domains_in_either_direction
        an_id_that_is_none_hides_no_session
        pages_of_every_order_go_on_and_back_without_gap_or_repetition
        a_page_from_a_session_begins_where_it_stands_in_any_order;
    overview:
        a_bar_tells_how_many_sessions_its_filter_finds
        the_records_of_all_sessions_are_told_apart
        a_session_with_duplicates_alone_has_neither_a_record_nor_none
        rotations_are_counted_by_day_and_by_whom
        an_entry_that_cannot_be_read_is_a_rotation_by_nobody
        the_busiest_people_are_named_and_the_others_counted
        what_a_deleted_session_left_behind_counts_for_nothing;
    history:
        the_history_comes_newest_first
        the_history_of_one_session_leaves_the_others_out
        the_history_pages_without_gap_or_repetition
        a_walk_shows_every_session_with_entries_or_records_once_in_order
        a_walk_shows_the_chain_of_a_deleted_session
        a_walk_of_many_sessions_loses_none
        a_walk_within_some_ids_shows_no_session_beyond
        the_entries_of_all_histories_are_counted
        a_walk_shows_long_histories_whole
        a_walk_shows_entries_of_any_length;
    imports:
        new_rows_come_with_their_ids_and_the_best_active_record_of_each_session_is_current
        what_was_imported_is_unchanged_the_second_time
        a_row_that_the_database_has_with_another_value_is_a_conflict_and_changes_nothing
        a_session_in_conflict_is_left_as_it_is_and_the_others_come
        records_for_a_session_that_is_there_are_ranked_among_those_that_it_has
        a_session_that_this_program_rules_takes_no_active_record
        an_id_that_another_session_has_is_refused
        a_dry_run_counts_and_writes_nothing
        an_import_that_is_cancelled_writes_nothing
        an_input_that_is_cut_off_writes_nothing
        the_guards_stand_again_and_the_next_ids_lie_behind
        an_imported_title_is_found
        a_history_goes_on_where_a_deleted_session_left_it
        many_sessions_come_in_several_parts;
    search:
        a_search_finds_what_the_domain_says_newest_first
        a_search_of_one_session_leaves_the_others_out
        a_search_looks_at_a_bounded_number_and_goes_on_where_it_stopped
        a_search_of_a_time_looks_at_nothing_else
        the_history_pages_from_its_oldest_entry_to_the_newest;
}

/// The functions of a text that begin with `start`, by name.
fn functions(text: &str, start: &str) -> Vec<String> {
    let name = |line: &str| line.strip_prefix(start).and_then(|rest| rest.split(['(', '<']).next()).map(str::to_owned);
    text.lines().filter_map(name).collect()
}

const PARTS: [&str; 7] = [
    include_str!("store_contract/one_session.rs"),
    include_str!("store_contract/listing.rs"),
    include_str!("store_contract/filters.rs"),
    include_str!("store_contract/history.rs"),
    include_str!("store_contract/overview.rs"),
    include_str!("store_contract/imports.rs"),
    include_str!("store_contract/search.rs"),
];

#[test]
fn every_behaviour_is_run() {
    let written: Vec<String> = PARTS.iter().flat_map(|part| functions(part, "pub(crate) async fn ")).collect();
    assert_eq!(written.len(), RUN.len());
    assert!(written.iter().all(|name| RUN.contains(&name.as_str())), "{written:?}");
}

#[test]
fn every_method_of_a_store_is_in_the_contract() {
    let source = include_str!("../src/store.rs");
    let body = source.split_once("pub trait Store").unwrap().1.split_once("\n}").unwrap().0;
    let methods = [functions(body, "    fn "), functions(body, "    async fn ")].concat();
    assert!(methods.len() >= 11, "{methods:?}");
    let called = [&PARTS[..], &[include_str!("support/requests.rs")]].concat();
    for method in methods {
        let call = format!(".{method}(");
        assert!(called.iter().any(|part| part.contains(&call)), "no behaviour calls {method}");
    }
}
