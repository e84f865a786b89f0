//! From a form to a block, or to what is to be mended: pure.

use std::fmt::Display;

use avow_compose::blocks::{
    Alt, BlockKind, Button, Colour, Column, Columns, Divider, Font, Ground, Heading, Height, Image,
    Items, Label, Language, Link, Picture, Product, Profile, Quote, Rich, Social, Spacer,
    TextBlock, Theme, Width,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fields::NETWORKS;
use super::posted::Posted;
use crate::client_center::campaign::ready::sentence;
use crate::client_center::campaign::view::FieldFault;

/// A new block of a kind, with nothing in it.
pub(super) fn fresh(word: &str) -> Option<BlockKind> {
    let column = Column::default;
    Some(match word {
        "heading" => BlockKind::Heading(Heading::default()),
        "text" => BlockKind::Text(TextBlock::default()),
        "image" => BlockKind::Image(Image::default()),
        "button" => BlockKind::Button(Button::default()),
        "columns" => BlockKind::Columns(Columns {
            columns: vec![column(), column()],
            split: avow_compose::blocks::Split::default(),
        }),
        "divider" => BlockKind::Divider(Divider::default()),
        "spacer" => BlockKind::Spacer(Spacer {
            height_px: Height::try_from(24).ok()?,
        }),
        "quote" => BlockKind::Quote(Quote::default()),
        "list" => BlockKind::List(Items::default()),
        "product" => BlockKind::Product(Product::default()),
        "social" => BlockKind::Social(Social::default()),
        _ => return None,
    })
}

/// Reads fields and gathers what is wrong with them.
struct Reading<'a> {
    posted: &'a Posted,
    /// Pictures of the library, without words.
    pictures: &'a [Picture],
    faults: Vec<FieldFault>,
}

/// The block that a form makes of `old`, and its ground.
pub(super) fn block(
    old: &BlockKind,
    posted: &Posted,
    pictures: &[Picture],
) -> Result<(BlockKind, Ground), Vec<FieldFault>> {
    let mut reading = Reading {
        posted,
        pictures,
        faults: Vec::new(),
    };
    let kind = reading.kind(old);
    let ground = reading.word("ground");
    if reading.faults.is_empty() {
        Ok((kind, ground))
    } else {
        Err(reading.faults)
    }
}

/// The theme of a form.
pub(super) fn theme(old: &Theme, posted: &Posted) -> Result<Theme, Vec<FieldFault>> {
    let mut reading = Reading {
        posted,
        pictures: &[],
        faults: Vec::new(),
    };
    let theme = Theme {
        accent: reading.colour("accent", old.accent),
        paper: reading.colour("paper", old.paper),
        surface: reading.colour("surface", old.surface),
        ink: reading.colour("ink", old.ink),
        font: reading.font("font"),
        width_px: reading.width("width_px", old.width_px),
        language: reading.language("language", &old.language),
    };
    if reading.faults.is_empty() {
        Ok(theme)
    } else {
        Err(reading.faults)
    }
}

