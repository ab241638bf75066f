//! From `202` to the mail, whatever ends in between: the mail server, or this server.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::{self, Answer};
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;
use crate::smtp_sink::{Mail, Reply, SmtpSink};

/// Longer than a mail is somebody's: twice what one attempt may take, which is one second here, and one
/// more for the mailer's verdict.
const LEASE: Duration = Duration::from_secs(5);
/// Nobody who asks waits for a mail server.
const SOON: Duration = Duration::from_secs(5);

/// A database in which carol has verified an address.
struct House {
    folder: Arc<TempDir>,
    database: Database,
}

impl House {
    fn new(folder: &Arc<TempDir>, database: Database) -> Self {
        let mut add = portcullis(folder.path());
        add.args(["user", "add", "carol", "--email", "carol@example.com"])
            .args(["--password-stdin", "--database", &database.url()]);
        let said = run(add, "seven grey cranes over Uppsala");
        assert!(said.status.success(), "{said:?}");
        database.run("UPDATE users SET email_verified = TRUE;");
        let folder = Arc::clone(folder);
        Self { folder, database }
    }

    /// A server that sends its mails there, if anywhere.
    fn start(&self, mail_url: Option<&str>) -> Server {
        self.start_as("no-reply@example.com", mail_url)
    }

    fn start_as(&self, from: &str, mail_url: Option<&str>) -> Server {
        let mut variables = vec![
            ("PORTCULLIS_MAIL_FROM", from),
            ("PORTCULLIS_MAIL_TIMEOUT_SECONDS", "1"),
            ("PORTCULLIS_ISSUER", "https://id.example.com"),
        ];
        variables.extend(mail_url.map(|url| ("PORTCULLIS_MAIL_URL", url)));
        Server::start(
            &self.folder,
            &["--database", &self.database.url()],
            &variables,
        )
    }

    /// How many mails wait, or were given up.
    fn kept(&self) -> String {
        let count = self.database.run("SELECT count(*) FROM mails;");
        count.trim().to_owned()
    }

    /// PostgreSQL goes on with what a client asked for that is gone by now; SQLite is gone with it.
    fn end_who_waits(&self) {
        if let Database::Postgres(_) = &self.database {
            self.database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock';",
            );
        }
    }

    /// Waits until nothing is left to be sent.
    #[track_caller]
    fn wait_until_empty(&self) {
        let began = Instant::now();
        while self.kept() != "0" {
            assert!(began.elapsed() < Duration::from_secs(20), "mails wait");
            thread::yield_now();
        }
    }
}

/// On both engines, at once.
fn on_both(test: impl Fn(&House) + Sync) {
    let folder = temporary_folder();
    let other = temporary_folder();
    let [sqlite, postgres] = Database::both(folder.path());
    thread::scope(|scope| {
        scope.spawn(|| test(&House::new(&folder, sqlite)));
        scope.spawn(|| test(&House::new(&other, postgres)));
    });
}

fn ask(server: &Server, address: &str) -> Answer {
    let body = format!(r#"{{"email":"{address}"}}"#);
    let json = [("Content-Type", "application/json")];
    let path = "/password-recovery";
    let answer = http::send(server.address, "POST", path, &json, body.as_bytes());
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer
}

/// What an answer tells, but for the time of day.
fn told(answer: Answer) -> (Vec<(String, String)>, Vec<u8>) {
    let mut headers = answer.headers;
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
    (headers, answer.body)
}

/// `kill -9`, and nothing of it is left.
fn kill(mut server: Server) {
    let pid = server.pid().to_string();
    let killed = Command::new("kill").args(["-KILL", &pid]).status().unwrap();
    assert!(killed.success());
    server.wait();
}

fn ids(mails: &[Mail]) -> Vec<String> {
    let id = |mail: &Mail| mail.headers("Message-ID").concat();
    mails.iter().map(id).collect()
}

fn nobody_listens_at() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Both mails are one to whoever reads them: a mail reader shows what has one Message-ID once.
#[track_caller]
fn is_one_mail_twice(mails: &[Mail]) {
    let [first, second] = &ids(mails)[..] else {
        panic!("{} mails", mails.len());
    };
    assert_eq!(first, second);
    assert!(first.ends_with("@id.example.com>"), "{first}");
    for mail in mails {
        assert_eq!(mail.to, ["<carol@example.com>"]);
    }
}

/// ATK-M15: while no mail server is there, everybody is answered as ever, and alike.
#[test]
fn m15_while_the_mail_server_is_down_answers_are_the_same_and_mails_come_later() {
    on_both(|house| {
        let address = nobody_listens_at();
        let server = house.start(Some(&format!("smtp://{address}")));
        for _ in 0..4 {
            let began = Instant::now();
            let known = told(ask(&server, "carol@example.com"));
            let unknown = told(ask(&server, "nobody@example.com"));
            assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
            assert_eq!(known, unknown);
        }
        server.log_with("a mail was not sent; trying again");
        let sink = SmtpSink::at(address);
        let mails = sink.wait_for(4);
        assert!(mails.iter().all(|mail| mail.to == ["<carol@example.com>"]));
        house.wait_until_empty();
        let mut ids = ids(&sink.mails());
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), sink.mails().len()), (4, 4), "each came once");
    });
}

