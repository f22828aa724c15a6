//! Disks without room: whichever write fails, nothing is changed and the sentence says why.

use std::fs;
use std::path::Path;

use crate::support::confined::with_small_disk;
use crate::support::program::{Ran, TestEnv};

/// Runs the command on a copy of `$BASE` for each number of free pages in `$PAGES`, and keeps what came of it in `$OUT`.
const EACH: &str = r#"
for pages in $PAGES; do
    rm -rf "$DISK"/*
    cp "$BASE" "$DISK/test.db"
    fill "$pages"
    mkdir "$OUT/$pages"
    code=0
    "$0" "$@" >"$OUT/$pages/stdout" 2>"$OUT/$pages/stderr" || code=$?
    echo "$code" >"$OUT/$pages/code"
    for part in "" -wal -journal; do
        if [ -e "$DISK/test.db$part" ]; then cp "$DISK/test.db$part" "$OUT/$pages/"; fi
    done
done"#;

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Rotates with so many free pages of disk; every attempt succeeds, or changes nothing. Gives both counts.
fn rotate_with_free_pages(journal: &str, pages: std::ops::RangeInclusive<u32>) -> (usize, usize) {
    let mut env = TestEnv::with_sessions();
    let old = env.guid(1);
    env.sql(&format!("PRAGMA journal_mode = {journal}"));
    let before = env.dump();
    let (disk, out) = (env.home("disk"), env.home("out"));
    fs::create_dir(&disk).unwrap();
    fs::create_dir(&out).unwrap();
    let url = format!("sqlite:{}", disk.join("test.db").display());
    let reason = "y".repeat(500);
    let line = ["create", "--session-id", "1", "--json", "--rotation-reason", &reason, "--database-url", &url];
    let mut command = with_small_disk(&disk, EACH, &env.bare(line));
    let list: Vec<String> = pages.clone().map(|pages| pages.to_string()).collect();
    command.env("PAGES", list.join(" ")).env("BASE", &env.db.path).env("OUT", &out);
    Ran::from(command).ok();
    let (mut full, mut done) = (0, 0);
    for pages in pages {
        let kept = out.join(pages.to_string());
        let (stdout, stderr) = (read(&kept, "stdout"), read(&kept, "stderr"));
        env.db.path = kept.join("test.db");
        match read(&kept, "code").trim() {
            "0" => {
                done += 1;
                let receipt: serde_json::Value = serde_json::from_str(&stdout).unwrap();
                let new = receipt["host_guid"].as_str().unwrap();
                assert_eq!(env.feed("verify --session-id 1", new).stdout, "accepted\n", "{pages} pages");
                assert_eq!(env.feed("verify --session-id 1", &old).stdout, "rejected\n", "{pages} pages");
            }
            code => {
                full += 1;
                let error: serde_json::Value = serde_json::from_str(&stderr).unwrap();
                let (kind, message) = (&error["error"]["kind"], &error["error"]["message"]);
                assert_eq!((code, stdout.as_str()), ("1", ""), "{pages} pages: {stderr}");
                assert_eq!(
                    (kind, message.as_str().unwrap().split(';').next()),
                    (&"disk_full".into(), Some("the disk is full"))
                );
                assert_eq!(env.dump(), before, "{pages} pages");
                assert_eq!(env.feed("verify --session-id 1", &old).stdout, "accepted\n", "{pages} pages");
            }
        }
        assert_eq!(env.texts("PRAGMA integrity_check"), ["ok"]);
        env.guid(1);
        env.run("audit verify").ok();
    }
    (full, done)
}

/// The index of the log needs eight pages; then each page that COMMIT writes there needs its own.
#[test]
fn a_disk_that_fills_up_anywhere_in_a_rotation_with_a_write_ahead_log() {
    let (full, done) = rotate_with_free_pages("WAL", 0..=24);
    assert!(full >= 10 && done >= 1, "{full} full, {done} done");
}

/// The journal is written by the statements, the database itself by COMMIT.
#[test]
fn a_disk_that_fills_up_anywhere_in_a_rotation_with_a_rollback_journal() {
    let (full, done) = rotate_with_free_pages("DELETE", 0..=15);
    assert!(full >= 4 && done >= 1, "{full} full, {done} done");
}

/// A small disk without any room, and a script that works on it.
fn without_room(env: &TestEnv, script: &str) -> Ran {
    let disk = env.home("disk");
    fs::create_dir(&disk).unwrap();
    let create = env.command(["create", "--session-id", "1", "--created-by", "Keller"]);
    Ran::from(with_small_disk(&disk, &format!("fill 0\n{script}"), &create))
}

#[test]
fn a_guid_for_a_file_on_a_full_disk_is_told_as_not_delivered() {
    let env = TestEnv::with_sessions();
    let old = env.guid(1);
    let ran = without_room(&env, r#""$0" "$@" >"$DISK/guid""#);
    assert_eq!(ran.code, 11, "{}", ran.stderr);
    let last = ran.stderr.lines().last().unwrap();
    assert!(last.starts_with("error: rotated, GUID not delivered, rotate again: stdout cannot be written"), "{last}");
    assert_eq!(env.feed("verify --session-id 1", &old).stdout, "rejected\n");
}

#[test]
fn a_log_on_a_full_disk_keeps_nobody_from_rotating() {
    let env = TestEnv::with_sessions();
    let guid = without_room(&env, r#"XDG_STATE_HOME="$DISK" "$0" "$@""#).ok();
    assert_eq!(env.feed("verify --session-id 1", &guid).stdout, "accepted\n");
}

#[test]
fn a_new_database_on_a_full_disk_is_told_and_can_be_made_later() {
    let env = TestEnv::nowhere();
    let script = r#"for pages in 0 3 9 14; do
        rm -f "$DISK"/new.db*
        fill "$pages"
        "$0" migrate --database-url "sqlite:$DISK/new.db" && exit 98
    done
    rm "$DISK/filler"
    "$0" migrate --database-url "sqlite:$DISK/new.db""#;
    let ran = without_room(&env, script);
    assert_eq!(ran.stderr.matches("error: the disk is full\n").count(), 4, "{}", ran.stderr);
    assert!(ran.ok().contains("applied 0002 single guid rule\n"));
}
