//! The same on a `PostgreSQL` server: rotations beside `pgbench`, and reads in worlds of three sizes.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use host_provisioner::domain::guid::HostGuid;
use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::domain::session::SessionId;
use host_provisioner::provision::Provisioner;
use host_provisioner::store::{self, HistoryPage, HistoryQuery, Settings, Store};
use tokio::runtime::Runtime;

use crate::floor::pgbench::Pgbench;
use crate::postgres::TestPg;
use crate::report::{Report, Target};
use crate::{Scale, console, pages, rotations, turns};

const WORLD: &str = include_str!("../../tests/fixtures/world.postgres.sql");

/// Clients at the same time.
const CLIENTS: [u32; 2] = [1, 8];

/// Sessions that each client rotates.
const EACH: i64 = 50;

/// Spells of each side.
const SPELLS: usize = 7;

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let db = runtime.block_on(TestPg::empty());
    let durable = runtime.block_on(db.texts("SHOW fsync"))[0] == "on";
    assert!(durable || !report.judges(), "this server does not wait for its disk: tests/with-postgres --durable");
    throughput(runtime, scale, report, &db);
    in_place(runtime, scale, report, &db);
    let worlds = scale.sessions.map(|sessions| runtime.block_on(world(sessions)));
    let stores = worlds.each_ref().map(|db| runtime.block_on(open(db)));
    verify(runtime, scale, report, &stores);
    pages::compare(runtime, scale, report, &stores);
    pages::narrow_and_sort(runtime, scale, report, &stores, pages::OF_SERVER);
    pages::numbers(runtime, scale, report, &stores);
    pages::overview(runtime, scale, report, &stores[2]);
    runtime.block_on(join_all(stores.iter().map(|store| store.close())));
    console::on_server(scale, report, &worlds[2].url());
}

/// To count a million one by one takes some seconds.
async fn open(db: &TestPg) -> Arc<dyn Store> {
    store::connect(Settings { timeout: Duration::from_mins(1), ..db.settings() }, None).await.unwrap()
}

async fn operator(db: &TestPg) -> Provisioner {
    Provisioner::new(open(db).await, Hasher::new(HashScheme::Sha256, None, None, None).unwrap())
}

/// Gives a database's URL as other programs take it.
pub(crate) fn url(db: &TestPg) -> String {
    let server = std::env::var("HOST_PROVISIONER_TEST_POSTGRES_URL").unwrap();
    format!("{server}{}dbname={}", if server.contains('?') { '&' } else { '?' }, db.name)
}

