-- What people do with their accounts: verified addresses, one-time tokens, mails that wait to be sent.

-- By which an address is found. An ASCII address is folded by the triggers below; another one, which
-- cannot be folded here, is found only if whoever wrote it brought this too.
ALTER TABLE users ADD COLUMN email_canonical TEXT
    CONSTRAINT "email_canonical is text of 1 to 320 characters" CHECK (
        email_canonical IS NULL
        OR typeof(email_canonical) = 'text'
        AND length(email_canonical) BETWEEN 1 AND 320
        AND instr(email_canonical, char(0)) = 0
    );

UPDATE users SET email_canonical = lower(email)
WHERE email NOT GLOB '*[^ -~]*' AND instr(email, char(0)) = 0 AND length(email) BETWEEN 1 AND 254;

-- Until now nothing said that an address is one account's alone. The oldest account keeps what somebody
-- wrote; the others' owners prove it again.
UPDATE users SET email_verified = 0
WHERE email_verified AND EXISTS (
    SELECT 1 FROM users older
    WHERE older.email_canonical = users.email_canonical AND older.email_verified
        AND (older.created_at, older.id) < (users.created_at, users.id)
);

CREATE UNIQUE INDEX users_by_verified_email ON users (email_canonical) WHERE email_verified;
CREATE INDEX users_by_unverified_email ON users (email_canonical, created_at)
WHERE NOT email_verified AND NOT disabled;
-- For the search, which reads nothing but the index.
CREATE INDEX users_by_email ON users (email_canonical, username_canonical)
WHERE email_canonical IS NOT NULL;

