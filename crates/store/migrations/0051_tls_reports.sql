-- What TLS did for recipients' domains, counted by the day (RFC 8460), and the reports about it. Tokens as in 0001.

CREATE TABLE tls_policy (
    -- SHA-256 of the text
    hash {{blob}} NOT NULL PRIMARY KEY,
    -- JSON: the policy as reports show it
    text TEXT NOT NULL
) {{clustered}};

CREATE TABLE tls_session (
    -- of recipients
    domain TEXT {{c}} NOT NULL,
    -- days since the epoch, in UTC
    day BIGINT NOT NULL,
    policy {{blob}} NOT NULL,
    -- 'success', or a result type of RFC 8460 4.3
    result TEXT {{c}} NOT NULL,
    -- the mail server and its address; both empty where the session was a success
    host TEXT {{c}} NOT NULL,
    peer TEXT {{c}} NOT NULL,
    -- words of ours; may be empty
    reason TEXT {{c}} NOT NULL,
    sessions BIGINT NOT NULL,
    PRIMARY KEY (domain, day, policy, result, host, peer, reason)
) {{clustered}};

CREATE TABLE tls_report (
    domain TEXT {{c}} NOT NULL,
    day BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'unwanted', 'failed')),
    attempts BIGINT NOT NULL,
    -- when it is due
    next_at BIGINT NOT NULL,
    PRIMARY KEY (domain, day)
) {{clustered}};

CREATE INDEX tls_report_due ON tls_report (next_at) WHERE state = 'waiting';
