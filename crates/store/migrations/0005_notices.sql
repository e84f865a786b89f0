-- The mailing that tells people of a policy version is a campaign of its own sort.
-- Tokens as in 0001.

-- The version that the campaign announces; NULL for what a user wrote.
ALTER TABLE campaign ADD COLUMN notice_version BIGINT;

-- A version is announced once.
CREATE UNIQUE INDEX campaign_notice ON campaign (account, notice_version) WHERE notice_version IS NOT NULL;
