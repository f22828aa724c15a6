//! One session of each kind, as the old tool left them.

use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::HashScheme;

use super::database::TestDb;
use super::outside::Outside;
use super::requests::{hasher, session};

/// The sessions of the world, by what they have.
pub(crate) struct World {
    /// One current record.
    pub(crate) one_record: i64,
    /// Three active records.
    pub(crate) duplicates: i64,
    /// The best of them.
    pub(crate) best_duplicate: i64,
    /// No record.
    pub(crate) no_record: i64,
    /// A retired record alone.
    pub(crate) retired_only: i64,
}

pub(crate) const OLD_TOOL: World =
    World { one_record: 1, duplicates: 2, best_duplicate: 22, no_record: 3, retired_only: 4 };

/// The rows, in SQL that both engines take.
pub(crate) const ROWS: &str = r#"
INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Status", "CreatedAt", "ModifiedAt") VALUES
    (1, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'one record', 'Active', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000'),
    (2, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'duplicates', 'Created', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000'),
    (3, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'no record', 'Created', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000'),
    (4, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'retired only', 'Completed', '2026-01-01 00:00:00.0000000', '2026-01-01 00:00:00.0000000');
INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive") VALUES
    (11, 1, 'xQqAr5CJXxLZ7LlDHn5Ko2Eo5QP2AC99M6Mn801+hXY=', '2026-09-04 08:28:00.9886237', '2026-09-05 08:28:00.9886237', 'Host Manager', NULL, NULL, '1'),
    (21, 2, 'LLCr8nisQgHwGpPCuSaIeZvHoe5z3o7frv6aBBvSdDQ=', '2026-09-06 08:28:00.9886237', NULL, 'Interactive User', NULL, NULL, '1'),
    (22, 2, 'LVWMKXIlmn6WHunwOCzizRxcM5rgjydOInijH3jfY/A=', '2026-09-04 08:28:00.9886237', '2026-09-05 08:28:00.9886237', 'Interactive User', NULL, NULL, '1'),
    (23, 2, 'UsdE4zpTZ84Go/KRW7YbmoRhP8dWgjt1DX76y/eNvwc=', '2026-09-05 08:28:00.9886237', NULL, 'Interactive User', NULL, NULL, '1'),
    (41, 4, 'UsdE4zpTZ84Go/KRW7YbmoRhP8dWgjt1DX76y/eNvwd=', '2026-09-05 08:28:00.9886237', NULL, 'R. Sato', '2026-09-06 08:28:00.9886237', 'Security Team', '0');
"#;

/// A migrated database with these sessions.
pub(crate) async fn world() -> TestDb {
    TestDb::with_old_rows(ROWS).await
}

/// Gives the session with duplicates a GUID of the old tool that opens it.
pub(crate) async fn give_guid(db: &impl Outside) -> HostGuid {
    let guid = HostGuid::generate();
    let hash = hasher(HashScheme::Legacy).hash(session(OLD_TOOL.duplicates), &guid);
    let (hash, record) = (hash.as_str(), OLD_TOOL.best_duplicate);
    db.sql(&format!(r#"UPDATE "HostSessions" SET "HostGuidHash" = '{hash}' WHERE "HostSessionId" = {record}"#)).await;
    guid
}
