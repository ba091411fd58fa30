-- What providers said in signed ping answers: whether they open encrypted prompts.
CREATE TABLE provider_abilities (
    address BLOB PRIMARY KEY CHECK (length(address) = 20),
    opens_envelopes INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    seen_with_at INTEGER NOT NULL,
    readable_agreed_at INTEGER NOT NULL
) STRICT;
