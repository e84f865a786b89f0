-- What a campaign's content is written in, where that is more than its body, and how often it was written.
-- Tokens as in 0001.

CREATE TABLE campaign_source (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    -- grows with each write: who writes says which one they read, so that no two overwrite each other
    revision BIGINT NOT NULL CHECK (revision > 0),
    -- the blocks, as JSON; NULL where the body itself is written
    document TEXT,
    PRIMARY KEY (account, campaign)
) {{clustered}};
