//! The rules about dangerous keys: a module each, named after its rule.
//!
//! A key is dangerous when it leads to a change: the ones that open the form, and the ones that confirm a plan.

mod a_click_is_no_confirmation;
mod a_live_session_wants_its_id;
mod a_paste_is_no_confirmation;
mod a_refresh_never_sorts_under_the_cursor;
mod a_vanished_row_locks_r;
mod enter_alone_never_confirms;
mod identity_not_position;
mod no_dangerous_key_next_to_a_harmless_one;
mod quiet_of_350_ms;
