-- A key's times: published when it is made, it signs later, and retires some time after the next one
-- began to sign.
ALTER TABLE signing_keys
    ADD COLUMN signs_from BIGINT
        CONSTRAINT "signs_from is in Unix seconds" CHECK (signs_from BETWEEN 0 AND 253402207200),
    ADD COLUMN retires_at BIGINT
        CONSTRAINT "retires_at is in Unix seconds, or NULL" CHECK (
            retires_at BETWEEN 0 AND 253402207200
        );

UPDATE signing_keys SET signs_from = created_at;

ALTER TABLE signing_keys ALTER COLUMN signs_from SET NOT NULL;
