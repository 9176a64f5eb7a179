-- A team's unfinished tasks, to be counted without looking at them.
CREATE INDEX task_unfinished ON task (team_id) WHERE state NOT IN ('completed', 'failed');
