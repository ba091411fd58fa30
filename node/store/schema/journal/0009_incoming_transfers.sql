-- MOR that came to an account by transactions of others; its own ones stand in `transactions`.
CREATE TABLE incoming_transfers (
    wallet BLOB NOT NULL CHECK (length(wallet) = 20),
    chain_id INTEGER NOT NULL,
    token BLOB NOT NULL CHECK (length(token) = 20),
    tx_hash BLOB NOT NULL CHECK (length(tx_hash) = 32),
    log_index INTEGER NOT NULL,
    block INTEGER NOT NULL,
    block_hash BLOB NOT NULL CHECK (length(block_hash) = 32),
    sender BLOB NOT NULL CHECK (length(sender) = 20),
    amount TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('transfer', 'stake', 'pay')),
    time INTEGER NOT NULL,
    final INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (wallet, chain_id, token, tx_hash, log_index)
) STRICT, WITHOUT ROWID;

CREATE INDEX incoming_transfers_by_time ON incoming_transfers (wallet, chain_id, token, time);
