-- Anybody with a psql shell may write here, so every rule that must hold is held here. The twin of
-- the SQLite migration of this name; texts compare byte by byte on both.

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY
        DEFAULT replace(gen_random_uuid()::text, '-', '')
        CONSTRAINT "an id has 1 to 64 printable ASCII characters, no space" CHECK (
            id ~ '^[\x21-\x7e]{1,64}$'
        ),
    username TEXT COLLATE "C" NOT NULL
        CONSTRAINT "a username has 1 to 64 characters, no @ and no / and no space" CHECK (
            char_length(username) BETWEEN 1 AND 64 AND username !~ '[\x01-\x20@/\x7f]'
        ),
    -- Lower-case ASCII is filled in by the trigger below; only a name beyond ASCII brings its own.
    username_canonical TEXT COLLATE "C" NOT NULL
        CONSTRAINT "a canonical username has no @, no /, no space and no capitals" CHECK (
            char_length(username_canonical) BETWEEN 1 AND 64
            AND username_canonical !~ '[A-Z\x01-\x20@/\x7f]'
        ),
    email TEXT COLLATE "C",
    full_name TEXT COLLATE "C",
    hashed_password TEXT COLLATE "C",
    disabled BOOLEAN NOT NULL DEFAULT false,
    scopes TEXT COLLATE "C" NOT NULL DEFAULT ''
        CONSTRAINT "scopes are printable ASCII, separated by single spaces" CHECK (
            scopes ~ '^$|^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$'
        )
        CONSTRAINT "a scope has at most 128 characters, all together 4096" CHECK (
            char_length(scopes) <= 4096 AND scopes !~ '[^ ]{129}'
        ),
    email_verified BOOLEAN NOT NULL DEFAULT false,
    -- Unix seconds; the upper bound is the year 9999.
    created_at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM now()))::bigint
        CONSTRAINT "created_at is in Unix seconds" CHECK (created_at BETWEEN 0 AND 253402207200),
    -- Advances whenever every earlier token of the user must die.
    epoch BIGINT NOT NULL DEFAULT 0
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            epoch BETWEEN 0 AND 9007199254740991
        ),
    -- Counts the times that the same password was hashed anew, which kills no token.
    rehashes BIGINT NOT NULL DEFAULT 0
        CONSTRAINT "rehashes is a number of at most 53 bits" CHECK (
            rehashes BETWEEN 0 AND 9007199254740991
        )
);

CREATE UNIQUE INDEX users_by_username ON users (username_canonical);

-- A name beyond ASCII cannot be folded here as PRECIS asks: whoever writes it brings its canonical
-- form.
CREATE FUNCTION users_canonical() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.username !~ '[^\x01-\x7f]' THEN
        NEW.username_canonical := lower(NEW.username COLLATE "C");
    ELSIF NEW.username_canonical IS NULL THEN
        RAISE EXCEPTION 'a username with letters beyond ASCII needs its canonical form: use `portcullis user add`'
            USING ERRCODE = 'check_violation';
    ELSIF TG_OP = 'UPDATE' THEN
        IF NEW.username <> OLD.username AND NEW.username_canonical = OLD.username_canonical THEN
            RAISE EXCEPTION 'a username with letters beyond ASCII needs its canonical form: use `portcullis user add`'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER users_canonical BEFORE INSERT OR UPDATE OF username, username_canonical ON users
FOR EACH ROW EXECUTE FUNCTION users_canonical();

-- Changing the password or the active flag kills the user's tokens, whoever does it. Two statements
-- say that they see to it themselves: one that advances the epoch, and one that counts a rehash.
CREATE FUNCTION users_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'a user''s id never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.epoch < OLD.epoch THEN
        RAISE EXCEPTION 'a user''s epoch never goes back: tokens that were dead would live again'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.epoch = OLD.epoch AND (
        NEW.disabled <> OLD.disabled
        OR NEW.hashed_password IS DISTINCT FROM OLD.hashed_password AND NEW.rehashes = OLD.rehashes
    ) THEN
        NEW.epoch := OLD.epoch + 1;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER users_update BEFORE UPDATE ON users
FOR EACH ROW EXECUTE FUNCTION users_update();

-- The private keys that sign tokens, each sealed under a key that lies elsewhere.
CREATE TABLE signing_keys (
    kid TEXT COLLATE "C" PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (created_at BETWEEN 0 AND 253402207200)
);
