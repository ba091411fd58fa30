-- For what a session was opened, and after which: sums per day and chains of sessions are read here.
ALTER TABLE sessions ADD COLUMN purpose TEXT NOT NULL DEFAULT 'user';
ALTER TABLE sessions ADD COLUMN follows TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN auto_extend INTEGER NOT NULL DEFAULT 0;

CREATE INDEX sessions_by_predecessor ON sessions (follows) WHERE follows <> '';
