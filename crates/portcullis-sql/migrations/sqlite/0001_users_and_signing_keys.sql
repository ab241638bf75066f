-- Anybody with a sqlite3 shell may write here, so every rule that must hold is held here, in
-- functions that an old shell has: no STRICT, no unixepoch(), no generated columns.

-- WITHOUT ROWID: no second, hidden key by which a row could be replaced.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY
        DEFAULT (lower(hex(randomblob(16))))
        CONSTRAINT "an id has 1 to 64 printable ASCII characters, no space" CHECK (
            typeof(id) = 'text'
            AND length(id) BETWEEN 1 AND 64
            AND instr(id, char(0)) = 0
            AND id NOT GLOB '*[^!-~]*'
        ),
    username TEXT NOT NULL
        CONSTRAINT "a username has 1 to 64 characters, no @ and no / and no space" CHECK (
            typeof(username) = 'text'
            AND length(username) BETWEEN 1 AND 64
            AND instr(username, char(0)) = 0
            AND username NOT GLOB ('*[' || char(1) || '- @/' || char(127) || ']*')
        ),
    -- Lower-case ASCII is filled in by the triggers below; only a name beyond ASCII brings its own.
    -- NULL for the moment between the insertion and its trigger, and never after.
    username_canonical TEXT
        CONSTRAINT "a canonical username has 1 to 64 characters, no @ and no / and no space, no capitals" CHECK (
            username_canonical IS NULL
            OR typeof(username_canonical) = 'text'
            AND length(username_canonical) BETWEEN 1 AND 64
            AND instr(username_canonical, char(0)) = 0
            AND username_canonical NOT GLOB ('*[A-Z' || char(1) || '- @/' || char(127) || ']*')
        ),
    email TEXT
        CONSTRAINT "email is text" CHECK (typeof(email) IN ('text', 'null')),
    full_name TEXT
        CONSTRAINT "full_name is text" CHECK (typeof(full_name) IN ('text', 'null')),
    hashed_password TEXT
        CONSTRAINT "hashed_password is text" CHECK (typeof(hashed_password) IN ('text', 'null')),
    disabled INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "disabled is true or false" CHECK (disabled IN (0, 1)),
    -- One scope has at most 128 characters, which GLOB cannot count: a row with a longer one is
    -- refused when it is read.
    scopes TEXT NOT NULL DEFAULT ''
        CONSTRAINT "scopes are printable ASCII without quote or backslash, separated by single spaces" CHECK (
            typeof(scopes) = 'text'
            AND instr(scopes, char(0)) = 0
            AND scopes NOT GLOB '*[^ -~]*'
            AND scopes NOT GLOB '*["\]*'
            AND scopes NOT GLOB ' *'
            AND scopes NOT GLOB '* '
            AND scopes NOT GLOB '*  *'
        )
        CONSTRAINT "scopes have at most 4096 characters in all" CHECK (length(scopes) <= 4096),
    email_verified INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "email_verified is true or false" CHECK (email_verified IN (0, 1)),
    -- Unix seconds; the upper bound is the year 9999.
    created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        ),
    -- Advances whenever every earlier token of the user must die.
    epoch INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            typeof(epoch) = 'integer' AND epoch BETWEEN 0 AND 9007199254740991
        ),
    -- Counts the times that the same password was hashed anew, which kills no token.
    rehashes INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "rehashes is a number of at most 53 bits" CHECK (
            typeof(rehashes) = 'integer' AND rehashes BETWEEN 0 AND 9007199254740991
        )
) WITHOUT ROWID;

CREATE UNIQUE INDEX users_by_username ON users (username_canonical);

-- A name beyond ASCII cannot be folded by SQLite: whoever writes it brings its canonical form.
CREATE TRIGGER users_insert_canonical_given BEFORE INSERT ON users
WHEN NEW.username GLOB '*[^ -~]*' AND NEW.username_canonical IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a username with letters beyond ASCII needs its canonical form: use `portcullis user add`');
END;

-- Asked before the unique index is, for INSERT OR REPLACE would delete the account that has the
-- name or the id, without firing any trigger.
CREATE TRIGGER users_insert_not_taken BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.id)
    OR EXISTS (
        SELECT 1 FROM users WHERE username_canonical IN (
            NEW.username_canonical,
            CASE WHEN NEW.username NOT GLOB '*[^ -~]*' THEN lower(NEW.username) END
        )
    )
BEGIN
    SELECT RAISE(ABORT, 'this username (in whatever case) or this id is taken');
END;

CREATE TRIGGER users_insert_canonical AFTER INSERT ON users
WHEN NEW.username NOT GLOB '*[^ -~]*' AND NEW.username_canonical IS NOT lower(NEW.username)
BEGIN
    UPDATE users SET username_canonical = lower(username) WHERE id = NEW.id;
END;

CREATE TRIGGER users_update_canonical_given BEFORE UPDATE OF username, username_canonical ON users
WHEN NEW.username GLOB '*[^ -~]*' AND (
    NEW.username_canonical IS NULL
    OR NEW.username <> OLD.username AND NEW.username_canonical IS OLD.username_canonical
)
BEGIN
    SELECT RAISE(ABORT, 'a username with letters beyond ASCII needs its canonical form: use `portcullis user add`');
END;

CREATE TRIGGER users_update_not_taken BEFORE UPDATE OF username, username_canonical ON users
WHEN EXISTS (
    SELECT 1 FROM users WHERE id <> OLD.id AND username_canonical IN (
        NEW.username_canonical,
        CASE WHEN NEW.username NOT GLOB '*[^ -~]*' THEN lower(NEW.username) END
    )
)
BEGIN
    SELECT RAISE(ABORT, 'this username (in whatever case) is taken');
END;

CREATE TRIGGER users_update_canonical AFTER UPDATE OF username, username_canonical ON users
WHEN NEW.username NOT GLOB '*[^ -~]*' AND NEW.username_canonical IS NOT lower(NEW.username)
BEGIN
    UPDATE users SET username_canonical = lower(username) WHERE id = NEW.id;
END;

-- Tokens and sessions point to the id.
CREATE TRIGGER users_update_id BEFORE UPDATE OF id ON users
WHEN NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'a user''s id never changes');
END;

CREATE TRIGGER users_update_epoch_forward BEFORE UPDATE OF epoch ON users
WHEN NEW.epoch < OLD.epoch
BEGIN
    SELECT RAISE(ABORT, 'a user''s epoch never goes back: tokens that were dead would live again');
END;

-- Changing the password or the active flag kills the user's tokens, whoever does it. Two statements
-- say that they see to it themselves: one that advances the epoch, and one that counts a rehash.
CREATE TRIGGER users_update_epoch AFTER UPDATE OF hashed_password, disabled ON users
WHEN NEW.epoch = OLD.epoch AND (
    NEW.disabled <> OLD.disabled
    OR NEW.hashed_password IS NOT OLD.hashed_password AND NEW.rehashes = OLD.rehashes
)
BEGIN
    UPDATE users SET epoch = epoch + 1 WHERE id = NEW.id;
END;

-- The private keys that sign tokens, each sealed under a key that lies elsewhere.
CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY
        CONSTRAINT "kid is text" CHECK (typeof(kid) = 'text'),
    sealed BLOB NOT NULL
        CONSTRAINT "sealed is a blob" CHECK (typeof(sealed) = 'blob'),
    created_at INTEGER NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        )
) WITHOUT ROWID;