-- Which kinds of password hashes there are besides the default one, each with its cost: what stands
-- before a bcrypt hash's salt, or an Argon2 hash's. Nothing else can be verified, and is one kind.
CREATE INDEX users_by_hash_cost ON users (
    CASE
        WHEN hashed_password GLOB '$2?$[0-9][0-9]$*' THEN substr(hashed_password, 1, 7)
        WHEN hashed_password GLOB '$argon2*' THEN substr(rtrim(rtrim(rtrim(hashed_password,
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/.-'), '$'),
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/.-'), 1, 128)
        ELSE 'other'
    END
) WHERE substr(hashed_password, 1, 31) <> '$argon2id$v=19$m=19456,t=2,p=1$';

-- Asked before the unique index is, for INSERT OR REPLACE would delete the account that has verified
-- the address.
CREATE TRIGGER users_insert_email_not_taken BEFORE INSERT ON users
WHEN NEW.email_verified AND EXISTS (
    SELECT 1 FROM users WHERE email_verified AND email_canonical IN (
        NEW.email_canonical,
        CASE WHEN NEW.email NOT GLOB '*[^ -~]*' THEN lower(NEW.email) END
    )
)
BEGIN
    SELECT RAISE(ABORT, 'another account has verified this e-mail address');
END;

CREATE TRIGGER users_insert_email AFTER INSERT ON users
WHEN NEW.email_canonical IS NOT CASE
    WHEN NEW.email GLOB '*[^ -~]*' THEN NEW.email_canonical
    WHEN instr(NEW.email, char(0)) = 0 AND length(NEW.email) BETWEEN 1 AND 254 THEN lower(NEW.email)
END
BEGIN
    UPDATE users SET email_canonical = CASE
        WHEN instr(email, char(0)) = 0 AND length(email) BETWEEN 1 AND 254 THEN lower(email)
    END
    WHERE id = NEW.id;
END;

-- A verified address that is changed is not verified any more, as below: then it may be another's.
CREATE TRIGGER users_update_email_not_taken
BEFORE UPDATE OF email, email_canonical, email_verified ON users
WHEN NEW.email_verified AND EXISTS (
    SELECT 1 FROM users WHERE id <> OLD.id AND email_verified AND email_canonical IN (
        NEW.email_canonical,
        CASE
            WHEN NEW.email IS NOT OLD.email AND OLD.email_verified THEN NULL
            WHEN NEW.email NOT GLOB '*[^ -~]*' THEN lower(NEW.email)
        END
    )
)
BEGIN
    SELECT RAISE(ABORT, 'another account has verified this e-mail address');
END;

-- An address that was verified and is changed must be verified again, whoever changes it: who knows
-- that it was, says so in a second statement.
CREATE TRIGGER users_update_email AFTER UPDATE OF email, email_canonical, email_verified ON users
WHEN NEW.email IS NOT OLD.email OR NEW.email_canonical IS NOT CASE
    WHEN NEW.email GLOB '*[^ -~]*' THEN NEW.email_canonical
    WHEN instr(NEW.email, char(0)) = 0 AND length(NEW.email) BETWEEN 1 AND 254 THEN lower(NEW.email)
END
BEGIN
    UPDATE users SET
        email_canonical = CASE
            WHEN email GLOB '*[^ -~]*' THEN CASE
                WHEN email IS OLD.email OR email_canonical IS NOT OLD.email_canonical
                THEN email_canonical
            END
            WHEN instr(email, char(0)) = 0 AND length(email) BETWEEN 1 AND 254 THEN lower(email)
        END,
        email_verified = email_verified AND (email IS OLD.email OR NOT OLD.email_verified)
    WHERE id = NEW.id;
END;

-- The digests of tokens that were mailed, each good once. No token can be made of one.
CREATE TABLE one_time_tokens (
    digest BLOB NOT NULL PRIMARY KEY
        CONSTRAINT "digest has 32 bytes" CHECK (typeof(digest) = 'blob' AND length(digest) = 32),
    purpose TEXT NOT NULL
        CONSTRAINT "purpose is verify_email, reset_password, set_password, confirm_email or invitation" CHECK (
            purpose IN (
                'verify_email', 'reset_password', 'set_password', 'confirm_email', 'invitation'
            )
        ),
    -- Of an invitation, the operator who sent it, if one did. A shell does not keep to this reference unless it is told to, so triggers
    -- below do.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    -- Where it was sent to, as written and as it is found.
    address TEXT NOT NULL
        CONSTRAINT "address is text of 1 to 320 characters" CHECK (
            typeof(address) = 'text' AND length(address) BETWEEN 1 AND 320
            AND instr(address, char(0)) = 0
        ),
    address_canonical TEXT NOT NULL
        CONSTRAINT "address_canonical is text of 1 to 320 characters" CHECK (
            typeof(address_canonical) = 'text' AND length(address_canonical) BETWEEN 1 AND 320
            AND instr(address_canonical, char(0)) = 0
        ),
    -- The user's when it was made.
    epoch INTEGER NOT NULL
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            typeof(epoch) = 'integer' AND epoch BETWEEN 0 AND 9007199254740991
        ),
    -- What an invitation grants.
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
    -- Unix seconds; the upper bound is the year 9999.
    created_at INTEGER NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        ),
    expires_at INTEGER NOT NULL
        CONSTRAINT "expires_at is in Unix seconds" CHECK (
            typeof(expires_at) = 'integer' AND expires_at BETWEEN 0 AND 253402207200
        ),
    CONSTRAINT "every token but an invitation is a user's" CHECK (
        user_id IS NOT NULL OR purpose = 'invitation'
    )
) WITHOUT ROWID;

CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, created_at, digest);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);
CREATE INDEX one_time_tokens_by_invitation ON one_time_tokens (address_canonical)
WHERE purpose = 'invitation';

CREATE TRIGGER one_time_tokens_insert_user BEFORE INSERT ON one_time_tokens
WHEN NEW.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id)
BEGIN
    SELECT RAISE(ABORT, 'the token''s user is not there');
END;

-- INSERT OR REPLACE would put a token in the place of another one.
CREATE TRIGGER one_time_tokens_insert_not_taken BEFORE INSERT ON one_time_tokens
WHEN EXISTS (SELECT 1 FROM one_time_tokens WHERE digest = NEW.digest)
BEGIN
    SELECT RAISE(ABORT, 'this token is there already');
END;

CREATE TRIGGER one_time_tokens_update_owner BEFORE UPDATE OF digest, purpose, user_id ON one_time_tokens
WHEN NEW.digest <> OLD.digest OR NEW.purpose <> OLD.purpose OR NEW.user_id IS NOT OLD.user_id
BEGIN
    SELECT RAISE(ABORT, 'a token''s digest, its purpose and its user never change');
END;

