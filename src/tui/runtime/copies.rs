//! The copy of a GUID in tmux. One thread makes it, replaces it and takes it back, in the order in which that is asked
//! for: no copy goes early because there was one before it, and none is made after it was taken back.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::domain::guid::HostGuid;
use crate::tui::clipboard::{self, KEPT_SECONDS};

/// What became of a copy, in words.
type Copied = Result<String, String>;

enum Asked {
    Copy(HostGuid, oneshot::Sender<Copied>),
    Forget,
}

/// The thread, from the first copy on.
pub(super) struct Copies {
    asked: Sender<Asked>,
    keeper: JoinHandle<()>,
}

impl Copies {
    /// Starts it.
    pub(super) fn begin() -> Self {
        let (asked, inbox) = channel();
        let kept = Duration::from_secs(KEPT_SECONDS);
        let keeper = spawn_blocking(move || keep(&inbox, kept, clipboard::copy_by_tmux, clipboard::forget_by_tmux));
        Self { asked, keeper }
    }

    /// Copies a GUID; it is taken back after [`KEPT_SECONDS`], counted from the last copy.
    pub(super) fn copy(&self, guid: HostGuid) -> impl Future<Output = Copied> + use<> {
        let (answer, answered) = oneshot::channel();
        // Where the thread is gone, the answer never comes, and that is told.
        let _ = self.asked.send(Asked::Copy(guid, answer));
        async { answered.await.unwrap_or_else(|_gone| Err("tmux did not take the GUID".to_owned())) }
    }

    /// Takes the copy back now, if there is one.
    pub(super) fn forget(&self) {
        let _ = self.asked.send(Asked::Forget);
    }

    /// Takes the copy back, and waits until that is done.
    pub(super) async fn end(self) {
        drop(self.asked);
        let _ = self.keeper.await;
    }
}

/// Does what is asked for, until nobody can ask any more.
fn keep(asked: &Receiver<Asked>, kept: Duration, copy: impl Fn(&HostGuid) -> Copied, forget: impl Fn()) {
    let mut until: Option<Instant> = None;
    loop {
        let next = match until {
            Some(until) => asked.recv_timeout(until.saturating_duration_since(Instant::now())),
            None => asked.recv().map_err(|_gone| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(Asked::Copy(guid, answer)) => {
                let copied = copy(&guid);
                // One that failed may have left something too.
                until = Some(Instant::now() + kept);
                // Nobody waits where the console is ending.
                let _ = answer.send(copied);
            }
            Ok(Asked::Forget) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                if until.take().is_some() {
                    forget();
                }
                if next.is_err_and(|error| error == RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::thread::{JoinHandle, sleep, spawn};

    use super::*;

    const KEPT: Duration = Duration::from_millis(400);

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Did {
        Copy,
        Forget,
    }

    type Story = Arc<Mutex<Vec<(Did, Instant)>>>;

    /// Starts a thread that writes down what it does, and when.
    fn keeper(answer: Copied) -> (Sender<Asked>, JoinHandle<()>, Story) {
        let (asked, inbox) = channel();
        let story = Story::default();
        let (copies, forgets) = (Arc::clone(&story), Arc::clone(&story));
        let note = |story: &Story, did| story.lock().unwrap().push((did, Instant::now()));
        let copy = move |_: &HostGuid| {
            note(&copies, Did::Copy);
            answer.clone()
        };
        let thread = spawn(move || keep(&inbox, KEPT, copy, || note(&forgets, Did::Forget)));
        (asked, thread, story)
    }

    fn copy(asked: &Sender<Asked>) -> Copied {
        let (answer, answered) = oneshot::channel();
        asked.send(Asked::Copy(HostGuid::parse("00000000-0000-4000-8000-000000000007").unwrap(), answer)).unwrap();
        answered.blocking_recv().unwrap()
    }

    fn did(story: &Story) -> Vec<Did> {
        story.lock().unwrap().iter().map(|(did, _)| *did).collect()
    }

    #[test]
    fn a_second_copy_is_kept_for_its_own_time() {
        let (asked, thread, story) = keeper(Ok(String::new()));
        copy(&asked).unwrap();
        sleep(KEPT / 2);
        copy(&asked).unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while did(&story).last() != Some(&Did::Forget) {
            assert!(Instant::now() < end, "it was never taken back");
            sleep(KEPT / 20);
        }
        let told = story.lock().unwrap().clone();
        let [.., (Did::Copy, made), (Did::Forget, taken)] = told[..] else { panic!("{told:?}") };
        assert!(taken - made >= KEPT, "{:?}", taken - made);
        drop(asked);
        thread.join().unwrap();
        assert_eq!(did(&story), told.iter().map(|(did, _)| *did).collect::<Vec<_>>(), "and nothing after it");
    }

    #[test]
    fn a_copy_is_taken_back_once_when_it_is_left_or_the_console_ends() {
        let (asked, thread, story) = keeper(Ok(String::new()));
        asked.send(Asked::Forget).unwrap();
        copy(&asked).unwrap();
        asked.send(Asked::Forget).unwrap();
        asked.send(Asked::Forget).unwrap();
        copy(&asked).unwrap();
        drop(asked);
        thread.join().unwrap();
        assert_eq!(did(&story), [Did::Copy, Did::Forget, Did::Copy, Did::Forget]);
    }

    #[test]
    fn a_copy_that_failed_is_told_and_taken_back_too() {
        let (asked, thread, story) = keeper(Err("no".to_owned()));
        assert_eq!(copy(&asked), Err("no".to_owned()));
        drop(asked);
        thread.join().unwrap();
        assert_eq!(did(&story), [Did::Copy, Did::Forget]);
    }
}
