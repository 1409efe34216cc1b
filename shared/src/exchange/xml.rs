//! Parts of office files in XML, piece by piece: nothing is expanded, nothing nests without end, no piece is large.

use std::borrow::Cow;
use std::cell::Cell as Counter;
use std::io::{BufRead, Read};
use std::rc::Rc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::book::{Bounded, ReadError, within};
use crate::limits;

/// One piece.
pub(super) enum Piece<'a> {
    Open(Tag<'a>),
    /// The end of the element that was opened last, with its name.
    Close(Shut<'a>),
    Text(Cow<'a, str>),
    /// A comment and the like.
    Nothing,
    End,
}

/// The beginning of an element.
pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
}

impl Tag<'_> {
    /// With its prefix, such as `table:table-row`.
    pub(super) fn name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// Without its prefix.
    pub(super) fn local(&self) -> &str {
        local(self.name())
    }

    /// Attributes by their names with the prefix, such as `table:name`.
    pub(super) fn attrs<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Option<Cow<'_, str>>; N], ReadError> {
        self.find(names, |key| key)
    }

    /// Attributes by their names without the prefix.
    pub(super) fn local_attrs<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Option<Cow<'_, str>>; N], ReadError> {
        self.find(names, local)
    }

    fn find<const N: usize>(
        &self,
        names: [&str; N],
        called: impl Fn(&str) -> &str,
    ) -> Result<[Option<Cow<'_, str>>; N], ReadError> {
        let mut found = [const { None }; N];
        let mut attributes = self.start.attributes();
        // A search for double ones would take time by the square of their number.
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|e| ReadError::Damaged(e.to_string()))?;
            let key = called(attribute.key.into_inner());
            if let Some(at) = names.iter().position(|name| *name == key) {
                found[at] = Some(attribute.normalized_value(XmlVersion::Implicit1_0).map_err(damaged)?);
            }
        }
        Ok(found)
    }
}

/// The end of an element.
pub(super) struct Shut<'a> {
    end: BytesEnd<'a>,
}

impl Shut<'_> {
    pub(super) fn name(&self) -> &str {
        self.end.name().into_inner()
    }

    pub(super) fn local(&self) -> &str {
        local(self.name())
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A part while it is read. Its depth and its largest piece are bounded.
pub(super) struct Xml<R: BufRead> {
    reader: quick_xml::Reader<Metered<R>>,
    piece: Rc<Counter<u64>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(inner: R) -> Self {
        let piece = Rc::new(Counter::new(0));
        let mut reader = quick_xml::Reader::from_reader(Metered { inner, piece: Rc::clone(&piece) });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, piece, buffer: Vec::new(), depth: 0 }
    }

    /// Elements that are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// # Errors
    /// The part is not well-formed, declares a document type, or passes a bound.
    pub(super) fn next(&mut self) -> Result<Piece<'_>, ReadError> {
        self.piece.set(0);
        self.buffer.clear();
        match self.reader.read_event_into(&mut self.buffer).map_err(damaged)? {
            Event::Start(start) => {
                self.depth += 1;
                within(Bounded::Depth, self.depth as u64, limits::IMPORT_DEPTH_MAX as u64)?;
                Ok(Piece::Open(Tag { start }))
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Piece::Close(Shut { end }))
            }
            Event::Text(text) => Ok(Piece::Text(text.xml10_content())),
            Event::CData(text) => Ok(Piece::Text(text.xml10_content())),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().map_err(damaged)? {
                Some(c) => Ok(Piece::Text(Cow::Owned(c.to_string()))),
                None => match quick_xml::escape::resolve_predefined_entity(&entity) {
                    Some(text) => Ok(Piece::Text(Cow::Borrowed(text))),
                    None => Err(ReadError::Declared),
                },
            },
            Event::DocType(_) => Err(ReadError::Declared),
            Event::Eof if self.depth > 0 => Err(ReadError::Damaged("an element is not closed".to_owned())),
            Event::Eof => Ok(Piece::End),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => Ok(Piece::Nothing),
        }
    }

    /// Passes over the rest of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Piece::End = self.next()? {
                break;
            }
        }
        Ok(())
    }
}

fn damaged(error: quick_xml::Error) -> ReadError {
    if let quick_xml::Error::Io(io) = &error
        && let Some(own) = io.get_ref().and_then(|inner| inner.downcast_ref::<ReadError>())
    {
        return own.clone();
    }
    ReadError::Damaged(error.to_string())
}

/// Refuses to go on inside one piece for ever.
struct Metered<R> {
    inner: R,
    piece: Rc<Counter<u64>>,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(into)?;
        self.piece.set(self.piece.get() + count as u64);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        within(Bounded::Piece, self.piece.get(), limits::IMPORT_PIECE_BYTES_MAX)
            .map_err(std::io::Error::other)?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.piece.set(self.piece.get() + count as u64);
        self.inner.consume(count);
    }
}
