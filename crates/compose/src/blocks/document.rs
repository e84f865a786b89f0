//! The document: a theme and blocks, read from JSON.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::fault::BlocksFault;
use super::link::Link;
use super::picture::Picture;
use super::rich::{Label, Rich};
use super::theme::Theme;

/// Bytes of a document as JSON: what it becomes stays below what inboxes show many times over.
const JSON_BYTES_MAX: usize = 256 * 1024;
/// Blocks of a document, those in columns too. Nobody scrolls through a hundred.
pub const BLOCKS_MAX: usize = 100;
/// Points of one list.
const ITEMS_MAX: usize = 50;
/// Longest own text part, in characters.
const TEXT_CHARS_MAX: usize = 100_000;

/// The number of a block: stays while it is moved and edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockId(pub u32);

/// What lies under a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    #[default]
    Plain,
    /// A tint of the accent.
    Soft,
    /// The accent itself.
    Accent,
}

/// Where its lines begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadingLevel {
    Title,
    #[default]
    Section,
    Small,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    pub text: Label,
    #[serde(default)]
    pub level: HeadingLevel,
    #[serde(default)]
    pub align: Align,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextBlock {
    pub text: Rich,
    #[serde(default)]
    pub align: Align,
}

/// How much of its column a picture takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSize {
    /// From edge to edge.
    Full,
    #[default]
    Inset,
    Half,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// `None` until one is chosen; nothing is shown then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    #[serde(default)]
    pub size: ImageSize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    pub label: Label,
    /// `None` until it is known where it leads; nothing is shown then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    #[serde(default)]
    pub align: Align,
}

/// How the width is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    #[default]
    Even,
    /// Of two columns, the first is twice as wide.
    WideFirst,
    WideLast,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    #[serde(default)]
    pub blocks: Vec<Block>,
}

/// Two or three beside each other; on a phone below each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub columns: Vec<Column>,
    #[serde(default)]
    pub split: Split,
}

/// Empty height, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spacer {
    pub height_px: Height,
}

/// 4 to 120 pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Height(u16);

impl TryFrom<u16> for Height {
    type Error = &'static str;
    fn try_from(px: u16) -> Result<Self, Self::Error> {
        if (4..=120).contains(&px) {
            Ok(Self(px))
        } else {
            Err("a space is between 4 and 120 pixels high")
        }
    }
}

impl From<Height> for u16 {
    fn from(height: Height) -> Self {
        height.0
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    pub text: Rich,
    /// Who said it.
    #[serde(default)]
    pub by: Label,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListStyle {
    #[default]
    Bullets,
    Numbers,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items {
    #[serde(deserialize_with = "items")]
    pub items: Vec<Rich>,
    #[serde(default)]
    pub style: ListStyle,
}

fn items<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Rich>, D::Error> {
    let items = Vec::<Rich>::deserialize(from)?;
    if items.len() > ITEMS_MAX {
        return Err(serde::de::Error::custom(format!(
            "a list has at most {ITEMS_MAX} points"
        )));
    }
    Ok(items)
}

/// A thing to look at: picture, name, words, price, button.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    pub name: Label,
    #[serde(default)]
    pub text: Rich,
    /// As it is read: `12 €`, `from £4.50 a month`.
    #[serde(default)]
    pub price: Label,
    #[serde(default)]
    pub label: Label,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

/// Where else the sender is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    Website,
    Bluesky,
    Facebook,
    Instagram,
    Linkedin,
    Mastodon,
    Tiktok,
    Whatsapp,
    X,
    Youtube,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub network: Network,
    pub link: Link,
}

/// Links by name: icons would have to be loaded from somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Social {
    pub profiles: Vec<Profile>,
    #[serde(default)]
    pub align: Align,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BlockKind {
    Heading(Heading),
    Text(TextBlock),
    Image(Image),
    Button(Button),
    Columns(Columns),
    Divider(Divider),
    Spacer(Spacer),
    Quote(Quote),
    List(Items),
    Product(Product),
    Social(Social),
}

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divider {}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    pub id: BlockId,
    /// Of blocks in columns, that of the columns holds.
    #[serde(skip_serializing_if = "is_plain")]
    pub ground: Ground,
    #[serde(flatten)]
    pub kind: BlockKind,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_plain(ground: &Ground) -> bool {
    *ground == Ground::Plain
}

/// Number and ground are taken out first: what is left is the block's own, and anything unknown in it is refused.
impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut map = Map::deserialize(from)?;
        let id = map.remove("id").ok_or_else(|| Error::missing_field("id"))?;
        let id: BlockId = serde_json::from_value(id).map_err(Error::custom)?;
        let in_block = |fault: serde_json::Error| Error::custom(format!("block {}: {fault}", id.0));
        let ground = match map.remove("ground") {
            None => Ground::default(),
            Some(ground) => serde_json::from_value(ground).map_err(in_block)?,
        };
        let kind = serde_json::from_value(Value::Object(map)).map_err(in_block)?;
        Ok(Self { id, ground, kind })
    }
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    #[serde(default)]
    pub theme: Theme,
    /// The text part where somebody wrote one; else it is made from the blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<OwnText>,
    pub blocks: Vec<Block>,
}

