-- A task that its team deleted, or that was kept long enough, is emptied at once. What is left of its row says that it was
-- there, so that what is answered twice is answered alike and nobody is invited twice; `purge_at` is when that goes too.
-- Of whom an invitation was for, a hash is left in `profile`.
ALTER TABLE task ADD COLUMN deleted_at BIGINT;
ALTER TABLE task ADD COLUMN purge_at BIGINT;
CREATE INDEX task_kept_long ON task (ended_at) WHERE ended_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX task_to_purge ON task (purge_at) WHERE purge_at IS NOT NULL;

-- A team's list of tasks, newest first; and of those that are not over, which are few among many.
CREATE INDEX task_by_team ON task (team_id, created_at, id);
CREATE INDEX task_unfinished_by_team ON task (team_id, created_at, id) WHERE state NOT IN ('completed', 'failed');

-- What became of a task, in the order of `n`. Its creation and its end stand in its own row.
CREATE TABLE task_event (
    task_id TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    n       BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    event   TEXT NOT NULL,
    epoch   BIGINT,
    attempt BIGINT,
    code    TEXT,
    PRIMARY KEY (task_id, n)
);

-- Where a team wants to hear of its tasks' ends. The secret signs, so it is kept as it is.
CREATE TABLE webhook (
    id                TEXT PRIMARY KEY,
    team_id           TEXT NOT NULL REFERENCES team (id),
    url               TEXT NOT NULL,
    secret            TEXT NOT NULL,
    include_output    BOOLEAN NOT NULL,
    created_at        BIGINT NOT NULL,
    -- Until when one instance of the server has it to itself.
    busy_until        BIGINT NOT NULL DEFAULT 0,
    disabled_at       BIGINT,
    disabled_reason   TEXT,
    last_delivered_at BIGINT,
    last_error        TEXT,
    last_error_at     BIGINT
);
CREATE INDEX webhook_by_team ON webhook (team_id);

-- What is still to be delivered; written in the transaction that ends the task, which must not fail because an endpoint goes
-- away at the same time: no foreign key names it. A row whose endpoint is gone is delivered to nobody, and goes with its task.
CREATE TABLE webhook_delivery (
    webhook_id TEXT NOT NULL,
    task_id    TEXT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    attempt    BIGINT NOT NULL DEFAULT 0,
    due_at     BIGINT NOT NULL,
    PRIMARY KEY (webhook_id, task_id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at);
CREATE INDEX webhook_delivery_by_task ON webhook_delivery (task_id);
