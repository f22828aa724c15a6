//! A network that goes wrong: a proxy before the server that understands enough of the protocol to act on a statement.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::time::sleep;

use super::wire::{Messages, Statements};

/// What is wrong with the network.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Whatever is sent arrives so much later, in both directions.
    Latency(Duration),
    /// At most so many bytes come through, then nothing for so long, in both directions.
    Trickle(usize, Duration),
    /// Everything is swallowed, new connections and old ones.
    Dark,
    /// Every new connection is reset at once.
    Down,
    /// A connection is cut at a statement.
    Cut(Cut),
}

/// When and how a connection is cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// At the first execution of a statement with such a text.
    pub(crate) at: fn(&str) -> bool,
    /// Whether the server still gets the statement, and carries it out.
    pub(crate) forwarded: bool,
    /// What the program sees of it.
    pub(crate) how: How,
    /// How the network is from then on.
    pub(crate) then: Then,
}

/// How the network is after a cut.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    /// It lets everything through but that statement.
    Same,
    /// It swallows everything, so that nobody can look what became of it.
    Dark,
    /// It resets every connection at once.
    Down,
}

/// What a program sees of a connection that is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Nothing at all, ever. Nor does the server.
    Silence,
    /// A reset (RST).
    Reset,
    /// The end of the stream (FIN).
    Close,
}

struct Shared {
    fault: Mutex<Fault>,
    cuts: AtomicUsize,
    accepted: AtomicUsize,
}

impl Shared {
    fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap()
    }
}

/// The end of a transaction, prepared or not.
pub(crate) fn commit(text: &str) -> bool {
    text == "COMMIT"
}

/// A proxy that listens until it is dropped.
pub(crate) struct Proxy {
    url: String,
    shared: Arc<Shared>,
    /// Dropping it drops every connection.
    runtime: Option<Runtime>,
}

impl Proxy {
    /// Listens before the server of this URL.
    pub(crate) fn before(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        let server = (options.get_host().to_owned(), options.get_port());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            fault: Mutex::new(Fault::None),
            cuts: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        });
        let all = Arc::clone(&shared);
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((program, _)) = listener.accept().await {
                all.accepted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(program, server.clone(), Arc::clone(&all)));
            }
        });
        // What is encrypted could not be understood.
        let through = options.host("127.0.0.1").port(port).ssl_mode(PgSslMode::Disable);
        Self { url: through.to_url_lossy().to_string(), shared, runtime: Some(runtime) }
    }

    /// Gives the URL of the same database through the proxy.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets something go wrong from now on.
    pub(crate) fn set(&self, fault: Fault) {
        self.shared.set(fault);
    }

    /// Lets new connections through again. One that was cut or swallowed stays so, as in life.
    pub(crate) fn heal(&self) {
        self.set(Fault::None);
    }

    /// Counts the connections that were cut.
    pub(crate) fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Counts the connections that were made.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Carries one connection until an end is closed, or for ever where everything is swallowed.
async fn carry(mut program: TcpStream, server: (String, u16), shared: Arc<Shared>) -> io::Result<()> {
    match shared.fault() {
        Fault::Dark => return swallow(&(program, None)).await,
        Fault::Down => return program.set_zero_linger(),
        Fault::None | Fault::Latency(_) | Fault::Trickle(..) | Fault::Cut(_) => {}
    }
    let mut server = TcpStream::connect(server).await?;
    program.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut started) = (Messages::default(), false);
    let mut statements = Statements::default();
    let (mut down, mut up) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        tokio::select! {
            count = server.read(&mut down) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                if let Fault::Dark = shared.fault() {
                    return swallow(&(program, Some(server))).await;
                }
                pass(&mut program, &down[..count], &shared).await?;
            }
            count = program.read(&mut up) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                asked.0.extend_from_slice(&up[..count]);
                while let Some(message) = asked.next(started) {
                    if let Fault::Dark = shared.fault() {
                        return swallow(&(program, Some(server))).await;
                    }
                    let executed = if started { statements.executed(&message) } else { None };
                    started = true;
                    match (shared.fault(), executed) {
                        (Fault::Cut(cut), Some(text)) if (cut.at)(&text) => {
                            if cut.forwarded {
                                server.write_all(&message).await?;
                                carried_out(&mut program, &mut server, &mut asked).await?;
                            }
                            match cut.then {
                                Then::Same => {}
                                Then::Dark => shared.set(Fault::Dark),
                                Then::Down => shared.set(Fault::Down),
                            }
                            shared.cuts.fetch_add(1, Ordering::SeqCst);
                            return end(program, server, cut.how).await;
                        }
                        _ => pass(&mut server, &message, &shared).await?,
                    }
                }
            }
        }
    }
}

/// Forwards what belongs to a statement, and waits until the server is ready again; the program sees nothing of it.
async fn carried_out(program: &mut TcpStream, server: &mut TcpStream, asked: &mut Messages) -> io::Result<()> {
    let mut answer = Messages::default();
    loop {
        while let Some(message) = asked.next(true) {
            server.write_all(&message).await?;
        }
        while let Some(message) = answer.next(true) {
            if message[0] == b'Z' {
                return Ok(());
            }
        }
        tokio::select! {
            count = server.read_buf(&mut answer.0) => if count? == 0 { return Ok(()) },
            count = program.read_buf(&mut asked.0) => if count? == 0 { return Ok(()) },
        }
    }
}

/// Sends bytes on as slowly as the network is.
async fn pass(to: &mut TcpStream, bytes: &[u8], shared: &Shared) -> io::Result<()> {
    match shared.fault() {
        Fault::None | Fault::Dark | Fault::Down | Fault::Cut(_) => to.write_all(bytes).await,
        Fault::Latency(latency) => {
            sleep(latency).await;
            to.write_all(bytes).await
        }
        Fault::Trickle(most, pause) => {
            for drops in bytes.chunks(most) {
                to.write_all(drops).await?;
                sleep(pause).await;
            }
            Ok(())
        }
    }
}

async fn end(program: TcpStream, server: TcpStream, how: How) -> io::Result<()> {
    match how {
        How::Silence => swallow(&(program, Some(server))).await,
        How::Close => Ok(()),
        How::Reset => program.set_zero_linger(),
    }
}

/// Holds both ends open: neither learns of the other's end.
async fn swallow(_ends: &(TcpStream, Option<TcpStream>)) -> io::Result<()> {
    std::future::pending().await
}
