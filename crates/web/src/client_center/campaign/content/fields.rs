//! The form of each kind of block.

use avow_compose::blocks::{
    Alt, Block, BlockKind, Button, Columns, Font, Heading, Image, Items, Network, Picture, Product,
    Quote, Rich, Social, TextBlock, Theme,
};
use serde::Serialize;

use super::view::{Control, FieldView, KindView, OptionView};

/// Every kind, in the order of the palette.
pub(super) const KINDS: [KindView; 11] = [
    kind("heading", "Heading", "heading"),
    kind("text", "Text", "text"),
    kind("image", "Picture", "image"),
    kind("button", "Button", "rectangle"),
    kind("list", "List", "list"),
    kind("quote", "Quotation", "text-quote"),
    kind("product", "Product", "tag"),
    kind("columns", "Columns", "columns-2"),
    kind("divider", "Line", "minus"),
    kind("spacer", "Space", "move-vertical"),
    kind("social", "Profiles", "share-2"),
];

const fn kind(word: &'static str, label: &'static str, icon: &'static str) -> KindView {
    KindView { word, label, icon }
}

const MARKS: &str = "**strong**, *emphasis*, [words](https://…). An empty line begins a paragraph.";
const WHERE: &str =
    "Begins with https://, mailto: or tel:. Until it is there, nobody sees this block.";

/// Which kind a block is.
pub(super) fn kind_of(block: &BlockKind) -> KindView {
    let at = match block {
        BlockKind::Heading(_) => 0,
        BlockKind::Text(_) => 1,
        BlockKind::Image(_) => 2,
        BlockKind::Button(_) => 3,
        BlockKind::List(_) => 4,
        BlockKind::Quote(_) => 5,
        BlockKind::Product(_) => 6,
        BlockKind::Columns(_) => 7,
        BlockKind::Divider(_) => 8,
        BlockKind::Spacer(_) => 9,
        BlockKind::Social(_) => 10,
    };
    KINDS[at]
}

fn field(
    control: Control,
    (name, label): (&'static str, &'static str),
    value: impl Into<String>,
) -> FieldView {
    let value = value.into();
    FieldView {
        control,
        name,
        label,
        help: "",
        value,
        options: Vec::new(),
        fault: None,
    }
}

impl FieldView {
    fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }
}

