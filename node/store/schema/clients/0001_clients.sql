-- Amounts are decimal TEXT of base units: SQLite integers end at 2^63.
-- `password` holds the hash until the request is confirmed, then nothing.
CREATE TABLE clients (
    name TEXT PRIMARY KEY,
    permissions TEXT NOT NULL,
    password TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- What a client may spend of one token ("eth" or a contract address in lower case). A new grant
-- takes the place of the one before; what was spent counts against the grant of its time.
CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    token TEXT NOT NULL,
    amount TEXT NOT NULL,
    UNIQUE (name, token)
) STRICT;

CREATE TABLE grant_requests (
    name TEXT NOT NULL,
    token TEXT NOT NULL,
    amount TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (name, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE spending (
    intent_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    grant_id INTEGER NOT NULL,
    amount TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'spent', 'released')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX spending_by_grant ON spending (grant_id);
CREATE INDEX spending_by_state ON spending (state);

-- `number` is the order of arrival and the cursor of pages.
CREATE TABLE client_transactions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    tx_hash BLOB NOT NULL UNIQUE CHECK (length(tx_hash) = 32)
) STRICT;

CREATE INDEX client_transactions_by_name ON client_transactions (name, number);
