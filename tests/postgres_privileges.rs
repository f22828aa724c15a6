//! That the program knows its own privileges: each that a change needs, and none that it does not need.

use std::sync::Arc;

use host_provisioner::domain::expected::Expected;
use host_provisioner::domain::request::Action;
use host_provisioner::store::{self, ReadOnly, Store, StoreError};

use crate::store_contract::OLD_ROWS;
use crate::support::postgres::TestPg;
use crate::support::program::TestEnv;
use crate::support::requests::{FORCE_NEW, PROVISION, change, provisioner, request};
use crate::support::roles::{Roles, run_on, settings_of};

/// A session with three active records, before anything is done.
const CROWDED: i64 = 7;

/// A database and an operator's login whose every privilege stands by itself: reading, too, column by column.
async fn operator() -> (Roles, String) {
    let roles = Roles::over(TestPg::with_old_rows(OLD_ROWS).await).await;
    for table in ["Sessions", "HostSessions", "HostSessionEvents"] {
        let columns = format!(
            "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_schema = 'canvas' AND table_name = '{table}'"
        );
        let columns = roles.db.texts(&columns).await.join(", ");
        let text = format!(
            "REVOKE SELECT ON \"{table}\" FROM host_provisioner_operator; GRANT SELECT ({columns}) ON \"{table}\" TO host_provisioner_operator"
        );
        roles.db.sql(&roles.named(&text)).await;
    }
    let url = roles.login("operator").await;
    (roles, url)
}

/// The operator's privileges, such as `UPDATE ("IsActive") ON "HostSessions"`.
async fn privileges(roles: &Roles) -> Vec<String> {
    let query = r"SELECT format('%s (%I) ON %I', privilege_type, column_name, table_name) FROM information_schema.column_privileges
        WHERE table_schema = 'canvas' AND table_name LIKE '%Session%' AND grantee = 'host_provisioner_operator' ORDER BY 1";
    let all = roles.db.texts(&roles.named(query)).await;
    assert_eq!(all.len(), (12 + 11 + 8) + (7 + 8) + 9, "{all:#?}");
    all
}

async fn revoke(roles: &Roles, privilege: &str) {
    roles.db.sql(&roles.named(&format!("REVOKE {privilege} FROM host_provisioner_operator"))).await;
}

async fn grant(roles: &Roles, privilege: &str) {
    roles.db.sql(&roles.named(&format!("GRANT {privilege} TO host_provisioner_operator"))).await;
}

async fn open(url: &str) -> Arc<dyn Store> {
    store::connect(settings_of(url), None).await.unwrap()
}

#[tokio::test]
async fn whichever_single_privilege_is_missing_it_is_known_at_the_start() {
    let (roles, url) = operator().await;
    assert_eq!(open(&url).await.read_only(), None);
    for privilege in privileges(&roles).await {
        revoke(&roles, &privilege).await;
        assert_eq!(open(&url).await.read_only(), Some(ReadOnly::Privilege), "{privilege}");
        grant(&roles, &privilege).await;
    }
    assert_eq!(open(&url).await.read_only(), None);
}

/// Everything that a change could have left behind.
async fn state(roles: &Roles) -> Vec<String> {
    roles.db.texts(r#"SELECT h::text FROM "HostSessions" AS h UNION ALL SELECT e::text FROM "HostSessionEvents" AS e ORDER BY 1"#).await
}

#[tokio::test]
async fn each_privilege_is_needed_and_one_that_is_lost_on_the_way_is_a_refusal_that_changes_nothing() {
    let (roles, url) = operator().await;
    // It looked at its privileges when it had them all.
    let provisioner = provisioner(&open(&url).await);
    for privilege in privileges(&roles).await {
        revoke(&roles, &privilege).await;
        let mut refused = false;
        // Each finds work: duplicates or a retired record, and then an active one.
        for action in [PROVISION, FORCE_NEW] {
            let before = state(&roles).await;
            match change(&provisioner, &request(CROWDED, action), &Expected::Anything).await {
                Err(StoreError::Denied { what }) => {
                    assert!(what.contains("permission denied"), "{privilege}: {what}");
                    assert_eq!(state(&roles).await, before, "{privilege}");
                    refused = true;
                    break;
                }
                Ok(_) => {}
                Err(other) => panic!("{privilege}: {other:?}"),
            }
        }
        assert!(refused, "nothing needs {privilege}");
        grant(&roles, &privilege).await;
        change(&provisioner, &request(CROWDED, Action::Revoke), &Expected::Anything).await.unwrap();
    }
}

#[test]
fn an_older_reading_of_backslashes_takes_no_privilege_away() {
    let env = TestEnv::nowhere();
    let (roles, url) = env.wait(operator());
    env.wait(roles.db.sql(&format!("ALTER DATABASE {} SET standard_conforming_strings = off", roles.db.name)));
    run_on(&env, &url, "create --session-id 3", "").ok();
}

#[test]
fn an_operator_who_lacks_one_column_is_told_before_a_guid_is_made_and_the_log_names_it() {
    let env = TestEnv::nowhere();
    let (roles, url) = env.wait(operator());
    let before = env.wait(roles.db.dump());
    env.wait(revoke(&roles, r#"UPDATE ("RevokedBy") ON "HostSessions""#));
    let ran = run_on(&env, &url, "create --session-id 3", "");
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    let told = "PROVISIONER-ERROR: this database user may not write all that a change writes; nothing was changed\n\
                hint: the owner of the database grants the operator's role (assets/roles.postgres.sql)\n";
    assert_eq!(ran.stderr, told);
    assert_eq!(env.wait(roles.db.dump()), before);
    let log = env.log();
    assert!(log.contains("this database user may not: UPDATE of HostSessions.RevokedBy"), "{log}");
    let error = run_on(&env, &url, "create --session-id 3 --json", "").error(4);
    assert_eq!(error["kind"], "read_only");
    // Looking goes on, and so does a dry run.
    run_on(&env, &url, "create --session-id 3 --dry-run", "").ok();
}
