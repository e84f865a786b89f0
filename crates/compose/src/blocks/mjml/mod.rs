//! Blocks as MJML: sections by ground, a theme that stays readable in the dark, nothing loaded from anywhere but
//! the account's own pictures.

mod head;

use std::fmt::Write as _;

use self::head::{head, is_right_to_left};
use crate::blocks::colour::Colour;
use crate::blocks::document::{
    Align, Block, BlockKind, Button, Columns, Document, Ground, Heading, HeadingLevel, Image,
    ImageSize, Items, ListStyle, Product, Quote, Social, Split,
};
use crate::blocks::link::Link;
use crate::blocks::parts::{Look, escape, href, label, lines, paragraphs};
use crate::blocks::picture::Picture;
use crate::blocks::theme::Theme;
use crate::blocks::unfinished::missing;

/// A document without blocks is a message without words, but a whole one.
const EMPTY: &str =
    "    <mj-section><mj-column><mj-spacer height=\"20px\" /></mj-column></mj-section>\n";
/// Room at the sides of a block, and of one in a column.
const SIDE_PX: u16 = 32;
const COLUMN_SIDE_PX: u16 = 12;
/// Room at the sides of columns: with that of a block in them it is that of a block outside.
const COLUMNS_SIDE_PX: u16 = SIDE_PX - COLUMN_SIDE_PX;
/// Above what begins on a new ground, and below what ends on it.
const EDGE_TOP_PX: u16 = 28;
const EDGE_BOTTOM_PX: u16 = 14;

impl Document {
    /// The whole message as MJML: a template. The same document gives the same bytes.
    pub fn to_mjml(&self) -> String {
        let sections = sections(&self.blocks);
        let mut body = String::new();
        for (i, section) in sections.iter().enumerate() {
            let before = i.checked_sub(1).map(|b| sections[b].ground);
            let after = sections.get(i + 1).map(|s| s.ground);
            let writer = Writer::new(self, section.ground);
            body.push_str(&writer.section(section, (before, after)));
        }
        if body.is_empty() {
            body.push_str(EMPTY);
        }
        format!("{}{body}  </mj-body>\n</mjml>\n", head(&self.theme))
    }
}

/// Blocks that stand on one ground below each other, or columns.
struct Section<'a> {
    ground: Ground,
    content: Content<'a>,
}

enum Content<'a> {
    Flow(Vec<&'a Block>),
    Columns(&'a Columns),
}

fn sections(blocks: &[Block]) -> Vec<Section<'_>> {
    let mut out: Vec<Section<'_>> = Vec::new();
    for block in blocks.iter().filter(|block| missing(block).is_none()) {
        let ground = block.ground;
        if let BlockKind::Columns(columns) = &block.kind {
            out.push(Section {
                ground,
                content: Content::Columns(columns),
            });
            continue;
        }
        match out.last_mut() {
            Some(Section {
                ground: g,
                content: Content::Flow(flow),
            }) if *g == ground => flow.push(block),
            _ => out.push(Section {
                ground,
                content: Content::Flow(vec![block]),
            }),
        }
    }
    out
}

/// Writes the blocks of one section.
struct Writer<'a> {
    theme: &'a Theme,
    ground: Ground,
    /// The ground's colour.
    under: Colour,
    /// Width of the column that is being written, in pixels, and the room at its sides.
    column_px: u16,
    side_px: u16,
}

impl<'a> Writer<'a> {
    fn new(document: &'a Document, ground: Ground) -> Self {
        let theme = &document.theme;
        let under = match ground {
            Ground::Plain => theme.surface,
            Ground::Soft => theme.soft(),
            Ground::Accent => theme.accent,
        };
        let column_px = theme.width_px.px();
        Self {
            theme,
            ground,
            under,
            column_px,
            side_px: SIDE_PX,
        }
    }