/// ATK-M14: what was answered with `202` is not lost with the process.
#[test]
fn m14_killed_between_202_and_the_mail_server_the_mail_comes_once() {
    on_both(|house| {
        let server = house.start(None);
        ask(&server, "carol@example.com");
        kill(server);

        let sink = SmtpSink::start();
        sink.answer("CONNECT", Reply::Hang);
        let server = house.start(Some(&sink.url()));
        while sink.connections() == 0 {
            thread::yield_now();
        }
        // In the midst of it: the mail is this server's for a while yet.
        kill(server);
        assert_eq!((house.kept().as_str(), sink.mails().len()), ("1", 0));

        sink.behave();
        let server = house.start(Some(&sink.url()));
        let [mail] = sink.wait_for(1).try_into().unwrap();
        assert_eq!(mail.to, ["<carol@example.com>"]);
        house.wait_until_empty();
        kill(server);
        let _server = house.start(Some(&sink.url()));
        assert_eq!(
            sink.within(2, LEASE).len(),
            1,
            "what was sent is not sent again"
        );
    });
}

/// The mail server has all of it and did not say so: it may have kept it or not, so it gets it again.
#[test]
fn m14_killed_while_the_mail_server_hangs_after_data_the_mail_comes_again_as_the_same() {
    on_both(|house| {
        let sink = SmtpSink::start();
        sink.answer(".", Reply::Hang);
        let server = house.start(Some(&sink.url()));
        ask(&server, "carol@example.com");
        sink.wait_for(1);
        kill(server);
        sink.behave();
        let _server = house.start(Some(&sink.url()));
        is_one_mail_twice(&sink.wait_for(2));
        house.wait_until_empty();
        assert_eq!(sink.within(3, LEASE).len(), 2, "twice is enough");
    });
}

/// The one other moment in which a mail is sent twice: the mail server has said yes, and we have not yet
/// written it down.
#[test]
fn m14_killed_between_the_mail_servers_yes_and_our_commit_the_mail_comes_again_as_the_same() {
    on_both(|house| {
        let sink = SmtpSink::start();
        sink.answer(".", Reply::Late);
        let server = house.start(Some(&sink.url()));
        ask(&server, "carol@example.com");
        sink.wait_for(1);
        let lock = house.database.lock("mails");
        sink.behave();
        // It says goodbye when it has heard the answer.
        while !sink.heard_in_the_clear().iter().any(|line| line == "QUIT") {
            thread::yield_now();
        }
        kill(server);
        house.end_who_waits();
        drop(lock);
        assert_eq!(house.kept(), "1", "nothing was written");
        let _server = house.start(Some(&sink.url()));
        is_one_mail_twice(&sink.wait_for(2));
        house.wait_until_empty();
        assert_eq!(sink.within(3, LEASE).len(), 2, "twice is enough");
    });
}

/// The same without the kill: the commit waits for the lock, and the mail is not sent again.
#[test]
fn m14_a_commit_that_has_to_wait_sends_nothing_twice() {
    on_both(|house| {
        let sink = SmtpSink::start();
        sink.answer(".", Reply::Late);
        let server = house.start(Some(&sink.url()));
        ask(&server, "carol@example.com");
        sink.wait_for(1);
        let lock = house.database.lock("mails");
        sink.behave();
        assert_eq!(sink.within(2, Duration::from_secs(1)).len(), 1);
        assert_eq!(house.kept(), "1", "nothing was written");
        drop(lock);
        house.wait_until_empty();
        assert_eq!(sink.within(2, LEASE).len(), 1, "once is enough");
    });
}

