//! From what is known about one recipient to its class.
//!
//! A class that ends an address needs proof: a code that says nothing else, or words that name the command
//! (RCPT) or leave no doubt; and nothing that speaks of another reason. Without it the class becomes its soft
//! neighbour. Promises: pure, total; a status of 4.x.x or a delay never ends an address.

use crate::codes::{self, Codes};
use crate::normal::normal;
use crate::outcome::Action;
use crate::rules::{self, Unknown};
use crate::status::{by_reply, by_status};
use crate::{Class, Enhanced, Phase};

/// Fewer letters than this explain nothing in any script.
const LETTERS_MIN: usize = 10;

/// What a mail holds about one recipient.
#[derive(Default, Clone)]
pub(crate) struct Evidence {
    /// The Status field, when there is one.
    pub(crate) status: Option<Enhanced>,
    /// The reply quoted: a Diagnostic-Code or the like.
    pub(crate) quote: String,
    /// What else is said about this recipient, for people.
    pub(crate) context: String,
    pub(crate) action: Option<Action>,
}

/// What was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) class: Class,
    pub(crate) status: Option<Enhanced>,
    pub(crate) reply: Option<u16>,
    pub(crate) action: Action,
}

/// The texts in comparable form, and the codes.
struct Case {
    quote: String,
    context: String,
    codes: Codes,
    phase: Option<Phase>,
    /// 4.x.x, or nothing but a 4xx reply.
    transient: bool,
}

pub(crate) fn judge(evidence: &Evidence) -> Judgement {
    let case = Case::of(evidence);
    let action = evidence.action.unwrap_or(Action::Bounce);
    let class = match action {
        Action::Delivered => Class::Delivered,
        _ => case.class(),
    };
    Judgement {
        class,
        status: case.codes.enhanced,
        reply: case.codes.reply,
        action,
    }
}

impl Case {
    fn of(evidence: &Evidence) -> Self {
        let (quoted, told) = (codes::find(&evidence.quote), codes::find(&evidence.context));
        let telling = |code: &Enhanced| !codes::is_vague(*code);
        let enhanced = quoted
            .enhanced
            .filter(telling)
            .or(evidence.status.filter(telling))
            .or(told
                .enhanced
                .filter(|c| telling(c) && quoted.enhanced.is_none()))
            .or(evidence.status)
            .or(quoted.enhanced)
            .or(told.enhanced);
        let codes = Codes {
            reply: quoted.reply.or(told.reply),
            enhanced,
        };
        let phase = codes::command(&evidence.quote).or_else(|| codes::command(&evidence.context));
        Self {
            quote: normal(&evidence.quote),
            context: normal(&evidence.context),
            codes,
            phase,
            transient: transient(codes, evidence.status),
        }
    }

    fn class(&self) -> Class {
        let found = self.by_words().or_else(|| self.by_codes());
        let class = found.unwrap_or(self.nothing());
        self.proven(class)
    }

    /// The quote's own words, then what its code says for certain, then the words around it.
    fn by_words(&self) -> Option<Class> {
        let code = self.codes.enhanced.and_then(by_status);
        self.said_in(&self.quote, code)
            .or_else(|| {
                code.filter(|class| class.ends_address())
                    .map(|class| self.coded(class))
            })
            .or_else(|| self.said_in(&self.context, code))
    }

    /// What a text says: reasons that are no fault of the address, then that it is unknown, then vague troubles.
    fn said_in(&self, text: &str, code: Option<Class>) -> Option<Class> {
        if let Some(class) = rules::reason(text) {
            return Some(refined(class, code));
        }
        if rules::unknown(text) > Unknown::No {
            return Some(self.unknown());
        }
        rules::trouble(text).map(|class| weigh(class, code))
    }

    /// X.1.10 means two things: Microsoft's "recipient not found" and RFC 7505's null MX.
    fn coded(&self, class: Class) -> Class {
        let unknown = rules::unknown(&self.context) > Unknown::No;
        if class == Class::NullMx && unknown {
            Class::UserUnknown
        } else {
            class
        }
    }

    /// The words say that the user is unknown: is it certain?
    fn unknown(&self) -> Class {
        if self.is_proof() {
            Class::UserUnknown
        } else {
            Class::Filtered
        }
    }

