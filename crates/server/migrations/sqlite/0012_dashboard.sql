-- Who is signed in to the dashboard, by an admin key and for a while. What opens it is the cookie's secret.
CREATE TABLE dashboard_session (
    hash         BLOB PRIMARY KEY NOT NULL,
    admin_key_id TEXT NOT NULL REFERENCES admin_key (id),
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX dashboard_session_by_key ON dashboard_session (admin_key_id);

-- How many invitations count, as the browser last said it: {"day": {"used", "limit"}, "week": {"used", "limit"}}.
ALTER TABLE agent ADD COLUMN usage TEXT;
ALTER TABLE agent ADD COLUMN usage_at INTEGER;
