-- When a limit was last spoken of: only an invitation that was started after that shows that it is over.
ALTER TABLE agent ADD COLUMN invitation_limit_since INTEGER;
ALTER TABLE agent ADD COLUMN note_limit_since INTEGER;

-- Whether the offer is known to have arrived: by a heartbeat, by a poll that named it, or because the browser that it
-- went to is no longer asked.
ALTER TABLE lease ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;

DROP VIEW task_now;
-- A task with the lease of its newest epoch.
CREATE VIEW task_now AS
SELECT task.seq, task.id, task.team_id, task.member_id, task.task_type, task.task_input, task.has_note, task.state,
       task.epoch, task.attempt, task.start_by, task.started_at, task.deadline_at, task.lease_until,
       lease.token, lease.agent_id AS lease_agent, lease.result_hash IS NOT NULL AS lease_closed,
       lease.started_at AS lease_started_at, coalesce(lease.arrived, 0) AS lease_arrived
FROM task LEFT JOIN lease ON lease.task_id = task.id AND lease.epoch = task.epoch;
