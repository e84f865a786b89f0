-- The first rooms: accounts, policies, contacts with their facts, campaigns with their recipients.
-- Tokens: {{blob}} BLOB or BYTEA; {{clustered}} WITHOUT ROWID on SQLite, nothing on PostgreSQL;
-- {{c}} COLLATE "C" on PostgreSQL, nothing on SQLite. All times are microseconds UTC.

CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    slug TEXT {{c}} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- JSON of AccountSettings
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE user_login (
    id BIGINT PRIMARY KEY,
    address TEXT {{c}} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE membership (
    account BIGINT NOT NULL REFERENCES account (id),
    user_id BIGINT NOT NULL REFERENCES user_login (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'analyst', 'privacy_officer', 'support')),
    PRIMARY KEY (account, user_id)
) {{clustered}};

CREATE TABLE session (
    token_hash {{blob}} PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES user_login (id),
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) {{clustered}};

CREATE TABLE policy_version (
    account BIGINT NOT NULL REFERENCES account (id),
    n BIGINT NOT NULL CHECK (n >= 1),
    source TEXT NOT NULL,
    hash {{blob}} NOT NULL,
    published_at BIGINT NOT NULL,
    effective_at BIGINT NOT NULL CHECK (effective_at >= published_at),
    PRIMARY KEY (account, n)
) {{clustered}};

CREATE TABLE policy_pack (
    account BIGINT NOT NULL REFERENCES account (id),
    name TEXT {{c}} NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (account, name)
) {{clustered}};

-- What stands behind a consent: an attestation for a file, a form with its wording, a row's columns.
CREATE TABLE evidence (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('attestation', 'form', 'page', 'staff')),
    source TEXT NOT NULL,
    wording TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};

CREATE TABLE contact (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    address TEXT NOT NULL,
    -- JSON object of text values by category or field name
    fields TEXT NOT NULL,
    -- bit 0 role address, bit 1 disposable domain
    flags BIGINT NOT NULL,
    jurisdiction TEXT NOT NULL,
    age BIGINT,
    soft_opt_in BOOLEAN NOT NULL,
    account_active BOOLEAN NOT NULL,
    last_activity_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};

-- Finds a contact by its address: HMAC of the canonical address, 16 bytes. Kept beside the hot table
-- so that contact rows go in in time order.
CREATE TABLE contact_key (
    account BIGINT NOT NULL,
    marker {{blob}} NOT NULL,
    contact BIGINT NOT NULL,
    PRIMARY KEY (account, marker)
) {{clustered}};

-- Purchases and inquiries, for implied consent.
CREATE TABLE contact_date (
    account BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('purchase', 'inquiry')),
    at BIGINT NOT NULL,
    PRIMARY KEY (account, contact, kind, at)
) {{clustered}};

-- One collection of data: the binding of each of its categories.
CREATE TABLE collection (
    account BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    id BIGINT NOT NULL,
    -- names with a space between
    categories TEXT NOT NULL,
    version BIGINT,
    how TEXT NOT NULL CHECK (how IN ('direct', 'import_attested', 'import_unattested', 'referral')),
    evidence BIGINT,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (account, contact, id)
) {{clustered}};

-- Append-only: what happened between the account and the person.
CREATE TABLE fact (
    account BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'confirm', 'refuse', 'withdraw', 'object', 'complaint',
        'notice', 'bounce', 'confirm_address', 'erase', 'recollect', 'restrict', 'unrestrict', 'used')),
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

-- Hangs on nothing: survives contact, list and campaign. account 0 = the whole installation.
CREATE TABLE suppression (
    account BIGINT NOT NULL,
    marker {{blob}} NOT NULL,
    id BIGINT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('choice', 'protection')),
    purpose TEXT,
    brand TEXT,
    list TEXT,
    cause TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, marker, id)
) {{clustered}};

CREATE TABLE list (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    slug TEXT {{c}} NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, slug)
);

CREATE TABLE subscription (
    account BIGINT NOT NULL,
    list BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'ended')),
    at BIGINT NOT NULL,
    PRIMARY KEY (account, list, contact)
) {{clustered}};

CREATE TABLE form (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    slug TEXT {{c}} NOT NULL,
    -- JSON of FormSettings
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, slug)
);

CREATE TABLE import_run (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    -- SHA-256 of the file: the same file again is the same import
    file_hash {{blob}} NOT NULL,
    -- everything up to this byte is in the store
    position BIGINT NOT NULL,
    -- JSON of ImportCounts
    counts TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished')),
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, file_hash)
);

CREATE TABLE campaign (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- NULL = every contact of the account
    list BIGINT,
    -- JSON of CampaignContent
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'preparing', 'sending', 'paused', 'finished', 'cancelled')),
    -- the audience is judged up to and including this contact
    prepared_through BIGINT NOT NULL,
    prepared BOOLEAN NOT NULL,
    -- how many recipient rows there are
    audience BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (account, id)
);

CREATE TABLE campaign_link (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    n BIGINT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (account, campaign, n)
) {{clustered}};

-- One row for each (campaign, contact): where it stands and why.
CREATE TABLE recipient (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    -- 0 waiting, 1 delivered, 2 deferred, 3 bounced, 4 expired, 5 refused, 6 unknown
    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 6),
    attempts BIGINT NOT NULL,
    -- deferred only: not before
    next_at BIGINT,
    reply_code BIGINT,
    reply TEXT,
    -- codes of the decision with spaces between
    reasons TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK ((state = 2) = (next_at IS NOT NULL)),
    PRIMARY KEY (account, campaign, seq)
) {{clustered}};

CREATE INDEX recipient_due ON recipient (account, campaign, next_at) WHERE state = 2;

-- Every attempt that was not the last: the history behind an outcome.
CREATE TABLE attempt (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    reply_code BIGINT,
    reply TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, campaign, seq, n)
) {{clustered}};

CREATE TABLE hit (
    account BIGINT NOT NULL,
    campaign BIGINT NOT NULL,
    id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('open', 'click')),
    link BIGINT,
    verdict TEXT NOT NULL CHECK (verdict IN ('human', 'prefetch', 'scanner', 'bot')),
    at BIGINT NOT NULL,
    PRIMARY KEY (account, campaign, id)
) {{clustered}};

-- Single messages that are not a campaign's: confirmations and test sends.
CREATE TABLE outgoing (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confirmation', 'test')),
    contact BIGINT,
    mail_from TEXT NOT NULL,
    rcpt_to TEXT NOT NULL,
    body {{blob}} NOT NULL,
    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 6),
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    reply_code BIGINT,
    reply TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK ((state IN (0, 2)) = (next_at IS NOT NULL)),
    PRIMARY KEY (account, id)
);

CREATE INDEX outgoing_due ON outgoing (next_at) WHERE state IN (0, 2);

-- Who runs the delivery engine: one owner, fenced by the epoch.
CREATE TABLE engine_lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL
);
