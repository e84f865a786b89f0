//! The policy: five questions, the finished text beside what the program makes of it, and its publication.

use std::sync::Arc;

use avow_policy::founding::{
    Answers, Choice, Email, FirstPolicy, Kind, Line, Measure, Places, Sharing, first_policy,
};
use avow_policy::policy_text_html;
use avow_store::{ActKind, PolicyWords};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::rail::{self, Done, Step};
use super::under_way;
use super::view::{ChoiceLine, QuestionsPage, ReviewPage};
use crate::client_center::campaign::view::FieldFault;
use crate::client_center::guard::Member;
use crate::client_center::policy::purpose_lines;
use crate::client_center::shell::Noun;
use crate::{App, PageFault, founding};

/// Places by the word of the form, as people know them.
const PLACES: [(&str, &str); 6] = [
    ("eu", "European Union"),
    ("uk", "United Kingdom"),
    ("us", "United States"),
    ("california", "California alone"),
    ("ca", "Canada"),
    ("everywhere", "Everywhere: the strictest rule of each holds"),
];

type Pairs = Vec<(String, String)>;

fn words(posted: &Pairs) -> PolicyWords {
    let one = |name: &str| {
        let found = posted.iter().find(|(n, _)| n == name);
        found.map_or_else(String::new, |(_, v)| v.trim().to_owned())
    };
    let places = posted.iter().filter(|(n, _)| n == "places");
    PolicyWords {
        name: one("name"),
        post: one("post"),
        email: one("email"),
        kind: one("kind"),
        places: places.map(|(_, v)| v.clone()).collect(),
        measure: one("measure"),
        sharing: one("sharing"),
    }
}

/// The answers that the words are, or everything that is wrong with them.
fn read(words: &PolicyWords, (slug, sender): (&str, &str)) -> Result<Answers, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let line = |text: &str| text.parse::<Line>().ok();
    let answers = (
        slug.parse().ok(),
        line(&words.name),
        line(&words.post),
        words.email.parse::<Email>().ok(),
        Kind::of(&words.kind),
        words.places.join(",").parse::<Places>().ok(),
        Measure::of(&words.measure),
        Sharing::of(&words.sharing),
    );
    let mut miss = |is_missing: bool, field, text: &str| {
        if is_missing {
            let text = text.to_owned();
            faults.push(FieldFault { field, text });
        }
    };
    miss(
        answers.0.is_none() || answers.1.is_none(),
        "name",
        "Say who you are: the name people know.",
    );
    miss(
        answers.2.is_none(),
        "post",
        "Write your postal address on one line of at most 200 characters.",
    );
    miss(
        answers.3.is_none(),
        "email",
        "Write the address for questions about privacy.",
    );
    miss(answers.4.is_none(), "kind", "Choose what you send.");
    miss(
        answers.5.is_none(),
        "places",
        "Tick where your people live, or everywhere.",
    );
    miss(
        answers.6.is_none(),
        "measure",
        "Say whether you want to see opens and clicks.",
    );
    miss(answers.7.is_none(), "sharing", "Say who else gets data.");
    match answers {
        (
            Some(account),
            Some(name),
            Some(post),
            Some(email),
            Some(kind),
            Some(places),
            Some(measure),
            Some(sharing),
        ) => Ok(Answers {
            account,
            name,
            post,
            email,
            sender: sender.parse().ok(),
            kind,
            places,
            measure,
            sharing,
        }),
        _ => Err(faults),
    }
}

async fn answers(
    member: &Member,
    words: &PolicyWords,
) -> Result<Result<Answers, Vec<FieldFault>>, PageFault> {
    let row = member.account.row().await?;
    let named = (row.slug.as_str(), row.settings.from_address.as_str());
    Ok(read(words, named))
}

fn choices<T: Choice>() -> Vec<ChoiceLine> {
    let line =
        |(_, word, about): &(T, &'static str, &'static str)| ChoiceLine { word, label: about };
    T::ALL.iter().map(line).collect()
}

