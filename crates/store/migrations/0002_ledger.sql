-- The ledger: one append-only log for each account, and the vault of what its leaves commit to.
-- Tokens as in 0001. A `subject` (and a `contact` of
-- person_key) is a contact's id, 0 for the account's policy, -1 for its office.

-- From which a person's key is made, together with the installation's secret. Deleted by an erasure:
-- nothing that was sealed for the person opens any more.
CREATE TABLE person_key (
    account BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    seed {{blob}} NOT NULL CHECK (length(seed) = 32),
    -- an entry with an id before this one was sealed under an earlier key, which is gone
    since BIGINT NOT NULL,
    PRIMARY KEY (account, contact)
) {{clustered}};

-- Entries written with the change they tell of, in blocks of one commit each, until they get their numbers.
CREATE TABLE ledger_waiting (
    account BIGINT NOT NULL,
    -- of the first entry of the block
    id BIGINT NOT NULL,
    n BIGINT NOT NULL CHECK (n >= 1),
    entries {{blob}} NOT NULL,
    PRIMARY KEY (account, id)
);

-- A person's chain (or the account's own): the entries in their order, where their leaves are, and what
-- they say, sealed. Shredded at an erasure; the leaves stay.
CREATE TABLE ledger_entry (
    account BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    n BIGINT NOT NULL CHECK (n >= 1),
    idx BIGINT NOT NULL CHECK (idx >= 0),
    id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    head {{blob}} NOT NULL CHECK (length(head) = 32),
    sealed {{blob}} NOT NULL,
    PRIMARY KEY (account, subject, n)
);

-- The leaves, 256 to a row, in the order of the log.
CREATE TABLE ledger_leaf (
    account BIGINT NOT NULL,
    n BIGINT NOT NULL CHECK (n >= 0),
    width BIGINT NOT NULL CHECK (width BETWEEN 1 AND 256),
    leaves {{blob}} NOT NULL,
    PRIMARY KEY (account, n)
);

-- Tiles of the hash tree (C2SP tlog-tiles): 256 hashes of one level to a row.
CREATE TABLE ledger_tile (
    account BIGINT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 7),
    n BIGINT NOT NULL CHECK (n >= 0),
    width BIGINT NOT NULL CHECK (width BETWEEN 1 AND 256),
    hashes {{blob}} NOT NULL CHECK (length(hashes) = width * 32),
    PRIMARY KEY (account, level, n)
);

-- How long the log is. Whoever numbers entries moves this row first: two cannot at once.
CREATE TABLE ledger_head (
    account BIGINT PRIMARY KEY,
    size BIGINT NOT NULL CHECK (size >= 0),
    -- grows with each erasure: what was read before one is read again
    erasures BIGINT NOT NULL,
    -- contacts up to this one have their key: those from before the ledger get theirs in pages
    keyed_through BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
) {{clustered}};

-- Every checkpoint that was signed.
CREATE TABLE ledger_checkpoint (
    account BIGINT NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, size)
);

INSERT INTO ledger_head (account, size, erasures, keyed_through, updated_at)
    SELECT id, 0, 0, 0, created_at FROM account;
