//! Whom a connection trusts: a server of its own, certificates of an authority of its own, each case with its sentence.
//!
//! The server is reached as `0.0.0.0`, which is this machine and no loopback address: the default holds for it.

use std::process::Command;

use chrono::{Days, NaiveDate};
use host_provisioner::domain::time::{Clock as _, SystemClock};
use serde_json::Value;

use crate::cli_doctor::{failed, report, step};
use crate::support::authority::{Authority, Signed, year};
use crate::support::cluster::Cluster;
use crate::support::desk::Desk;
use crate::support::program::{Ran, TestEnv, end_of};

/// The server listens at more than loopback.
const EVERYWHERE: &[&str] = &["listen_addresses = '0.0.0.0'"];

/// A server with TLS, which everybody may enter, and the file with the authority's certificate.
struct Secured {
    env: TestEnv,
    cluster: Cluster,
    authority: Authority,
    root: String,
}

impl Secured {
    fn with(names: &[&str], from: NaiveDate, until: NaiveDate) -> Self {
        let (env, authority) = (TestEnv::nowhere(), Authority::new());
        let cluster = Cluster::start(EVERYWHERE, &[]);
        let root = env.file("authority.pem", authority.pem.as_bytes());
        let secured = Self { env, cluster, authority, root };
        secured.migrate();
        secured.serve(&secured.authority.sign(names, from, until));
        secured
    }

    fn migrate(&self) {
        let url = self.cluster.url("postgres");
        assert!(self.env.bare(["migrate", "--database-url", &url]).output().unwrap().status.success());
    }

    /// Lets the server show this certificate.
    fn serve(&self, signed: &Signed) {
        self.cluster.write("server.crt", &signed.certificate);
        self.cluster.write("server.key", &signed.key);
        self.cluster.configure(&["ssl = on"]);
        self.cluster.restart();
    }

    fn list(&self, host: &str, parameters: &str) -> Command {
        self.command("list", host, parameters)
    }

    fn command(&self, name: &str, host: &str, parameters: &str) -> Command {
        let url = format!("postgres://postgres@{host}:{}/postgres{parameters}", self.cluster.port());
        self.env.bare([name, "--json", "--database-url", &url])
    }

    /// Examines the server with the authority known.
    fn doctor(&self, parameters: &str, code: i32) -> Value {
        report(&ran(self.command("doctor", "0.0.0.0", parameters).env("PGSSLROOTCERT", &self.root)), code)
    }

    /// Runs a command with the authority known, and nothing else said about TLS.
    fn by_default(&self) -> Ran {
        ran(self.list("0.0.0.0", "").env("PGSSLROOTCERT", &self.root))
    }
}

fn ran(command: &mut Command) -> Ran {
    end_of(command.spawn().unwrap())
}

