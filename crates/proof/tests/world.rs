//! An account with two policy versions, a log, and a person who asked for the newsletter.

use std::collections::HashMap;
use std::path::Path;

use avow_ledger::{
    AccountKey, ChainHead, Collected, Decided, Digest, Edge, Hour, Leaf, LogKey, Origin, Payload,
    Pending, PermitUse, Published, Seed, SubjectKey, TileSet, append, leaf_hash, prove_consistency,
    prove_inclusion, sequence,
};
use avow_model::{
    Act, Datum, EntryId, Fact, FactKind, Facts, Grantor, How, Jurisdiction, Method,
    PurposeSelector, Scope, Timestamp,
};
use avow_policy::replay::{
    ENGINE, encode_attributes, encode_decision, encode_facts, encode_request,
};
use avow_policy::{PolicySet, Request, SourceFile, Version, decide};
use avow_proof::{Bundle, Link, Statement, Trust};

/// Whom entries are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Policy,
    Person(u8),
}

pub(crate) const PERSON: Who = Who::Person(1);
pub(crate) const MESSAGE: &str = "msg_0000000000001-7";
pub(crate) const MAIL: &[u8] =
    b"From: news@acme.example\r\nTo: ada@example.org\r\n\r\nHello Ada.\r\n";

/// A log in the making.
pub(crate) struct World {
    pub(crate) log: LogKey,
    key: AccountKey,
    heads: HashMap<Who, ChainHead>,
    entries: Vec<(Who, Leaf, EntryId, String)>,
    edge: Edge,
    tiles: TileSet,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The two versions and packs of the test policy, compiled.
pub(crate) fn policies() -> PolicySet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/acme");
    let names = [
        "v1", "v2", "packs/us", "packs/eu", "packs/de", "packs/ca", "packs/uk",
    ];
    let file = |name: &&str| SourceFile {
        name: (*name).to_owned(),
        text: std::fs::read_to_string(root.join(format!("{name}.toml"))).unwrap(),
    };
    let files: Vec<SourceFile> = names.iter().map(file).collect();
    PolicySet::compile(&files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub(crate) fn versions(set: &PolicySet) -> Vec<&Version> {
    set.versions().collect()
}

pub(crate) fn grant(purpose: &str, when: &str) -> Payload {
    fact(
        when,
        FactKind::Grant {
            purpose: PurposeSelector::One(purpose.parse().unwrap()),
            saw: Some(1),
            method: Method::Click,
            by: Grantor::Person,
            asked: Act::Fair,
            double_opt_in: true,
            confirmed: true,
            expires: None,
        },
    )
}

pub(crate) fn withdrawal(purpose: &str, when: &str) -> Payload {
    let purpose = PurposeSelector::One(purpose.parse().unwrap());
    fact(when, FactKind::Withdraw { purpose })
}

pub(crate) fn fact(when: &str, kind: FactKind) -> Payload {
    Payload::Choice(Fact {
        kind,
        at: at(when),
        recorded_at: at(when),
        scope: Scope::default(),
    })
}

pub(crate) fn collection(when: &str) -> Payload {
    Payload::Collection(Collected {
        categories: vec!["email".parse().unwrap(), "name".parse().unwrap()],
        version: Some(1),
        how: How::Direct,
        at: at(when),
        recorded_at: at(when),
        evidence: None,
    })
}

pub(crate) fn published(version: &Version, notice_seconds: u32) -> Payload {
    Payload::Publication(Published {
        version: version.n(),
        policy: Digest::of(&version.canonical()),
        packs: vec![],
        published: version.published_at(),
        effective: version.effective_at(),
        notice_seconds,
    })
}

impl World {
    pub(crate) fn new(account: &str) -> Self {
        let key = AccountKey::from_bytes([account.len() as u8; 32]);
        let origin = Origin::new("mail.example.com", account).unwrap();
        Self {
            log: LogKey::from_seed(origin, &key.signing_seed()),
            key,
            heads: HashMap::new(),
            entries: Vec::new(),
            edge: Edge::default(),
            tiles: TileSet::default(),
        }
    }

    fn subject(&self, who: Who) -> SubjectKey {
        let byte = match who {
            Who::Policy => 0,
            Who::Person(n) => n,
        };
        self.key.subject(&Seed::from_bytes([byte; 32]))
    }

    /// Logs an entry in the hour of `when`; gives its place in its chain.
    pub(crate) fn log(&mut self, who: Who, payload: &Payload, when: &str) -> u64 {
        let id = EntryId::from_i64(self.entries.len() as i64 + 1);
        let key = self.subject(who);
        let entry = append(id, payload, &key).unwrap();
        let pending = Pending {
            id,
            kind: entry.kind,
            hour: Hour::of(at(when)),
            policy: Digest::ZERO,
            commitment: entry.commitment,
        };
        let head = self.heads.entry(who).or_default();
        let (leaf, next) = sequence(*head, &pending, &key);
        *head = next;
        self.edge.push(&leaf_hash(&leaf)).unwrap();
        for tile in self.edge.take_tiles() {
            self.tiles.insert(tile).unwrap();
        }
        self.entries
            .push((who, leaf, id, payload.encode().unwrap()));
        next.n
    }

    /// Entries of other people.
    pub(crate) fn noise(&mut self, count: usize) {
        for n in 0..count {
            let payload = withdrawal("offers", "2026-01-20T09:00:00Z");
            self.log(
                Who::Person(100 + (n % 100) as u8),
                &payload,
                "2026-01-20T09:00:00Z",
            );
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The facts that the gate gets from the person's entries, as the store holds them.
    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts {
            jurisdiction: Jurisdiction::parse("us").unwrap(),
            ..Facts::default()
        };
        let mine = self.entries.iter().filter(|(who, ..)| *who == PERSON);
        for (_, leaf, _, text) in mine {
            match Payload::parse(leaf.kind, text).unwrap() {
                Payload::Choice(fact) => facts.events.push(fact),
                Payload::Collection(c) => {
                    facts.data.extend(c.categories.iter().map(|category| Datum {
                        category: category.clone(),
                        version: c.version,
                        how: c.how,
                        account: "acme".parse().unwrap(),
                    }));
                }
                _ => {}
            }
        }
        facts
    }

    /// What the gate answers at this instant, as an entry.
    pub(crate) fn decided(&self, set: &PolicySet, when: &str) -> Decided {
        let request = Request {
            reads: vec!["email".parse().unwrap(), "name".parse().unwrap()],
            ..Request::new(
                "acme".parse().unwrap(),
                "acme".parse().unwrap(),
                "newsletter".parse().unwrap(),
                "send".parse().unwrap(),
            )
        };
        let facts = self.facts();
        let decision = decide(&request, &facts, at(when), set);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Decided {
            at: at(when),
            message: MESSAGE.to_owned(),
            request: text(encode_request(&request).unwrap()),
            contact: text(encode_attributes(&facts).unwrap()),
            inputs: Digest::of(&encode_facts(&facts).unwrap()),
            answer: text(encode_decision(&decision).unwrap()),
            engine: ENGINE.to_owned(),
            policies: set.versions().map(|v| Digest::of(&v.canonical())).collect(),
            packs: set
                .packs()
                .iter()
                .map(|p| Digest::of(&p.canonical()))
                .collect(),
        }
    }

    pub(crate) fn used(when: &str) -> Payload {
        Payload::PermitUsed(PermitUse {
            decision: EntryId::from_i64(1),
            message: MESSAGE.to_owned(),
            digest: Digest::of(MAIL),
            code: Some(250),
            reply: "2.0.0 Ok".into(),
            attempts: 1,
            at: at(when),
        })
    }

    /// The links of a chain at the present size, all opened.
    pub(crate) fn links(&self, who: Who) -> Vec<Link> {
        let entries = (0..).zip(&self.entries).filter(|(_, entry)| entry.0 == who);
        let link = |(index, (_, leaf, id, payload)): (u64, &(Who, Leaf, EntryId, String))| Link {
            index,
            leaf: *leaf,
            salt: self.subject(who).link_salt(*id),
            path: prove_inclusion(self.size(), index, &self.tiles).unwrap(),
            opening: Some(avow_ledger::Opening {
                kind: leaf.kind,
                salt: self.subject(who).salt(*id),
                payload: payload.clone(),
            }),
        };
        entries.map(link).collect()
    }

    /// A bundle at the present size; `first` is the size of the first checkpoint.
    pub(crate) fn bundle(
        &self,
        set: &PolicySet,
        first: (u64, String),
        places: (u64, u64),
    ) -> Bundle {
        let person = self.links(PERSON);
        let used = Payload::parse(
            person[places.1 as usize - 1].leaf.kind,
            &person[places.1 as usize - 1]
                .opening
                .as_ref()
                .unwrap()
                .payload,
        );
        let Payload::PermitUsed(used) = used.unwrap() else {
            panic!("the chain ends with the use");
        };
        let verifier = self.log.verifier();
        Bundle {
            statement: Statement::new(
                verifier.origin().to_owned(),
                used.message.clone(),
                used.digest,
                used.at,
                places,
            ),
            person: person[..places.1 as usize].to_vec(),
            account: self.links(Who::Policy),
            policies: set.versions().map(Version::canonical).collect(),
            packs: set
                .packs()
                .iter()
                .map(avow_policy::Pack::canonical)
                .collect(),
            checkpoint_first: first.1,
            checkpoint: self.checkpoint().1,
            consistency: prove_consistency(first.0, self.size(), &self.tiles).unwrap(),
            trust: self.trust().encode(),
            message: Some(MAIL.to_vec()),
        }
    }

    /// Size and note of the log as it stands.
    pub(crate) fn checkpoint(&self) -> (u64, String) {
        (self.size(), self.log.sign(&self.edge.head()))
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::log_alone(self.log.verifier())
    }
}

/// Everything went as it should: publications, collection, grant, decision, message.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) set: PolicySet,
    pub(crate) first: (u64, String),
    pub(crate) places: (u64, u64),
}

/// Both versions published in time, and the person signed up.
pub(crate) fn begun(account: &str) -> (World, PolicySet) {
    let (mut world, set) = (World::new(account), policies());
    let versions = versions(&set);
    world.log(
        Who::Policy,
        &published(versions[0], 0),
        "2026-01-01T00:00:00Z",
    );
    world.noise(40);
    world.log(
        PERSON,
        &collection("2026-02-01T10:00:00Z"),
        "2026-02-01T10:00:00Z",
    );
    world.log(
        PERSON,
        &grant("newsletter", "2026-02-01T10:00:00Z"),
        "2026-02-01T10:00:00Z",
    );
    world.log(
        PERSON,
        &withdrawal("offers", "2026-02-02T10:00:00Z"),
        "2026-02-02T10:00:00Z",
    );
    world.log(
        Who::Policy,
        &published(versions[1], 604_800),
        "2026-03-01T00:00:00Z",
    );
    world.noise(300);
    (world, set)
}

/// Decides and sends.
pub(crate) fn send(mut world: World, set: PolicySet) -> Story {
    let decided = world.decided(&set, "2026-04-01T09:00:00Z");
    let decision = Payload::Decision(Box::new(decided));
    let decided = world.log(PERSON, &decision, "2026-04-01T09:00:00Z");
    let first = world.checkpoint();
    world.noise(7);
    let used = world.log(
        PERSON,
        &World::used("2026-04-01T09:00:02Z"),
        "2026-04-01T09:00:02Z",
    );
    world.noise(20);
    Story {
        world,
        set,
        first,
        places: (decided, used),
    }
}

pub(crate) fn story() -> Story {
    let (world, set) = begun("acme");
    send(world, set)
}

impl Story {
    pub(crate) fn bundle(&self) -> Bundle {
        self.world
            .bundle(&self.set, self.first.clone(), self.places)
    }
}
