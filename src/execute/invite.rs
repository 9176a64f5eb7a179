//! The one call with an effect.

use super::{response_of, trouble_of};
use crate::agent::event::{InviteOutcome, Unsent};
use crate::ports::{Clock, SiteFailure, SiteTransport};
use crate::voyager::request::build_invitation;
use crate::voyager::response::{InvitationVerdict, judge_invitation};

/// Sends one invitation, at most once. The token is read just before; the time to act is checked in the same turn
/// that calls `fetch`, with no await in between.
pub(super) async fn send(
    profile: &str,
    note: Option<&str>,
    (from, until): (i64, i64),
    site: &impl SiteTransport,
    clock: &impl Clock,
) -> InviteOutcome {
    let session = site.session().await;
    if !session.permitted {
        return InviteOutcome::Unsent(Unsent::NoPermission);
    }
    let (true, Some(csrf)) = (session.signed_in, session.csrf) else {
        return InviteOutcome::Unsent(Unsent::SignedOut);
    };
    let request = build_invitation(profile, note, &csrf);
    if !(from..=until).contains(&clock.now()) {
        return InviteOutcome::Unsent(Unsent::Late);
    }
    match site.send(request).await {
        Ok(answer) => match judge_invitation(&response_of(&answer, clock.now())) {
            InvitationVerdict::Sent => InviteOutcome::Sent,
            InvitationVerdict::NotSent(refusal) => InviteOutcome::Refused(trouble_of(refusal)),
            InvitationVerdict::Unknown => InviteOutcome::Unknown,
        },
        Err(SiteFailure::NotSent) => InviteOutcome::Unsent(Unsent::Late),
        Err(SiteFailure::NoAnswer | SiteFailure::TimedOut | SiteFailure::CutOff) => InviteOutcome::Unknown,
    }
}
