//! The two envelopes of an answer, and the one record that stands for everything inside them.
//!
//! Normalised: `{data: {"*elements": [urn…]}, included: [record…]}`, where a starred name holds the URN of a record
//! in `included`. Un-normalised: `{elements: [record…]}` with records inside records. Both become an [`Envelope`];
//! the readers of a resource then ask for the fields that theirs has (`docs/VOYAGER.md`, "The list").

use super::field::Field;
use super::picture::Picture;
use liaison_json::{List, Malformed, Slot, Text, Wire, into_owned};
use std::borrow::Cow;

/// How deep a body is read; the deepest fact we read (an artifact's width in a nested profile) lies at ten.
const MAX_DEPTH: u8 = 16;

/// Fills `place` from all of `body`. LinkedIn leaves fields out, sends `null` for them and changes their types; a page of a
/// hundred people must not fail because one of them has a number for a headline. So every wire type starts empty and is
/// filled field by field: a value of another kind than expected leaves the field as it was.
///
/// # Errors
/// When `body` is not one complete JSON value.
pub fn fill_from_slice<'a>(body: &'a [u8], place: &mut dyn Wire<'a>) -> Result<(), Malformed> {
    liaison_json::fill(body, place, MAX_DEPTH)
}

/// A whole answer, or its `data`.
#[derive(Debug, Default)]
pub struct Envelope<'a> {
    /// `data`: the normalised form's head.
    pub data: Option<Box<Envelope<'a>>>,
    /// `included`: the normalised form's records, in no order that means anything.
    pub included: List<Record<'a>>,
    /// `*elements`: URNs of records in `included`, in the order of the list.
    pub element_refs: List<Text<'a>>,
    /// `elements`: the un-normalised form's records, in the order of the list.
    pub elements: List<Record<'a>>,
    /// What stands directly here, as `/me` has it.
    pub record: Record<'a>,
}

impl<'a> Envelope<'a> {
    /// The part that holds the list: `data` where there is one.
    #[must_use]
    pub fn split(self) -> (Self, Vec<Record<'a>>) {
        let Self { data, included, element_refs, elements, record } = self;
        let included = included.0.unwrap_or_default();
        match data {
            Some(head) => (*head, included),
            None => (Self { data: None, included: List(None), element_refs, elements, record }, included),
        }
    }
}

impl<'a> Wire<'a> for Envelope<'a> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        match Field::of(name) {
            Field::Data => value.into(&mut self.data),
            Field::Included => value.into(&mut self.included),
            Field::ElementRefs => value.into(&mut self.element_refs),
            Field::Elements => value.into(&mut self.elements),
            _ => self.record.member(name, value),
        }
    }
}

/// A record of any type, with the fields of all types that we read. Which type it is shows in what it holds and in
/// its URN: `$type` is absent from one of the two forms and named differently in the other.
#[expect(missing_docs, reason = "LinkedIn's own names")]
#[derive(Clone, Debug, Default)]
pub struct Record<'a> {
    pub entity_urn: Text<'a>,
    pub dash_entity_urn: Text<'a>,
    pub object_urn: Text<'a>,
    pub plain_id: Option<i64>,
    pub num_connections: Option<i64>,
    pub connected_member: Text<'a>,
    /// What this record is about: a connection's member, a view's invitation, an invitation's receiver, the
    /// session's own profile.
    pub link: Link<'a>,
    pub to_member_id: Text<'a>,
    pub created_at: Option<i64>,
    pub sent_time: Option<i64>,
    pub profile: Profile<'a>,
}

/// What LinkedIn shows of a member in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile<'a> {
    /// As given, with any white space around it.
    pub first_name: Text<'a>,
    /// As given, with any white space around it.
    pub last_name: Text<'a>,
    /// The current name of the line under a person's name.
    pub headline: Text<'a>,
    /// Its name in the legacy list, where `--` stands for none.
    pub occupation: Text<'a>,
    /// The slug of the profile's address.
    pub public_identifier: Text<'a>,
    /// Every picture LinkedIn offers.
    pub picture: Picture<'a>,
}

impl Profile<'_> {
    /// Whether LinkedIn gave nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first_name.is_none()
            && self.last_name.is_none()
            && self.headline.is_none()
            && self.occupation.is_none()
            && self.public_identifier.is_none()
            && self.picture.is_empty()
    }

    pub(super) fn into_owned(self) -> Profile<'static> {
        Profile {
            first_name: into_owned(self.first_name),
            last_name: into_owned(self.last_name),
            headline: into_owned(self.headline),
            occupation: into_owned(self.occupation),
            public_identifier: into_owned(self.public_identifier),
            picture: self.picture.into_owned(),
        }
    }
}

impl<'a> Wire<'a> for Record<'a> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        match Field::of(name) {
            Field::EntityUrn => value.into(&mut self.entity_urn),
            Field::DashEntityUrn => value.into(&mut self.dash_entity_urn),
            Field::ObjectUrn => value.into(&mut self.object_urn),
            Field::PlainId => value.into(&mut self.plain_id),
            Field::NumConnections => value.into(&mut self.num_connections),
            Field::ConnectedMember => value.into(&mut self.connected_member),
            Field::Link => value.into(&mut self.link),
            Field::ToMemberId => value.into(&mut self.to_member_id),
            Field::CreatedAt => value.into(&mut self.created_at),
            Field::SentTime => value.into(&mut self.sent_time),
            Field::FirstName => value.into(&mut self.profile.first_name),
            Field::LastName => value.into(&mut self.profile.last_name),
            Field::Headline => value.into(&mut self.profile.headline),
            Field::Occupation => value.into(&mut self.profile.occupation),
            Field::PublicIdentifier => value.into(&mut self.profile.public_identifier),
            Field::Picture => value.into(&mut self.profile.picture),
            _ => value.skip(),
        }
    }
}

/// Another record: its URN, or the record itself. Where LinkedIn sends both, the record stays.
#[derive(Clone, Debug, Default)]
pub enum Link<'a> {
    /// Not given.
    #[default]
    None,
    /// A starred member of the normalised form.
    Urn(Cow<'a, str>),
    /// A nested record of the un-normalised form.
    Record(Box<Record<'a>>),
}

impl<'a> Wire<'a> for Link<'a> {
    fn text(&mut self, text: Cow<'a, str>) {
        if !matches!(self, Self::Record(_)) {
            *self = Self::Urn(text);
        }
    }

    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        if !matches!(self, Self::Record(_)) {
            *self = Self::Record(Box::default());
        }
        match self {
            Self::Record(record) => record.member(name, value),
            Self::None | Self::Urn(_) => value.skip(),
        }
    }
}
