//! A small answer: LinkedIn's error, or the outcome of an action.

use liaison_json::{Malformed, Slot, Text, Wire};
use liaison_list::envelope::fill_from_slice;
use liaison_list::field::Field;
use std::borrow::Cow;

/// See the module.
#[derive(Default)]
pub(super) struct Answer<'a> {
    status: Option<i64>,
    code: Text<'a>,
    errors: Errors,
    invitation_urn: InvitationUrn,
    value: Option<Box<Answer<'a>>>,
    data: Option<Box<Answer<'a>>>,
}

impl<'a> Wire<'a> for Answer<'a> {
    fn member(&mut self, name: &str, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        match Field::of(name) {
            Field::Status => value.into(&mut self.status),
            Field::Code => value.into(&mut self.code),
            Field::Errors => value.into(&mut self.errors),
            Field::InvitationUrn => value.into(&mut self.invitation_urn),
            Field::Value => value.into(&mut self.value),
            Field::Data => value.into(&mut self.data),
            _ => value.skip(),
        }
    }
}

impl Answer<'_> {
    /// `None` when the body is not one complete JSON object.
    pub(super) fn read(body: &[u8]) -> Option<Answer<'_>> {
        let mut answer = Answer::default();
        let object = body.trim_ascii_start().starts_with(b"{");
        (object && fill_from_slice(body, &mut answer).is_ok()).then_some(answer)
    }

    /// The answer itself and what its `data` holds: with the normalised form an error stands in `data`.
    fn parts(&self) -> impl Iterator<Item = &Self> {
        self.data.as_deref().into_iter().chain([self])
    }

    /// LinkedIn's word for what it refused.
    pub(super) fn code(&self) -> Option<&str> {
        self.parts().filter_map(|part| part.code.as_deref()).map(str::trim).find(|code| !code.is_empty())
    }

    pub(super) fn says_failed(&self) -> bool {
        self.parts().filter_map(|part| part.status).any(|status| status >= 400)
    }

    pub(super) fn has_errors(&self) -> bool {
        self.parts().any(|part| part.errors.0)
    }

    pub(super) fn names_invitation(&self) -> bool {
        self.parts().filter_map(|part| part.value.as_deref()).any(|value| value.invitation_urn.0)
    }
}

/// Whether a GraphQL `errors` list has anything in it.
#[derive(Default)]
struct Errors(bool);

impl<'a> Wire<'a> for Errors {
    fn item(&mut self, value: Slot<'_, 'a>) -> Result<(), Malformed> {
        self.0 = true;
        value.skip()
    }
}

/// Whether one of the two names of the new invitation holds a text. One of them may be empty beside the other.
#[derive(Default)]
struct InvitationUrn(bool);

impl<'a> Wire<'a> for InvitationUrn {
    fn text(&mut self, text: Cow<'a, str>) {
        self.0 |= !text.trim().is_empty();
    }
}
