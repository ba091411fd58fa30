-- Names that the user gave to addresses, and notes on transactions; of all networks.
CREATE TABLE contacts (
    address BLOB PRIMARY KEY CHECK (length(address) = 20),
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    note TEXT NOT NULL
) STRICT;

CREATE TABLE transaction_labels (
    tx_hash BLOB PRIMARY KEY CHECK (length(tx_hash) = 32),
    label TEXT NOT NULL
) STRICT;

-- What a mined transaction brought the wallet in MOR (decimal text, negative for what it took).
ALTER TABLE transactions ADD COLUMN moved TEXT;
