-- The life of policy versions: taken back before effect, told of by mail.
-- Tokens as in 0001.

-- Taken back at this instant, before it took effect. The row stays: its number is not given again, so that
-- nothing that names it can come to mean another version.
ALTER TABLE policy_version ADD COLUMN retracted_at BIGINT;
