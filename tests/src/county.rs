//! The counties that the demo and the tests run: the fictional one, and real ones read from a list of townships.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use shared::catalogue::model::NodeKind;
use shared::ids::TownshipCode;
use shared::sample::county;

/// A township and the district that it belongs to.
#[derive(Debug, Clone)]
pub struct Town {
    pub code: TownshipCode,
    pub name: String,
    pub kind: NodeKind,
    pub district: String,
}

/// A county with its townships.
#[derive(Debug, Clone)]
pub struct County {
    pub name: String,
    pub profile: &'static str,
    pub towns: Vec<Town>,
    /// Whether the districts are drawn when the county starts; a story draws its own.
    pub drawn: bool,
}

impl County {
    /// 安澜县, which does not exist.
    pub fn fictional() -> Self {
        let district_of = |code: u32| {
            county::DISTRICTS
                .iter()
                .find(|district| district.townships.contains(&code))
                .map_or_else(String::new, |district| district.name.to_owned())
        };
        let towns = county::TOWNSHIPS
            .iter()
            .map(|town| Town {
                code: town.id(),
                name: town.name.to_owned(),
                kind: town.kind,
                district: district_of(town.code),
            })
            .collect();
        Self { name: county::NAME.to_owned(), profile: "national", towns, drawn: true }
    }

    /// The same, for a story that draws its districts itself.
    pub fn undrawn() -> Self {
        Self { drawn: false, ..Self::fictional() }
    }

    /// From a CSV with the columns code9, name, kind and district.
    ///
    /// # Errors
    /// The file cannot be read, lacks a column, or names townships of several counties.
    pub fn from_file(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers()?.clone();
        let column = |name: &str| {
            headings.iter().position(|heading| heading == name).with_context(|| format!("no column {name}"))
        };
        let (code, name, kind, district) =
            (column("code9")?, column("name")?, column("kind")?, column("district")?);
        let mut towns = Vec::new();
        for row in reader.records() {
            let row = row?;
            towns.push(Town {
                code: row[code].parse()?,
                name: row[name].to_owned(),
                kind: NodeKind::from_code(&row[kind]).with_context(|| format!("no kind {}", &row[kind]))?,
                district: row[district].to_owned(),
            });
        }
        let Some(first) = towns.first() else { bail!("{} names no township", path.display()) };
        let county = first.code.county();
        if towns.iter().any(|town| town.code.county() != county) {
            bail!("{} names townships of several counties", path.display());
        }
        let name = if county == 330_282 { "慈溪市".to_owned() } else { format!("县{county}") };
        let profile = if county / 10_000 == 33 { "zhejiang" } else { "national" };
        Ok(Self { name, profile, towns, drawn: true })
    }

    /// The same county with these townships alone.
    #[must_use]
    pub fn of(mut self, names: &[&str]) -> Self {
        self.towns.retain(|town| names.contains(&town.name.as_str()));
        self
    }

    /// Six digits.
    pub fn code(&self) -> u32 {
        self.towns.first().map_or(0, |town| town.code.county())
    }

    /// Names of the districts, in the order in which they first appear in the list.
    pub fn districts(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for town in &self.towns {
            if !names.contains(&town.district) {
                names.push(town.district.clone());
            }
        }
        names
    }
}

/// The folder with real ledgers, if it is there: `$XIANGLIAN_LEDGERS`, else `shared/data` beside the repository.
pub fn data_folder() -> Option<PathBuf> {
    let given = std::env::var_os("XIANGLIAN_LEDGERS").map(PathBuf::from);
    let beside =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(|root| root.join("shared/data"));
    given.or(beside).filter(|folder| folder.join("suggestions_2017_utf8bom.csv").is_file())
}
