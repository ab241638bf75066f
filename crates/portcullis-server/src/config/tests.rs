use super::*;

fn read(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let sources = Sources {
        command_line: CommandLine::default(),
        environment,
    };
    Config::read(&sources.merge()?)
}

fn refused(environment: &[(&str, &str)]) -> String {
    read(environment).err().expect("it is refused").to_string()
}

fn from_file(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    let command_line = CommandLine {
        config: Some(path),
        ..CommandLine::default()
    };
    let sources = Sources {
        command_line,
        environment: Vec::new(),
    };
    Config::read(&sources.merge()?)
}

#[test]
fn every_default_is_accepted() {
    assert!(read(&[]).is_ok());
}

#[test]
fn an_unknown_setting_names_itself_and_its_place() {
    let text = refused(&[("PORTCULLIS_LISTNE", "127.0.0.1:1")]);
    assert!(text.contains("PORTCULLIS_LISTNE"), "{text}");
    let text = from_file("[login]\ninactiv = \"token\"\n")
        .err()
        .unwrap()
        .to_string();
    assert!(
        text.contains("settings.toml") && text.contains("`login.inactiv`"),
        "{text}"
    );
}

#[test]
fn a_wrong_value_names_its_setting_and_its_place() {
    for (name, value, says) in [
        ("PORTCULLIS_LISTEN", "8000", "an IP address and a port"),
        ("PORTCULLIS_STRICT", "yes", "true or false"),
        ("PORTCULLIS_LOGIN_INACTIVE", "maybe", "token, refuse"),
        ("PORTCULLIS_TOKENS_ACCESS_SECONDS", "0", "from 60 to 3600"),
        ("PORTCULLIS_HASHING_MEMORY_KIB", "8", "from 8192"),
        (
            "PORTCULLIS_CORS_ORIGINS",
            "https://a.example,*",
            "exact origin",
        ),
        ("PORTCULLIS_ISSUER", "http://example.com", "https"),
        ("PORTCULLIS_ISSUER", "https://example.com/?a", "query"),
    ] {
        let text = refused(&[(name, value)]);
        assert!(text.contains(name) && text.contains(says), "{text}");
    }
}

