CREATE TABLE chats (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    model_id BLOB CHECK (model_id IS NULL OR length(model_id) = 32),
    model_name TEXT NOT NULL,
    is_local INTEGER NOT NULL,
    is_demo INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX chats_by_time ON chats (updated_at);

-- `number` is the order of arrival and the row number of the search index.
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    chat_id TEXT NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'failed')),
    model_name TEXT NOT NULL,
    ttft_ms INTEGER NOT NULL,
    tps_scaled_1000 INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT;

CREATE INDEX messages_by_chat ON messages (chat_id, number);

-- Kept in step by the program: with trusted_schema off, triggers may not write to a virtual table.
CREATE VIRTUAL TABLE messages_text USING fts5 (
    content, content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);