/// The word that JSON has for a choice.
pub(super) fn word(choice: &impl Serialize) -> String {
    let word = serde_json::to_value(choice).ok();
    word.and_then(|w| w.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn select(
    name: (&'static str, &'static str),
    value: &impl Serialize,
    options: &[(&str, &str)],
) -> FieldView {
    let option = |(value, label): &(&str, &str)| OptionView {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        picture: None,
    };
    let options = options.iter().map(option).collect();
    FieldView {
        options,
        ..field(Control::Select, name, word(value))
    }
}

const ALIGN: [(&str, &str); 3] = [
    ("left", "At the start"),
    ("center", "In the middle"),
    ("right", "At the end"),
];
const GROUND: [(&str, &str); 3] = [
    ("plain", "Plain"),
    ("soft", "Tinted"),
    ("accent", "In the main colour"),
];

/// The fields of a block with what they hold. `pictures` are those of the library.
pub(super) fn of(block: &Block, pictures: &[OptionView], is_inner: bool) -> Vec<FieldView> {
    let mut fields = match &block.kind {
        BlockKind::Heading(heading) => of_heading(heading),
        BlockKind::Text(text) => of_text(text),
        BlockKind::Image(image) => of_image(image, pictures),
        BlockKind::Button(button) => of_button(button),
        BlockKind::Columns(columns) => of_columns(columns),
        BlockKind::Divider(_) => Vec::new(),
        BlockKind::Spacer(spacer) => {
            let px = u16::from(spacer.height_px).to_string();
            vec![field(Control::Number, ("height_px", "Height in pixels"), px).help("4 to 120.")]
        }
        BlockKind::Quote(quote) => of_quote(quote),
        BlockKind::List(list) => of_list(list),
        BlockKind::Product(product) => of_product(product, pictures),
        BlockKind::Social(social) => of_social(social),
    };
    if !is_inner {
        fields.push(select(("ground", "Background"), &block.ground, &GROUND));
    }
    fields
}

fn of_heading(heading: &Heading) -> Vec<FieldView> {
    let levels = [
        ("title", "Title of the mail"),
        ("section", "Of a section"),
        ("small", "Small"),
    ];
    vec![
        field(Control::Line, ("text", "Heading"), heading.text.source()),
        select(("level", "Size"), &heading.level, &levels),
        select(("align", "Stands"), &heading.align, &ALIGN),
    ]
}

fn of_text(text: &TextBlock) -> Vec<FieldView> {
    vec![
        field(Control::Rich, ("text", "Text"), text.text.source()).help(MARKS),
        select(("align", "Stands"), &text.align, &ALIGN),
    ]
}

fn picture_fields(picture: Option<&Picture>, pictures: &[OptionView]) -> Vec<FieldView> {
    let key = picture.map_or("", |p| p.key.as_str());
    let alt = picture.map_or("", |p| p.alt.words());
    let decorates = picture.is_some_and(|p| p.alt == Alt::Decorative);
    let choose = field(Control::Pictures, ("picture", "Picture"), key);
    vec![
        FieldView {
            options: pictures.to_vec(),
            ..choose
        },
        field(Control::Line, ("alt", "What it shows"), alt)
            .help("Read out to who does not see it, and shown where pictures are not loaded."),
        field(
            Control::Tick,
            ("decorative", "It only decorates: nothing is read out"),
            if decorates { "yes" } else { "" },
        ),
    ]
}

fn link(link: Option<&avow_compose::blocks::Link>) -> FieldView {
    let value = link.map(ToString::to_string).unwrap_or_default();
    field(Control::Line, ("link", "Leads to"), value)
}

fn of_image(image: &Image, pictures: &[OptionView]) -> Vec<FieldView> {
    let sizes = [
        ("full", "From edge to edge"),
        ("inset", "As wide as the text"),
        ("half", "Half as wide"),
    ];
    let mut fields = picture_fields(image.picture.as_ref(), pictures);
    fields.push(select(("size", "Width"), &image.size, &sizes));
    fields.push(link(image.link.as_ref()).help("Left empty, it is only looked at."));
    fields
}

fn of_button(button: &Button) -> Vec<FieldView> {
    vec![
        field(
            Control::Line,
            ("label", "What it says"),
            button.label.source(),
        )
        .help("A verb and its object: “Choose your seat”."),
        link(button.link.as_ref()).help(WHERE),
        select(("align", "Stands"), &button.align, &ALIGN),
    ]
}

fn of_columns(columns: &Columns) -> Vec<FieldView> {
    let counts = [("2", "Two"), ("3", "Three")];
    let splits = [
        ("even", "The same width"),
        ("wide_first", "The first of two wider"),
        ("wide_last", "The last of two wider"),
    ];
    vec![
        select(("count", "Columns"), &columns.columns.len().to_string(), &counts)
            .help("On a phone they stand below each other. From three to two, the third one's blocks go to the second."),
        select(("split", "Widths"), &columns.split, &splits),
    ]
}

fn of_quote(quote: &Quote) -> Vec<FieldView> {
    vec![
        field(Control::Rich, ("text", "Quotation"), quote.text.source()).help(MARKS),
        field(Control::Line, ("by", "Who says it"), quote.by.source()),
    ]
}

fn of_list(list: &Items) -> Vec<FieldView> {
    let items: Vec<&str> = list.items.iter().map(Rich::source).collect();
    let styles = [("bullets", "Points"), ("numbers", "Numbers")];
    vec![
        field(Control::Rich, ("items", "Points"), items.join("\n"))
            .help("One a line. **strong**, *emphasis* and [links](https://…) as in a text."),
        select(("style", "Shown as"), &list.style, &styles),
    ]
}

fn of_product(product: &Product, pictures: &[OptionView]) -> Vec<FieldView> {
    let mut fields = vec![
        field(Control::Line, ("name", "Name"), product.name.source()),
        field(
            Control::Rich,
            ("text", "Description"),
            product.text.source(),
        )
        .help(MARKS),
        field(Control::Line, ("price", "Price"), product.price.source())
            .help("As it is read: £12, or from £4.50 a month."),
        link(product.link.as_ref()).help(WHERE),
        field(Control::Line, ("label", "Button"), product.label.source())
            .help("Left empty, it is a link in the text."),
    ];
    fields.extend(picture_fields(product.picture.as_ref(), pictures));
    fields
}

/// The form's name for each network.
pub(super) const NETWORKS: [(Network, &str); 10] = [
    (Network::Website, "website"),
    (Network::Bluesky, "bluesky"),
    (Network::Facebook, "facebook"),
    (Network::Instagram, "instagram"),
    (Network::Linkedin, "linkedin"),
    (Network::Mastodon, "mastodon"),
    (Network::Tiktok, "tiktok"),
    (Network::Whatsapp, "whatsapp"),
    (Network::X, "x"),
    (Network::Youtube, "youtube"),
];

fn of_social(social: &Social) -> Vec<FieldView> {
    let profile = |(network, name): &(Network, &'static str)| {
        let found = social.profiles.iter().find(|p| p.network == *network);
        let value = found.map(|p| p.link.to_string()).unwrap_or_default();
        field(Control::Line, (name, network.name()), value)
    };
    let mut fields: Vec<FieldView> = NETWORKS.iter().map(profile).collect();
    fields.push(select(("align", "Stands"), &social.align, &ALIGN));
    fields
}

/// The fields of the theme.
pub(super) fn of_theme(theme: &Theme) -> Vec<FieldView> {
    let fonts: Vec<(&str, &str)> = Font::ALL
        .iter()
        .map(|font| match font {
            Font::Sans => ("sans", "Without serifs"),
            Font::Serif => ("serif", "With serifs, as in a letter"),
            Font::Mono => ("mono", "As on a typewriter"),
        })
        .collect();
    let colour = |name, colour: avow_compose::blocks::Colour| {
        field(Control::Colour, name, colour.to_string())
    };
    vec![
        colour(("accent", "Main colour"), theme.accent).help(
            "Buttons, links and bands. In dark mail programs it is lightened until it can be read.",
        ),
        colour(("surface", "Under the message"), theme.surface),
        colour(("paper", "Around it"), theme.paper),
        colour(("ink", "Text"), theme.ink),
        select(("font", "Letters"), &theme.font, &fonts),
        field(
            Control::Number,
            ("width_px", "Width in pixels"),
            theme.width_px.px().to_string(),
        )
        .help("480 to 720. On phones it is the screen's."),
        field(
            Control::Line,
            ("language", "Language"),
            theme.language.as_str(),
        )
        .help("en, de, pt-br: screen readers pronounce by it."),
    ]
}
