-- What a relationship between a person and an account rests on becomes facts like all others: purchases, inquiries, an
-- account opened and closed. Until here nothing wrote the columns that this replaces, but what may stand in them is kept.
-- Tokens as in 0001.

CREATE TABLE fact_of_now (
    account BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'confirm', 'refuse', 'withdraw', 'object', 'complaint',
        'notice', 'bounce', 'confirm_address', 'erase', 'recollect', 'restrict', 'unrestrict', 'used',
        'account_opened', 'account_closed', 'purchase', 'inquiry')),
    -- a purpose, '*marketing' or '*any'
    purpose TEXT,
    -- the version seen (grant) or announced (notice)
    version BIGINT,
    method TEXT CHECK (method IN ('click', 'continued_use')),
    grantor TEXT CHECK (grantor IN ('person', 'parent', 'import', 'staff', 'other')),
    asked TEXT CHECK (asked IN ('fair', 'pre_ticked', 'bundled')),
    double_opt_in BOOLEAN,
    confirmed BOOLEAN,
    expires_at BIGINT,
    scope_account TEXT,
    scope_brand TEXT,
    scope_list TEXT,
    evidence BIGINT,
    ip TEXT,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (account, contact, id)
) {{clustered}};

INSERT INTO fact_of_now (account, contact, id, kind, purpose, version, method, grantor, asked, double_opt_in,
    confirmed, expires_at, scope_account, scope_brand, scope_list, evidence, ip, at, recorded_at)
SELECT account, contact, id, kind, purpose, version, method, grantor, asked, double_opt_in,
    confirmed, expires_at, scope_account, scope_brand, scope_list, evidence, ip, at, recorded_at
FROM fact ORDER BY account, contact, id;

-- Below every number that the program gives: a purchase takes an even one, an inquiry an odd one.
INSERT INTO fact_of_now (account, contact, id, kind, at, recorded_at)
SELECT account, contact, -2 - 2 * at - CASE kind WHEN 'inquiry' THEN 1 ELSE 0 END, kind, at, at
FROM contact_date;

INSERT INTO fact_of_now (account, contact, id, kind, at, recorded_at)
SELECT account, id, -1, 'account_opened', created_at, created_at FROM contact WHERE account_active;

DROP TABLE fact;
ALTER TABLE fact_of_now RENAME TO fact;
DROP TABLE contact_date;
ALTER TABLE contact DROP COLUMN account_active;
