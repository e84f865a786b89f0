//! Integration tests: through HTTP, SMTP and the CLI only.