-- What is to be mailed. Never a token: it is made when the mail is sent.
CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY
        CONSTRAINT "a mail's id has 22 characters of base64url" CHECK (
            typeof(id) = 'text'
            AND length(id) = 22
            AND instr(id, char(0)) = 0
            AND id NOT GLOB '*[^A-Za-z0-9_-]*'
        ),
    kind TEXT NOT NULL
        CONSTRAINT "kind is text of 1 to 64 characters" CHECK (
            typeof(kind) = 'text' AND length(kind) BETWEEN 1 AND 64
        ),
    -- NULL: whose account it is about, if anybody's, is found out when it is sent. Of an invitation,
    -- the operator who sends it, if one does.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    address TEXT
        CONSTRAINT "address is text of at most 320 characters" CHECK (
            address IS NULL OR typeof(address) = 'text' AND length(address) <= 320
        ),
    -- The one that the mail tells of.
    other_address TEXT
        CONSTRAINT "other_address is text of at most 320 characters" CHECK (
            other_address IS NULL
            OR typeof(other_address) = 'text' AND length(other_address) <= 320
        ),
    username TEXT
        CONSTRAINT "username is text of at most 64 characters" CHECK (
            username IS NULL OR typeof(username) = 'text' AND length(username) <= 64
        ),
    -- What an invitation grants.
    scopes TEXT
        CONSTRAINT "scopes are text of at most 4096 characters" CHECK (
            scopes IS NULL OR typeof(scopes) = 'text' AND length(scopes) <= 4096
        ),
    -- The user's when the mail was asked for; where that is another by now, it is not sent.
    epoch INTEGER
        CONSTRAINT "epoch is a number of at most 53 bits" CHECK (
            epoch IS NULL OR typeof(epoch) = 'integer' AND epoch BETWEEN 0 AND 9007199254740991
        ),
    -- Unix seconds; the upper bound is the year 9999.
    created_at INTEGER NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        ),
    -- When it is somebody's turn to send it. NULL: it was given up.
    due_at INTEGER
        CONSTRAINT "due_at is in Unix seconds" CHECK (
            due_at IS NULL OR typeof(due_at) = 'integer' AND due_at BETWEEN 0 AND 253402207200
        ),
    -- How often it was somebody's turn.
    attempts INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "attempts is a number of at most 31 bits" CHECK (
            typeof(attempts) = 'integer' AND attempts BETWEEN 0 AND 2147483647
        ),
    given_up_at INTEGER
        CONSTRAINT "given_up_at is in Unix seconds" CHECK (
            given_up_at IS NULL
            OR typeof(given_up_at) = 'integer' AND given_up_at BETWEEN 0 AND 253402207200
        ),
    -- Why it did not go, the last time.
    failure TEXT
        CONSTRAINT "failure is text of at most 500 characters" CHECK (
            failure IS NULL OR typeof(failure) = 'text' AND length(failure) <= 500
        ),
    CONSTRAINT "a mail is due some day, or was given up" CHECK (
        (due_at IS NULL) = (given_up_at IS NOT NULL)
    )
) WITHOUT ROWID;

CREATE INDEX mails_by_due ON mails (due_at, created_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_by_user ON mails (user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX mails_by_given_up ON mails (given_up_at) WHERE given_up_at IS NOT NULL;

CREATE TRIGGER mails_insert_user BEFORE INSERT ON mails
WHEN NEW.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id)
BEGIN
    SELECT RAISE(ABORT, 'the mail''s user is not there');
END;

CREATE TRIGGER mails_insert_not_taken BEFORE INSERT ON mails
WHEN EXISTS (SELECT 1 FROM mails WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'this mail is there already');
END;

CREATE TRIGGER mails_update_owner BEFORE UPDATE OF id, user_id ON mails
WHEN NEW.id <> OLD.id OR NEW.user_id IS NOT OLD.user_id
BEGIN
    SELECT RAISE(ABORT, 'a mail''s id and its user never change');
END;

-- Another address ends what was sent to the one before, and what would put a third in its place, also
-- what is not sent yet.
CREATE TRIGGER users_update_email_tokens AFTER UPDATE OF email ON users
WHEN NEW.email IS NOT OLD.email
BEGIN
    DELETE FROM one_time_tokens WHERE user_id = NEW.id AND purpose <> 'invitation';
    DELETE FROM mails WHERE user_id = NEW.id AND kind = 'confirm_email';
END;

CREATE TRIGGER users_delete_tokens_and_mails AFTER DELETE ON users
BEGIN
    DELETE FROM one_time_tokens WHERE user_id = OLD.id;
    DELETE FROM mails WHERE user_id = OLD.id;
END;
