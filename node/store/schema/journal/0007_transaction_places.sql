-- One nonce may be signed for several times; and a block counts only when it cannot vanish any more.
ALTER TABLE transactions ADD COLUMN replaced_by BLOB;
ALTER TABLE transactions ADD COLUMN final INTEGER NOT NULL DEFAULT 0;

-- Nodes forget old receipts: what is older than a day is not looked for again.
UPDATE transactions SET final = 1
 WHERE status NOT IN ('signed', 'sent') AND updated_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400;

CREATE INDEX transactions_by_place ON transactions (wallet, chain_id, nonce);