    fn class(&self) -> &'static str {
        match self.ground {
            Ground::Plain => "on-plain",
            Ground::Soft => "on-soft",
            Ground::Accent => "on-accent",
        }
    }

    fn section(
        self,
        section: &Section<'_>,
        (before, after): (Option<Ground>, Option<Ground>),
    ) -> String {
        let begins = before != Some(self.ground) && !begins_with_picture(section);
        let top = if begins { EDGE_TOP_PX } else { 0 };
        let bottom = if after == Some(self.ground) {
            0
        } else {
            EDGE_BOTTOM_PX
        };
        let (side, inner) = match &section.content {
            Content::Flow(blocks) => (0, self.flow(blocks)),
            Content::Columns(columns) => (COLUMNS_SIDE_PX, self.columns(columns)),
        };
        let (class, under) = (self.class(), self.under);
        format!(
            "    <mj-section css-class=\"{class}\" background-color=\"{under}\" padding=\"{top}px {side}px {bottom}px\">\n{inner}    </mj-section>\n"
        )
    }

    fn flow(&self, blocks: &[&Block]) -> String {
        let inner: String = blocks.iter().map(|block| self.block(block)).collect();
        format!("      <mj-column>\n{inner}      </mj-column>\n")
    }

    fn columns(&self, columns: &Columns) -> String {
        let shares = shares(columns);
        let room = self.theme.width_px.px() - 2 * COLUMNS_SIDE_PX;
        let column = |(column, percent): (&crate::blocks::document::Column, &f64)| {
            let column_px = (f64::from(room) * percent / 100.0) as u16;
            let writer = Writer {
                column_px,
                side_px: COLUMN_SIDE_PX,
                ..*self
            };
            let shown = column
                .blocks
                .iter()
                .filter(|block| missing(block).is_none());
            let inner: String = shown.map(|block| writer.block(block)).collect();
            format!("      <mj-column width=\"{percent:.2}%\">\n{inner}      </mj-column>\n")
        };
        columns.columns.iter().zip(&shares).map(column).collect()
    }

    fn ink(&self) -> Colour {
        match self.ground {
            Ground::Accent => self.under.ink(),
            Ground::Plain | Ground::Soft => self.theme.text_on(self.under),
        }
    }

    fn look(&self) -> Look {
        let link = if self.ground == Ground::Accent {
            self.under.ink()
        } else {
            self.theme.link_on(self.under)
        };
        Look { link }
    }

    fn align(&self, align: Align) -> &'static str {
        match (align, is_right_to_left(self.theme)) {
            (Align::Center, _) => "center",
            (Align::Left, false) | (Align::Right, true) => "left",
            (Align::Left, true) | (Align::Right, false) => "right",
        }
    }

    fn block(&self, block: &Block) -> String {
        match &block.kind {
            BlockKind::Heading(heading) => self.heading(heading),
            BlockKind::Text(text) => {
                self.text(&paragraphs(&text.text, self.look()), (text.align, 16))
            }
            BlockKind::Image(image) => self.image(image),
            BlockKind::Button(button) => self.button(button),
            BlockKind::Quote(quote) => self.text(&self.quote(quote), (Align::Left, 18)),
            BlockKind::List(list) => self.text(&self.list(list), (Align::Left, 10)),
            BlockKind::Product(product) => self.product(product),
            BlockKind::Social(social) => self.text(&self.social(social), (social.align, 16)),
            BlockKind::Divider(_) => self.divider(),
            BlockKind::Spacer(spacer) => {
                format!(
                    "        <mj-spacer height=\"{}px\" />\n",
                    u16::from(spacer.height_px)
                )
            }
            BlockKind::Columns(_) => String::new(),
        }
    }

    fn text(&self, html: &str, (align, below_px): (Align, u16)) -> String {
        let (side, ink, align) = (self.side_px, self.ink(), self.align(align));
        format!(
            "        <mj-text color=\"{ink}\" align=\"{align}\" padding=\"0 {side}px {below_px}px\">{html}</mj-text>\n"
        )
    }

    fn heading(&self, heading: &Heading) -> String {
        let (tag, size, line, below) = match heading.level {
            HeadingLevel::Title => ("h1", 30, 37, 14),
            HeadingLevel::Section => ("h2", 22, 29, 8),
            HeadingLevel::Small => ("h3", 17, 24, 4),
        };
        let html = format!(
            "<{tag} style=\"margin:0;font-size:{size}px;line-height:{line}px;font-weight:700\">{}</{tag}>",
            label(&heading.text)
        );
        self.text(&html, (heading.align, below))
    }

    fn quote(&self, quote: &Quote) -> String {
        let by = if quote.by.is_empty() {
            String::new()
        } else {
            format!(
                "<p style=\"margin:8px 0 0;font-size:14px;line-height:20px\">{}</p>",
                label(&quote.by)
            )
        };
        let line = self.look().link;
        let text = paragraphs(&quote.text, self.look());
        format!(
            "<blockquote style=\"margin:0;padding:2px 0 2px 18px;border-left:4px solid {line};font-size:18px;line-height:27px\">{text}{by}</blockquote>"
        )
    }

    fn list(&self, list: &Items) -> String {
        let tag = match list.style {
            ListStyle::Bullets => "ul",
            ListStyle::Numbers => "ol",
        };
        let items = list.items.iter().filter(|item| !item.is_empty());
        let item = |item| {
            format!(
                "<li style=\"margin:0 0 7px\">{}</li>",
                lines(item, self.look())
            )
        };
        let items: String = items.map(item).collect();
        format!("<{tag} style=\"margin:0;padding:0 22px\">{items}</{tag}>")
    }

    fn linked(&self, (link, words): (&Link, &str)) -> String {
        let (href, colour) = (href(link), self.look().link);
        format!(
            "<a class=\"link\" href=\"{href}\" style=\"color:{colour};text-decoration:underline\">{words}</a>"
        )
    }

    fn social(&self, social: &Social) -> String {
        let link = |p: &crate::blocks::document::Profile| self.linked((&p.link, p.network.name()));
        let links: Vec<String> = social.profiles.iter().map(link).collect();
        format!(
            "<p style=\"margin:0;font-size:15px\">{}</p>",
            links.join(" &nbsp;·&nbsp; ")
        )
    }

    fn divider(&self) -> String {
        let line = self.under.mixed(self.ink(), 18);
        let side = self.side_px;
        format!(
            "        <mj-divider border-width=\"1px\" border-color=\"{line}\" padding=\"8px {side}px 24px\" />\n"
        )
    }

    fn button(&self, button: &Button) -> String {
        let Some(link) = &button.link else {
            return String::new();
        };
        // On the accent itself a button is the other way round.
        let colours = if self.ground == Ground::Accent {
            let under = self.under.ink();
            format!(
                " background-color=\"{under}\" color=\"{}\"",
                self.theme.accent.readable_on(under, under.ink())
            )
        } else {
            String::new()
        };
        let (align, side) = (self.align(button.align), self.side_px);
        format!(
            "        <mj-button css-class=\"button\" href=\"{}\" align=\"{align}\"{colours} padding=\"4px {side}px 22px\">{}</mj-button>\n",
            href(link),
            label(&button.label)
        )
    }

    fn image(&self, image: &Image) -> String {
        let Some(picture) = &image.picture else {
            return String::new();
        };
        let room = self.column_px - 2 * self.side_px;
        let (width, side) = match image.size {
            ImageSize::Full => (self.column_px, 0),
            ImageSize::Inset => (room, self.side_px),
            ImageSize::Half => (room / 2, self.side_px),
        };
        let link = image
            .link
            .as_ref()
            .map(|link| format!(" href=\"{}\"", href(link)));
        picture_of(picture, (width, side), &link.unwrap_or_default())
    }

    fn product(&self, product: &Product) -> String {
        let (room, side) = (self.column_px - 2 * self.side_px, self.side_px);
        let link = product
            .link
            .as_ref()
            .map(|link| format!(" href=\"{}\"", href(link)))
            .unwrap_or_default();
        let picture = product
            .picture
            .as_ref()
            .map(|p| picture_of(p, (room, side), &link));
        let mut html = format!(
            "<h3 style=\"margin:0;font-size:17px;line-height:24px;font-weight:700\">{}</h3>",
            label(&product.name)
        );
        if !product.text.is_empty() {
            html.push_str("<div style=\"padding-top:4px\">");
            html.push_str(&paragraphs(&product.text, self.look()));
            html.push_str("</div>");
        }
        if !product.price.is_empty() {
            let price = label(&product.price);
            let _ = write!(
                html,
                "<p style=\"margin:6px 0 0;font-weight:700\">{price}</p>"
            );
        }
        if let (true, Some(link)) = (product.label.is_empty(), &product.link) {
            let words = self.linked((link, "See it"));
            let _ = write!(html, "<p style=\"margin:6px 0 0\">{words}</p>");
        }
        let button = Button {
            label: product.label.clone(),
            link: product.link.clone(),
            align: Align::Left,
        };
        let button = if product.label.is_empty() {
            String::new()
        } else {
            self.button(&button)
        };
        picture.unwrap_or_default() + &self.text(&html, (Align::Left, 12)) + &button
    }
}

fn picture_of(picture: &Picture, (width, side): (u16, u16), link: &str) -> String {
    let width = u32::from(width).min(picture.width_px).max(1);
    format!(
        "        <mj-image src=\"{{{{ images_url }}}}/{}\" alt=\"{}\" width=\"{width}px\"{link} padding=\"0 {side}px 18px\" />\n",
        picture.key,
        escape(picture.alt.words())
    )
}

fn begins_with_picture(section: &Section<'_>) -> bool {
    let Content::Flow(blocks) = &section.content else {
        return false;
    };
    let full = |image: &Image| image.size == ImageSize::Full;
    matches!(blocks.first().map(|b| &b.kind), Some(BlockKind::Image(image)) if full(image))
}

/// Hundredths of the width for each column.
fn shares(columns: &Columns) -> Vec<f64> {
    let n = columns.columns.len();
    match (n, columns.split) {
        (2, Split::WideFirst) => vec![62.0, 38.0],
        (2, Split::WideLast) => vec![38.0, 62.0],
        _ => vec![100.0 / n as f64; n],
    }
}