/// Expects a refusal of this server, and gives its sentence.
fn refusal(ran: Ran) -> String {
    let error = ran.error(4);
    assert_eq!(error["kind"], "untrusted");
    assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
    error["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_certificate_of_a_known_authority_for_this_name_is_trusted() {
    let secured = Secured::with(&["0.0.0.0", "localhost"], year(2020), year(2120));
    assert_eq!(secured.by_default().ok(), "[]\n");
    // The URL names the authority as well as the environment does, and loopback is verified where that is asked for.
    let root = format!("sslrootcert={}", secured.root);
    assert_eq!(ran(&mut secured.list("0.0.0.0", &format!("?{root}"))).ok(), "[]\n");
    assert_eq!(ran(&mut secured.list("localhost", &format!("?sslmode=verify-full&{root}"))).ok(), "[]\n");
}

#[test]
fn an_authority_that_nobody_named_is_not_trusted_unless_less_is_asked_for() {
    let secured = Secured::with(&["0.0.0.0"], year(2020), year(2120));
    let sentence = "the server's certificate is not signed by an authority that this machine trusts";
    assert_eq!(refusal(ran(&mut secured.list("0.0.0.0", ""))), sentence);
    let other = secured.env.file("other.pem", Authority::new().pem.as_bytes());
    assert_eq!(refusal(ran(secured.list("0.0.0.0", "").env("PGSSLROOTCERT", other))), sentence);
    // Loopback is exempt by default, not when it is asked for.
    assert_eq!(refusal(ran(&mut secured.list("127.0.0.1", "?sslmode=verify-full"))), sentence);
    assert_eq!(ran(&mut secured.list("0.0.0.0", "?sslmode=require")).ok(), "[]\n");
    assert_eq!(ran(secured.list("0.0.0.0", "").env("PGSSLMODE", "require")).ok(), "[]\n");
}

#[test]
fn less_than_a_verified_server_is_said_in_the_header_of_the_console() {
    let secured = Secured::with(&["0.0.0.0"], year(2020), year(2120));
    let desk = Desk::empty();
    let open = |parameters: &str| {
        let url = format!("postgres://postgres@0.0.0.0:{}/postgres{parameters}", secured.cluster.port());
        desk.program((120, 35), &["--database-url", &url], &[])
    };
    let verified = open(&format!("?sslrootcert={}", secured.root));
    verified.sees(&["postgres 0.0.0.0", "There are no sessions yet."]);
    assert!(!verified.text().contains("TLS"), "{}", verified.text());
    open("?sslmode=require").sees(&["[TLS not verified]", "postgres 0.0.0.0"]);
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let secured = Secured::with(&["db1.example", "192.0.2.7"], year(2020), year(2120));
    assert_eq!(
        refusal(secured.by_default()),
        "the server's certificate is for db1.example, 192.0.2.7, not for 0.0.0.0"
    );
    let authority_alone = ran(secured.list("0.0.0.0", "?sslmode=verify-ca").env("PGSSLROOTCERT", &secured.root));
    assert_eq!(authority_alone.ok(), "[]\n");
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let secured = Secured::with(&["0.0.0.0"], year(2020), year(2021));
    assert_eq!(refusal(secured.by_default()), "the server's certificate expired at 2021-01-01T00:00:00Z");
    secured.serve(&secured.authority.sign(&["0.0.0.0"], year(2119), year(2120)));
    assert_eq!(refusal(secured.by_default()), "the server's certificate is not valid before 2119-01-01T00:00:00Z");
}

#[test]
fn a_server_without_tls_is_not_talked_to_off_this_machine() {
    let (env, cluster) = (TestEnv::nowhere(), Cluster::start(EVERYWHERE, &[]));
    let url = |parameters: &str| format!("postgres://postgres@0.0.0.0:{}/postgres{parameters}", cluster.port());
    let list = |url: String| ran(&mut env.bare(["list", "--json", "--database-url", &url]));
    let sentence = "the server offers no TLS, and this connection must be encrypted";
    assert_eq!(refusal(list(url(""))), sentence);
    assert_eq!(refusal(list(url("?sslmode=require"))), sentence);
    assert_eq!(list(url("?sslmode=prefer")).error(2)["kind"], "unmigrated");
    assert_eq!(list(cluster.url("postgres")).error(2)["kind"], "unmigrated");
}

#[test]
fn what_is_said_about_tls_and_cannot_be_followed_is_a_fault_of_the_settings() {
    let (env, cluster) = (TestEnv::nowhere(), Cluster::start(EVERYWHERE, &[]));
    let secured = Secured { root: String::new(), authority: Authority::new(), env, cluster };
    secured.serve(&secured.authority.sign(&["0.0.0.0"], year(2020), year(2120)));
    let missing = ran(&mut secured.list("0.0.0.0", "?sslrootcert=/nowhere/root.pem")).error(2);
    assert_eq!(missing["kind"], "configuration");
    assert!(missing["message"].as_str().unwrap().contains("sslrootcert"), "{missing}");
    let misspelt = ran(secured.list("0.0.0.0", "").env("PGSSLMODE", "verify-ful")).error(2);
    assert!(misspelt["message"].as_str().unwrap().contains("PGSSLMODE"), "{misspelt}");
}

#[test]
fn an_examination_tells_who_answers_until_when_and_whether_anybody_made_sure() {
    let secured = Secured::with(&["0.0.0.0", "db1.example"], year(2020), year(2120));
    let who = "certificate of 0.0.0.0, db1.example, by CN=Test Authority, until 2120-01-01T00:00:00Z";
    for (parameters, state, trust) in [
        ("", "ok", "verified"),
        ("?sslmode=verify-ca", "warning", "authority verified, name not verified"),
        ("?sslmode=require", "warning", "not verified"),
    ] {
        let found = secured.doctor(parameters, 0);
        let tls = step(&found, "tls");
        assert_eq!(tls["detail"], format!("TLSv1.3, {trust}: {who}"));
        assert_eq!(tls["state"], state);
    }
    let plain = secured.doctor("?sslmode=disable", 0);
    assert_eq!(step(&plain, "tls")["detail"], "none: all is sent in plain text");
    assert_eq!(step(&plain, "tls")["state"], "warning");
}

#[test]
fn an_examination_warns_of_a_certificate_that_ends_soon_and_ends_at_one_that_has() {
    let today = SystemClock.now().utc().date_naive();
    let secured = Secured::with(&["0.0.0.0"], year(2020), today + Days::new(12));
    let soon = secured.doctor("", 0);
    assert_eq!(step(&soon, "tls")["state"], "warning");
    let hint = step(&soon, "tls")["hint"].as_str().unwrap();
    assert!(hint.starts_with("the certificate ends in 1") && hint.ends_with(" days: renew it in time"), "{hint}");
    secured.serve(&secured.authority.sign(&["0.0.0.0"], year(2020), today));
    let over = secured.doctor("", 4);
    assert_eq!(failed(&over), "tls");
    assert!(step(&over, "tls")["detail"].as_str().unwrap().contains("expired at"));
}
