//! Submission: mail that programs of an account hand in over SMTP (RFC 6409), as they do over HTTP.
//!
//! Promises: nobody hands anything in who has not signed in with a key of an account, under TLS; every recipient is
//! judged by the gate, at RCPT for the purpose as such and at the final dot for the message; a 250 after the content
//! means that the message is on the disk, for each person once per Message-ID. Never: passes foreign bytes or headers
//! on: what is sent is written by us from the subject and the texts. RFC 3207, 4954, 5321, 8314.
//!
//! `door` lets programs in, `letter` reads what they hand in, `desk` judges it, `keep` keeps it,
//! `words` tells refusals, `serve` listens. See docs/submission.md.

mod desk;
mod door;
mod keep;
mod letter;
mod serve;
mod window;
mod words;

pub use serve::{Submission, SubmissionParts, SubmitFault};
