//! Whole mails of our own, one for each form.

use super::*;
