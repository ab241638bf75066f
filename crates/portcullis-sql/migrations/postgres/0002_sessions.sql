-- One row for each login, with what is kept of its refresh tokens: digests of them, and for a moment
-- the salt that made the present one of the one before. No token can be made of all that. The twin of
-- the SQLite migration of this name.

CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY
        CONSTRAINT "a session's id has 22 characters of base64url" CHECK (
            id ~ '^[A-Za-z0-9_-]{22}$'
        ),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT COLLATE "C" NOT NULL
        CONSTRAINT "client_id has 1 to 255 printable ASCII characters" CHECK (
            client_id ~ '^[\x20-\x7e]{1,255}$'
        ),
    scopes TEXT COLLATE "C" NOT NULL
        CONSTRAINT "scopes are printable ASCII, separated by single spaces" CHECK (
            scopes ~ '^$|^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$'
        )
        CONSTRAINT "a scope has at most 128 characters, all together 4096" CHECK (
            char_length(scopes) <= 4096 AND scopes !~ '[^ ]{129}'
        ),
    -- The user's at the login: another one now, and the session is worth nothing.
    epoch BIGINT NOT NULL
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            epoch BETWEEN 0 AND 9007199254740991
        ),
    user_agent TEXT COLLATE "C"
        CONSTRAINT "user_agent is text of at most 256 characters" CHECK (
            char_length(user_agent) <= 256
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at BIGINT NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (created_at BETWEEN 0 AND 253402207200),
    last_used_at BIGINT NOT NULL
        CONSTRAINT "last_used_at is in Unix seconds" CHECK (
            last_used_at BETWEEN 0 AND 253402207200
        ),
    idle_until BIGINT NOT NULL
        CONSTRAINT "idle_until is in Unix seconds" CHECK (idle_until BETWEEN 0 AND 253402207200),
    ends_at BIGINT NOT NULL
        CONSTRAINT "ends_at is in Unix seconds" CHECK (ends_at BETWEEN 0 AND 253402207200),
    -- SHA-256 of what all refresh tokens of the session share, and of the present one.
    family_digest BYTEA
        CONSTRAINT "family_digest has 32 bytes" CHECK (octet_length(family_digest) = 32),
    token_digest BYTEA
        CONSTRAINT "token_digest has 32 bytes" CHECK (octet_length(token_digest) = 32),
    -- The last rotation, until it can no longer be retried: of which token, with which salt, when (in
    -- Unix milliseconds, for the time to retry is short).
    spent_digest BYTEA
        CONSTRAINT "spent_digest has 32 bytes" CHECK (octet_length(spent_digest) = 32),
    salt BYTEA
        CONSTRAINT "salt has 32 bytes" CHECK (octet_length(salt) = 32),
    rotated_at_ms BIGINT
        CONSTRAINT "rotated_at_ms is in Unix milliseconds" CHECK (
            rotated_at_ms BETWEEN 0 AND 253402207200999
        ),
    CONSTRAINT "a session has both digests of its refresh tokens, or none" CHECK (
        (family_digest IS NULL) = (token_digest IS NULL)
    ),
    CONSTRAINT "a rotation has a spent token, a salt and a time, and a successor" CHECK (
        (spent_digest IS NULL) = (salt IS NULL)
        AND (spent_digest IS NULL) = (rotated_at_ms IS NULL)
        AND (spent_digest IS NULL OR token_digest IS NOT NULL)
    )
);

CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

-- For what is swept away.
CREATE INDEX sessions_by_end ON sessions (least(idle_until, ends_at));
CREATE INDEX sessions_by_rotation ON sessions (rotated_at_ms) WHERE rotated_at_ms IS NOT NULL;

CREATE FUNCTION sessions_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id THEN
        RAISE EXCEPTION 'a session''s id and its user never change'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER sessions_update BEFORE UPDATE OF id, user_id ON sessions
FOR EACH ROW EXECUTE FUNCTION sessions_update();
