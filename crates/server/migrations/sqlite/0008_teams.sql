-- Teams and members leave without their rows, which tasks point to.
ALTER TABLE team ADD COLUMN removed_at INTEGER;
ALTER TABLE member ADD COLUMN name TEXT;
ALTER TABLE member ADD COLUMN removed_at INTEGER;
-- From here on its token opens nothing; one that is superseded may still hand in what it did.
ALTER TABLE agent ADD COLUMN revoked_at INTEGER;

ALTER TABLE api_key RENAME TO api_key_before;
CREATE TABLE api_key (
    id           TEXT PRIMARY KEY NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    team_id      TEXT NOT NULL REFERENCES team (id),
    name         TEXT,
    access       TEXT NOT NULL CHECK (access IN ('read', 'write')),
    -- Names with a blank between them.
    scopes       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    -- Written at most once a minute.
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_key_by_team ON api_key (team_id, created_at, id);
INSERT INTO api_key (id, hash, team_id, access, scopes, created_at)
SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
             || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       hash, team_id, 'write', 'r_1st_connections', created_at
FROM api_key_before;
DROP TABLE api_key_before;

-- What opens the admin API, of all teams alike.
CREATE TABLE admin_key (
    id           TEXT PRIMARY KEY NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    name         TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;

-- Wrong guesses are counted by who makes them, and no longer kill the codes of everybody.
ALTER TABLE pairing_code DROP COLUMN misses;
CREATE INDEX pairing_code_by_member ON pairing_code (member_id);