/// A text part written by hand: a template, at most 100,000 characters, not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnText(String);

impl OwnText {
    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OwnText {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err("the text part has more than 100,000 characters: shorten it");
        }
        if text.trim().is_empty() {
            return Err("the text part is blank: leave it out, and it is made from the blocks");
        }
        Ok(Self(text.replace("\r\n", "\n")))
    }
}

impl From<OwnText> for String {
    fn from(text: OwnText) -> Self {
        text.0
    }
}

impl Document {
    /// Reads a document, whole and within limits.
    pub fn read(json: &str) -> Result<Self, BlocksFault> {
        if json.len() > JSON_BYTES_MAX {
            let limit_bytes = JSON_BYTES_MAX;
            return Err(BlocksFault::TooLarge { limit_bytes });
        }
        let read: Self = serde_json::from_str(json).map_err(|fault| BlocksFault::Unreadable {
            reason: fault.to_string(),
        })?;
        read.check()?;
        Ok(read)
    }

    /// As JSON: reads back as the same.
    pub fn written(&self) -> String {
        serde_json::to_string(self).expect("invariant: a document has only keys of text")
    }

    /// All blocks in the order in which they are read, those in columns after their columns.
    pub fn all(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().flat_map(|block| {
            let inner: &[Column] = match &block.kind {
                BlockKind::Columns(columns) => &columns.columns,
                _ => &[],
            };
            std::iter::once(block).chain(inner.iter().flat_map(|column| &column.blocks))
        })
    }

    /// Where its links lead, each once, in the order in which they are read.
    pub fn links(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for link in self.all().flat_map(links_of) {
            let link = link.to_string();
            if !out.contains(&link) {
                out.push(link);
            }
        }
        out
    }

    /// The pictures that it shows.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.all().filter_map(|block| match &block.kind {
            BlockKind::Image(image) => image.picture.as_ref(),
            BlockKind::Product(product) => product.picture.as_ref(),
            _ => None,
        })
    }

    /// What serde cannot say: counts, numbers and nesting.
    pub(crate) fn check(&self) -> Result<(), BlocksFault> {
        for block in &self.blocks {
            check_columns(block)?;
        }
        let mut ids: Vec<u32> = self.all().map(|block| block.id.0).collect();
        if ids.len() > BLOCKS_MAX {
            return Err(BlocksFault::TooManyBlocks { limit: BLOCKS_MAX });
        }
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(BlocksFault::SameId { id: pair[0] }),
            None => Ok(()),
        }
    }
}

fn of(rich: &Rich) -> impl Iterator<Item = &Link> {
    let runs = rich.paragraphs.iter().flatten();
    runs.filter_map(|run| run.link.as_ref())
}

fn links_of(block: &Block) -> Vec<&Link> {
    match &block.kind {
        BlockKind::Text(text) => of(&text.text).collect(),
        BlockKind::Quote(quote) => of(&quote.text).collect(),
        BlockKind::List(list) => list.items.iter().flat_map(of).collect(),
        BlockKind::Image(image) => image.link.iter().collect(),
        BlockKind::Button(button) => button.link.iter().collect(),
        BlockKind::Product(product) => of(&product.text).chain(&product.link).collect(),
        BlockKind::Social(social) => social.profiles.iter().map(|p| &p.link).collect(),
        _ => Vec::new(),
    }
}

fn check_columns(block: &Block) -> Result<(), BlocksFault> {
    let BlockKind::Columns(columns) = &block.kind else {
        return Ok(());
    };
    let (id, count) = (block.id.0, columns.columns.len());
    if !(2..=3).contains(&count) {
        return Err(BlocksFault::ColumnCount { id, count });
    }
    let mut inner = columns.columns.iter().flat_map(|column| &column.blocks);
    match inner.find(|b| matches!(b.kind, BlockKind::Columns(_))) {
        Some(_) => Err(BlocksFault::NestedColumns { id }),
        None => Ok(()),
    }
}
