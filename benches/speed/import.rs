//! `import` beside the engines' own loaders, which get the same rows ready-made: flags, and entries of the histories.
//!
//! Both are whole processes, begin with an empty database that is up to date, set the same guards aside, and end with
//! the same tables on the disk: as many sessions as records as entries, which is counted after each.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use host_provisioner::store;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::postgres::TestPg;
use crate::report::{Report, Target};
use crate::{Scale, server, turns, worlds};

/// How often each side loads.
const TURNS: usize = 3;

/// The tables, in the order in which a foreign key takes them.
const TABLES: [&str; 3] = ["Sessions", "HostSessions", "HostSessionEvents"];

/// The least share of the loaders' speed.
const SHARE: Target = Target::AtLeast(0.7);

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let folder = worlds::folder().join(format!("import-{}", scale.imported));
    fs::create_dir_all(&folder).unwrap();
    export(&folder, scale.imported);
    let rows = format!("{0} sessions and {0} host records", scale.imported);
    report.part(&format!("importing {rows}, against sqlite3's .import of these and {} entries", scale.imported));
    let sides = Sqlite::new(runtime, &folder, scale.imported);
    compare(scale, report, || sides.ours(), || sides.loader());
    report.part("the same on a server, against psql's \\copy");
    let first = runtime.block_on(TestPg::empty());
    ours(&folder, &first.url());
    make_csv(&folder, |table| psql(&first, &format!("\\copy \"{table}\" TO '{}' CSV\n", csv(&folder, table))));
    compare(
        scale,
        report,
        || on_server(runtime, scale.imported, |db| ours(&folder, &db.url())),
        || on_server(runtime, scale.imported, |db| psql(db, &copies(&folder))),
    );
}

