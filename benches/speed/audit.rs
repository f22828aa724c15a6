//! `audit verify`: how many entries are verified in a second, the file being in the system's cache.

use std::path::Path;
use std::time::Instant;

use host_provisioner::domain::hash::{HashScheme, Hasher};
use host_provisioner::provision::{AuditReport, Provisioner};
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

use crate::report::{Report, Target};
use crate::{Scale, audit_world, turns, worlds};

const RUNS: usize = 3;

pub(crate) fn measure(runtime: &Runtime, scale: &Scale, report: &mut Report) {
    let histories = runtime.block_on(audit_world::histories(scale.entries));
    let old = runtime.block_on(worlds::demo(scale.sessions[2]));
    report.part(&format!("audit verify of {} entries, {} to a session", scale.entries, audit_world::ENTRIES));
    let (clock, processor) = verify(runtime, &histories, |found| {
        assert_eq!((found.entries, found.damage.len()), (scale.entries.into(), 0));
    });
    let millions = f64::from(scale.entries) / 1e6;
    report.figure("entries a second of processor time", millions / processor, "million/s", Target::AtLeast(1.0));
    report.figure("entries a second on the clock", millions / clock, "million/s", Target::None);
    let (clock, processor) = verify(runtime, &old, |found| assert!(found.unaudited > 0 && found.damage.is_empty()));
    let of = format!("{} sessions without a history", scale.sessions[2]);
    report.figure(&format!("{of}, processor time"), processor, "s", Target::None);
    report.figure(&format!("{of}, on the clock"), clock, "s", Target::None);
}

/// Verifies everything some times; gives the median seconds on the clock and on all processors together.
fn verify(runtime: &Runtime, path: &Path, check: impl Fn(&AuditReport)) -> (f64, f64) {
    let hasher = Hasher::new(HashScheme::Sha256, None, None, None).unwrap();
    let provisioner = Provisioner::new(runtime.block_on(worlds::open(path)), hasher);
    // The first run brings the file into the cache.
    let mut runs: Vec<(f64, f64)> = (0..=RUNS)
        .map(|_| {
            let (begun, used) = (Instant::now(), processor_time());
            check(&runtime.block_on(provisioner.verify_audit()).unwrap());
            (begun.elapsed().as_secs_f64(), processor_time() - used)
        })
        .collect();
    runs.remove(0);
    let (mut clock, mut processor): (Vec<f64>, Vec<f64>) = runs.into_iter().unzip();
    (turns::share(&mut clock, 0.5), turns::share(&mut processor, 0.5))
}

/// The processor time of this process, all threads together, in seconds.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
