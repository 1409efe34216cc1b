//! The fonts that the program carries, packed, and those that an office puts before them. They are unpacked when a PDF is
//! made and let go afterwards.

use std::sync::Arc;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::paper::Face;

/// 28,000 characters of Chinese: all of GBK and of the basic planes of GB 18030.
const SERIF: &[u8] = include_bytes!("../../fonts/NotoSerifSC-Regular.otf.zst");
/// The 6,763 characters of GB 2312; for others the one above is drawn bolder.
const BOLD: &[u8] = include_bytes!("../../fonts/NotoSerifSC-Bold.otf.zst");
const SANS: &[u8] = include_bytes!("../../fonts/NotoSansSC-Medium.otf.zst");
/// Of one font, unpacked.
const FONT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Font files of the office's own, such as the 仿宋 and 小标宋 that its other papers are set in.
#[derive(Debug, Clone, Default)]
pub struct OwnFonts {
    pub body: Option<Vec<u8>>,
    pub title: Option<Vec<u8>>,
}

#[derive(Debug, thiserror::Error)]
pub enum FontError {
    #[error("the file is not a font that can be used")]
    NotAFont,
    #[error("a font that the program carries cannot be unpacked")]
    Carried,
}

/// A font, ready to be asked and to be embedded.
pub(super) struct Loaded {
    pub(super) font: Font,
    data: Arc<Vec<u8>>,
    /// Drawn with a line around its characters, in the place of a bolder one.
    pub(super) bolder: bool,
}

impl Loaded {
    fn new(data: Arc<Vec<u8>>, bolder: bool) -> Option<Self> {
        let font = Font::new(Arc::clone(&data).into(), 0)?;
        Some(Self { font, data, bolder })
    }

    fn reference(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.data, 0).ok()
    }

    /// The glyph of a character and how wide it is, in ems.
    pub(super) fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let font = self.reference()?;
        let glyph = font.charmap().map(c).filter(|glyph| glyph.to_u32() != 0)?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let wide = metrics.advance_width(glyph).unwrap_or(0.0) / self.font.units_per_em();
        Some((glyph.to_u32(), wide))
    }
}

/// The fonts of one paper, unpacked as they are asked for.
pub(super) struct Fonts<'a> {
    own: &'a OwnFonts,
    serif: Option<Arc<Vec<u8>>>,
    stacks: [Option<Vec<Loaded>>; 3],
}

impl<'a> Fonts<'a> {
    pub(super) fn new(own: &'a OwnFonts) -> Self {
        Self { own, serif: None, stacks: [None, None, None] }
    }

    /// The fonts of a face, the first that has a character is used.
    ///
    /// # Errors
    /// See [`FontError`].
    pub(super) fn stack(&mut self, face: Face) -> Result<&[Loaded], FontError> {
        let at = face as usize;
        if self.stacks[at].is_none() {
            self.stacks[at] = Some(self.load(face)?);
        }
        Ok(self.stacks[at].as_deref().unwrap_or_default())
    }

    fn load(&mut self, face: Face) -> Result<Vec<Loaded>, FontError> {
        let own = match face {
            Face::Body => self.own.body.as_ref(),
            Face::Title => self.own.title.as_ref(),
            Face::Heading => None,
        };
        let mut stack = Vec::new();
        if let Some(bytes) = own {
            stack.push(Loaded::new(Arc::new(bytes.clone()), false).ok_or(FontError::NotAFont)?);
        }
        let packed = match face {
            Face::Body => None,
            Face::Title => Some(BOLD),
            Face::Heading => Some(SANS),
        };
        if let Some(packed) = packed {
            stack.push(Loaded::new(Arc::new(unpack(packed)?), false).ok_or(FontError::Carried)?);
        }
        let serif = match &self.serif {
            Some(serif) => Arc::clone(serif),
            None => Arc::new(unpack(SERIF)?),
        };
        self.serif = Some(Arc::clone(&serif));
        stack.push(Loaded::new(serif, face != Face::Body).ok_or(FontError::Carried)?);
        Ok(stack)
    }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, FontError> {
    zstd::bulk::decompress(packed, FONT_BYTES_MAX).map_err(|_| FontError::Carried)
}
