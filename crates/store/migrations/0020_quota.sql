-- How much was sent of what is limited: taken ahead in blocks, so that it is never less than what left. Tokens as in 0001.

CREATE TABLE quota (
    -- 0: of the installation, as the warm-up of its addresses
    account BIGINT NOT NULL,
    -- 'sent', or 'warm ADDRESS PROVIDER'
    name TEXT {{c}} NOT NULL,
    -- hours or days since the epoch, in UTC
    period BIGINT NOT NULL,
    used BIGINT NOT NULL,
    -- of these, refused for our pace or reputation
    bad BIGINT NOT NULL,
    PRIMARY KEY (account, name, period)
) {{clustered}};
