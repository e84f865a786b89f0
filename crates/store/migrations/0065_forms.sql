-- What became of a form: how often it was shown and sent, by the day; and who signed up with it.
-- Tokens as in 0001.

-- Numbers alone: they tell of nobody.
CREATE TABLE form_count (
    account BIGINT NOT NULL,
    form BIGINT NOT NULL,
    -- days since 1970, UTC
    day BIGINT NOT NULL,
    what TEXT {{c}} NOT NULL CHECK (what IN ('view', 'sign_up', 'stale', 'too_fast', 'decoy', 'faults')),
    n BIGINT NOT NULL,
    PRIMARY KEY (account, form, day, what)
);

CREATE TABLE form_sign_up (
    account BIGINT NOT NULL,
    form BIGINT NOT NULL,
    id BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- NULL until the button of the confirmation mail is pressed
    confirmed_at BIGINT,
    PRIMARY KEY (account, form, id)
);
CREATE INDEX form_sign_up_person ON form_sign_up (account, contact, form) WHERE confirmed_at IS NULL;
