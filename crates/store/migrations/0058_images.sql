-- The pictures of an account's library. The files lie in the data folder, under the hash of what is in them.
-- Tokens as in 0001.

CREATE TABLE image (
    account BIGINT NOT NULL,
    id BIGINT NOT NULL,
    -- <hash>.png, .jpg
    file TEXT {{c}} NOT NULL,
    -- what the file was called, and what it shows; both are words to find it by
    name TEXT NOT NULL,
    alt TEXT NOT NULL,
    width_px BIGINT NOT NULL CHECK (width_px > 0),
    height_px BIGINT NOT NULL CHECK (height_px > 0),
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) {{clustered}};
CREATE UNIQUE INDEX image_file ON image (account, file);
