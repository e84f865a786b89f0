-- The language that a user reads the Client Center in; empty: what the browser asks for.
ALTER TABLE user_login ADD COLUMN language TEXT {{c}};