async fn questions(
    app: &App,
    member: &Member,
    form: PolicyWords,
    faults: Vec<FieldFault>,
) -> Result<Response, PageFault> {
    let progress = under_way(member).await?;
    let done = Done::of(app, member, &progress).await?;
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = app.templates.show(&QuestionsPage {
        rail: rail::at(Step::Policy, done, &member.base()),
        shell: member.shell(Noun::Policy),
        published: done.policy,
        form,
        faults,
        kinds: choices::<Kind>(),
        places: PLACES
            .map(|(word, label)| ChoiceLine { word, label })
            .into(),
        measures: choices::<Measure>(),
        sharings: choices::<Sharing>(),
    })?;
    Ok((status, page).into_response())
}

/// The five questions, with what was answered before.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let progress = under_way(&member).await?;
    questions(&app, &member, progress.policy, vec![]).await
}

/// Keeps the answers and shows what they make.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    member: Member,
    Form(posted): Form<Pairs>,
) -> Result<Response, PageFault> {
    let mut progress = under_way(&member).await?;
    progress.policy = words(&posted);
    if let Err(faults) = answers(&member, &progress.policy).await? {
        return questions(&app, &member, progress.policy, faults).await;
    }
    member.account.setup_save(&progress).await?;
    let to = format!("{}/setup/policy/review", member.base());
    Ok(Redirect::to(&to).into_response())
}

/// The policy that the kept answers make; back to the questions where they make none.
async fn drafted(app: &App, member: &Member) -> Result<Result<FirstPolicy, Redirect>, PageFault> {
    let progress = under_way(member).await?;
    let Ok(answers) = answers(member, &progress.policy).await? else {
        let to = format!("{}/setup/policy", member.base());
        return Ok(Err(Redirect::to(&to)));
    };
    match first_policy(&answers, app.now()) {
        Ok(policy) => Ok(Ok(policy)),
        Err(fault) => Err(PageFault::Bad(fault.to_string())),
    }
}

/// What people will read, beside what the program will enforce.
pub(super) async fn review(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let policy = match drafted(&app, &member).await? {
        Ok(policy) => policy,
        Err(back) => return Ok(back.into_response()),
    };
    let progress = under_way(&member).await?;
    let done = Done::of(&app, &member, &progress).await?;
    if done.policy {
        return Ok(next(&member).into_response());
    }
    let version = policy.set.versions().next();
    let version = version.expect("invariant: a first policy has one version");
    let page: Html<String> = app.templates.show(&ReviewPage {
        rail: rail::at(Step::Policy, done, &member.base()),
        shell: member.shell(Noun::Policy),
        text: policy_text_html(version),
        purposes: purpose_lines(version),
        packs: policy.packs.iter().map(|(name, _)| name.clone()).collect(),
        file: policy.file.text,
    })?;
    Ok(page.into_response())
}

fn next(member: &Member) -> Redirect {
    Redirect::to(&format!("{}/setup/domain", member.base()))
}

/// Publishes it: from now on it is the policy. The sign-up form that it speaks of is made as well.
pub(super) async fn publish(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Redirect, PageFault> {
    let policy = match drafted(&app, &member).await? {
        Ok(policy) => policy,
        Err(back) => return Ok(back),
    };
    founding::publish_first(&member.account, &policy).await?;
    let name = &member.membership.account_name;
    if let Some(version) = policy.set.versions().next() {
        founding::sign_up_form(&member.account, name, version).await?;
    }
    let act = member.act(ActKind::PolicyPublished, "1");
    member.account.note_act(act).await?;
    Ok(next(&member))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_told_at_once() {
        let faults = read(&PolicyWords::default(), ("tea", "news@tea.example")).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|f| f.field).collect();
        assert_eq!(
            fields,
            [
                "name", "post", "email", "kind", "places", "measure", "sharing"
            ]
        );
    }

    #[test]
    fn every_place_of_the_form_is_a_place_of_the_policy() {
        for (word, _) in PLACES {
            assert!(word.parse::<Places>().is_ok(), "{word}");
        }
    }
}
