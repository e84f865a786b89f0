-- What came back by mail after a message was accepted: bounces, complaints, opt-outs. Never the mail itself.
-- Tokens as in 0001.

CREATE TABLE returned (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT {{c}} NOT NULL CHECK (kind IN ('bounce', 'delay', 'complaint', 'opt_out', 'report')),
    -- the word of the bounce room
    class TEXT {{c}} NOT NULL,
    hard BOOLEAN NOT NULL,
    -- enhanced code (RFC 3463), where the mail has one
    status TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, campaign, seq, kind, class)
) {{clustered}};