/// ATK-M15: a mail that is refused for good is not tried again, and whoever operates this sees it.
#[test]
fn m15_a_mail_that_is_refused_for_good_is_given_up_and_seen() {
    on_both(|house| {
        let sink = SmtpSink::start();
        sink.answer("RCPT", Reply::Say("550 5.1.1 nobody of this name"));
        let server = house.start(Some(&sink.url()));
        ask(&server, "carol@example.com");
        let log = server.log_with("a mail is given up");
        assert!(
            log.contains("ERROR") && log.contains("nobody of this name"),
            "{log}"
        );
        assert!(log.contains("reset_password"), "{log}");
        let seen = house.database.run(
            "SELECT count(*) FROM mails WHERE given_up_at IS NOT NULL AND due_at IS NULL \
             AND attempts = 1 AND failure LIKE '%550%nobody of this name%';",
        );
        assert_eq!(seen.trim(), "1");
        // The others go on.
        sink.behave();
        ask(&server, "carol@example.com");
        sink.wait_for(1);
        assert_eq!(sink.within(2, LEASE).len(), 1, "it is not tried again");
        assert_eq!(house.kept(), "1", "it is kept, to be seen");
    });
}

/// Who stops the server waits for the mail that is being sent: it goes out once, and is gone here.
#[test]
fn stopped_in_the_middle_of_a_mail_it_finishes_it() {
    on_both(|house| {
        let sink = SmtpSink::start();
        sink.answer(".", Reply::Late);
        let mut server = house.start(Some(&sink.url()));
        ask(&server, "carol@example.com");
        sink.wait_for(1);
        server.terminate();
        thread::sleep(Duration::from_millis(300));
        assert_eq!(house.kept(), "1", "it is not done yet");
        sink.behave();
        assert!(server.stop(), "it ends well");
        assert_eq!(house.kept(), "0", "and says that the mail is sent");
        let _next = house.start(Some(&sink.url()));
        assert_eq!(sink.within(2, LEASE).len(), 1, "so nobody sends it again");
    });
}

/// Where nothing is set, mails wait; whoever operates this sees how many, and they do not wait for ever.
#[test]
fn without_a_mail_server_what_waits_is_counted_and_what_is_old_is_removed() {
    on_both(|house| {
        let now = portcullis::clock::Clock::second(&portcullis::clock::SystemClock).as_second();
        let (day, old) = (now - 24 * 3_600, now - 8 * 24 * 3_600);
        for (name, created, due, given_up) in [
            ("waits", day, day.to_string(), "NULL".to_owned()),
            ("old", old, old.to_string(), "NULL".to_owned()),
            ("failed", day, "NULL".to_owned(), day.to_string()),
            ("forgotten", old, "NULL".to_owned(), old.to_string()),
        ] {
            let id = format!("{name:A<22}");
            house.database.run(&format!(
                "INSERT INTO mails (id, kind, address, created_at, due_at, given_up_at) \
                 VALUES ('{id}', 'recover_by_email', 'x@example.com', {created}, {due}, {given_up});"
            ));
        }
        let database = ["--database", &*house.database.url()];
        let server = Server::start(&house.folder, &database, &[]);
        let began = Instant::now();
        loop {
            let metrics = server.get("/metrics", &[]);
            let says = |line: &str| metrics.text().lines().any(|said| said == line);
            if says("portcullis_mails_waiting 1") && says("portcullis_mails_given_up 1") {
                break;
            }
            assert!(began.elapsed() < SOON, "{}", metrics.text());
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(house.kept(), "2", "the old ones are gone");
    });
}

#[test]
fn two_servers_over_one_database_send_each_mail_once() {
    on_both(|house| {
        let sink = SmtpSink::start();
        // So that neither has room for all of them.
        sink.answer("MAIL", Reply::Late);
        let servers = ["one@example.com", "two@example.com"]
            .map(|from| house.start_as(from, Some(&sink.url())));
        for _ in 0..16 {
            for server in &servers {
                ask(server, "carol@example.com");
            }
        }
        let began = Instant::now();
        while sink.connections() < 16 {
            assert!(began.elapsed() < SOON, "one of them does not begin");
            thread::sleep(Duration::from_millis(5));
        }
        sink.behave();
        sink.wait_for(32);
        house.wait_until_empty();
        let mails = sink.within(33, LEASE);
        let mut ids = ids(&mails);
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), mails.len()), (32, 32), "each came once");
        for from in ["<one@example.com>", "<two@example.com>"] {
            let sent = mails.iter().filter(|mail| mail.from.starts_with(from));
            assert!(sent.count() > 0, "{from} sent nothing");
        }
    });
}
