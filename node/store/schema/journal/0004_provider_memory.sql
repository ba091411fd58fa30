-- What the provider side must not forget over a restart.

-- Times are milliseconds: the network's approvals carry them, and must differ for one bid and user.
CREATE TABLE approvals_given (
    bid_id BLOB NOT NULL CHECK (length(bid_id) = 32),
    user BLOB NOT NULL CHECK (length(user) = 20),
    model_id BLOB NOT NULL CHECK (length(model_id) = 32),
    issued_at INTEGER NOT NULL,
    PRIMARY KEY (bid_id, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE served_activity (
    session_id BLOB PRIMARY KEY CHECK (length(session_id) = 32),
    message_at INTEGER NOT NULL,
    active_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
