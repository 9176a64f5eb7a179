-- Why a task failed, in a word: what was asked of the JSON before.
ALTER TABLE task ADD COLUMN failure_code TEXT;
UPDATE task SET failure_code = json_extract(task_output, '$.code') WHERE state = 'failed';
