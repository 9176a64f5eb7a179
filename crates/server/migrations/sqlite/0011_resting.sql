-- What of the last poll ends the rest of what was given back, and what rests: [{"task", "until"}]. Here and not in a
-- server's memory, since the next poll may come to another one.
ALTER TABLE agent ADD COLUMN accepts TEXT NOT NULL DEFAULT '';
ALTER TABLE agent ADD COLUMN resting TEXT NOT NULL DEFAULT '[]';
