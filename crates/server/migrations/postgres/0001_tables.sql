-- The tables of migrations/sqlite/0001 to 0007, as one. Times are milliseconds since 1970 (UTC). Secrets are SHA-256 hashes
-- of random values, see src/secret.rs. `rowid` is the order of insertion, which SQLite has by itself.

CREATE TABLE team (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    rowid      BIGINT GENERATED ALWAYS AS IDENTITY
);

CREATE TABLE member (
    id        TEXT PRIMARY KEY,
    team_id   TEXT NOT NULL REFERENCES team (id),
    role      TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    joined_at BIGINT NOT NULL,
    rowid     BIGINT GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX member_by_team ON member (team_id, role, joined_at);

CREATE TABLE api_key (
    hash       BYTEA PRIMARY KEY,
    team_id    TEXT NOT NULL REFERENCES team (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE pairing_code (
    hash       BYTEA PRIMARY KEY,
    member_id  TEXT NOT NULL REFERENCES member (id),
    expires_at BIGINT NOT NULL,
    misses     BIGINT NOT NULL DEFAULT 0,
    used_at    BIGINT
);

-- A paired browser. A member's newest agent acts; pairing again supersedes the ones before.
CREATE TABLE agent (
    id                     TEXT PRIMARY KEY,
    team_id                TEXT NOT NULL REFERENCES team (id),
    member_id              TEXT NOT NULL REFERENCES member (id),
    name                   TEXT NOT NULL,
    token_hash             BYTEA NOT NULL UNIQUE,
    paired_at              BIGINT NOT NULL,
    superseded_at          BIGINT,
    last_seen_at           BIGINT NOT NULL,
    -- What the last poll said.
    instance               TEXT,
    account                TEXT,
    state                  TEXT NOT NULL DEFAULT 'ready',
    waiting                TEXT NOT NULL DEFAULT '[]',
    said_at                BIGINT NOT NULL,
    -- LinkedIn's limits on this account, as far as known, and when each was last spoken of: only an invitation that was
    -- started after that shows that it is over.
    invitation_limit_until BIGINT,
    note_limit_until       BIGINT,
    invitation_limit_since BIGINT,
    note_limit_since       BIGINT
);
CREATE INDEX agent_by_member ON agent (member_id, superseded_at);
CREATE INDEX agent_by_team ON agent (team_id, last_seen_at);

-- Every instance that ever used an agent's token: one that was there before the current one is superseded.
CREATE TABLE agent_instance (
    agent_id TEXT NOT NULL REFERENCES agent (id),
    instance TEXT NOT NULL,
    PRIMARY KEY (agent_id, instance)
);

CREATE TABLE task (
    seq                 BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                  TEXT NOT NULL UNIQUE,
    team_id             TEXT NOT NULL REFERENCES team (id),
    -- Whose LinkedIn account acts.
    member_id           TEXT NOT NULL REFERENCES member (id),
    task_type           TEXT NOT NULL,
    task_input          TEXT NOT NULL,
    has_note            BOOLEAN NOT NULL,
    -- Whom an invitation is for: the bare profile id, whatever spelling the caller chose.
    profile             TEXT,
    state               TEXT NOT NULL
                        CHECK (state IN ('queued', 'offered', 'started', 'verifying', 'completed', 'failed')),
    epoch               BIGINT NOT NULL DEFAULT 0,
    attempt             BIGINT NOT NULL DEFAULT 0,
    -- How many offers of an invitation in a row are not known to have arrived, and went back to the queue for it.
    unheard             BIGINT NOT NULL DEFAULT 0,
    created_at          BIGINT NOT NULL,
    start_by            BIGINT NOT NULL,
    started_at          BIGINT,
    -- `start_by` until it is started, then the time by which it has to end.
    deadline_at         BIGINT NOT NULL,
    lease_until         BIGINT,
    progress_done       BIGINT,
    progress_of         BIGINT,
    task_output         TEXT,
    failure_code        TEXT,
    -- What was odd about the list that a fetch read, as JSON; NULL when its agent said nothing of the kind.
    findings            TEXT,
    -- When somebody asked for the task's end. Kept at the task that ended by it, too.
    cancel_requested_at BIGINT,
    ended_at            BIGINT
);
CREATE INDEX task_queue ON task (member_id, task_type, seq) WHERE state = 'queued';
CREATE INDEX task_in_flight ON task (member_id) WHERE state IN ('offered', 'started', 'verifying');
CREATE INDEX task_deadline ON task (deadline_at) WHERE state NOT IN ('completed', 'failed');
CREATE INDEX task_by_person ON task (member_id, profile) WHERE profile IS NOT NULL;

-- One row for each offer that was not a repeat. The token names it; what it was completed with decides what the
-- same token is answered later.
CREATE TABLE lease (
    token         TEXT PRIMARY KEY,
    task_id       TEXT NOT NULL REFERENCES task (id),
    epoch         BIGINT NOT NULL,
    agent_id      TEXT NOT NULL REFERENCES agent (id),
    verify        BOOLEAN NOT NULL DEFAULT FALSE,
    started_at    BIGINT,
    -- When it was offered, or asked to be verified, the last time that was not a repeat of a lost answer.
    offered_at    BIGINT,
    -- How often it was asked to be verified and nothing came of it.
    asked         BIGINT NOT NULL DEFAULT 0,
    -- Whether the offer is known to have arrived: by a heartbeat, by a poll that named it, or because the browser that
    -- it went to is no longer asked.
    arrived       BOOLEAN NOT NULL DEFAULT FALSE,
    -- Whether the agent has said of this offer that it waits for its person.
    asked_person  BOOLEAN NOT NULL DEFAULT FALSE,
    result_hash   BYTEA,
    result_status TEXT,
    UNIQUE (task_id, epoch)
);

-- A caller's `Idempotency-Key`: which request it came with, and which task it was answered with. Both are hashes: the
-- one may be anything, the other has a note in it. It is kept until `forget_at`, which the end of the task sets.
CREATE TABLE idempotency_key (
    team_id      TEXT NOT NULL REFERENCES team (id),
    key_hash     BYTEA NOT NULL,
    request_hash BYTEA NOT NULL,
    task_id      TEXT NOT NULL REFERENCES task (id),
    deduplicated BOOLEAN NOT NULL,
    forget_at    BIGINT,
    PRIMARY KEY (team_id, key_hash)
);
CREATE INDEX idempotency_key_by_task ON idempotency_key (task_id);
CREATE INDEX idempotency_key_over ON idempotency_key (forget_at) WHERE forget_at IS NOT NULL;

-- A task with the lease of its newest epoch.
CREATE VIEW task_now AS
SELECT task.seq, task.id, task.team_id, task.member_id, task.task_type, task.task_input, task.has_note, task.state,
       task.epoch, task.attempt, task.unheard, task.start_by, task.started_at, task.deadline_at, task.lease_until,
       task.cancel_requested_at IS NOT NULL AS cancel_requested,
       lease.token, lease.agent_id AS lease_agent, lease.result_hash IS NOT NULL AS lease_closed,
       lease.offered_at AS lease_offered_at, coalesce(lease.asked, 0) AS lease_asked,
       coalesce(lease.arrived, FALSE) AS lease_arrived, coalesce(lease.asked_person, FALSE) AS lease_asked_person
FROM task LEFT JOIN lease ON lease.task_id = task.id AND lease.epoch = task.epoch;
