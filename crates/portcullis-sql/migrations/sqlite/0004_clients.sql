-- OAuth clients that an operator registered. The built-in one, `portcullis`, is stored nowhere.
CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY
        DEFAULT ('client-' || lower(hex(randomblob(16))))
        CONSTRAINT "a client's id has 1 to 255 printable ASCII characters" CHECK (
            typeof(id) = 'text'
            AND length(id) BETWEEN 1 AND 255
            AND instr(id, char(0)) = 0
            AND id NOT GLOB '*[^ -~]*'
        )
        CONSTRAINT "the client portcullis is built in" CHECK (id <> 'portcullis'),
    name TEXT NOT NULL
        CONSTRAINT "a client's name has 1 to 64 characters, none of them a control character" CHECK (
            typeof(name) = 'text'
            AND length(name) BETWEEN 1 AND 64
            AND instr(name, char(0)) = 0
            AND name NOT GLOB (
                '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'
            )
        ),
    -- SHA-256 of its secret. NULL: a public client, which can keep none.
    secret_digest BLOB
        CONSTRAINT "secret_digest has 32 bytes" CHECK (
            secret_digest IS NULL OR typeof(secret_digest) = 'blob' AND length(secret_digest) = 32
        ),
    -- The secret before, and until when (in Unix seconds) it is taken too.
    previous_secret_digest BLOB
        CONSTRAINT "previous_secret_digest has 32 bytes" CHECK (
            previous_secret_digest IS NULL
            OR typeof(previous_secret_digest) = 'blob' AND length(previous_secret_digest) = 32
        ),
    previous_secret_until INTEGER
        CONSTRAINT "previous_secret_until is in Unix seconds" CHECK (
            previous_secret_until IS NULL
            OR typeof(previous_secret_until) = 'integer'
            AND previous_secret_until BETWEEN 0 AND 253402207200
        ),
    -- Each name with its space becomes a mark, and nothing else may be left.
    grants TEXT NOT NULL DEFAULT ''
        CONSTRAINT "grants are password, refresh_token, client_credentials, separated by single spaces" CHECK (
            typeof(grants) = 'text'
            AND instr(grants, char(0)) = 0
            AND instr(grants, '!') = 0
            AND (grants = '' OR replace(replace(replace(
                ' ' || grants, ' password', '!'), ' refresh_token', '!'), ' client_credentials', '!'
            ) NOT GLOB '*[^!]*')
        ),
    -- What its tokens may allow at most. One scope has at most 128 characters, which GLOB cannot
    -- count: a row with a longer one is refused when it is read.
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
    may_introspect INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "may_introspect is true or false" CHECK (may_introspect IN (0, 1)),
    -- How long its tokens live. NULL: as everybody's.
    access_token_seconds INTEGER
        CONSTRAINT "access_token_seconds is 1 to 3600, or NULL" CHECK (
            access_token_seconds IS NULL
            OR typeof(access_token_seconds) = 'integer' AND access_token_seconds BETWEEN 1 AND 3600
        ),
    session_idle_seconds INTEGER
        CONSTRAINT "session_idle_seconds is 1 to 316224000 (ten years), or NULL" CHECK (
            session_idle_seconds IS NULL
            OR typeof(session_idle_seconds) = 'integer'
            AND session_idle_seconds BETWEEN 1 AND 316224000
        ),
    session_seconds INTEGER
        CONSTRAINT "session_seconds is 1 to 316224000 (ten years), or NULL" CHECK (
            session_seconds IS NULL
            OR typeof(session_seconds) = 'integer' AND session_seconds BETWEEN 1 AND 316224000
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        ),
    CONSTRAINT "a previous secret has a digest and a time, and a present one after it" CHECK (
        (previous_secret_digest IS NULL) = (previous_secret_until IS NULL)
        AND (previous_secret_digest IS NULL OR secret_digest IS NOT NULL)
    ),
    CONSTRAINT "a public client gets no tokens of its own and may not introspect" CHECK (
        secret_digest IS NOT NULL
        OR instr(grants, 'client_credentials') = 0 AND may_introspect = 0
    )
) WITHOUT ROWID;

