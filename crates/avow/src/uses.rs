//! What this installation would use, gathered before it serves, and held against each account's policy.

use anyhow::{Result, bail};
use avow_deliver::{ContentUses, content_uses, read_segment};
use avow_model::{CampaignState, Purpose};
use avow_policy::{CookieContext, Lifetime, Undeclared, Use, Used, Version, judge_uses};
use avow_store::{AccountRow, Campaign, FormRow};
use avow_web::{COOKIES, CookieFor, CookieSet};
use jiff::SignedDuration;

use crate::lines::Lines;
use crate::policies;
use crate::world::World;

/// Refuses, with every name, place and remedy, where an account would use what its policy in force does not
/// declare. What is declared and not used is a warning. An account without a version in force is left
/// alone: the gate refuses everything there.
pub(crate) async fn must_be_declared(world: &World) -> Result<()> {
    let mut refused = Lines::default();
    let mut any = false;
    for account in world.store.accounts().await? {
        for fault in judge(world, &account).await? {
            any = true;
            refused.line(format_args!("  {}: {fault}", account.slug));
        }
    }
    if any {
        let refused = refused.text();
        bail!(
            "this would do what its policy does not declare, so it does not start:\n{}",
            refused.trim_end()
        );
    }
    Ok(())
}

async fn judge(world: &World, account: &AccountRow) -> Result<Vec<Undeclared>> {
    let scope = world.store.account(account.id);
    let published = scope.published().await?;
    let set = match world.shelf.open(account.id, &published) {
        Ok(set) => set,
        Err(faults) => bail!(
            "the published policy of {} is not right:\n{}",
            account.slug,
            policies::told(&faults)
        ),
    };
    let Some(version) = set.in_force(world.clock.now()) else {
        return Ok(Vec::new());
    };
    let mut uses = relay(world);
    uses.extend(cookie_uses(&COOKIES));
    for form in scope.forms().await? {
        uses.extend(form_uses(&form));
    }
    for campaign in scope.campaigns().await?.iter().filter(|c| is_open(c)) {
        uses.extend(campaign_uses(campaign, version));
    }
    let report = judge_uses(version, &uses);
    if !report.unused.is_empty() {
        let unused = report.unused.join(", ");
        tracing::warn!(account = %account.slug, %unused, "declared by the policy, used by no form or campaign");
    }
    Ok(report.undeclared)
}

/// A draft is still being written: its own check page tells what is wrong with it.
/// A notice is what the policy itself promises.
const fn is_open(campaign: &Campaign) -> bool {
    campaign.notice.is_none()
        && matches!(
            campaign.state,
            CampaignState::Preparing | CampaignState::Sending | CampaignState::Paused
        )
}

/// A relay outside this machine gets every address: it works for the controller under contract (GDPR 28).
fn relay(world: &World) -> Vec<Use> {
    let relays = world.config.relays.iter();
    let outside = relays.filter(|r| !is_this_machine(&r.host));
    outside
        .map(|r| Use {
            used: Used::Processor {
                name: r.host.clone(),
            },
            place: "the configured relay".to_owned(),
        })
        .collect()
}

fn is_this_machine(host: &str) -> bool {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    let ip = plain.parse::<std::net::IpAddr>();
    plain == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

/// What the pages of accounts put into a visitor's browser.
fn cookie_uses(cookies: &[CookieSet]) -> impl Iterator<Item = Use> {
    let visitors = cookies.iter().filter(|c| c.audience == CookieFor::Visitors);
    visitors.map(|cookie| Use {
        used: Used::Cookie {
            name: cookie.name.to_owned(),
            context: CookieContext::Site,
            lifetime: match cookie.life.as_secs() {
                0 => Lifetime::Session,
                life_s => Lifetime::For(SignedDuration::from_secs(life_s.cast_signed())),
            },
        },
        place: "the public pages".to_owned(),
    })
}

fn form_uses(form: &FormRow) -> Vec<Use> {
    let place = format!("the form \"{}\"", form.slug);
    let purposes = form.settings.purposes.iter().cloned().map(Used::Purpose);
    let categories = form.settings.categories.iter().cloned();
    purposes
        .chain(categories.map(Used::Category))
        .chain([Used::Point(form.slug.clone())])
        .map(|used| Use {
            used,
            place: place.clone(),
        })
        .collect()
}

fn campaign_uses(campaign: &Campaign, version: &Version) -> Vec<Use> {
    let place = format!("the campaign {}", campaign.id);
    let mut uses = content_uses(&campaign.content, version);
    if let Some(segment) = &campaign.segment
        && let Ok(read) = read_segment(&segment.text, version)
    {
        uses.categories.extend_from_slice(read.reads());
    }
    uses_of(&campaign.purpose, uses, &place)
}

fn uses_of(purpose: &Purpose, uses: ContentUses, place: &str) -> Vec<Use> {
    let ContentUses { categories, hosts } = uses;
    let categories = categories.into_iter().map(Used::Category);
    let hosts = hosts.into_iter().map(|name| Used::Host { name });
    std::iter::once(Used::Purpose(purpose.clone()))
        .chain(categories)
        .chain(hosts)
        .map(|used| Use {
            used,
            place: place.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_uses_its_purpose_and_the_hosts_that_its_pictures_come_from() {
        let uses = ContentUses {
            categories: Vec::new(),
            hosts: vec!["far.example".to_owned()],
        };
        let purpose: Purpose = "newsletter".parse().unwrap();
        let source = include_bytes!("../../testkit/policy.toml");
        let file = avow_policy::SourceFile::from_bytes("policy.toml", source).unwrap();
        let set = avow_policy::PolicySet::compile(&[file]).unwrap();
        let version = set.versions().next().unwrap();
        let report = judge_uses(version, &uses_of(&purpose, uses, "the campaign x"));
        let told: Vec<_> = report.undeclared.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "the campaign x uses the host far.example. Publish a version that declares a [host.…] with origin = \"https://far.example\", or take it out there."
            ]
        );
    }

    #[test]
    fn a_cookie_of_the_public_pages_is_a_use_and_that_of_the_staff_is_none() {
        assert_eq!(
            cookie_uses(&COOKIES).count(),
            0,
            "public pages set no cookie"
        );
        let seen = CookieSet {
            name: "seen",
            audience: CookieFor::Visitors,
            life: std::time::Duration::from_hours(24),
        };
        let uses: Vec<Use> = cookie_uses(&[seen, COOKIES[0]]).collect();
        let lifetime = Lifetime::For(SignedDuration::from_hours(24));
        assert!(
            matches!(&uses[..], [Use { used: Used::Cookie { name, lifetime: l, .. }, .. }] if name == "seen" && *l == lifetime),
            "{uses:?}"
        );
    }

    #[test]
    fn only_a_relay_elsewhere_is_somebody_else() {
        for own in ["localhost", "127.0.0.1", "[::1]", "::1"] {
            assert!(is_this_machine(own), "{own}");
        }
        for other in ["relay.example.com", "192.0.2.1", "localhost.example.com"] {
            assert!(!is_this_machine(other), "{other}");
        }
    }
}
