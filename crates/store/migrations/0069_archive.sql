-- Campaigns that an account shows to everybody. Tokens as in 0001.

CREATE TABLE archive (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (account, campaign)
) {{clustered}};
