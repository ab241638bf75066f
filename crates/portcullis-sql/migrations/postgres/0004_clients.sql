-- OAuth clients that an operator registered. The built-in one, `portcullis`, is stored nowhere. The
-- twin of the SQLite migration of this name.
CREATE TABLE clients (
    id TEXT COLLATE "C" PRIMARY KEY
        DEFAULT 'client-' || replace(gen_random_uuid()::text, '-', '')
        CONSTRAINT "a client's id has 1 to 255 printable ASCII characters" CHECK (
            id ~ '^[\x20-\x7e]{1,255}$'
        )
        CONSTRAINT "the client portcullis is built in" CHECK (id <> 'portcullis'),
    name TEXT COLLATE "C" NOT NULL
        CONSTRAINT "a client's name has 1 to 64 characters, none of them a control character" CHECK (
            char_length(name) BETWEEN 1 AND 64 AND name !~ '[\x01-\x1f\x7f-\x9f]'
        ),
    -- SHA-256 of its secret. NULL: a public client, which can keep none.
    secret_digest BYTEA
        CONSTRAINT "secret_digest has 32 bytes" CHECK (octet_length(secret_digest) = 32),
    -- The secret before, and until when (in Unix seconds) it is taken too.
    previous_secret_digest BYTEA
        CONSTRAINT "previous_secret_digest has 32 bytes" CHECK (
            octet_length(previous_secret_digest) = 32
        ),
    previous_secret_until BIGINT
        CONSTRAINT "previous_secret_until is in Unix seconds" CHECK (
            previous_secret_until BETWEEN 0 AND 253402207200
        ),
    grants TEXT COLLATE "C" NOT NULL DEFAULT ''
        CONSTRAINT "grants are password, refresh_token, client_credentials, separated by single spaces" CHECK (
            grants = '' OR ' ' || grants ~ '^( (password|refresh_token|client_credentials))+$'
        ),
    -- What its tokens may allow at most.
    scopes TEXT COLLATE "C" NOT NULL DEFAULT ''
        CONSTRAINT "scopes are printable ASCII, separated by single spaces" CHECK (
            scopes ~ '^$|^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$'
        )
        CONSTRAINT "a scope has at most 128 characters, all together 4096" CHECK (
            char_length(scopes) <= 4096 AND scopes !~ '[^ ]{129}'
        ),
    may_introspect BOOLEAN NOT NULL DEFAULT false,
    -- How long its tokens live. NULL: as everybody's.
    access_token_seconds BIGINT
        CONSTRAINT "access_token_seconds is 1 to 3600, or NULL" CHECK (
            access_token_seconds BETWEEN 1 AND 3600
        ),
    session_idle_seconds BIGINT
        CONSTRAINT "session_idle_seconds is 1 to 316224000 (ten years), or NULL" CHECK (
            session_idle_seconds BETWEEN 1 AND 316224000
        ),
    session_seconds BIGINT
        CONSTRAINT "session_seconds is 1 to 316224000 (ten years), or NULL" CHECK (
            session_seconds BETWEEN 1 AND 316224000
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM now()))::bigint
        CONSTRAINT "created_at is in Unix seconds" CHECK (created_at BETWEEN 0 AND 253402207200),
    CONSTRAINT "a previous secret has a digest and a time, and a present one after it" CHECK (
        (previous_secret_digest IS NULL) = (previous_secret_until IS NULL)
        AND (previous_secret_digest IS NULL OR secret_digest IS NOT NULL)
    ),
    CONSTRAINT "a public client gets no tokens of its own and may not introspect" CHECK (
        secret_digest IS NOT NULL
        OR strpos(grants, 'client_credentials') = 0 AND NOT may_introspect
    )
);

CREATE UNIQUE INDEX clients_by_name ON clients (name);

CREATE FUNCTION clients_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'a client''s id never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER clients_update BEFORE UPDATE OF id ON clients
FOR EACH ROW EXECUTE FUNCTION clients_update();

-- A client that asks for itself has no user.
ALTER TABLE sessions
    ALTER COLUMN user_id DROP NOT NULL,
    ADD CONSTRAINT "a session without a user has no refresh token" CHECK (
        user_id IS NOT NULL OR family_digest IS NULL
    );

-- No other client was there to begin any.
DELETE FROM sessions WHERE client_id <> 'portcullis';

-- A session ends with its client. The built-in one, which is stored nowhere, is not asked for.
ALTER TABLE sessions
    ADD COLUMN registered_client_id TEXT COLLATE "C"
        GENERATED ALWAYS AS (nullif(client_id, 'portcullis')) STORED
        REFERENCES clients (id) ON DELETE CASCADE;

CREATE INDEX sessions_by_client ON sessions (registered_client_id)
WHERE registered_client_id IS NOT NULL;

CREATE OR REPLACE FUNCTION sessions_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id
        OR NEW.user_id IS DISTINCT FROM OLD.user_id
        OR NEW.client_id <> OLD.client_id
    THEN
        RAISE EXCEPTION 'a session''s id, its user and its client never change'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER sessions_update ON sessions;
CREATE TRIGGER sessions_update BEFORE UPDATE OF id, user_id, client_id ON sessions
FOR EACH ROW EXECUTE FUNCTION sessions_update();

-- Of two who lock several rows at once, each in an order of its own, one would fail. So all lock in
-- this order: client, users by id, sessions. A session's row would lock its user and its client as it
-- comes; but before that its insertion may end others, so both are locked when it begins.
CREATE FUNCTION sessions_insert() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.client_id <> 'portcullis' THEN
        EXECUTE format('SELECT 1 FROM %I.clients WHERE id = $1 FOR KEY SHARE', TG_TABLE_SCHEMA)
            USING NEW.client_id;
    END IF;
    EXECUTE format('SELECT 1 FROM %I.users WHERE id = $1 FOR KEY SHARE', TG_TABLE_SCHEMA)
        USING NEW.user_id;
    RETURN NEW;
END
$$;

CREATE TRIGGER sessions_insert BEFORE INSERT ON sessions
FOR EACH ROW EXECUTE FUNCTION sessions_insert();

-- The client's row is locked by now, so no session of it begins any more.
CREATE FUNCTION clients_delete() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'SELECT 1 FROM %1$I.users WHERE id IN (
             SELECT user_id FROM %1$I.sessions WHERE registered_client_id = $1
         ) ORDER BY id FOR NO KEY UPDATE',
        TG_TABLE_SCHEMA
    ) USING OLD.id;
    RETURN OLD;
END
$$;

CREATE TRIGGER clients_delete BEFORE DELETE ON clients
FOR EACH ROW EXECUTE FUNCTION clients_delete();
