-- Rule packs as they were before another text took their name: decisions name them by hash, for good.
-- Tokens as in 0001.

CREATE TABLE policy_pack_past (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    replaced_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};
