//! What people and browsers get, made from a version: pages, footers, forms, registers, headers. Pure
//! data and HTML fragments; layout is for the rooms that show them.

mod cookies;
mod csp;
mod footer;
mod form;
mod history;
mod html;
mod kind;
mod locale;
mod notice;
mod page;
mod preferences;
mod recipients;
mod record;
mod record_page;
mod retention;
mod set_cookie;
mod text;
mod told;
mod well_known;

pub use cookies::{CookieEntry, CookieRefusal, cookie_list, cookie_list_html, may_set};
pub use csp::content_security_policy;
pub use footer::{FooterText, footer, referral_footer};
pub use form::{
    FieldNeed, FormField, FormQuestion, FormWords, Place, form_fields, form_questions, form_words,
};
pub use history::{HistoryEntry, Standing, TextLine, announced, history, text_changes};
pub use kind::{EmitKind, Emitted, emitted, kept_line};
pub use locale::{locales, text_for, wanted};
pub use notice::{NoticeWords, change_heading, notice_due};
pub use page::{policy_page_html, policy_page_in, safeguards_html};
pub use preferences::{PreferenceControl, Topics, Unsaid, preference_controls};
pub use recipients::{Contract, RecipientEntry, recipient_register, recipient_register_html};
pub use record::{Activity, Measure, Record, RecordController, RecordRecipient, record};
pub use record_page::record_html;
pub use retention::{Kept, RetentionRule, retention_plan, retention_plan_since};
pub use set_cookie::{SetCookie, read_set_cookie};
pub use text::{locale_text_html, policy_text_html};
pub(crate) use told::length_text;
pub use well_known::{SiteAddress, gpc_json, security_txt};
