-- Work on people that goes on behind the pages: files taken in, files written. Tokens as in 0001.

CREATE TABLE job (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT {{c}} NOT NULL CHECK (kind IN ('import', 'export')),
    state TEXT {{c}} NOT NULL CHECK (state IN ('draft', 'waiting', 'running', 'stopping', 'stopped', 'finished', 'failed')),
    -- what people call it
    title TEXT NOT NULL,
    -- its name in the folder of files; empty once it is gone
    file TEXT {{c}} NOT NULL,
    -- JSON: how it is done
    plan TEXT NOT NULL,
    -- JSON: what came of it; a sentence where it failed
    report TEXT NOT NULL,
    -- bytes or rows
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    people BIGINT NOT NULL,
    -- the address of who asked for it
    who TEXT NOT NULL,
    -- the process that does it, and until when nobody else takes it over
    holder TEXT {{c}} NOT NULL,
    held_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};
CREATE INDEX job_due ON job (held_until) WHERE state IN ('waiting', 'running', 'stopping');
CREATE INDEX job_file ON job (expires_at) WHERE file <> '';

-- What a list is for, in the words of whoever made it.
ALTER TABLE list ADD COLUMN about TEXT NOT NULL DEFAULT '';

-- Who said no and whose address is dead: few of many, found in the order of their ids.
CREATE INDEX fact_no ON fact (account, contact) WHERE kind IN ('withdraw', 'object', 'complaint');
CREATE INDEX fact_bounce ON fact (account, contact) WHERE kind = 'bounce';
