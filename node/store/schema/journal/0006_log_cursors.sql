-- How far the logs of a contract were read for an account.
CREATE TABLE log_cursors (
    chain_id INTEGER NOT NULL,
    contract BLOB NOT NULL CHECK (length(contract) = 20),
    account BLOB NOT NULL CHECK (length(account) = 20),
    block INTEGER NOT NULL,
    block_hash BLOB NOT NULL CHECK (length(block_hash) = 32),
    PRIMARY KEY (chain_id, contract, account)
) STRICT, WITHOUT ROWID;
