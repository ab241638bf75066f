-- A key's times: published when it is made, it signs later, and retires some time after the next one
-- began to sign.
CREATE TABLE scheduled_signing_keys (
    kid TEXT NOT NULL PRIMARY KEY
        CONSTRAINT "kid is text" CHECK (typeof(kid) = 'text'),
    sealed BLOB NOT NULL
        CONSTRAINT "sealed is a blob" CHECK (typeof(sealed) = 'blob'),
    created_at INTEGER NOT NULL
        CONSTRAINT "created_at is in Unix seconds" CHECK (
            typeof(created_at) = 'integer' AND created_at BETWEEN 0 AND 253402207200
        ),
    signs_from INTEGER NOT NULL
        CONSTRAINT "signs_from is in Unix seconds" CHECK (
            typeof(signs_from) = 'integer' AND signs_from BETWEEN 0 AND 253402207200
        ),
    retires_at INTEGER
        CONSTRAINT "retires_at is in Unix seconds, or NULL" CHECK (
            retires_at IS NULL
            OR typeof(retires_at) = 'integer' AND retires_at BETWEEN 0 AND 253402207200
        )
) WITHOUT ROWID;

INSERT INTO scheduled_signing_keys (kid, sealed, created_at, signs_from)
SELECT kid, sealed, created_at, created_at FROM signing_keys;

DROP TABLE signing_keys;
ALTER TABLE scheduled_signing_keys RENAME TO signing_keys;