/// Adds sessions and nothing else; gives their ids.
async fn sessions(db: &TestPg, count: i64) -> Range<i64> {
    let last = db.number(r#"SELECT coalesce(max("SessionId"), 0) FROM "Sessions""#).await;
    db.sql(&format!(
        r#"INSERT INTO "Sessions" ("GroupId", "Title", "Status", "ParticipantCount", "CreatedAt", "ModifiedAt")
        SELECT gen_random_uuid(), 'a session', 'Completed', 0, now(), now() FROM generate_series(1, {count})"#
    ))
    .await;
    last + 1..last + 1 + count
}

/// A world with everything, as large as is asked for.
async fn world(sessions: u32) -> TestPg {
    let db = TestPg::empty().await;
    println!("  making a world of {sessions} sessions on the server …");
    db.sql(&format!("BEGIN; SELECT set_config('world.sessions', '{sessions}', true); {WORLD} COMMIT")).await;
    db.sql("VACUUM ANALYZE").await;
    db
}

/// Rotations in a second, the program's and those of `pgbench` in turn.
fn throughput(runtime: &Runtime, scale: &Scale, report: &mut Report, db: &TestPg) {
    let most = i64::from(CLIENTS[1]) * EACH;
    let (ours, bare) = runtime.block_on(async { (sessions(db, most).await, sessions(db, most).await) });
    // Each client is an operator with connections of its own, as 8 consoles would be.
    let operators = runtime.block_on(join_all((0..CLIENTS[1]).map(async |_| Arc::new(operator(db).await))));
    let first = &operators[0];
    runtime.block_on(async {
        for id in ours.clone().chain(bare.clone()) {
            rotations::provision(first, id).await;
        }
    });
    // A rotation's entry is longer than a creation's.
    runtime.block_on(rotations::provision(first, ours.start));
    let newest = HistoryQuery { session: None, page: HistoryPage::Newest, limit: 1 };
    let sample = runtime.block_on(first.store().history(&newest)).unwrap().remove(0);
    let mut pgbench = Pgbench::new(url(db), sample);
    report.part("rotations on a server, one store for each client, against pgbench with the same statements");
    for clients in CLIENTS {
        let (mut rates, mut floors) = (Vec::new(), Vec::new());
        for _ in 0..if report.judges() { SPELLS } else { 1 } {
            let at_work = &operators[..clients as usize];
            rates.push(runtime.block_on(rotate(at_work, ours.start, scale.spell)));
            floors.push(pgbench.rotations(clients, bare.start..bare.start + i64::from(clients) * EACH, scale.spell));
        }
        runtime.block_on(are_rotated(db));
        let (rate, floor) = (turns::share(&mut rates, 0.5), turns::share(&mut floors, 0.5));
        report.figure(&format!("with {clients} at work"), rate, "a second", Target::None);
        report.figure(&format!("pgbench, with {clients} at work"), floor, "a second", Target::None);
        report.figure(&format!("with {clients} at work against pgbench"), rate / floor, "times", Target::AtLeast(0.9));
    }
}

/// Makes sure that the sessions that `pgbench` rotated last have the hash that it wrote: a floor that changes no record
/// would be no floor.
async fn are_rotated(db: &TestPg) {
    let rotated = r#"SELECT bool_and(ltrim(h."HostGuidHash", '0') = ltrim(e."EventId", '0'))::text
        FROM "HostSessions" AS h JOIN "HostSessionEvents" AS e ON e."SessionId" = h."SessionId"
            AND e."Seq" = (SELECT max("Seq") FROM "HostSessionEvents" AS l WHERE l."SessionId" = h."SessionId")
        WHERE e."EventId" NOT LIKE '%-%'"#;
    assert_eq!(db.texts(rotated).await, ["true"]);
}

/// Lets each operator rotate sessions of its own; gives the rotations in a second.
async fn rotate(operators: &[Arc<Provisioner>], first: i64, spell: Duration) -> f64 {
    let begun = Instant::now();
    let work = operators.iter().zip(0..).map(|(operator, place)| {
        let operator = Arc::clone(operator);
        tokio::spawn(async move {
            let mut done = 0;
            while begun.elapsed() < spell {
                rotations::provision(&operator, first + place * EACH + done % EACH).await;
                done += 1;
            }
            done
        })
    });
    let done: i64 = join_all(work).await.into_iter().map(Result::unwrap).sum();
    done as f64 / begun.elapsed().as_secs_f64()
}

fn in_place(runtime: &Runtime, scale: &Scale, report: &mut Report, db: &TestPg) {
    let turns = i64::try_from(scale.turns).unwrap();
    let (old, new) = runtime.block_on(async { (sessions(db, turns).await, sessions(db, turns).await) });
    let operator = runtime.block_on(operator(db));
    let provision = |id| runtime.block_on(rotations::provision(&operator, id));
    old.clone().for_each(provision);
    let at = |ids: &Range<i64>, turn: usize| ids.start + i64::try_from(turn).unwrap();
    let [create, rotate] = turns::medians(
        scale.turns,
        &mut [&mut |turn| provision(at(&new, turn)), &mut |turn| provision(at(&old, turn))],
    );
    report.part("a rotation in place, and a creation, on a server");
    report.figure("a rotation", rotate * 1e3, "ms", Target::None);
    report.figure("a rotation against a creation", rotate / create, "times", Target::AtMost(1.1));
}

/// Checks a GUID of as many sessions in each world, all over it, each with one record.
fn verify(runtime: &Runtime, scale: &Scale, report: &mut Report, stores: &[Arc<dyn Store>; 3]) {
    let hasher = || Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    let [small, medium, large] = stores.each_ref().map(|store| Provisioner::new(Arc::clone(store), hasher()));
    let (guid, smallest) = (HostGuid::generate(), scale.sessions[0]);
    let check = |provisioner: &Provisioner, sessions: u32, turn: usize| {
        // Every twentieth session is like the first.
        let apart = i64::from(sessions / smallest) * 20;
        let id = i64::try_from(turn).unwrap() % i64::from(smallest / 20) * apart + 1;
        let found = runtime.block_on(provisioner.verify(SessionId::new(id).unwrap(), &guid)).unwrap();
        assert_eq!(found.opened, None);
    };
    let took = turns::medians(
        scale.turns,
        &mut [
            &mut |turn| check(&small, scale.sessions[0], turn),
            &mut |turn| check(&medium, scale.sessions[1], turn),
            &mut |turn| check(&large, scale.sessions[2], turn),
        ],
    );
    report.part(&format!("verify on a server, against verify at {} sessions", scale.sessions[0]));
    report.figure("that verify", took[0] * 1e3, "ms", Target::None);
    for (sessions, seconds) in scale.sessions.iter().zip(took).skip(1) {
        report.figure(&format!("verify at {sessions}"), seconds / took[0], "times", Target::AtMost(1.3));
    }
}
