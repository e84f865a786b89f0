//! Asks on the terminal for what the flags left open; a wrong answer is asked again, with the reason.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Result, bail};
use avow_policy::founding::{Answers, Choice, Kind, Measure, Places, Sharing};

use super::given::Given;
use crate::exit::Form;
use crate::fault::Usage;

/// Who answers wrongly more often has something else in mind.
const TRIES_MAX: usize = 5;

/// The flags' answers, and the terminal's for the rest. Without a terminal, what is missing is an error.
pub(super) fn complete(given: Given, form: Form) -> Result<Answers> {
    let terminal = std::io::stdin().is_terminal() && form == Form::Text;
    let mut desk = Desk {
        input: std::io::stdin().lock(),
        output: std::io::stderr().lock(),
        terminal,
    };
    desk.answers(given)
}

/// Where questions go and answers come from.
struct Desk<R, W> {
    input: R,
    output: W,
    terminal: bool,
}

impl<R: BufRead, W: Write> Desk<R, W> {
    fn answers(&mut self, given: Given) -> Result<Answers> {
        Ok(Answers {
            account: self.text(
                given.account,
                "--account",
                "A short name for the account (a-z, 0-9, -)",
            )?,
            name: self.text(given.name, "--name", "1. Who are you? The name people know")?,
            post: self.text(given.post, "--post", "   Your postal address, on one line")?,
            email: self.text(
                given.email,
                "--email",
                "   The address for questions about privacy",
            )?,
            sender: None,
            kind: self.pick::<Kind>(given.kind, "--kind", "2. What do you send?")?,
            places: self.text::<Places>(
                given.places,
                "--places",
                "3. Where do your people live? (eu, uk, de, us, california, ca, everywhere)",
            )?,
            measure: self.pick::<Measure>(
                given.measure,
                "--measure",
                "4. Do you want to see opens and clicks?",
            )?,
            sharing: self.pick::<Sharing>(given.sharing, "--sharing", "5. Who else gets data?")?,
        })
    }

    fn text<T>(&mut self, given: Option<T>, flag: &str, question: &str) -> Result<T>
    where
        T: std::str::FromStr,
        T::Err: ToString,
    {
        self.ask(given, flag, question, |line| {
            line.parse().map_err(|why: T::Err| why.to_string())
        })
    }

    fn pick<T: Choice>(&mut self, given: Option<T>, flag: &str, question: &str) -> Result<T> {
        let mut full = question.to_owned();
        for (_, word, help) in T::ALL {
            full.push_str(&["\n     ", word, ": ", help].concat());
        }
        self.ask(given, flag, &full, |line| {
            T::of(&line.to_ascii_lowercase()).ok_or_else(|| format!("\"{line}\" is none of these"))
        })
    }

    fn ask<T>(
        &mut self,
        given: Option<T>,
        flag: &str,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T> {
        if let Some(value) = given {
            return Ok(value);
        }
        if !self.terminal {
            return Err(Usage(format!(
                "{flag} is missing, and there is no terminal to ask on"
            ))
            .into());
        }
        for _ in 0..TRIES_MAX {
            write!(self.output, "{question}\n   > ")?;
            self.output.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                break;
            }
            match read(line.trim()) {
                Ok(value) => return Ok(value),
                Err(why) => writeln!(self.output, "   {why}")?,
            }
        }
        bail!("no answer that fits; give it with {flag}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &str, terminal: bool) -> (Result<Answers>, String) {
        let mut output = Vec::new();
        let mut desk = Desk {
            input: lines.as_bytes(),
            output: &mut output,
            terminal,
        };
        let answers = desk.answers(Given::default());
        (answers, String::from_utf8(output).unwrap())
    }

    const GOOD: &str =
        "tea\nTea & Sons\n1 Quay, Bristol\nprivacy@tea.example\nshop\nuk, eu\nask\nprocessors\n";

    #[test]
    fn five_questions_make_the_answers() {
        let (answers, _) = asked(GOOD, true);
        let answers = answers.unwrap();
        assert_eq!(answers.account.as_str(), "tea");
        assert_eq!((answers.kind, answers.measure), (Kind::Shop, Measure::Ask));
        assert_eq!(answers.places.packs(), ["uk", "eu", "de"]);
        assert_eq!(answers.email.domain(), "tea.example");
    }

    #[test]
    fn a_wrong_answer_is_asked_again_with_the_reason() {
        let (answers, shown) = asked(&GOOD.replace("shop", "teapot\nshop"), true);
        assert_eq!(answers.unwrap().kind, Kind::Shop);
        assert!(shown.contains("\"teapot\" is none"), "{shown}");
        assert_eq!(shown.matches("2. What do you send?").count(), 2);
    }

    #[test]
    fn without_a_terminal_the_missing_flag_is_named() {
        let (answers, shown) = asked("", false);
        assert!(answers.unwrap_err().to_string().contains("--account"));
        assert_eq!(shown, "");
    }

    #[test]
    fn an_end_of_input_gives_up_and_names_the_flag() {
        let (answers, _) = asked("tea\n", true);
        assert!(answers.unwrap_err().to_string().contains("--name"));
    }
}
