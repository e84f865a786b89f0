//! Names as small numbers.

/// A sorted set of names; a name's number is its place in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(Vec<String>);

impl Names {
    pub(crate) fn collect<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut all: Vec<String> = names.map(str::to_owned).collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|n| n.as_str().cmp(name)).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
