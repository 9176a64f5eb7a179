-- How many offers of an invitation in a row are not known to have arrived, and went back to the queue for it.
ALTER TABLE task ADD COLUMN unheard INTEGER NOT NULL DEFAULT 0;
-- As in 0004, of what had been started by then: it goes back to the queue when it is returned.
UPDATE task SET attempt = min(attempt, 1)
WHERE task_type = 'agent_send_connection_request' AND state IN ('started', 'verifying');

DROP VIEW task_now;
-- A task with the lease of its newest epoch.
CREATE VIEW task_now AS
SELECT task.seq, task.id, task.team_id, task.member_id, task.task_type, task.task_input, task.has_note, task.state,
       task.epoch, task.attempt, task.unheard, task.start_by, task.started_at, task.deadline_at, task.lease_until,
       task.cancel_requested_at IS NOT NULL AS cancel_requested,
       lease.token, lease.agent_id AS lease_agent, lease.result_hash IS NOT NULL AS lease_closed,
       lease.offered_at AS lease_offered_at, coalesce(lease.asked, 0) AS lease_asked,
       coalesce(lease.arrived, 0) AS lease_arrived
FROM task LEFT JOIN lease ON lease.task_id = task.id AND lease.epoch = task.epoch;
