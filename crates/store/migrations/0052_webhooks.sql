-- Addresses of programs that are told of events as they come, and how far each was told.
-- Tokens as in 0001.

CREATE TABLE webhook (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    url TEXT NOT NULL,
    -- words of the types of events, with blanks between; empty: all
    types TEXT NOT NULL,
    -- its secret is made of the installation's and this number
    generation BIGINT NOT NULL CHECK (generation >= 1),
    -- when the number grew last: the secret before it signs too for a while
    rotated_at BIGINT,
    state TEXT {{c}} NOT NULL CHECK (state IN ('on', 'off')),
    -- why it was switched off, in a sentence
    off_reason TEXT,
    -- where in the log of events it reads on
    cursor_at TEXT {{c}} NOT NULL,
    -- since the last success
    failures BIGINT NOT NULL,
    failing_since BIGINT,
    -- not before
    next_at BIGINT NOT NULL,
    -- what it answered last, and when; never its body
    said TEXT,
    said_at BIGINT,
    -- somebody wants to see whether it answers
    wants_test BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK ((state = 'off') = (off_reason IS NOT NULL)),
    PRIMARY KEY (account, id)
);