    /// X.1.1 is proof by itself. Without any code it takes an answer to RCPT, or the word of the system that keeps
    /// the directory; with a vague code a whole sentence does. What is refused after RCPT a filter refuses.
    fn is_proof(&self) -> bool {
        let (said, told) = (rules::unknown(&self.quote), rules::unknown(&self.context));
        let rcpt = self.phase == Some(Phase::Rcpt);
        let late = matches!(self.phase, Some(Phase::Mail | Phase::Data | Phase::Dot));
        let refused = self.codes.reply.is_some_and(|code| code >= 500);
        let whole = match said {
            Unknown::No => {
                told == Unknown::Certain
                    || told == Unknown::Sentence && refused && self.quote.is_empty()
            }
            Unknown::Said => false,
            Unknown::Named => told >= Unknown::Sentence,
            Unknown::Sentence => refused || told == Unknown::Certain,
            Unknown::Certain => true,
        };
        let named = said.max(told) >= Unknown::Named;
        match self.codes.enhanced.map(|c| (c.subject, c.detail)) {
            Some((1, 1 | 10)) => true,
            Some((1, 0)) => !late && (rcpt || whole || named),
            Some((0 | 3 | 5, _)) => !late && (whole || rcpt && named),
            None => !late && (rcpt || said.max(told) == Unknown::Certain && said != Unknown::Said),
            Some(_) => false,
        }
    }

    fn by_codes(&self) -> Option<Class> {
        let vague = self.codes.enhanced.is_none_or(codes::is_vague);
        let status = self.codes.enhanced.and_then(by_status);
        match self.codes.reply {
            Some(code) if vague || status.is_none() => by_reply(code, self.phase),
            _ => status,
        }
    }

    /// Words that no rule knows are something to hold on to; an address by itself is nothing.
    fn nothing(&self) -> Class {
        let letters = self.quote.chars().filter(|c| c.is_alphabetic()).count();
        let silent = self.codes == Codes::default() && letters < LETTERS_MIN;
        if silent {
            Class::Undefined
        } else {
            Class::OnHold
        }
    }

    /// Refused before the recipient was named, or by a code or in words that are about the sender.
    fn is_about_sender(&self, class: Class) -> bool {
        let early = matches!(
            self.phase,
            Some(Phase::Connect | Phase::Greeting | Phase::Hello | Phase::Mail)
        );
        let code = self.codes.enhanced.map(|c| (c.subject, c.detail));
        let sender = matches!(code, Some((1, 7 | 8)));
        // Some write 5.7.27 where the recipient's domain takes no mail; RFC 7505 has it for the sender's.
        let told = class == Class::NullMx && self.quote.contains("not accept mail");
        let policy = matches!(code, Some((7, _))) && !told;
        early || sender || policy || rules::is_of_sender(&self.quote)
    }

    /// The class itself when it ends no address or is proven for good, else its soft neighbour.
    fn proven(&self, class: Class) -> Class {
        if !class.ends_address() {
            return class;
        }
        let passing =
            rules::passes(&self.quote) || self.quote.is_empty() && rules::passes(&self.context);
        let foreign = self.is_about_sender(class);
        if !self.transient && !passing && !foreign {
            return class;
        }
        match class {
            Class::HostUnknown if foreign => Class::Rejected,
            Class::HostUnknown => Class::NetworkError,
            Class::NullMx => Class::NotAccept,
            _ => Class::Filtered,
        }
    }
}

/// A code that is about standing says more than "refused", and X.1.1 says who of the two is unknown.
fn refined(class: Class, code: Option<Class>) -> Class {
    use Class as C;
    match (class, code) {
        (C::HostUnknown, Some(C::UserUnknown)) => C::UserUnknown,
        (
            C::Blocked | C::PolicyViolation | C::SecurityError | C::Rejected,
            Some(code @ (C::AuthFailure | C::RequirePtr)),
        ) => code,
        _ => class,
    }
}

/// Where words are vague and the code is exact, the code decides.
fn weigh(class: Class, code: Option<Class>) -> Class {
    match code {
        Some(Class::HostUnknown) if class == Class::NetworkError => Class::HostUnknown,
        Some(
            code @ (Class::MailboxFull
            | Class::AuthFailure
            | Class::RequirePtr
            | Class::MessageTooBig),
        ) => code,
        _ => class,
    }
}

fn transient(codes: Codes, status: Option<Enhanced>) -> bool {
    match (codes.enhanced, codes.reply) {
        (Some(code), _) if code.class == 4 => true,
        (_, Some(code)) if code < 500 => true,
        _ => status.is_some_and(|s| s.class == 4),
    }
}

#[cfg(test)]
mod tests;