CREATE UNIQUE INDEX clients_by_name ON clients (name);

-- Asked before the indexes are, for INSERT OR REPLACE would delete the client that has the name or
-- the id, without firing any trigger.
CREATE TRIGGER clients_insert_not_taken BEFORE INSERT ON clients
WHEN EXISTS (SELECT 1 FROM clients WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM clients WHERE name = NEW.name)
BEGIN
    SELECT RAISE(ABORT, 'this client''s name or id is taken');
END;

CREATE TRIGGER clients_update_not_taken BEFORE UPDATE OF name ON clients
WHEN EXISTS (SELECT 1 FROM clients WHERE name = NEW.name AND id <> OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'this client''s name is taken');
END;

-- Tokens and sessions point to the id.
CREATE TRIGGER clients_update_id BEFORE UPDATE OF id ON clients
WHEN NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'a client''s id never changes');
END;

-- The sessions again, for SQLite drops no NOT NULL: a client that asks for itself has no user.
CREATE TABLE sessions_of_clients (
    id TEXT NOT NULL PRIMARY KEY
        CONSTRAINT "a session's id has 22 characters of base64url" CHECK (
            typeof(id) = 'text'
            AND length(id) = 22
            AND instr(id, char(0)) = 0
            AND id NOT GLOB '*[^A-Za-z0-9_-]*'
        ),
    -- NULL: the client's own session. A shell does not keep to this reference unless it is told to,
    -- so triggers below do.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- One of `clients`, or the built-in one: the triggers below see to it.
    client_id TEXT NOT NULL
        CONSTRAINT "client_id has 1 to 255 printable ASCII characters" CHECK (
            typeof(client_id) = 'text'
            AND length(client_id) BETWEEN 1 AND 255
            AND instr(client_id, char(0)) = 0
            AND client_id NOT GLOB '*[^ -~]*'
        ),
    scopes TEXT NOT NULL
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
    -- The user's at the login: another one now, and the session is worth nothing.
    epoch INTEGER NOT NULL
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            typeof(epoch) = 'integer' AND epoch BETWEEN 0 AND 9007199254740991
        ),
    user_agent TEXT
        CONSTRAINT "user_agent is text of at most 256 characters" CHECK (
            user_agent IS NULL
            OR typeof(user_agent) = 'text'
            AND length(user_agent) <= 256
            AND instr(user_agent, char(0)) = 0
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at INTEGER NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        ),
    last_used_at INTEGER NOT NULL
        CONSTRAINT "last_used_at is in Unix seconds" CHECK (
            typeof(last_used_at) = 'integer' AND last_used_at BETWEEN 0 AND 253402207200
        ),
    idle_until INTEGER NOT NULL
        CONSTRAINT "idle_until is in Unix seconds" CHECK (
            typeof(idle_until) = 'integer' AND idle_until BETWEEN 0 AND 253402207200
        ),
    ends_at INTEGER NOT NULL
        CONSTRAINT "ends_at is in Unix seconds" CHECK (
            typeof(ends_at) = 'integer' AND ends_at BETWEEN 0 AND 253402207200
        ),
    -- SHA-256 of what all refresh tokens of the session share, and of the present one.
    family_digest BLOB
        CONSTRAINT "family_digest has 32 bytes" CHECK (
            family_digest IS NULL OR typeof(family_digest) = 'blob' AND length(family_digest) = 32
        ),
    token_digest BLOB
        CONSTRAINT "token_digest has 32 bytes" CHECK (
            token_digest IS NULL OR typeof(token_digest) = 'blob' AND length(token_digest) = 32
        ),
    -- The last rotation, until it can no longer be retried: of which token, with which salt, when (in
    -- Unix milliseconds, for the time to retry is short).
    spent_digest BLOB
        CONSTRAINT "spent_digest has 32 bytes" CHECK (
            spent_digest IS NULL OR typeof(spent_digest) = 'blob' AND length(spent_digest) = 32
        ),
    salt BLOB
        CONSTRAINT "salt has 32 bytes" CHECK (
            salt IS NULL OR typeof(salt) = 'blob' AND length(salt) = 32
        ),
    rotated_at_ms INTEGER
        CONSTRAINT "rotated_at_ms is in Unix milliseconds" CHECK (
            rotated_at_ms IS NULL
            OR typeof(rotated_at_ms) = 'integer' AND rotated_at_ms BETWEEN 0 AND 253402207200999
        ),
    CONSTRAINT "a session has both digests of its refresh tokens, or none" CHECK (
        (family_digest IS NULL) = (token_digest IS NULL)
    ),
    CONSTRAINT "a session without a user has no refresh token" CHECK (
        user_id IS NOT NULL OR family_digest IS NULL
    ),
    CONSTRAINT "a rotation has a spent token, a salt and a time, and a successor" CHECK (
        (spent_digest IS NULL) = (salt IS NULL)
        AND (spent_digest IS NULL) = (rotated_at_ms IS NULL)
        AND (spent_digest IS NULL OR token_digest IS NOT NULL)
    )
) WITHOUT ROWID;