/// Loads in turn, each time into a database of its own; the sides give the seconds that they took.
fn compare(scale: &Scale, report: &mut Report, mut ours: impl FnMut() -> f64, mut loader: impl FnMut() -> f64) {
    let (mut took, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..if report.judges() { TURNS } else { 1 } {
        took.push(ours());
        floor.push(loader());
    }
    let (took, floor) = (turns::share(&mut took, 0.5), turns::share(&mut floor, 0.5));
    report.figure("import", f64::from(scale.imported) / took, "records/s", Target::None);
    report.figure("the loader", f64::from(scale.imported) / floor, "records/s", Target::None);
    report.figure("import against the loader", floor / took, "times", SHARE);
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

/// Writes both files as the tools of SQL Server do: of ten sessions one has three active records, two have none.
fn export(folder: &Path, count: u32) {
    let mut sessions = String::from(
        "SessionId,GroupId,Title,Description,Status,ParticipantCount,MaxParticipants,StartedAt,EndedAt,ExpiresAt,CreatedAt,ModifiedAt\r\n",
    );
    let mut records = String::from(
        "HostSessionId,SessionId,HostGuidHash,CreatedAt,ExpiresAt,LastUsedAt,CreatedBy,RevokedAt,RevokedBy,IsActive\r\n",
    );
    let mut record: u32 = 0;
    for id in 1..=count {
        let time = |seconds: u32| {
            let (day, hour, minute) = (id / 1440 % 28 + 1, id / 60 % 24, id % 60);
            format!("2026-{:02}-{day:02} {hour:02}:{minute:02}:{seconds:02}.{:07}", id % 12 + 1, id % 9_999_991)
        };
        write!(
            sessions,
            "{id},{:08X}-E9C1-4823-A960-89BCA71F3D1A,Review of the word {},NULL,Completed,0,100,{},NULL,NULL,{},{}\r\n",
            id.wrapping_mul(2_654_435_761),
            ["mercy", "light", "الرحمة", "知識", "patience"][id as usize % 5],
            time(1),
            time(0),
            time(2)
        )
        .unwrap();
        for place in 0..match id % 10 {
            0 => 3,
            1 | 2 => 0,
            _ => 1,
        } {
            record += 1;
            // 44 characters, in no order.
            let hash = u64::from(record).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let (expires, used) = (if record.is_multiple_of(3) { time(3) } else { "NULL".to_owned() }, time(place + 4));
            write!(
                records,
                "{record},{id},{hash:016x}{:016x}{:011x}=,{},{expires},{used},Host Manager,NULL,NULL,1\r\n",
                hash.rotate_left(17),
                hash >> 20,
                time(place + 3)
            )
            .unwrap();
        }
    }
    fs::write(folder.join("sessions.csv"), sessions).unwrap();
    fs::write(folder.join("host_sessions.csv"), records).unwrap();
}

/// Runs the program.
fn ours(folder: &Path, url: &str) -> f64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host-provisioner"));
    command.args(["import", "--sessions", "sessions.csv", "--host-sessions", "host_sessions.csv", "-q"]);
    command.args(["--timeout", "1m"]).current_dir(folder).env("HOME", folder).stdout(Stdio::null());
    command.env("HOST_PROVISIONER_DATABASE_URL", url);
    seconds(|| assert!(command.status().unwrap().success()))
}

/// Runs another program, with these commands.
fn fed(mut command: Command, commands: &str) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

fn csv(folder: &Path, table: &str) -> String {
    folder.join(format!("{table}.csv")).display().to_string()
}

/// Makes what the loaders load, from what an import left.
fn make_csv(folder: &Path, mut write: impl FnMut(&str)) {
    for table in TABLES {
        let _ = fs::remove_file(csv(folder, table));
        write(table);
    }
}

/// Both sides on a file.
struct Sqlite {
    folder: PathBuf,
    empty: PathBuf,
    path: PathBuf,
    /// Rows of each table in the end.
    rows: u32,
}

impl Sqlite {
    fn new(runtime: &Runtime, folder: &Path, rows: u32) -> Self {
        let [empty, path] = ["empty.db", "full.db"].map(|name| folder.join(name));
        let sides = Self { folder: folder.to_owned(), empty, path, rows };
        worlds::remove(&sides.empty);
        runtime.block_on(store::migrate(&worlds::settings(&sides.empty), &CancellationToken::new())).unwrap();
        sides.ours();
        make_csv(folder, |table| {
            sides.sqlite3(&format!(".mode csv\n.once {}\nSELECT * FROM \"{table}\";\n", csv(folder, table)));
        });
        sides
    }

    fn fresh(&self) {
        worlds::remove(&self.path);
        fs::copy(&self.empty, &self.path).unwrap();
    }

    fn ours(&self) -> f64 {
        self.fresh();
        let took = ours(&self.folder, &format!("sqlite:{}", self.path.display()));
        self.count();
        took
    }

    fn count(&self) {
        for table in TABLES {
            let asked = format!("SELECT count(*) FROM \"{table}\"");
            let counted = Command::new("sqlite3").arg(&self.path).arg(asked).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&counted.stdout).trim(), self.rows.to_string(), "{table}");
        }
    }

    fn sqlite3(&self, commands: &str) {
        let mut command = Command::new("sqlite3");
        command.arg("-bail").arg(&self.path);
        fed(command, commands);
    }

    fn loader(&self) -> f64 {
        self.fresh();
        let mut commands = String::from(
            "BEGIN;\nDROP TRIGGER \"TR_HostSessions_FlagInsert\";\nDROP TRIGGER \"TR_HostSessions_FlagUpdate\";\n\
            DROP TRIGGER \"TR_Sessions_TitleInsert\";\n.mode csv\n",
        );
        for table in TABLES {
            writeln!(commands, ".import {} {table}", csv(&self.folder, table)).unwrap();
        }
        commands.push_str(
            "INSERT INTO \"SessionTitles\" (rowid, \"Title\") SELECT \"SessionId\", \"Title\" FROM \"Sessions\";\nCOMMIT;\n",
        );
        let took = seconds(|| self.sqlite3(&commands));
        self.count();
        took
    }
}

/// Does something on a database of its own, which is up to date and empty; gives the seconds that it took.
fn on_server<T>(runtime: &Runtime, rows: u32, work: impl FnOnce(&TestPg) -> T) -> f64 {
    let db = runtime.block_on(TestPg::empty());
    let took = seconds(|| drop(work(&db)));
    for table in TABLES {
        let counted = runtime.block_on(db.number(&format!("SELECT count(*) FROM \"{table}\"")));
        assert_eq!(counted, i64::from(rows), "{table}");
    }
    took
}

fn psql(db: &TestPg, commands: &str) {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]).arg(server::url(db));
    fed(command, &format!("SET search_path = canvas;\n{commands}"));
}

fn copies(folder: &Path) -> String {
    let mut commands = String::from("BEGIN;\nALTER TABLE \"HostSessions\" DISABLE TRIGGER \"TR_HostSessions_Flag\";\n");
    for table in TABLES {
        writeln!(commands, "\\copy \"{table}\" FROM '{}' CSV", csv(folder, table)).unwrap();
    }
    commands.push_str("ALTER TABLE \"HostSessions\" ENABLE TRIGGER \"TR_HostSessions_Flag\";\nCOMMIT;\n");
    commands
}
