//! Whether somebody may be written to at all, before there is anything to write.

use avow_model::{AccountId, EmailAddress, Facts, MessageClass, Purpose, Timestamp};
use avow_policy::replay::whole_micros;
use avow_policy::{Asked, Decision, Promotion, Request, decide};

use super::one::refused;
use super::{Desk, InjectFault, Refused};
use crate::engine::BriefFault;
use crate::engine::brief::class_of;
use crate::engine::gate::first;
use crate::engine::known::Known;

impl Desk<'_> {
    /// What stands between this purpose and this address whatever the content is; `None`: nothing. Keeps nothing, and
    /// promises nothing: what is written is judged again.
    pub async fn reach(
        &self,
        account: AccountId,
        (purpose, to): (&Purpose, &EmailAddress),
        now: Timestamp,
    ) -> Result<Option<Refused>, InjectFault> {
        let now = whole_micros(now);
        let scope = self.store.account(account);
        let row = self.store.account_row(account).await?;
        let row = row.ok_or(BriefFault::NoAccount)?;
        let published = scope.published().await?;
        let policies = self.shelf.open(account, &published);
        let policies = policies.map_err(|faults| BriefFault::Policy(first(&faults)))?;
        let version = policies.in_force(now).ok_or(BriefFault::NoVersion)?;
        let declared = version.purpose(purpose).zip(class_of(version, purpose));
        let (rule, class) = declared.ok_or_else(|| BriefFault::NoPurpose(purpose.to_string()))?;
        let known = Known {
            scope: &scope,
            policies: &policies,
            purpose,
            now,
        };
        let facts = match scope.contact_by_address(to).await? {
            Some(contact) => known.facts(&[contact.id]).await?.pop().unwrap_or_default(),
            None => Facts::default(),
        };
        let send = "send".parse().expect("invariant: a name");
        let brand = row.settings.brand.clone();
        let mut request = Request::new(row.slug, brand, purpose.clone(), send);
        if class == MessageClass::Marketing {
            request.promotion = Promotion::Carried;
        }
        let request = request.in_general(rule, &facts);
        let decision = decide(&request, &facts, now, &policies);
        let asked = Asked {
            request: &request,
            facts: &facts,
            now,
            policies: &policies,
        };
        match &decision {
            Decision::Allow(_) => Ok(None),
            Decision::Hold(_) => Err(InjectFault::Later),
            Decision::Deny(_) => Ok(Some(refused(&asked, &decision))),
        }
    }
}
