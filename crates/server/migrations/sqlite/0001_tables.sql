-- Times are milliseconds since 1970 (UTC). Secrets are SHA-256 hashes of random values, see src/secret.rs.

CREATE TABLE team (
    id         TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE member (
    id        TEXT PRIMARY KEY NOT NULL,
    team_id   TEXT NOT NULL REFERENCES team (id),
    role      TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    joined_at INTEGER NOT NULL
) STRICT;
CREATE INDEX member_by_team ON member (team_id, role, joined_at);

CREATE TABLE api_key (
    hash       BLOB PRIMARY KEY NOT NULL,
    team_id    TEXT NOT NULL REFERENCES team (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pairing_code (
    hash       BLOB PRIMARY KEY NOT NULL,
    member_id  TEXT NOT NULL REFERENCES member (id),
    expires_at INTEGER NOT NULL,
    misses     INTEGER NOT NULL DEFAULT 0,
    used_at    INTEGER
) STRICT;

-- A paired browser. A member's newest agent acts; pairing again supersedes the ones before.
CREATE TABLE agent (
    id                     TEXT PRIMARY KEY NOT NULL,
    team_id                TEXT NOT NULL REFERENCES team (id),
    member_id              TEXT NOT NULL REFERENCES member (id),
    name                   TEXT NOT NULL,
    token_hash             BLOB NOT NULL UNIQUE,
    paired_at              INTEGER NOT NULL,
    superseded_at          INTEGER,
    last_seen_at           INTEGER NOT NULL,
    -- What the last poll said.
    instance               TEXT,
    account                TEXT,
    state                  TEXT NOT NULL DEFAULT 'ready',
    waiting                TEXT NOT NULL DEFAULT '[]',
    said_at                INTEGER NOT NULL,
    -- LinkedIn's limits on this account, as far as known.
    invitation_limit_until INTEGER,
    note_limit_until       INTEGER
) STRICT;
CREATE INDEX agent_by_member ON agent (member_id, superseded_at);
CREATE INDEX agent_by_team ON agent (team_id, last_seen_at);

-- Every instance that ever used an agent's token: one that was there before the current one is superseded.
CREATE TABLE agent_instance (
    agent_id TEXT NOT NULL REFERENCES agent (id),
    instance TEXT NOT NULL,
    PRIMARY KEY (agent_id, instance)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    team_id       TEXT NOT NULL REFERENCES team (id),
    -- Whose LinkedIn account acts.
    member_id     TEXT NOT NULL REFERENCES member (id),
    task_type     TEXT NOT NULL,
    task_input    TEXT NOT NULL,
    has_note      INTEGER NOT NULL,
    state         TEXT NOT NULL
                  CHECK (state IN ('queued', 'offered', 'started', 'verifying', 'completed', 'failed')),
    epoch         INTEGER NOT NULL DEFAULT 0,
    attempt       INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    start_by      INTEGER NOT NULL,
    started_at    INTEGER,
    -- `start_by` until it is started, then the time by which it has to end.
    deadline_at   INTEGER NOT NULL,
    lease_until   INTEGER,
    progress_done INTEGER,
    progress_of   INTEGER,
    task_output   TEXT,
    ended_at      INTEGER
) STRICT;
CREATE INDEX task_queue ON task (member_id, task_type, seq) WHERE state = 'queued';
CREATE INDEX task_in_flight ON task (member_id) WHERE state IN ('offered', 'started', 'verifying');
CREATE INDEX task_deadline ON task (deadline_at) WHERE state NOT IN ('completed', 'failed');

-- One row for each offer that was not a repeat. The token names it; what it was completed with decides what the
-- same token is answered later.
CREATE TABLE lease (
    token         TEXT PRIMARY KEY NOT NULL,
    task_id       TEXT NOT NULL REFERENCES task (id),
    epoch         INTEGER NOT NULL,
    agent_id      TEXT NOT NULL REFERENCES agent (id),
    verify        INTEGER NOT NULL DEFAULT 0,
    started_at    INTEGER,
    result_hash   BLOB,
    result_status TEXT,
    UNIQUE (task_id, epoch)
) STRICT;

-- A task with the lease of its newest epoch.
CREATE VIEW task_now AS
SELECT task.seq, task.id, task.team_id, task.member_id, task.task_type, task.task_input, task.has_note, task.state,
       task.epoch, task.attempt, task.start_by, task.started_at, task.deadline_at, task.lease_until,
       lease.token, lease.agent_id AS lease_agent, lease.result_hash IS NOT NULL AS lease_closed
FROM task LEFT JOIN lease ON lease.task_id = task.id AND lease.epoch = task.epoch;
