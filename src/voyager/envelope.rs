//! The two envelopes of an answer, and the one record that stands for everything inside them.
//!
//! Normalised: `{data: {"*elements": [urn…]}, included: [record…]}`, where a starred name holds the URN of a record
//! in `included`. Un-normalised: `{elements: [record…]}` with records inside records. Both become an [`Envelope`];
//! the readers of a resource then ask for the fields that theirs has (`docs/VOYAGER.md`, "The list").

use super::lenient::{List, Slot, Text, Wire, into_owned};
use super::picture::Picture;
use serde::Deserialize;
use serde::de::MapAccess;
use std::borrow::Cow;

/// Every name of a member that we read, in one vocabulary: one recogniser is smaller than one for each type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(field_identifier)]
pub enum Field {
    #[serde(rename = "data")]
    Data,
    #[serde(rename = "included")]
    Included,
    #[serde(rename = "elements")]
    Elements,
    #[serde(rename = "*elements")]
    ElementRefs,
    #[serde(rename = "status")]
    Status,
    #[serde(rename = "code")]
    Code,
    #[serde(rename = "errors")]
    Errors,
    #[serde(rename = "value")]
    Value,
    #[serde(rename = "invitationUrn", alias = "*invitation")]
    InvitationUrn,
    #[serde(rename = "entityUrn")]
    EntityUrn,
    #[serde(rename = "dashEntityUrn")]
    DashEntityUrn,
    #[serde(rename = "objectUrn")]
    ObjectUrn,
    #[serde(rename = "plainId")]
    PlainId,
    #[serde(rename = "numConnections")]
    NumConnections,
    #[serde(rename = "connectedMember")]
    ConnectedMember,
    #[serde(
        rename = "connectedMemberResolutionResult",
        alias = "*connectedMemberResolutionResult",
        alias = "miniProfile",
        alias = "*miniProfile",
        alias = "toMember",
        alias = "*toMember",
        alias = "invitation"
    )]
    Link,
    #[serde(rename = "toMemberId")]
    ToMemberId,
    #[serde(rename = "createdAt")]
    CreatedAt,
    #[serde(rename = "sentTime")]
    SentTime,
    #[serde(rename = "firstName")]
    FirstName,
    #[serde(rename = "lastName")]
    LastName,
    #[serde(rename = "headline")]
    Headline,
    #[serde(rename = "occupation")]
    Occupation,
    #[serde(rename = "publicIdentifier")]
    PublicIdentifier,
    #[serde(rename = "profilePicture", alias = "picture")]
    Picture,
    #[serde(rename = "displayImageReference", alias = "displayImageReferenceResolutionResult")]
    Unframed,
    #[serde(rename = "displayImageWithFrameReferenceUnion")]
    Framed,
    #[serde(rename = "vectorImage", alias = "com.linkedin.common.VectorImage")]
    VectorImage,
    #[serde(rename = "rootUrl")]
    RootUrl,
    #[serde(rename = "url")]
    Url,
    #[serde(rename = "artifacts")]
    Artifacts,
    #[serde(rename = "width")]
    Width,
    #[serde(rename = "height")]
    Height,
    #[serde(rename = "fileIdentifyingUrlPathSegment")]
    Segment,
    #[serde(other)]
    Other,
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

impl<'de> Wire<'de> for Envelope<'de> {
    fn field<A: MapAccess<'de>>(&mut self, field: Field, value: Slot<'_, A>) -> Result<(), A::Error> {
        match field {
            Field::Data => value.into(&mut self.data),
            Field::Included => value.into(&mut self.included),
            Field::ElementRefs => value.into(&mut self.element_refs),
            Field::Elements => value.into(&mut self.elements),
            _ => self.record.field(field, value),
        }
    }
}

/// A record of any type, with the fields of all types that we read. Which type it is shows in what it holds and in
/// its URN: `$type` is absent from one of the two forms and named differently in the other.
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

impl<'de> Wire<'de> for Record<'de> {
    fn field<A: MapAccess<'de>>(&mut self, field: Field, value: Slot<'_, A>) -> Result<(), A::Error> {
        match field {
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

impl<'de> Wire<'de> for Link<'de> {
    fn text(&mut self, text: Cow<'de, str>) {
        if !matches!(self, Self::Record(_)) {
            *self = Self::Urn(text);
        }
    }

    fn field<A: MapAccess<'de>>(&mut self, field: Field, value: Slot<'_, A>) -> Result<(), A::Error> {
        if !matches!(self, Self::Record(_)) {
            *self = Self::Record(Box::default());
        }
        match self {
            Self::Record(record) => record.field(field, value),
            Self::None | Self::Urn(_) => value.skip(),
        }
    }
}
