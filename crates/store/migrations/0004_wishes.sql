-- What people wish: plain text, an address given up, a demonstration asked for.
-- Tokens as in 0001.

-- Mail in plain text only.
ALTER TABLE contact ADD COLUMN text_only BOOLEAN NOT NULL DEFAULT FALSE;

-- The person gave the address up: no mail until the address is confirmed again.
ALTER TABLE contact ADD COLUMN retired_at BIGINT;

-- What a person asked for on a form: each is answered once, by the first mail of the purpose that went after it.
CREATE TABLE own_request (
    account BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    purpose TEXT {{c}} NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, contact, purpose, at)
) {{clustered}};
