-- What people do with their accounts: verified addresses, one-time tokens, mails that wait to be sent.
-- The twin of the SQLite migration of this name.

-- By which an address is found. An ASCII address is folded by the trigger below; another one, which
-- cannot be folded here, is found only if whoever wrote it brought this too.
ALTER TABLE users ADD COLUMN email_canonical TEXT COLLATE "C"
    CONSTRAINT "email_canonical has 1 to 320 characters" CHECK (
        char_length(email_canonical) BETWEEN 1 AND 320
    );

UPDATE users SET email_canonical = lower(email)
WHERE email !~ '[^\x20-\x7e]' AND char_length(email) BETWEEN 1 AND 254;

-- Until now nothing said that an address is one account's alone. The oldest account keeps what somebody
-- wrote; the others' owners prove it again.
UPDATE users SET email_verified = false
WHERE email_verified AND EXISTS (
    SELECT 1 FROM users older
    WHERE older.email_canonical = users.email_canonical AND older.email_verified
        AND (older.created_at, older.id) < (users.created_at, users.id)
);

-- By an expression that no other index has: who asks by it meets none of the many who may say, and have
-- not shown, that this address is theirs.
CREATE UNIQUE INDEX users_by_verified_email
ON users ((CASE WHEN email_verified THEN email_canonical END)) WHERE email_verified;
CREATE INDEX users_by_unverified_email ON users (email_canonical, created_at)
WHERE NOT email_verified AND NOT disabled;
-- For the search, which reads nothing but the index.
CREATE INDEX users_by_email ON users (email_canonical, username_canonical)
WHERE email_canonical IS NOT NULL;

