//! A profile's pictures as LinkedIn sends them. Which one to show is for the cleaner to say.

use super::field::Field;
use liaison_json::{List, Malformed, Slot, Text, Wire, into_owned};

/// The pictures of one profile (`docs/VOYAGER.md`, "Pictures").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture<'a> {
    /// The photograph as it was uploaded.
    pub unframed: Image<'a>,
    /// The same with a frame such as "open to work" drawn into it. Some profiles have only this one.
    pub framed: Image<'a>,
}

impl Picture<'_> {
    /// Whether there is no picture at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn into_owned(self) -> Picture<'static> {
        Picture { unframed: self.unframed.into_owned(), framed: self.framed.into_owned() }
    }
}

/// One image in several sizes, or one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image<'a> {
    /// What every artifact's address begins with.
    pub root_url: Text<'a>,
    /// The sizes, in no order.
    pub artifacts: List<Artifact<'a>>,
    /// The whole address, in the other arm of the union.
    pub url: Text<'a>,
}

impl Image<'_> {
    fn into_owned(self) -> Image<'static> {
        let own = |artifact: Artifact<'_>| Artifact {
            width: artifact.width,
            height: artifact.height,
            segment: into_owned(artifact.segment),
        };
        Image {
            root_url: into_owned(self.root_url),
            artifacts: List(self.artifacts.0.map(|artifacts| artifacts.into_iter().map(own).collect())),
            url: into_owned(self.url),
        }
    }
}

/// One size of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifact<'a> {
    /// In pixels.
    pub width: Option<i64>,
    /// In pixels.
    pub height: Option<i64>,
    /// What the address ends with.
    pub segment: Text<'a>,
}

impl<'a> Wire<'a> for Picture<'a> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        match Field::of(name) {
            Field::Unframed => value.into(&mut self.unframed),
            Field::Framed => value.into(&mut self.framed),
            // The legacy list has no union around its one image.
            _ => self.unframed.member(name, value),
        }
    }
}

impl<'a> Wire<'a> for Image<'a> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        match Field::of(name) {
            Field::VectorImage => value.into(self),
            Field::RootUrl => value.into(&mut self.root_url),
            Field::Artifacts => value.into(&mut self.artifacts),
            Field::Url => value.into(&mut self.url),
            _ => value.skip(),
        }
    }
}

impl<'a> Wire<'a> for Artifact<'a> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        match Field::of(name) {
            Field::Width => value.into(&mut self.width),
            Field::Height => value.into(&mut self.height),
            Field::Segment => value.into(&mut self.segment),
            _ => value.skip(),
        }
    }
}
