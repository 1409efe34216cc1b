//! Style and scripts: part of the program, each with an address that changes when it does, so that browsers may keep it for
//! good.

use std::sync::LazyLock;

/// What a page may load: our own style and scripts, pictures of ours or inside the page, forms and requests to us. Sent with
/// every page.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'";

/// Sent with an asset: its address holds its hash.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The folder of all addresses of assets.
pub const FOLDER: &str = "/assets/";

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Such as `/assets/ui-3f2a91c05b7d.css`.
    pub address: String,
    pub content_type: &'static str,
    pub text: &'static str,
}

impl Asset {
    fn new(name: &str, ending: &str, content_type: &'static str, text: &'static str) -> Self {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        Self { address: format!("{FOLDER}{name}-{}.{ending}", &hash[..12]), content_type, text }
    }
}

const STYLE: &str = concat!(
    include_str!("assets/base.css"),
    include_str!("assets/layout.css"),
    include_str!("assets/table.css"),
    include_str!("assets/form.css"),
    include_str!("assets/record.css"),
    include_str!("assets/parts.css"),
    include_str!("assets/chart.css"),
    include_str!("assets/print.css"),
);

static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    let script = "text/javascript; charset=utf-8";
    [
        Asset::new("ui", "css", "text/css; charset=utf-8", STYLE),
        // htmx.org 2.0.11, 0BSD; its licence lies beside it.
        Asset::new("htmx", "js", script, include_str!("assets/htmx-2.0.11.min.js")),
        Asset::new("app", "js", script, include_str!("assets/app.js")),
        Asset::new("seal", "svg", "image/svg+xml", include_str!("assets/seal.svg")),
    ]
});

/// Every asset.
pub fn all() -> &'static [Asset] {
    &*ASSETS
}

/// The asset at an address.
pub fn at(address: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.address == address)
}

pub fn style() -> &'static str {
    &ASSETS[0].address
}

pub fn htmx() -> &'static str {
    &ASSETS[1].address
}

pub fn script() -> &'static str {
    &ASSETS[2].address
}

/// The picture that browsers show beside the title.
pub fn seal() -> &'static str {
    &ASSETS[3].address
}
