-- When a draft leaves by itself. Tokens as in 0001.

-- When the engine takes it; NULL of a draft without a plan, and of whatever has left.
ALTER TABLE campaign ADD COLUMN starts_at BIGINT;

-- JSON of SendPlan: the hour as it was typed, with its zone; kept when the campaign has left.
ALTER TABLE campaign ADD COLUMN plan TEXT;

CREATE INDEX campaign_planned ON campaign (starts_at) WHERE starts_at IS NOT NULL;

-- Not before; NULL = at once. Only where each person has their own hour.
ALTER TABLE recipient ADD COLUMN due_at BIGINT;

-- Where each person has their own hour: which zones there were, when each was due, and for how many.
CREATE TABLE campaign_zone (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    zone TEXT {{c}} NOT NULL,
    due_at BIGINT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (account, campaign, zone)
) {{clustered}};