-- No other client was there to begin any.
INSERT INTO sessions_of_clients (id, user_id, client_id, scopes, epoch, user_agent, created_at,
    last_used_at, idle_until, ends_at, family_digest, token_digest, spent_digest, salt, rotated_at_ms)
SELECT id, user_id, client_id, scopes, epoch, user_agent, created_at,
    last_used_at, idle_until, ends_at, family_digest, token_digest, spent_digest, salt, rotated_at_ms
FROM sessions
WHERE client_id = 'portcullis' AND user_id IN (SELECT id FROM users);

-- It names the table that goes, and comes again below.
DROP TRIGGER users_delete_sessions;
DROP TABLE sessions;
ALTER TABLE sessions_of_clients RENAME TO sessions;

CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);
CREATE INDEX sessions_by_client ON sessions (client_id) WHERE client_id <> 'portcullis';

-- For what is swept away.
CREATE INDEX sessions_by_end ON sessions (min(idle_until, ends_at));
CREATE INDEX sessions_by_rotation ON sessions (rotated_at_ms) WHERE rotated_at_ms IS NOT NULL;

CREATE TRIGGER sessions_insert_user BEFORE INSERT ON sessions
WHEN NEW.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id)
BEGIN
    SELECT RAISE(ABORT, 'the session''s user is not there');
END;

CREATE TRIGGER sessions_insert_client BEFORE INSERT ON sessions
WHEN NEW.client_id <> 'portcullis' AND NOT EXISTS (SELECT 1 FROM clients WHERE id = NEW.client_id)
BEGIN
    SELECT RAISE(ABORT, 'the session''s client is not there');
END;

-- INSERT OR REPLACE would put a session in the place of another one.
CREATE TRIGGER sessions_insert_not_taken BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM sessions WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'this session is there already');
END;

CREATE TRIGGER sessions_update_owner BEFORE UPDATE OF id, user_id, client_id ON sessions
WHEN NEW.id <> OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.client_id <> OLD.client_id
BEGIN
    SELECT RAISE(ABORT, 'a session''s id, its user and its client never change');
END;

CREATE TRIGGER users_delete_sessions AFTER DELETE ON users
BEGIN
    DELETE FROM sessions WHERE user_id = OLD.id;
END;

-- By the index, which leaves the built-in client's sessions out.
CREATE TRIGGER clients_delete_sessions AFTER DELETE ON clients
BEGIN
    DELETE FROM sessions WHERE client_id = OLD.id AND client_id <> 'portcullis';
END;
