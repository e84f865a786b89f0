-- Messages that other programs hand in: keys, calls, and single messages for a purpose.
-- Tokens as in 0001.

-- SQLite cannot widen a CHECK: the table is made anew with its rows.
DROP INDEX outgoing_due;
ALTER TABLE outgoing RENAME TO outgoing_before;
CREATE TABLE outgoing (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT {{c}} NOT NULL CHECK (kind IN ('confirmation', 'test', 'message')),
    contact BIGINT,
    -- empty once the body was let go of
    mail_from TEXT NOT NULL,
    -- empty where a stranger was refused
    rcpt_to TEXT NOT NULL,
    body {{blob}} NOT NULL,
    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 6),
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    reply_code BIGINT,
    reply TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- of a message: what it is for, the question to the gate (canonical), what it carries (bits)
    purpose TEXT {{c}},
    question TEXT,
    means BIGINT,
    CHECK ((state IN (0, 2)) = (next_at IS NOT NULL)),
    CHECK ((kind = 'message') = (purpose IS NOT NULL)),
    CHECK ((kind = 'message') = (question IS NOT NULL)),
    CHECK ((kind = 'message') = (means IS NOT NULL)),
    PRIMARY KEY (account, id)
);
INSERT INTO outgoing (account, id, kind, contact, mail_from, rcpt_to, body, state, attempts, next_at, reply_code,
    reply, created_at, updated_at)
    SELECT account, id, kind, contact, mail_from, rcpt_to, body, state, attempts, next_at, reply_code,
    reply, created_at, updated_at FROM outgoing_before;
DROP TABLE outgoing_before;
CREATE INDEX outgoing_due ON outgoing (kind, next_at) WHERE state IN (0, 2);
CREATE INDEX outgoing_person ON outgoing (account, contact) WHERE contact IS NOT NULL;
CREATE INDEX outgoing_body ON outgoing (account, updated_at) WHERE kind = 'message' AND next_at IS NULL AND mail_from <> '';

-- What lets a program in. The key itself is shown once and kept nowhere.
CREATE TABLE api_key (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256
    token_hash {{blob}} NOT NULL UNIQUE,
    -- words of the scopes, with blanks between
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (account, id),
    UNIQUE (account, name)
);

-- A call that named itself, and its answer: the same call again gets the same answer and does nothing.
CREATE TABLE api_call (
    account BIGINT NOT NULL,
    call_key TEXT {{c}} NOT NULL,
    -- SHA-256 of what was asked
    body_hash {{blob}} NOT NULL,
    -- ids, codes and their sentences; no address
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, call_key)
);
CREATE INDEX api_call_at ON api_call (account, at);