#[test]
fn a_list_is_a_list_and_nothing_else_is() {
    let several =
        from_file("[cors]\norigins = [\"https://a.example\", \"http://localhost:3000\"]\n");
    assert_eq!(several.unwrap().cors_origins.len(), 2);
    for wrong in [
        "listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]",
        "cors.origins = \"https://a.example\"",
        "strict = { yes = 1 }",
    ] {
        assert!(from_file(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_environment_stands_over_the_file() {
    let config = from_file(
        "strict = true\n[tokens]\naccess_seconds = 60\n[scopes]\n\"items:read\" = \"Read\"\n",
    )
    .unwrap();
    assert!(config.strict);
    assert_eq!(config.access_token_seconds, 60);
    assert_eq!(config.scopes["items:read"], "Read");
    assert!(!read(&[("PORTCULLIS_STRICT", "false")]).unwrap().strict);
}

#[test]
fn a_listener_beyond_loopback_needs_https_and_a_proxy() {
    let listen = ("PORTCULLIS_LISTEN", "0.0.0.0:8000");
    let issuer = ("PORTCULLIS_ISSUER", "https://id.example.com");
    let proxy = ("PORTCULLIS_BEHIND_PROXY", "true");
    assert!(refused(&[listen]).contains("in the clear"));
    assert!(refused(&[listen, issuer]).contains("in the clear"));
    assert!(refused(&[listen, proxy]).contains("in the clear"));
    assert!(
        refused(&[
            listen,
            proxy,
            ("PORTCULLIS_ISSUER", "http://127.0.0.1:8000")
        ])
        .contains("in the clear")
    );
    assert!(read(&[listen, issuer, proxy]).is_ok());
}

#[test]
fn an_issuer_is_an_https_address_and_nothing_more() {
    for good in [
        "https://id.example.com",
        "https://id.example.com/",
        "https://id.example.com:8443/auth",
        "http://127.0.0.1:8000",
        "http://localhost:8000",
    ] {
        let config = read(&[("PORTCULLIS_ISSUER", good)]).unwrap();
        assert_eq!(config.issuer.as_deref(), Some(good));
    }
    for bad in [
        "http://id.example.com",
        "http://127.0.0.1.example.com",
        "ftp://id.example.com",
        "id.example.com",
        "https://",
        "https://id.example.com?a=b",
        "https://id.example.com#a",
        "https://user@id.example.com",
        "https://id.example.com/a b",
        "https://id.example.com/\u{e9}",
    ] {
        let text = refused(&[("PORTCULLIS_ISSUER", bad)]);
        assert!(text.contains("PORTCULLIS_ISSUER"), "{bad}: {text}");
    }
}

#[test]
fn access_tokens_live_an_hour_at_most() {
    let seconds = |text| read(&[("PORTCULLIS_TOKENS_ACCESS_SECONDS", text)]);
    assert_eq!(read(&[]).unwrap().access_token_seconds, 900);
    assert_eq!(seconds("3600").unwrap().access_token_seconds, 3_600);
    assert!(seconds("3601").is_err());
    assert!(seconds("59").is_err());
}

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

#[test]
fn a_secret_may_lie_in_a_file_but_not_in_two_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{KEY}\n")).unwrap();
    let path = path.to_str().unwrap();
    let config = read(&[("PORTCULLIS_KEY_ENCRYPTION_KEY_FILE", path)]).unwrap();
    let read = config.sealing_key.expect("it is set");
    assert_eq!(read.to_base64().as_str(), KEY);
    let both = [
        ("PORTCULLIS_KEY_ENCRYPTION_KEY_FILE", path),
        ("PORTCULLIS_KEY_ENCRYPTION_KEY", "BBBB"),
    ];
    assert!(refused(&both).contains("keep one"));
    let missing = [("PORTCULLIS_ISSUER_FILE", "/nonexistent/issuer")];
    assert!(refused(&missing).contains("/nonexistent/issuer"));
}

#[test]
fn an_error_in_the_file_does_not_quote_it() {
    for line in [
        "key_encryption_key = hunter2",
        "database = postgres://me:hunter2@db/x",
    ] {
        let text = from_file(&format!("strict = true\n{line}\n"))
            .err()
            .unwrap()
            .to_string();
        assert!(text.contains("settings.toml, line 2"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn an_empty_secret_is_not_an_absent_one() {
    let text = refused(&[("PORTCULLIS_KEY_ENCRYPTION_KEY", "")]);
    assert!(text.contains("PORTCULLIS_KEY_ENCRYPTION_KEY"), "{text}");
    assert!(refused(&[("PORTCULLIS_KEY_ENCRYPTION_KEY_FILE", "/dev/null")]).contains("empty"));
}

#[test]
fn a_setting_under_the_scopes_is_no_scope() {
    let under = |line: &str| {
        let text = format!("strict = true\n[scopes]\n\"items:read\" = \"Read\"\n{line}\n");
        from_file(&text).map_err(|error| error.to_string())
    };
    for (line, key) in [
        ("listen = \"127.0.0.1:9\"", "`listen`"),
        ("behind_proxy = true", "`behind_proxy`"),
        ("metrics.listen = \"127.0.0.1:9\"", "`metrics.listen`"),
        ("\"metrics.listen\" = \"127.0.0.1:9\"", "`metrics.listen`"),
        ("sessions.second = 1", "`sessions.second`"),
    ] {
        let text = under(line).err().expect(line);
        for part in [key, "settings.toml", "move it above [scopes]"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    for (line, key) in [
        ("files = 1", "`files`"),
        ("files.read = \"Read\"", "`files`"),
    ] {
        let text = under(line).err().expect(line);
        for part in [key, "settings.toml", "a name and a description"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let scopes = under("metrics = \"Read the numbers\"").unwrap().scopes;
    assert_eq!(scopes["metrics"], "Read the numbers");
    let text = from_file("scopes = \"items:read\"\n").err().unwrap();
    assert!(text.to_string().contains("a name and a description"));
}

#[test]
fn the_metrics_have_an_address_of_their_own() {
    let both = |listen, metrics| {
        read(&[
            ("PORTCULLIS_LISTEN", listen),
            ("PORTCULLIS_METRICS_LISTEN", metrics),
            ("PORTCULLIS_ISSUER", "https://id.example.com"),
            ("PORTCULLIS_BEHIND_PROXY", "true"),
        ])
    };
    for (listen, metrics) in [
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("0.0.0.0:8000", "127.0.0.1:8000"),
        ("127.0.0.1:8000", "[::]:8000"),
    ] {
        let text = both(listen, metrics).err().expect(metrics).to_string();
        assert!(text.contains("PORTCULLIS_METRICS_LISTEN"), "{text}");
        assert!(
            text.contains(listen) && text.contains("another port"),
            "{text}"
        );
    }
    assert!(both("127.0.0.1:8000", "127.0.0.1:9100").is_ok());
    assert!(both("10.0.0.5:8000", "127.0.0.1:8000").is_ok());
    assert!(both("127.0.0.1:0", "127.0.0.1:0").is_ok());
}

#[test]
fn a_session_is_not_idle_for_longer_than_it_lives() {
    let idle = "PORTCULLIS_SESSIONS_IDLE_SECONDS";
    let text = refused(&[(idle, "7200"), ("PORTCULLIS_SESSIONS_SECONDS", "3600")]);
    for part in [idle, "7200", "`sessions.seconds`, 3600"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(refused(&[(idle, "2592001")]).contains("2592000"));
    assert!(read(&[(idle, "3600"), ("PORTCULLIS_SESSIONS_SECONDS", "3600")]).is_ok());
    // The default of seven days is no contradiction.
    assert!(read(&[("PORTCULLIS_SESSIONS_SECONDS", "3600")]).is_ok());
}

#[test]
fn one_and_zero_are_answers_in_the_environment_alone() {
    let strict = |value| read(&[("PORTCULLIS_STRICT", value)]);
    assert!(strict("1").unwrap().strict);
    assert!(!strict("0").unwrap().strict);
    assert!(
        !read(&[("PORTCULLIS_GRANTS_PASSWORD", "0")])
            .unwrap()
            .password_grant
    );
    for wrong in ["2", "01", "TRUE", "on"] {
        assert!(strict(wrong).is_err(), "{wrong}");
    }
    assert!(from_file("strict = 1\n").is_err());
}
