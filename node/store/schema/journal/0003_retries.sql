-- Duties that were refused and are tried again: closing an ended session, taking back stake.
CREATE TABLE retries (
    kind TEXT NOT NULL CHECK (kind IN ('close', 'claim')),
    subject TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
