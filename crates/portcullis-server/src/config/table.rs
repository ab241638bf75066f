//! Every setting there is.

/// One setting.
pub(crate) struct Setting {
    /// Its name in `portcullis.toml`, with dots; in capitals after `PORTCULLIS_`, with `_` for the
    /// dots, in the environment.
    pub(crate) key: &'static str,
    /// Its value where nothing is said. Empty: none.
    pub(crate) default: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
    /// What its value is.
    pub(crate) kind: Kind,
}

/// What a value is, as far as reading and showing it go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One text or number.
    Text,
    /// Several texts; in the environment, separated by commas or spaces.
    List,
    /// The address of a database or a mail server, in which a password may stand.
    Address,
    /// Something that must not be shown.
    Secret,
}

const fn setting(key: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting {
        key,
        default,
        about,
        kind: Kind::Text,
    }
}

/// Every setting, in the order in which it is shown. `[scopes]`, a table of names and descriptions,
/// stands beside them.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "listen",
        "127.0.0.1:8000",
        "Address and port to listen on. Beyond loopback it needs an https `issuer` and `behind_proxy`.",
    ),
    Setting {
        key: "database",
        default: "sqlite://portcullis.db",
        about: "sqlite://FILE (relative), sqlite:///FILE (absolute) or postgres://USER:PASSWORD@HOST/NAME.",
        kind: Kind::Address,
    },
    setting(
        "issuer",
        "",
        "This server's address as clients know it, the `iss` of tokens. On loopback: http:// and the listen address.",
    ),
    setting(
        "audience",
        "",
        "The API that tokens are for, their `aud`. The issuer, unless set.",
    ),
    setting(
        "behind_proxy",
        "false",
        "Whether a proxy that speaks TLS stands in front. It allows a listener beyond loopback. true or false; in the environment also 1 or 0.",
    ),
    setting(
        "strict",
        "false",
        "Whether a login must say grant_type=password, as RFC 6749 demands. true or false; in the environment also 1 or 0.",
    ),
    setting(
        "login.inactive",
        "token",
        "A login to an inactive account: `token` (every operation then says `Inactive user`) or `refuse`.",
    ),
    setting(
        "login.email",
        "false",
        "Whether a verified e-mail address may stand in the place of the username at a login. true or false; in the environment also 1 or 0.",
    ),
    setting(
        "login.unverified",
        "allow",
        "A login to an account whose e-mail address was not proved: `allow`, or `refuse`, and then who registers must name an address.",
    ),
    setting(
        "registration",
        "open",
        "Who may make an account: `open` (everybody), `invitation` (who was invited) or `closed` (operators make them).",
    ),
    Setting {
        key: "usernames.reserved",
        default: "",
        about: "Names that nobody may register, beside those that are kept in any case (docs/accounts.md).",
        kind: Kind::List,
    },
    setting(
        "tokens.access_seconds",
        "900",
        "How long an access token is valid, 60 to 3600 seconds.",
    ),
    setting(
        "signing.algorithm",
        "ES256",
        "What a new signing key is for: `ES256`, `EdDSA`, or `RS256`, if an API knows no other. Keys that are there stay.",
    ),
    setting(
        "signing.rotate_days",
        "90",
        "For how many days a key signs before the next one is made, 0 to 3650. 0: until `portcullis key rotate`.",
    ),
    setting(
        "signing.publish_seconds",
        "3600",
        "How long a new key is published before it signs, 600 to 604800: longer than any API keeps the key set.",
    ),
    setting(
        "signing.reload_seconds",
        "10",
        "How often the keys are read from the database, 1 to 60 seconds: so soon other nodes know a retired key.",
    ),
    setting(
        "sessions.idle_seconds",
        "604800",
        "How long a login lives without being used, 3600 to 31536000 seconds. Seven days, unless set.",
    ),
    setting(
        "sessions.seconds",
        "2592000",
        "How long a login lives at most, 3600 to 31536000 seconds. Thirty days, unless set.",
    ),
    setting(
        "grants.password",
        "true",
        "Whether a username and a password yield a token. Without it, refresh tokens and client credentials still do. true or false; in the environment also 1 or 0.",
    ),
    setting(
        "password.min_length",
        "15",
        "Fewest characters of a new password, 8 to 256. NIST asks for 15 where it is the only factor.",
    ),
    Setting {
        key: "password.context_words",
        default: "",
        about: "Words that are no password, alone or together: name your service and your company. The issuer's host is one already.",
        kind: Kind::List,
    },
    setting(
        "password.breach_url",
        "",
        "A list of stolen passwords to ask as well, such as https://api.pwnedpasswords.com/range/. It is told five digits of a hash. Unless set, the list in the program decides alone.",
    ),
    setting(
        "hashing.memory_kib",
        "19456",
        "Argon2id memory of a new hash, in KiB, 8192 to 131072.",
    ),
    setting(
        "hashing.passes",
        "2",
        "Argon2id passes of a new hash, 1 to 16.",
    ),
    setting(
        "hashing.lanes",
        "1",
        "Argon2id lanes of a new hash, 1 to 16.",
    ),
    setting(
        "hashing.threads",
        "",
        "On how many threads passwords are hashed. One for each core, unless set.",
    ),
    Setting {
        key: "cors.origins",
        default: "",
        about: "Exact origins of pages that may call this server from a browser, such as https://app.example.com.",
        kind: Kind::List,
    },
    setting(
        "metrics.listen",
        "",
        "Address and port for GET /metrics alone. Unless set, it is beside the others on loopback, and with `behind_proxy` or an https `issuer` nowhere.",
    ),
    Setting {
        key: "mail.url",
        default: "",
        about: "The mail server: smtps://USER:PASSWORD@HOST:465, smtp://USER:PASSWORD@HOST:587?tls=required, or on this machine smtp://127.0.0.1:25. Unless set, mails wait.",
        kind: Kind::Address,
    },
    setting(
        "mail.from",
        "",
        "Whom mails come from: an address, or a name and an address, such as Example <no-reply@example.com>.",
    ),
    setting(
        "mail.ca_file",
        "",
        "A file of certificates (PEM) that vouch for the mail server, beside the system's own.",
    ),
    setting(
        "mail.templates",
        "",
        "A folder of templates for mails, which stand in for the built-in ones (docs/mail.md).",
    ),
    setting(
        "mail.timeout_seconds",
        "30",
        "How long the mail server may take for one mail, 1 to 300 seconds.",
    ),
    setting(
        "limits.connections",
        "4096",
        "How many connections may be open at once; more wait.",
    ),
    setting(
        "limits.header_seconds",
        "30",
        "How long a connection may take to send a request's head, stay idle, or take nothing of an answer.",
    ),
    setting(
        "limits.shutdown_seconds",
        "10",
        "How long requests in progress may take to finish when the server stops.",
    ),
    setting("log.level", "info", "error, warn, info, debug or trace."),
    setting("log.format", "text", "text or json."),
    Setting {
        key: "key_encryption_key",
        default: "",
        about: "32 bytes in base64 that seal the signing keys. Unless set, the file portcullis.key, made at the first start.",
        kind: Kind::Secret,
    },
    Setting {
        key: "key_encryption_key_previous",
        default: "",
        about: "The one before, when it was exchanged. What is still sealed under it is sealed anew at the next start.",
        kind: Kind::Secret,
    },
];
