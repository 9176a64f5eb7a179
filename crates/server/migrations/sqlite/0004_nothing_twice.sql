-- Whom an invitation is for: the bare profile id, whatever spelling the caller chose.
ALTER TABLE task ADD COLUMN profile TEXT;
CREATE INDEX task_by_person ON task (member_id, profile) WHERE profile IS NOT NULL;
-- Invitations of an older version: their profile is filled in when the file is opened. Empty after that.
CREATE INDEX task_without_person ON task (seq)
    WHERE profile IS NULL AND task_type = 'agent_send_connection_request';

-- When somebody asked for the task's end. Kept at the task that ended by it, too.
ALTER TABLE task ADD COLUMN cancel_requested_at INTEGER;

-- A caller's `Idempotency-Key`: which request it came with, and which task it was answered with. Both are hashes: the
-- one may be anything, the other has a note in it. It is kept until `forget_at`, which the end of the task sets.
CREATE TABLE idempotency_key (
    team_id      TEXT NOT NULL REFERENCES team (id),
    key_hash     BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    task_id      TEXT NOT NULL REFERENCES task (id),
    deduplicated INTEGER NOT NULL,
    forget_at    INTEGER,
    PRIMARY KEY (team_id, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_key_by_task ON idempotency_key (task_id);
CREATE INDEX idempotency_key_over ON idempotency_key (forget_at) WHERE forget_at IS NOT NULL;

-- When it was offered, or asked to be verified, the last time that was not a repeat of a lost answer; and how often it
-- was asked to be verified and nothing came of it.
ALTER TABLE lease ADD COLUMN offered_at INTEGER;
ALTER TABLE lease ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
-- A read starts with its offer.
UPDATE lease SET offered_at = started_at;
-- Until now nothing counted how often an invitation was taken and lost: what stands there is no such count.
UPDATE task SET attempt = min(attempt, 1)
WHERE task_type = 'agent_send_connection_request' AND state IN ('queued', 'offered');

DROP VIEW task_now;
-- A task with the lease of its newest epoch.
CREATE VIEW task_now AS
SELECT task.seq, task.id, task.team_id, task.member_id, task.task_type, task.task_input, task.has_note, task.state,
       task.epoch, task.attempt, task.start_by, task.started_at, task.deadline_at, task.lease_until,
       task.cancel_requested_at IS NOT NULL AS cancel_requested,
       lease.token, lease.agent_id AS lease_agent, lease.result_hash IS NOT NULL AS lease_closed,
       lease.offered_at AS lease_offered_at, coalesce(lease.asked, 0) AS lease_asked,
       coalesce(lease.arrived, 0) AS lease_arrived
FROM task LEFT JOIN lease ON lease.task_id = task.id AND lease.epoch = task.epoch;
