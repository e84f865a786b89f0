//! A segment as a form holds it: rows in groups, with what was typed, faulty or not.
//!
//! Promises: what a form sends is read in the order of its fields, and no order of them panics; rows and groups
//! have numbers in the order in which they stand, by which buttons name them.

use avow_policy::segment::rows::{Joint, LEVELS_MAX};

/// One more than a segment may have: so that too many are told of, and no more are built.
const ROWS_MAX: usize = 501;

/// What a condition is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Field(String),
    List,
    Permit,
    Deed,
}

impl What {
    /// The word of the form.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Field(field) => format!("field:{field}"),
            Self::List => "list".to_owned(),
            Self::Permit => "permit".to_owned(),
            Self::Deed => "deed".to_owned(),
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "list" => Self::List,
            "permit" => Self::Permit,
            "deed" => Self::Deed,
            field => Self::Field(field.strip_prefix("field:")?.to_owned()),
        })
    }
}

/// One condition as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DraftRow {
    pub what: What,
    /// The word of an operator; see `ops`.
    pub op: String,
    pub value: String,
    pub days: String,
    /// It was added just now: the hand is there.
    pub fresh: bool,
}

/// Conditions side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DraftGroup {
    pub joint: Joint,
    pub negated: bool,
    pub parts: Vec<DraftPart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DraftPart {
    Row(DraftRow),
    Group(DraftGroup),
}

/// What a button of the form asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Press {
    Save,
    /// Show the same once more: with counts.
    Look,
    ToText,
    ToRows,
    /// In the group of this number: a condition about what its choice says.
    Add(usize),
    Nest(usize),
    Remove(usize),
}

impl Press {
    pub(super) fn parse(word: &str) -> Self {
        let number = |rest: &str| rest.parse().unwrap_or(usize::MAX);
        match word.split_once('-') {
            Some(("add", n)) => Self::Add(number(n)),
            Some(("nest", n)) => Self::Nest(number(n)),
            Some(("remove", n)) => Self::Remove(number(n)),
            _ => match word {
                "save" => Self::Save,
                "text" => Self::ToText,
                "rows" => Self::ToRows,
                _ => Self::Look,
            },
        }
    }
}

impl DraftGroup {
    pub(super) const fn empty() -> Self {
        Self {
            joint: Joint::All,
            negated: false,
            parts: Vec::new(),
        }
    }

    /// The word of its choice of joints.
    pub(super) const fn word(&self) -> &'static str {
        match (self.joint, self.negated) {
            (Joint::All, false) => "all",
            (Joint::Any, false) => "any",
            (Joint::All, true) => "not_all",
            (Joint::Any, true) => "none",
        }
    }

    fn of_word(word: &str) -> Self {
        let (joint, negated) = match word {
            "any" => (Joint::Any, false),
            "not_all" => (Joint::All, true),
            "none" => (Joint::Any, true),
            _ => (Joint::All, false),
        };
        Self {
            joint,
            negated,
            parts: Vec::new(),
        }
    }

    /// Reads the fields of a form: `group` opens, `end` closes, `what` begins a condition. What stands nowhere
    /// belongs to the outermost group. Also says which `add` was chosen in each group.
    pub(super) fn of_fields(fields: &[(String, String)]) -> (Self, Vec<String>) {
        let mut reader = Reader::default();
        for (name, value) in fields {
            reader.take(name, value);
        }
        reader.finish()
    }

    /// Does what a button asks for. Numbers that are not there change nothing.
    pub(super) fn press(&mut self, press: &Press, chosen: &[String]) {
        match press {
            Press::Add(n) => {
                let what = self.place_of_group(*n).and_then(|at| chosen.get(at));
                let what = what.and_then(|word| What::parse(word));
                if let (Some(what), Some(group)) = (what, self.group(*n)) {
                    let row = DraftRow::new(what);
                    group.parts.push(DraftPart::Row(row));
                }
            }
            Press::Nest(n) => {
                if let Some(group) = self.group(*n) {
                    group.parts.push(DraftPart::Group(Self::of_word("any")));
                }
            }
            Press::Remove(n) => self.remove(*n),
            Press::Save | Press::Look | Press::ToText | Press::ToRows => {}
        }
    }

    /// How many groups come before the group of this number.
    fn place_of_group(&self, wanted: usize) -> Option<usize> {
        let mut groups = Vec::new();
        self.walk(&mut |row| groups.push(row.is_none()));
        groups.get(wanted).filter(|is_group| **is_group)?;
        Some(
            groups[..wanted]
                .iter()
                .filter(|is_group| **is_group)
                .count(),
        )
    }

    /// Visits this group (`None`), then all below, in their order.
    fn walk(&self, visit: &mut impl FnMut(Option<&DraftRow>)) {
        visit(None);
        for part in &self.parts {
            match part {
                DraftPart::Row(row) => visit(Some(row)),
                DraftPart::Group(group) => group.walk(visit),
            }
        }
    }

    fn size(&self) -> usize {
        let part = |part: &DraftPart| match part {
            DraftPart::Row(_) => 1,
            DraftPart::Group(group) => group.size(),
        };
        1 + self.parts.iter().map(part).sum::<usize>()
    }

    fn group(&mut self, wanted: usize) -> Option<&mut Self> {
        if wanted == 0 {
            return Some(self);
        }
        let mut at = 1;
        for part in &mut self.parts {
            match part {
                DraftPart::Row(_) => at += 1,
                DraftPart::Group(group) => {
                    let size = group.size();
                    if wanted < at + size {
                        return group.group(wanted.checked_sub(at)?);
                    }
                    at += size;
                }
            }
        }
        None
    }

    fn remove(&mut self, wanted: usize) {
        let mut at = 1;
        for place in 0..self.parts.len() {
            if at == wanted {
                self.parts.remove(place);
                return;
            }
            match &mut self.parts[place] {
                DraftPart::Row(_) => at += 1,
                DraftPart::Group(group) => {
                    let size = group.size();
                    if at < wanted && wanted < at + size {
                        return group.remove(wanted - at);
                    }
                    at += size;
                }
            }
        }
    }
}

