-- Amounts are decimal TEXT of base units: SQLite integers end at 2^63.
CREATE TABLE sessions (
    intent_id TEXT PRIMARY KEY,
    wallet BLOB NOT NULL CHECK (length(wallet) = 20),
    chain_id INTEGER NOT NULL,
    marketplace BLOB NOT NULL CHECK (length(marketplace) = 20),
    state TEXT NOT NULL,
    model_id BLOB NOT NULL CHECK (length(model_id) = 32),
    bid_id BLOB NOT NULL CHECK (length(bid_id) = 32),
    provider BLOB NOT NULL CHECK (length(provider) = 20),
    endpoint TEXT NOT NULL,
    provider_public_key BLOB NOT NULL,
    price TEXT NOT NULL,
    stake TEXT NOT NULL,
    duration_s INTEGER NOT NULL,
    direct_payment INTEGER NOT NULL,
    failover INTEGER NOT NULL,
    approval BLOB NOT NULL,
    approval_signature BLOB NOT NULL,
    approval_at INTEGER NOT NULL,
    session_id BLOB CHECK (session_id IS NULL OR length(session_id) = 32),
    opened_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    close_report BLOB NOT NULL,
    close_signature BLOB NOT NULL,
    close_kind TEXT NOT NULL,
    returned TEXT NOT NULL,
    held TEXT NOT NULL,
    held_until INTEGER NOT NULL,
    agent TEXT NOT NULL,
    tee INTEGER NOT NULL,
    error TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX sessions_by_session_id ON sessions (chain_id, marketplace, session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX sessions_by_wallet ON sessions (wallet, chain_id, state);

-- No foreign key: transactions without a session (send, claim) carry an intent id of their own.
CREATE TABLE transactions (
    tx_hash BLOB PRIMARY KEY CHECK (length(tx_hash) = 32),
    intent_id TEXT NOT NULL,
    intent TEXT NOT NULL,
    wallet BLOB NOT NULL CHECK (length(wallet) = 20),
    chain_id INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    raw BLOB NOT NULL,
    recipient BLOB NOT NULL CHECK (length(recipient) = 20),
    value TEXT NOT NULL,
    summary TEXT NOT NULL,
    status TEXT NOT NULL,
    block INTEGER NOT NULL,
    block_hash BLOB NOT NULL,
    fee TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX transactions_by_intent ON transactions (intent_id, created_at);
CREATE INDEX transactions_by_wallet ON transactions (wallet, chain_id, created_at);

CREATE TABLE provider_keys (
    address BLOB PRIMARY KEY CHECK (length(address) = 20),
    public_key BLOB NOT NULL CHECK (length(public_key) = 65),
    endpoint TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE user_keys (
    address BLOB PRIMARY KEY CHECK (length(address) = 20),
    public_key BLOB NOT NULL CHECK (length(public_key) = 65),
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE served_sessions (
    session_id BLOB PRIMARY KEY CHECK (length(session_id) = 32),
    user BLOB NOT NULL CHECK (length(user) = 20),
    model_id BLOB NOT NULL CHECK (length(model_id) = 32),
    bid_id BLOB NOT NULL CHECK (length(bid_id) = 32),
    opened_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX served_sessions_by_end ON served_sessions (ends_at);

CREATE TABLE session_stats (
    session_id BLOB NOT NULL CHECK (length(session_id) = 32),
    role TEXT NOT NULL CHECK (role IN ('consumer', 'provider')),
    prompts INTEGER NOT NULL,
    tps_scaled_1000_sum INTEGER NOT NULL,
    ttft_ms_sum INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (session_id, role)
) STRICT, WITHOUT ROWID;
