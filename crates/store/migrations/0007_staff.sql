-- Who of the staff may see people's data: trained, told of the policy, at the screen.
-- Tokens as in 0001.

-- When the member was last trained in privacy.
ALTER TABLE membership ADD COLUMN trained_at BIGINT;

-- The newest policy version that the member read and confirmed.
ALTER TABLE membership ADD COLUMN acknowledged BIGINT;

-- When the screen was last used before it locked; NULL for sessions that began before this column.
ALTER TABLE session ADD COLUMN active_at BIGINT;
