//! The list of blocks as the page shows it: made anew by each change.

use avow_compose::blocks::{Block, BlockId, BlockKind, Document, Picture, Stand};
use avow_model::BodyKind;

use super::draft::Draft;
use super::fields::{self, KINDS, kind_of};
use super::posted::Posted;
use super::view::{BlockView, ColumnView, FieldView, OptionView, UnfinishedView, Work};
use crate::PageFault;
use crate::client_center::campaign::view::FieldFault;

/// Characters of a block that its line shows.
const EXCERPT_CHARS: usize = 70;

/// What of the page stands open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Open {
    #[default]
    Nothing,
    Block(BlockId),
    Theme,
    Text,
}

impl Open {
    /// From the address: `?open=3`, `?open=theme`.
    pub(super) fn parse(word: &str) -> Self {
        match word {
            "theme" => Self::Theme,
            "text" => Self::Text,
            id => id
                .parse()
                .map_or(Self::Nothing, |id| Self::Block(BlockId(id))),
        }
    }

    /// As the address has it.
    pub(super) fn word(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Block(BlockId(id)) => id.to_string(),
            Self::Theme => "theme".to_owned(),
            Self::Text => "text".to_owned(),
        }
    }
}

/// The pictures of the account, to choose from and to be named by.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub options: Vec<OptionView>,
    pub pictures: Vec<Picture>,
}

/// What was typed into the open form and cannot be taken, with why.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    pub posted: &'a Posted,
    pub faults: &'a [FieldFault],
}

/// What the page shows of a document.
pub(super) struct Sight<'a> {
    pub document: &'a Document,
    pub open: Open,
    pub typed: Option<Typed<'a>>,
    pub shelf: &'a Shelf,
}

/// Values and faults of what was typed stand in the fields again.
fn overlay(fields: &mut [FieldView], typed: &Typed<'_>) {
    for field in fields {
        if typed.posted.has(field.name) {
            typed.posted.get(field.name).clone_into(&mut field.value);
        }
        let fault = typed.faults.iter().find(|f| f.field == field.name);
        field.fault = fault.map(|f| f.text.clone());
    }
}

impl Sight<'_> {
    /// The part of the page.
    pub(super) fn work(&self, content: String, revision: u32) -> Work {
        let document = self.document;
        let unfinished = document.unfinished().into_iter().map(|u| UnfinishedView {
            id: u.block.0,
            sentence: u.sentence,
        });
        Work {
            content,
            revision,
            open: self.open.word(),
            document: document.written(),
            blocks: document
                .blocks
                .iter()
                .map(|b| self.block(b, false))
                .collect(),
            unfinished: unfinished.collect(),
            kinds: KINDS.to_vec(),
            theme: self.theme(),
            theme_open: self.open == Open::Theme,
            links: document.links(),
            text: self.text(),
            text_made: document.text.is_none(),
            text_open: self.open == Open::Text,
            text_fault: self.text_fault(),
        }
    }

    fn theme(&self) -> Vec<FieldView> {
        let mut fields = fields::of_theme(&self.document.theme);
        if let (Some(typed), Open::Theme) = (&self.typed, self.open) {
            overlay(&mut fields, typed);
        }
        fields
    }

    fn text(&self) -> String {
        match (&self.typed, self.open) {
            (Some(typed), Open::Text) => typed.posted.get("text").to_owned(),
            _ => self.document.to_text(),
        }
    }

    fn text_fault(&self) -> Option<String> {
        let typed = self.typed.as_ref().filter(|_| self.open == Open::Text)?;
        typed.faults.first().map(|fault| fault.text.clone())
    }

    fn block(&self, block: &Block, is_inner: bool) -> BlockView {
        let kind = kind_of(&block.kind);
        let stand = self.document.stand(block.id);
        let unfinished = self.document.unfinished();
        let unfinished = unfinished.iter().find(|u| u.block == block.id);
        BlockView {
            id: block.id.0,
            kind,
            excerpt: excerpt(&block.kind),
            ground: ground(block),
            stand: stand.map_or_else(String::new, stand_words),
            unfinished: unfinished.map(|u| u.sentence),
            columns: self.columns(&block.kind),
            form: (self.open == Open::Block(block.id)).then(|| self.form(block, is_inner)),
        }
    }

    fn form(&self, block: &Block, is_inner: bool) -> Vec<FieldView> {
        let mut fields = fields::of(block, &self.shelf.options, is_inner);
        if let Some(typed) = &self.typed {
            overlay(&mut fields, typed);
        }
        fields
    }

    fn columns(&self, kind: &BlockKind) -> Vec<ColumnView> {
        let BlockKind::Columns(columns) = kind else {
            return Vec::new();
        };
        let of = columns.columns.len();
        let column = |(n, column): (usize, &avow_compose::blocks::Column)| ColumnView {
            n,
            label: format!("Column {} of {of}", n + 1),
            blocks: column.blocks.iter().map(|b| self.block(b, true)).collect(),
        };
        columns.columns.iter().enumerate().map(column).collect()
    }
}

fn ground(block: &Block) -> &'static str {
    use avow_compose::blocks::Ground;
    match block.ground {
        Ground::Plain => "plain",
        Ground::Soft => "soft",
        Ground::Accent => "accent",
    }
}

/// "place 2 of 5", "column 1 of 2, place 1 of 3".
pub(super) fn stand_words(stand: Stand) -> String {
    let place = format!("place {} of {}", stand.at, stand.of);
    match stand.column {
        None => place,
        Some((n, of)) => format!("column {n} of {of}, {place}"),
    }
}

/// The first words of a block.
fn excerpt(kind: &BlockKind) -> String {
    let text = match kind {
        BlockKind::Heading(heading) => heading.text.source().to_owned(),
        BlockKind::Text(text) => text.text.source().to_owned(),
        BlockKind::Image(image) => image
            .picture
            .as_ref()
            .map_or_else(String::new, |p| p.alt.words().to_owned()),
        BlockKind::Button(button) => button.label.source().to_owned(),
        BlockKind::List(list) => list
            .items
            .iter()
            .map(avow_compose::blocks::Rich::source)
            .collect::<Vec<_>>()
            .join(", "),
        BlockKind::Quote(quote) => quote.text.source().to_owned(),
        BlockKind::Product(product) => product.name.source().to_owned(),
        BlockKind::Spacer(spacer) => format!("{} pixels", u16::from(spacer.height_px)),
        BlockKind::Social(social) => social
            .profiles
            .iter()
            .map(|p| p.network.name())
            .collect::<Vec<_>>()
            .join(", "),
        BlockKind::Columns(columns) => format!("{} beside each other", columns.columns.len()),
        BlockKind::Divider(_) => String::new(),
    };
    let flat: Vec<&str> = text.split_whitespace().collect();
    let flat = flat.join(" ");
    if flat.chars().count() <= EXCERPT_CHARS {
        return flat;
    }
    let cut: String = flat.chars().take(EXCERPT_CHARS).collect();
    format!("{}…", cut.trim_end())
}

/// The pictures that the account keeps.
pub(super) async fn shelf(_: &Draft) -> Result<Shelf, PageFault> {
    Ok(Shelf::default())
}

/// The word of a body's language.
pub(super) const fn language(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Html => "HTML",
        BodyKind::Mjml => "MJML",
    }
}
