-- The first run: who has this installation, whether mail may leave it, and how far each account's set-up is.
-- Tokens as in 0001.

-- One row, or none where it was set up by commands.
CREATE TABLE instance (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    claimed_at BIGINT NOT NULL,
    -- 'rehearsal' until its owner lets mail out
    mode TEXT {{c}} NOT NULL CHECK (mode IN ('rehearsal', 'world'))
) {{clustered}};

CREATE TABLE setup (
    account BIGINT PRIMARY KEY REFERENCES account (id),
    -- JSON: what was answered and put off so far
    progress TEXT NOT NULL,
    -- empty while it is under way
    finished_at BIGINT
) {{clustered}};
