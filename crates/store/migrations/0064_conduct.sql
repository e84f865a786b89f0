-- A hit is bound to the purpose and the policy version that it was measured under: NULL where it is older than this.
-- Tokens as in 0001.

ALTER TABLE hit ADD COLUMN purpose TEXT {{c}};
ALTER TABLE hit ADD COLUMN version BIGINT;

-- What people did, by person: a segment asks pages of people.
CREATE INDEX hit_person ON hit (account, contact, campaign) WHERE verdict = 'human';

-- Hits of the campaign were deleted when their time was past: who has none may have had one.
ALTER TABLE campaign ADD COLUMN hits_retired BIGINT NOT NULL DEFAULT 0 CHECK (hits_retired IN (0, 1));
