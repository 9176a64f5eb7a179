//! Every name of a member that we read, in one vocabulary: one recogniser is smaller than one for each type.

/// What a name says. Names that say the same are one field.
#[expect(missing_docs, reason = "LinkedIn's own names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Data,
    Included,
    Elements,
    ElementRefs,
    Status,
    Code,
    Errors,
    Value,
    InvitationUrn,
    EntityUrn,
    DashEntityUrn,
    ObjectUrn,
    PlainId,
    NumConnections,
    ConnectedMember,
    Link,
    ToMemberId,
    CreatedAt,
    SentTime,
    FirstName,
    LastName,
    Headline,
    Occupation,
    PublicIdentifier,
    Picture,
    Unframed,
    Framed,
    VectorImage,
    RootUrl,
    Url,
    Artifacts,
    Width,
    Height,
    Segment,
    Other,
}

#[rustfmt::skip]
const NAMES: &[(&str, Field)] = &[
    ("data", Field::Data),
    ("included", Field::Included),
    ("elements", Field::Elements),
    ("*elements", Field::ElementRefs),
    ("status", Field::Status),
    ("code", Field::Code),
    ("errors", Field::Errors),
    ("value", Field::Value),
    ("invitationUrn", Field::InvitationUrn),
    ("*invitation", Field::InvitationUrn),
    ("entityUrn", Field::EntityUrn),
    ("dashEntityUrn", Field::DashEntityUrn),
    ("objectUrn", Field::ObjectUrn),
    ("plainId", Field::PlainId),
    ("numConnections", Field::NumConnections),
    ("connectedMember", Field::ConnectedMember),
    ("connectedMemberResolutionResult", Field::Link),
    ("*connectedMemberResolutionResult", Field::Link),
    ("miniProfile", Field::Link),
    ("*miniProfile", Field::Link),
    ("toMember", Field::Link),
    ("*toMember", Field::Link),
    ("invitation", Field::Link),
    ("toMemberId", Field::ToMemberId),
    ("createdAt", Field::CreatedAt),
    ("sentTime", Field::SentTime),
    ("firstName", Field::FirstName),
    ("lastName", Field::LastName),
    ("headline", Field::Headline),
    ("occupation", Field::Occupation),
    ("publicIdentifier", Field::PublicIdentifier),
    ("profilePicture", Field::Picture),
    ("picture", Field::Picture),
    ("displayImageReference", Field::Unframed),
    ("displayImageReferenceResolutionResult", Field::Unframed),
    ("displayImageWithFrameReferenceUnion", Field::Framed),
    ("vectorImage", Field::VectorImage),
    ("com.linkedin.common.VectorImage", Field::VectorImage),
    ("rootUrl", Field::RootUrl),
    ("url", Field::Url),
    ("artifacts", Field::Artifacts),
    ("width", Field::Width),
    ("height", Field::Height),
    ("fileIdentifyingUrlPathSegment", Field::Segment),
];

/// A power of two, a few times as many as there are names.
const SLOTS: usize = 128;
const FREE: u8 = u8::MAX;
/// Which of [`NAMES`] stands in each slot. Worked out while compiling: of a page's names most are none of ours, and are to
/// be told so at a glance.
const TABLE: [u8; SLOTS] = table();

impl Field {
    /// The field of that name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let mut slot = slot_of(name.as_bytes());
        loop {
            // A free slot ends the search: it is the index of no name.
            match TABLE.get(slot).and_then(|index| NAMES.get(usize::from(*index))) {
                Some((known, field)) if *known == name => return *field,
                Some(_) => slot = (slot + 1) % SLOTS,
                None => return Self::Other,
            }
        }
    }
}

const fn slot_of(name: &[u8]) -> usize {
    let Some((first, _)) = name.split_first() else { return 0 };
    let Some((last, _)) = name.split_last() else { return 0 };
    let middle = name[name.len() / 2];
    (name.len() * 17 + *first as usize * 5 + *last as usize * 23 + middle as usize * 3) % SLOTS
}

const fn table() -> [u8; SLOTS] {
    let mut table = [FREE; SLOTS];
    let mut index = 0;
    while index < NAMES.len() {
        let mut slot = slot_of(NAMES[index].0.as_bytes());
        while table[slot] != FREE {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = index as u8;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Field, NAMES, SLOTS};

    #[test]
    fn every_name_is_found_and_no_other() {
        for (name, field) in NAMES {
            assert_eq!(Field::of(name), *field, "{name}");
            assert_eq!(Field::of(&name.to_uppercase()), Field::Other, "{name}");
            assert_eq!(Field::of(&format!("{name}s")), Field::Other, "{name}");
        }
        for name in ["", "$", "é", "$type", "$recipeTypes", "expiresAt"] {
            assert_eq!(Field::of(name), Field::Other, "{name}");
        }
        assert!(NAMES.len() * 2 <= SLOTS, "a fuller table searches longer");
    }
}
