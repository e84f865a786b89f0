//! One account on a real store in a temporary folder, set as if it had run for a while.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use avow_model::{
    AccountId, Act, BodyKind, CampaignContent, CampaignId, CampaignState, Category, ContactId,
    EmailAddress, FactKind, FormId, Grantor, How, ListId, Method, Outcome, Purpose,
    PurposeSelector, RecipientState, SharedClock, SharedEntropy, Slug, Timestamp,
};
use avow_store::{
    AccountScope, AccountSettings, AudienceChunk, ContactFlags, FormSettings, NewAccount,
    NewCampaign, NewCollection, NewContact, NewFact, NewPolicyVersion, NewRecipient, OutcomeRow,
    OutgoingKind, OutgoingRow, PassedOver, Store, StoreOptions, Target,
};

/// The folder of the example policies.
fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

async fn open_store(target: &Target, clock: &SharedClock, entropy: &SharedEntropy) -> Store {
    let options = StoreOptions {
        target: target.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        marker_key: [7; 32],
    };
    Store::open(options).await.expect("the store opens")
}

/// A store with one account.
pub struct Stage {
    pub store: Store,
    pub account: AccountId,
    pub slug: Slug,
    pub clock: SharedClock,
    pub entropy: SharedEntropy,
    target: Target,
    folder: tempfile::TempDir,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage")
            .field("slug", &self.slug)
            .finish_non_exhaustive()
    }
}

impl Stage {
    /// Opens a store for the account `slug` under the example policy of that name, with all rule packs.
    pub async fn open(slug: &str, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self::open_in(&std::env::temp_dir(), slug, clock, entropy).await
    }

    /// The same with its folder inside `parent`.
    pub async fn open_in(
        parent: &Path,
        slug: &str,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Self {
        std::fs::create_dir_all(parent).expect("a folder for the folder");
        let folder = tempfile::tempdir_in(parent).expect("a temporary folder");
        let target = Target::Sqlite(folder.path().join("avow.db"));
        Self::open_on(target, folder, slug, (clock, entropy)).await
    }

    /// The same on a database that was made for it.
    pub async fn open_on(
        target: Target,
        folder: tempfile::TempDir,
        slug: &str,
        (clock, entropy): (SharedClock, SharedEntropy),
    ) -> Self {
        let store = open_store(&target, &clock, &entropy).await;
        let slug: Slug = slug.parse().expect("a slug");
        let account = store
            .create_account(account(&slug))
            .await
            .expect("a first account");
        let stage = Self {
            store,
            account,
            slug,
            clock,
            entropy,
            target,
            folder,
        };
        stage.publish_folder().await;
        stage
    }

    /// The same database opened once more, as another process would.
    pub async fn second_store(&self) -> Store {
        open_store(&self.target, &self.clock, &self.entropy).await
    }

    /// The account's part of the store.
    pub fn scope(&self) -> AccountScope {
        self.store.account(self.account)
    }

    /// The folder, gone with this value.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn publish_folder(&self) {
        let source = std::fs::read_to_string(policies().join(self.slug.as_str()).join("v1.toml"));
        self.publish(1, &source.expect("an example policy")).await;
        let packs = std::fs::read_dir(policies().join("packs")).expect("rule packs");
        for pack in packs.map(|p| p.expect("a rule pack").path()) {
            let name = pack
                .file_stem()
                .and_then(|n| n.to_str())
                .expect("a pack's name");
            let text = std::fs::read_to_string(&pack).expect("a rule pack");
            self.scope()
                .put_pack(name, &text)
                .await
                .expect("a pack is kept");
        }
    }

    /// Publishes a version; its instants are those that the text names.
    pub async fn publish(&self, n: u32, source: &str) {
        let instant = |key: &str| -> Timestamp {
            let line = source
                .lines()
                .find_map(|l| l.strip_prefix(key)?.trim_start().strip_prefix('='));
            line.expect("a policy names its instants")
                .trim()
                .parse()
                .expect("an instant")
        };
        let new = NewPolicyVersion {
            n,
            published_at: instant("published"),
            effective_at: instant("effective"),
            source: source.to_owned(),
        };
        self.scope()
            .publish_policy(new)
            .await
            .expect("the next version");
    }

    /// A person who gave their address a month ago under version 1, and granted these purposes then.
    pub async fn contact(&self, address: &str, grants: &[&str]) -> ContactId {
        let at = self.clock.now() - jiff::SignedDuration::from_hours(30 * 24);
        let granted = |p: &&str| NewFact::new(grant(p), at);
        let new = NewContact {
            address: address.parse::<EmailAddress>().expect("an address"),
            fields: BTreeMap::new(),
            flags: ContactFlags::default(),
            jurisdiction: None,
            age: None,
            soft_opt_in: false,
            collection: Some(NewCollection {
                categories: vec!["email".parse::<Category>().expect("a category")],
                version: Some(1),
                how: How::Direct,
                evidence: None,
                at,
            }),
            facts: grants.iter().map(granted).collect(),
            subscribe: None,
        };
        self.scope()
            .contact_save(new)
            .await
            .expect("a person is kept")
            .0
    }

