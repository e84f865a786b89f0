-- Segments: who is meant, in words; and the campaigns that are sent to one.
-- Tokens as in 0001.

CREATE TABLE segment (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    slug TEXT {{c}} NOT NULL,
    -- as it was written
    text TEXT NOT NULL,
    -- the one way to write it: what campaigns are judged by
    canonical TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, slug)
);

-- Which segment a campaign is sent to; NULL = everybody of its list, or of the account.
ALTER TABLE campaign ADD COLUMN segment BIGINT;

-- Its name and canonical text as they were when the campaign left draft: later changes do not touch it.
ALTER TABLE campaign ADD COLUMN segment_name TEXT;
ALTER TABLE campaign ADD COLUMN segment_text TEXT;

-- People who were looked at and got no row: known not to be meant, and those of whom it could not be told.
ALTER TABLE campaign ADD COLUMN outside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign ADD COLUMN untold BIGINT NOT NULL DEFAULT 0;
