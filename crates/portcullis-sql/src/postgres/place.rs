//! Reads the address of a server, and says it without its password.

use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::OpenError;

/// How long one address of a host may take to answer.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a server may be silent while something was sent to it.
const SILENCE: Duration = Duration::from_secs(10);

/// The settings of an address, completed, and the place that it names.
pub(super) fn parse(url: &str) -> Result<(Config, String), OpenError> {
    let wrong = |problem: &str| OpenError::Address {
        problem: problem.to_owned(),
    };
    // Else a part of the password would be taken for the host, and told.
    if url.matches('@').count() > 1 {
        return Err(wrong(
            "the PostgreSQL address has more than one `@`; within a password, write `%40`",
        ));
    }
    let mut config: Config = url.parse().map_err(|_| {
        wrong(
            "the PostgreSQL address is not understood (sslmode is require or disable; \
             special characters in a password are percent-encoded)",
        )
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(wrong("the PostgreSQL address names no host"));
    }
    if config.get_user().is_none() {
        return Err(wrong("the PostgreSQL address names no user"));
    }
    complete(&mut config);
    let place = place(&config);
    Ok((config, place))
}

fn complete(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_application_name().is_none() {
        config.application_name("portcullis");
    }
    // A server that vanished is noticed in seconds, not in hours.
    config
        .keepalives_idle(Duration::from_secs(30))
        .keepalives_interval(SILENCE)
        .keepalives_retries(3);
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    // Of several servers, one takes writes.
    let several = config.get_hosts().len().max(config.get_hostaddrs().len()) > 1;
    if several && config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    // `prefer` would let whoever sits between say that there is no TLS, and then read the password.
    // What does not leave this machine needs none, and its server's certificate is often a
    // placeholder; all else goes without only by an explicit `disable`.
    if !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Require) {
        config.ssl_mode(if stays_here(config) {
            SslMode::Disable
        } else {
            SslMode::Require
        });
    }
}

fn stays_here(config: &Config) -> bool {
    let hosts = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    hosts && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// Hosts, ports and database: no user, no password.
fn place(config: &Config) -> String {
    let names: Vec<String> = if config.get_hosts().is_empty() {
        config
            .get_hostaddrs()
            .iter()
            .map(IpAddr::to_string)
            .collect()
    } else {
        let name = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        config.get_hosts().iter().map(name).collect()
    };
    let ports = config.get_ports();
    let with_port = |(position, name): (usize, &String)| match ports.get(position).or(ports.first())
    {
        Some(port) => format!("{name}:{port}"),
        None => format!("{name}:5432"),
    };
    let hosts: Vec<String> = names.iter().enumerate().map(with_port).collect();
    let database = config
        .get_dbname()
        .or(config.get_user())
        .unwrap_or_default();
    format!("postgres://{}/{database}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_the_address_without_its_secrets() {
        for (url, expected) in [
            (
                "postgres://me:hunter2@db.example/users",
                "postgres://db.example:5432/users",
            ),
            (
                "postgresql://me:hunter2@a:1,b:2/users?sslmode=require",
                "postgres://a:1,b:2/users",
            ),
            (
                "postgres://me:hunter2@127.0.0.1",
                "postgres://127.0.0.1:5432/me",
            ),
            (
                "postgres:///users?host=a&user=me&password=hunter2",
                "postgres://a:5432/users",
            ),
        ] {
            assert_eq!(parse(url).unwrap().1, expected);
        }
    }

    #[test]
    fn a_wrong_address_is_told_without_its_secrets() {
        for url in [
            "postgres://me:hunter2@hunter2@host/users",
            "postgres://me:hunter2@host/users?sslmode=hunter2",
            "postgres://me:hunter2@host/users?hunter2=x",
            "postgres://me:hunter2@host:hunter2/users",
            "postgres:///users?password=hunter2",
            "postgres://host/users?password=hunter2",
        ] {
            let refused = parse(url).unwrap_err();
            assert!(matches!(refused, OpenError::Address { .. }), "{url}");
            assert!(
                !format!("{refused} {refused:?}").contains("hunter2"),
                "{refused}"
            );
        }
    }

    #[test]
    fn tls_is_left_out_only_where_nothing_leaves_the_machine() {
        let mode = |url: &str| parse(url).unwrap().0.get_ssl_mode();
        assert_eq!(mode("postgres://me@127.0.0.1/users"), SslMode::Disable);
        assert_eq!(mode("postgres://me@localhost/users"), SslMode::Disable);
        assert_eq!(
            mode("postgres://me@%2Frun%2Fpostgresql/users"),
            SslMode::Disable
        );
        assert_eq!(
            mode("postgres://me@127.0.0.1/users?sslmode=require"),
            SslMode::Require
        );
        assert_eq!(mode("postgres://me@127.0.0.1,db/users"), SslMode::Require);
        assert_eq!(
            mode("postgres://me@db/users?hostaddr=10.0.0.1"),
            SslMode::Require
        );
        for beyond in [
            "postgres://me@db/users",
            "postgres://me@10.0.0.1/users",
            "postgres://me@db/users?sslmode=prefer",
            "postgres://me@localhost/users?hostaddr=10.0.0.1",
            "postgres://me@db/users?hostaddr=127.0.0.1",
            "postgres:///users?user=me&hostaddr=10.0.0.1",
            "postgres://me@%2Frun%2Fpostgresql,db/users",
        ] {
            assert_eq!(mode(beyond), SslMode::Require, "{beyond}");
        }
        assert_eq!(
            mode("postgres://me@db/users?sslmode=disable"),
            SslMode::Disable
        );
    }

    #[test]
    fn of_several_hosts_the_one_that_takes_writes_is_used() {
        let attributes = |url: &str| parse(url).unwrap().0.get_target_session_attrs();
        assert_eq!(attributes("postgres://me@a/users"), TargetSessionAttrs::Any);
        assert_eq!(
            attributes("postgres://me@a,b/users"),
            TargetSessionAttrs::ReadWrite
        );
    }
}
