-- One row for each login, with what is kept of its refresh tokens: digests of them, and for a moment
-- the salt that made the present one of the one before. No token can be made of all that.

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY
        CONSTRAINT "a session's id has 22 characters of base64url" CHECK (
            typeof(id) = 'text'
            AND length(id) = 22
            AND instr(id, char(0)) = 0
            AND id NOT GLOB '*[^A-Za-z0-9_-]*'
        ),
    -- A shell does not keep to this reference unless it is told to, so triggers below do.
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
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
    CONSTRAINT "a rotation has a spent token, a salt and a time, and a successor" CHECK (
        (spent_digest IS NULL) = (salt IS NULL)
        AND (spent_digest IS NULL) = (rotated_at_ms IS NULL)
        AND (spent_digest IS NULL OR token_digest IS NOT NULL)
    )
) WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

-- For what is swept away.
CREATE INDEX sessions_by_end ON sessions (min(idle_until, ends_at));
CREATE INDEX sessions_by_rotation ON sessions (rotated_at_ms) WHERE rotated_at_ms IS NOT NULL;

CREATE TRIGGER sessions_insert_user BEFORE INSERT ON sessions
WHEN NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id)
BEGIN
    SELECT RAISE(ABORT, 'the session''s user is not there');
END;

-- INSERT OR REPLACE would put a session in the place of another one.
CREATE TRIGGER sessions_insert_not_taken BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM sessions WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'this session is there already');
END;

CREATE TRIGGER sessions_update_owner BEFORE UPDATE OF id, user_id ON sessions
WHEN NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id
BEGIN
    SELECT RAISE(ABORT, 'a session''s id and its user never change');
END;

CREATE TRIGGER users_delete_sessions AFTER DELETE ON users
BEGIN
    DELETE FROM sessions WHERE user_id = OLD.id;
END;