impl DraftRow {
    /// A condition that nothing was said of yet.
    pub(super) fn new(what: What) -> Self {
        Self {
            what,
            op: String::new(),
            value: String::new(),
            days: String::new(),
            fresh: true,
        }
    }
}

/// The groups that are open while fields are read: the outermost first.
struct Reader {
    open: Vec<DraftGroup>,
    chosen: Vec<(usize, String)>,
    /// Which group is open at each depth, by the order of their beginnings.
    places: Vec<usize>,
    begun: usize,
    rows: usize,
    /// Groups that are deeper than a page shows: their rows go to the last that is not.
    below: usize,
    started: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            open: vec![DraftGroup::empty()],
            chosen: Vec::new(),
            places: vec![0],
            begun: 1,
            rows: 0,
            below: 0,
            started: false,
        }
    }
}

impl Reader {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "group" => self.begin(value),
            "end" => self.end(),
            "add" => {
                let place = self.places.last().copied().unwrap_or(0);
                self.chosen.push((place, value.to_owned()));
            }
            "what" if self.rows < ROWS_MAX => {
                if let Some(what) = What::parse(value) {
                    self.rows += 1;
                    let row = DraftRow {
                        fresh: false,
                        ..DraftRow::new(what)
                    };
                    self.here().push(DraftPart::Row(row));
                }
            }
            "op" | "value" | "days" => self.row_field(name, value),
            _ => {}
        }
    }

    fn here(&mut self) -> &mut Vec<DraftPart> {
        let last = self.open.len() - 1;
        &mut self.open[last].parts
    }

    fn row_field(&mut self, name: &str, value: &str) {
        let Some(DraftPart::Row(row)) = self.here().last_mut() else {
            return;
        };
        let field = match name {
            "op" => &mut row.op,
            "value" => &mut row.value,
            _ => &mut row.days,
        };
        value.clone_into(field);
    }

    /// The first `group` is the outermost itself.
    fn begin(&mut self, word: &str) {
        let group = DraftGroup::of_word(word);
        if !self.started {
            self.started = true;
            self.open[0].joint = group.joint;
            self.open[0].negated = group.negated;
        } else if self.open.len() < LEVELS_MAX {
            self.open.push(group);
            self.places.push(self.begun);
            self.begun += 1;
        } else {
            self.below += 1;
        }
    }

    fn end(&mut self) {
        if self.below > 0 {
            self.below -= 1;
        } else if self.open.len() > 1
            && let Some(group) = self.open.pop()
        {
            self.places.pop();
            self.here().push(DraftPart::Group(group));
        }
    }

    fn finish(mut self) -> (DraftGroup, Vec<String>) {
        self.below = 0;
        while self.open.len() > 1 {
            self.end();
        }
        let mut chosen = vec![String::new(); self.begun];
        for (place, word) in self.chosen {
            chosen[place] = word;
        }
        let outermost = self.open.pop().unwrap_or_else(DraftGroup::empty);
        (outermost, chosen)
    }
}
