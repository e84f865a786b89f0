-- How staff come in: invitations and resets by mail, codes as a second factor, and what they did inside.
-- Tokens as in 0001.

-- SQLite cannot widen a CHECK: the table is made anew with its rows.
DROP INDEX outgoing_due;
DROP INDEX outgoing_person;
DROP INDEX outgoing_body;
ALTER TABLE outgoing RENAME TO outgoing_before;
CREATE TABLE outgoing (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT {{c}} NOT NULL CHECK (kind IN ('confirmation', 'test', 'message', 'staff')),
    contact BIGINT,
    -- empty once the body was let go of, and of mail to staff that nobody but its reader may see
    mail_from TEXT NOT NULL,
    -- empty where a stranger was refused
    rcpt_to TEXT NOT NULL,
    body {{blob}} NOT NULL,
    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 6),
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    reply_code BIGINT,
    reply TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- of a message: what it is for, the question to the gate (canonical), what it carries (bits)
    purpose TEXT {{c}},
    question TEXT,
    means BIGINT,
    CHECK ((state IN (0, 2)) = (next_at IS NOT NULL)),
    CHECK ((kind = 'message') = (purpose IS NOT NULL)),
    CHECK ((kind = 'message') = (question IS NOT NULL)),
    CHECK ((kind = 'message') = (means IS NOT NULL)),
    PRIMARY KEY (account, id)
);
INSERT INTO outgoing (account, id, kind, contact, mail_from, rcpt_to, body, state, attempts, next_at, reply_code,
    reply, created_at, updated_at, purpose, question, means)
    SELECT account, id, kind, contact, mail_from, rcpt_to, body, state, attempts, next_at, reply_code,
    reply, created_at, updated_at, purpose, question, means FROM outgoing_before;
DROP TABLE outgoing_before;
CREATE INDEX outgoing_due ON outgoing (kind, next_at) WHERE state IN (0, 2);
CREATE INDEX outgoing_person ON outgoing (account, contact) WHERE contact IS NOT NULL;
CREATE INDEX outgoing_body ON outgoing (account, updated_at) WHERE kind = 'message' AND next_at IS NULL AND mail_from <> '';
CREATE INDEX outgoing_staff ON outgoing (account, updated_at) WHERE kind = 'staff' AND next_at IS NULL;

-- What opens a door once. The token itself is in a mail or in a form and kept nowhere.
CREATE TABLE staff_token (
    -- SHA-256
    token_hash {{blob}} PRIMARY KEY,
    kind TEXT {{c}} NOT NULL CHECK (kind IN ('invite', 'reset', 'code')),
    -- of a reset and a code: whose; empty where nobody logs in with the address that was asked for
    user_id BIGINT,
    -- of an invitation: into which account, who, as what
    account BIGINT,
    address TEXT {{c}},
    role TEXT {{c}} CHECK (role IN ('owner', 'editor', 'analyst', 'privacy_officer', 'support')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CHECK ((kind = 'invite') = (account IS NOT NULL)),
    CHECK ((kind = 'invite') = (address IS NOT NULL)),
    CHECK ((kind = 'invite') = (role IS NOT NULL))
) {{clustered}};
CREATE INDEX staff_token_account ON staff_token (account) WHERE account IS NOT NULL;

-- The second thing that a log-in asks for.
CREATE TABLE second_factor (
    user_id BIGINT PRIMARY KEY REFERENCES user_login (id),
    -- with the installation's secret it makes the key of the codes; alone it makes nothing
    salt {{blob}} NOT NULL,
    -- the first right code; without one it is not asked for
    since BIGINT,
    -- the step of the last code that was taken: none of it or before it is taken again
    last_step BIGINT NOT NULL
) {{clustered}};

-- For whoever lost the device; each opens once.
CREATE TABLE recovery_code (
    user_id BIGINT NOT NULL REFERENCES user_login (id),
    -- SHA-256
    code_hash {{blob}} NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) {{clustered}};

-- What members did in an account.
CREATE TABLE staff_act (
    account BIGINT NOT NULL,
    at BIGINT NOT NULL,
    id BIGINT NOT NULL,
    -- the address of who did it, or the command line
    who TEXT NOT NULL,
    kind TEXT {{c}} NOT NULL,
    -- what it was done to: an address, a role, the name of a key or a campaign
    about TEXT NOT NULL,
    PRIMARY KEY (account, at, id)
) {{clustered}};

CREATE INDEX session_of_user ON session (user_id);