-- Which kinds of password hashes there are besides the default one, each with its cost: what stands
-- before a bcrypt hash's salt, or an Argon2 hash's. Nothing else can be verified, and is one kind.
CREATE INDEX users_by_hash_cost ON users ((
    CASE
        WHEN hashed_password ~ '^\$2.\$[0-9][0-9]\$' THEN substr(hashed_password, 1, 7)
        WHEN hashed_password ~ '^\$argon2' THEN substr(rtrim(rtrim(rtrim(hashed_password,
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/.-'), '$'),
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/.-'), 1, 128)
        ELSE 'other'
    END
)) WHERE substr(hashed_password, 1, 31) <> '$argon2id$v=19$m=19456,t=2,p=1$';

-- An address that was verified and is changed must be verified again, whoever changes it: who knows
-- that it was, says so in a second statement.
CREATE FUNCTION users_email() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.email IS NULL THEN
        NEW.email_canonical := NULL;
    ELSIF NEW.email !~ '[^\x20-\x7e]' THEN
        NEW.email_canonical := CASE
            WHEN char_length(NEW.email) BETWEEN 1 AND 254 THEN lower(NEW.email COLLATE "C")
        END;
    ELSIF TG_OP = 'UPDATE' THEN
        IF NEW.email IS DISTINCT FROM OLD.email
            AND NEW.email_canonical IS NOT DISTINCT FROM OLD.email_canonical
        THEN
            NEW.email_canonical := NULL;
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.email IS DISTINCT FROM OLD.email AND OLD.email_verified THEN
            NEW.email_verified := false;
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER users_email
BEFORE INSERT OR UPDATE OF email, email_canonical, email_verified ON users
FOR EACH ROW EXECUTE FUNCTION users_email();

-- The digests of tokens that were mailed, each good once. No token can be made of one.
CREATE TABLE one_time_tokens (
    digest BYTEA PRIMARY KEY
        CONSTRAINT "digest has 32 bytes" CHECK (octet_length(digest) = 32),
    purpose TEXT COLLATE "C" NOT NULL
        CONSTRAINT "purpose is one of five" CHECK (
            purpose IN (
                'verify_email', 'reset_password', 'set_password', 'confirm_email', 'invitation'
            )
        ),
    -- Of an invitation, the operator who sent it, if one did.
    user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE,
    -- Where it was sent to, as written and as it is found.
    address TEXT COLLATE "C" NOT NULL
        CONSTRAINT "address has 1 to 320 characters" CHECK (char_length(address) BETWEEN 1 AND 320),
    address_canonical TEXT COLLATE "C" NOT NULL
        CONSTRAINT "address_canonical has 1 to 320 characters" CHECK (
            char_length(address_canonical) BETWEEN 1 AND 320
        ),
    -- The user's when it was made.
    epoch BIGINT NOT NULL
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            epoch BETWEEN 0 AND 9007199254740991
        ),
    -- What an invitation grants.
    scopes TEXT COLLATE "C" NOT NULL
        CONSTRAINT "scopes are printable ASCII, separated by single spaces" CHECK (
            scopes ~ '^$|^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$'
        )
        CONSTRAINT "a scope has at most 128 characters, all together 4096" CHECK (
            char_length(scopes) <= 4096 AND scopes !~ '[^ ]{129}'
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at BIGINT NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (created_at BETWEEN 0 AND 253402207200),
    expires_at BIGINT NOT NULL
        CONSTRAINT "expires_at is in Unix seconds" CHECK (expires_at BETWEEN 0 AND 253402207200),
    CONSTRAINT "every token but an invitation is a user's" CHECK (
        user_id IS NOT NULL OR purpose = 'invitation'
    )
);

CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, created_at, digest);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);
CREATE INDEX one_time_tokens_by_invitation ON one_time_tokens (address_canonical)
WHERE purpose = 'invitation';

CREATE FUNCTION one_time_tokens_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.digest <> OLD.digest
        OR NEW.purpose <> OLD.purpose
        OR NEW.user_id IS DISTINCT FROM OLD.user_id
    THEN
        RAISE EXCEPTION 'a token''s digest, its purpose and its user never change'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER one_time_tokens_update BEFORE UPDATE OF digest, purpose, user_id ON one_time_tokens
FOR EACH ROW EXECUTE FUNCTION one_time_tokens_update();

-- What is to be mailed. Never a token: it is made when the mail is sent.
CREATE TABLE mails (
    id TEXT COLLATE "C" PRIMARY KEY
        CONSTRAINT "a mail's id has 22 characters of base64url" CHECK (
            id ~ '^[A-Za-z0-9_-]{22}$'
        ),
    kind TEXT COLLATE "C" NOT NULL
        CONSTRAINT "kind has 1 to 64 characters" CHECK (char_length(kind) BETWEEN 1 AND 64),
    -- NULL: whose account it is about, if anybody's, is found out when it is sent. Of an invitation,
    -- the operator who sends it, if one does.
    user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE,
    address TEXT COLLATE "C"
        CONSTRAINT "address has at most 320 characters" CHECK (char_length(address) <= 320),
    -- The one that the mail tells of.
    other_address TEXT COLLATE "C"
        CONSTRAINT "other_address has at most 320 characters" CHECK (
            char_length(other_address) <= 320
        ),
    username TEXT COLLATE "C"
        CONSTRAINT "username has at most 64 characters" CHECK (char_length(username) <= 64),
    -- What an invitation grants.
    scopes TEXT COLLATE "C"
        CONSTRAINT "scopes have at most 4096 characters" CHECK (char_length(scopes) <= 4096),
    -- The user's when the mail was asked for; where that is another by now, it is not sent.
    epoch BIGINT
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            epoch BETWEEN 0 AND 9007199254740991
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at BIGINT NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (created_at BETWEEN 0 AND 253402207200),
    -- When it is somebody's turn to send it. NULL: it was given up.
    due_at BIGINT
        CONSTRAINT "due_at is in Unix seconds" CHECK (due_at BETWEEN 0 AND 253402207200),
    -- How often it was somebody's turn.
    attempts BIGINT NOT NULL DEFAULT 0
        CONSTRAINT "attempts is a number of at most 31 bits" CHECK (
            attempts BETWEEN 0 AND 2147483647
        ),
    given_up_at BIGINT
        CONSTRAINT "given_up_at is in Unix seconds" CHECK (given_up_at BETWEEN 0 AND 253402207200),
    -- Why it did not go, the last time.
    failure TEXT COLLATE "C"
        CONSTRAINT "failure has at most 500 characters" CHECK (char_length(failure) <= 500),
    CONSTRAINT "a mail is due some day, or was given up" CHECK (
        (due_at IS NULL) = (given_up_at IS NOT NULL)
    )
);

CREATE INDEX mails_by_due ON mails (due_at, created_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_by_user ON mails (user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX mails_by_given_up ON mails (given_up_at) WHERE given_up_at IS NOT NULL;

CREATE FUNCTION mails_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.user_id IS DISTINCT FROM OLD.user_id THEN
        RAISE EXCEPTION 'a mail''s id and its user never change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER mails_update BEFORE UPDATE OF id, user_id ON mails
FOR EACH ROW EXECUTE FUNCTION mails_update();

-- Another address ends what was sent to the one before, and what would put a third in its place, also
-- what is not sent yet.
CREATE FUNCTION users_email_tokens() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'DELETE FROM %I.one_time_tokens WHERE user_id = $1 AND purpose <> ''invitation''',
        TG_TABLE_SCHEMA
    ) USING NEW.id;
    EXECUTE format(
        'DELETE FROM %I.mails WHERE user_id = $1 AND kind = ''confirm_email''',
        TG_TABLE_SCHEMA
    ) USING NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER users_email_tokens AFTER UPDATE OF email ON users
FOR EACH ROW WHEN (NEW.email IS DISTINCT FROM OLD.email) EXECUTE FUNCTION users_email_tokens();