    /// A campaign for `newsletter` that was delivered to these people (in the order of their ids) just now.
    pub async fn delivered(
        &self,
        content: CampaignContent,
        links: &[&str],
        people: &[ContactId],
    ) -> CampaignId {
        let scope = self.scope();
        let purpose: Purpose = "newsletter".parse().expect("a purpose");
        let new = NewCampaign {
            name: "Spring".to_owned(),
            purpose,
            list: None,
            segment: None,
            content,
        };
        let id = scope
            .campaign_create(new)
            .await
            .expect("a campaign is kept");
        let links: Vec<String> = links.iter().map(|l| (*l).to_owned()).collect();
        scope
            .campaign_links_set(id, &links)
            .await
            .expect("links are kept");
        let moves = [CampaignState::Preparing, CampaignState::Sending];
        let [preparing, sending] = moves;
        scope
            .campaign_move(id, &[CampaignState::Draft], preparing)
            .await
            .expect("it starts");
        let row = |contact: &ContactId| NewRecipient {
            contact: *contact,
            state: RecipientState::Waiting,
            reasons: "A_OPT_IN".to_owned(),
            due_at: None,
        };
        let chunk = AudienceChunk {
            first_seq: 1,
            recipients: people.iter().map(row).collect(),
            prepared_through: people.last().copied().expect("somebody to write to"),
            passed_over: PassedOver::default(),
            prepared: true,
            zones: Vec::new(),
        };
        scope
            .recipients_append(id, chunk)
            .await
            .expect("rows are kept");
        scope
            .campaign_move(id, &[preparing], sending)
            .await
            .expect("it sends");
        let at = self.clock.now();
        let outcomes = (1..=people.len() as u32)
            .map(|seq| outcome(seq, at))
            .collect();
        scope
            .record_outcomes(id, outcomes)
            .await
            .expect("outcomes are kept");
        id
    }

    /// A list and a form for it that asks for the newsletter and for measuring.
    pub async fn form(&self, slug: &str) -> (FormId, ListId) {
        let scope = self.scope();
        let name: Slug = slug.parse().expect("a slug");
        let list = scope
            .list_create(&name, "Readers")
            .await
            .expect("a list is kept");
        let settings = FormSettings {
            title: "Letters from the workshop".to_owned(),
            intro: "Once a month, one long letter on what we built and what broke.".to_owned(),
            purposes: ["newsletter", "measure"]
                .map(|p| p.parse().expect("a purpose"))
                .to_vec(),
            categories: ["email", "name", "company"]
                .map(|c| c.parse().expect("a category"))
                .to_vec(),
            list: Some(list),
            button: "Sign me up".to_owned(),
            thanks: "The first letter comes at the start of next month.".to_owned(),
            face: avow_store::FormFace::default(),
        };
        (
            scope
                .form_create(&name, &settings)
                .await
                .expect("a form is kept"),
            list,
        )
    }
}

fn account(slug: &Slug) -> NewAccount {
    NewAccount {
        slug: slug.clone(),
        name: slug.to_string(),
        settings: AccountSettings {
            brand: slug.clone(),
            sending_domain: format!("{slug}.example"),
            from_name: "The workshop".to_owned(),
            from_address: format!("letters@{slug}.example"),
            reply_to: None,
        },
    }
}

fn grant(purpose: &str) -> FactKind {
    FactKind::Grant {
        purpose: PurposeSelector::One(purpose.parse().expect("a purpose")),
        saw: Some(1),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: false,
        confirmed: true,
        expires: None,
    }
}

fn outcome(seq: u32, at: Timestamp) -> OutcomeRow {
    OutcomeRow {
        seq,
        state: RecipientState::At(Outcome::Delivered),
        attempts: 1,
        next_at: None,
        reply_code: Some(250),
        reply: Some("2.0.0 taken".to_owned()),
        reasons: None,
        at,
    }
}

/// A small campaign with two links.
pub fn letter() -> CampaignContent {
    CampaignContent {
        subject: "What broke in May".to_owned(),
        preheader: "And how we mended it".to_owned(),
        from_name: "The workshop".to_owned(),
        from_address: "letters@imark.example".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Html,
        body: "<html><body><h1>What broke in May</h1><p>Three things. <a href=\"https://www.example.com/one\">The first</a> \
            and <a href=\"https://www.example.com/two\">the second</a>.</p></body></html>"
            .to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}

/// The single messages of a kind that wait to be sent, the longest due first.
pub async fn due_mail(store: &Store, kind: OutgoingKind, now: Timestamp) -> Vec<OutgoingRow> {
    const LIMIT: u32 = 1_000;
    let heads = store.outgoing_heads(kind, now, LIMIT).await;
    let heads = heads.expect("the store answers").into_iter();
    let due: Vec<_> = heads.map(|head| (head.account, head.id)).collect();
    let rows = store.outgoing_of(&due, now).await;
    rows.expect("the store answers")
}
