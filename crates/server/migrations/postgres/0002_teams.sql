-- Teams and members leave without their rows, which tasks point to.
ALTER TABLE team ADD COLUMN removed_at BIGINT;
ALTER TABLE member ADD COLUMN name TEXT;
ALTER TABLE member ADD COLUMN removed_at BIGINT;
-- From here on its token opens nothing; one that is superseded may still hand in what it did.
ALTER TABLE agent ADD COLUMN revoked_at BIGINT;

ALTER TABLE api_key
    ADD COLUMN id TEXT NOT NULL DEFAULT gen_random_uuid()::TEXT,
    ADD COLUMN name TEXT,
    ADD COLUMN access TEXT NOT NULL DEFAULT 'write' CHECK (access IN ('read', 'write')),
    -- Names with a blank between them.
    ADD COLUMN scopes TEXT NOT NULL DEFAULT 'r_1st_connections',
    -- Written at most once a minute.
    ADD COLUMN last_used_at BIGINT,
    ADD COLUMN revoked_at BIGINT;
ALTER TABLE api_key DROP CONSTRAINT api_key_pkey;
ALTER TABLE api_key ADD PRIMARY KEY (id);
ALTER TABLE api_key ADD UNIQUE (hash);
ALTER TABLE api_key ALTER COLUMN id DROP DEFAULT, ALTER COLUMN access DROP DEFAULT, ALTER COLUMN scopes DROP DEFAULT;
CREATE INDEX api_key_by_team ON api_key (team_id, created_at, id);

-- What opens the admin API, of all teams alike.
CREATE TABLE admin_key (
    id           TEXT PRIMARY KEY,
    hash         BYTEA NOT NULL UNIQUE,
    name         TEXT,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- Wrong guesses are counted by who makes them, and no longer kill the codes of everybody.
ALTER TABLE pairing_code DROP COLUMN misses;
CREATE INDEX pairing_code_by_member ON pairing_code (member_id);