impl Reading<'_> {
    fn kind(&mut self, old: &BlockKind) -> BlockKind {
        match old {
            BlockKind::Heading(_) => BlockKind::Heading(Heading {
                text: self.label("text"),
                level: self.word("level"),
                align: self.word("align"),
            }),
            BlockKind::Text(_) => BlockKind::Text(TextBlock {
                text: self.rich("text"),
                align: self.word("align"),
            }),
            BlockKind::Image(old) => BlockKind::Image(Image {
                picture: self.picture(old.picture.as_ref()),
                size: self.word("size"),
                link: self.link("link"),
            }),
            BlockKind::Button(_) => BlockKind::Button(Button {
                label: self.label("label"),
                link: self.link("link"),
                align: self.word("align"),
            }),
            BlockKind::Columns(old) => BlockKind::Columns(self.columns(old)),
            BlockKind::Divider(_) => BlockKind::Divider(Divider::default()),
            BlockKind::Spacer(old) => BlockKind::Spacer(Spacer {
                height_px: self.height(old.height_px),
            }),
            BlockKind::Quote(_) => BlockKind::Quote(Quote {
                text: self.rich("text"),
                by: self.label("by"),
            }),
            BlockKind::List(_) => BlockKind::List(self.items()),
            BlockKind::Product(old) => BlockKind::Product(self.product(old)),
            BlockKind::Social(_) => BlockKind::Social(Social {
                profiles: NETWORKS
                    .iter()
                    .filter_map(|(network, name)| {
                        self.link(name).map(|link| Profile {
                            network: *network,
                            link,
                        })
                    })
                    .collect(),
                align: self.word("align"),
            }),
        }
    }

    fn fault(&mut self, field: &'static str, fault: impl Display) {
        let text = sentence(&fault.to_string());
        self.faults.push(FieldFault { field, text });
    }

    /// Notes the fault of a field and goes on with something in its place.
    fn or<T, E: Display>(&mut self, field: &'static str, read: Result<T, E>, instead: T) -> T {
        read.unwrap_or_else(|fault| {
            self.fault(field, fault);
            instead
        })
    }

    fn label(&mut self, name: &'static str) -> Label {
        let read = Label::try_from(self.posted.get(name).to_owned());
        self.or(name, read, Label::default())
    }

    fn rich(&mut self, name: &'static str) -> Rich {
        let read = Rich::try_from(self.posted.get(name).to_owned());
        self.or(name, read, Rich::default())
    }

    fn link(&mut self, name: &'static str) -> Option<Link> {
        let text = self.posted.get(name).trim();
        if text.is_empty() {
            return None;
        }
        let read = text.parse::<Link>().map(Some);
        self.or(name, read, None)
    }

    /// A choice of a list that the page shows: another word is no choice, and the first stands.
    fn word<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let word = Value::String(self.posted.get(name).to_owned());
        serde_json::from_value(word).unwrap_or_default()
    }

    fn font(&self, name: &str) -> Font {
        let word = self.posted.get(name);
        let found = Font::ALL.into_iter().find(|font| font.as_str() == word);
        found.unwrap_or(Font::Sans)
    }

    fn colour(&mut self, name: &'static str, old: Colour) -> Colour {
        let read = self.posted.get(name).trim().parse();
        self.or(name, read, old)
    }

    fn number(&self, name: &str) -> u16 {
        self.posted.get(name).trim().parse().unwrap_or(0)
    }

    fn height(&mut self, old: Height) -> Height {
        let read = Height::try_from(self.number("height_px"));
        self.or("height_px", read, old)
    }

    fn width(&mut self, name: &'static str, old: Width) -> Width {
        let read = Width::try_from(self.number(name));
        self.or(name, read, old)
    }

    fn language(&mut self, name: &'static str, old: &Language) -> Language {
        let read = Language::try_from(self.posted.get(name).trim().to_ascii_lowercase());
        self.or(name, read, old.clone())
    }

    fn items(&mut self) -> Items {
        let lines: Vec<String> = self
            .posted
            .get("items")
            .lines()
            .map(|l| l.trim().to_owned())
            .collect();
        let lines: Vec<Value> = lines
            .into_iter()
            .filter(|l| !l.is_empty())
            .map(Value::String)
            .collect();
        let json = serde_json::json!({ "items": lines });
        let read = serde_json::from_value::<Items>(json);
        let items = self.or("items", read, Items::default());
        Items {
            style: self.word("style"),
            ..items
        }
    }

    fn columns(&mut self, old: &Columns) -> Columns {
        let mut columns = old.columns.clone();
        let count = if self.posted.get("count") == "3" {
            3
        } else {
            2
        };
        while columns.len() > count {
            let gone = columns
                .pop()
                .map(|column| column.blocks)
                .unwrap_or_default();
            if let Some(last) = columns.last_mut() {
                last.blocks.extend(gone);
            }
        }
        columns.resize_with(count, Column::default);
        Columns {
            columns,
            split: self.word("split"),
        }
    }

    fn product(&mut self, old: &Product) -> Product {
        Product {
            picture: self.picture(old.picture.as_ref()),
            name: self.label("name"),
            text: self.rich("text"),
            price: self.label("price"),
            label: self.label("label"),
            link: self.link("link"),
        }
    }

    /// One of the library, or the one that is there already: a picture that was taken out of the library stays where it is
    /// shown.
    fn picture(&mut self, old: Option<&Picture>) -> Option<Picture> {
        let key = self.posted.get("picture");
        if key.is_empty() {
            return None;
        }
        let mut known = self.pictures.iter().chain(old);
        let Some(found) = known.find(|picture| picture.key.as_str() == key).cloned() else {
            self.fault(
                "picture",
                "this picture is not in the library any more: choose another",
            );
            return None;
        };
        let alt = if self.posted.get("decorative") == "yes" {
            Ok(Alt::Decorative)
        } else {
            Alt::of(self.posted.get("alt"))
        };
        let alt = self.or("alt", alt, Alt::Decorative);
        Some(Picture { alt, ..found })
    }
}
