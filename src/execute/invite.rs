//! The one call with an effect.

use super::{clock_ahead_ms, response_of, trouble_of};
use crate::agent::event::{InviteOutcome, Unsent};
use crate::config::SITE_TIMEOUT_MS;
use crate::ports::{Clock, SiteFailure, SiteTransport};
use crate::voyager::request::build_invitation;
use crate::voyager::response::{InvitationVerdict, judge_invitation};

/// Sends one invitation, at most once. The token is read just before; the time to act is checked in the same turn
/// that calls `fetch`, with no await in between. Beside what became of it: LinkedIn's clock less ours by the answer's `Date`,
/// unless ours was set between the two.
pub(super) async fn send(
    profile: &str,
    note: Option<&str>,
    (from, until): (i64, i64),
    site: &impl SiteTransport,
    clock: &impl Clock,
) -> (InviteOutcome, Option<i64>) {
    let unsent = |why| (InviteOutcome::Unsent(why), None);
    let session = site.session().await;
    if !session.permitted {
        return unsent(Unsent::NoPermission);
    }
    let (true, Some(csrf)) = (session.signed_in, session.csrf) else {
        return unsent(Unsent::SignedOut);
    };
    let request = build_invitation(profile, note, &csrf);
    let left = clock.now();
    if !(from..=until).contains(&left) {
        return unsent(Unsent::Late);
    }
    match site.send(request).await {
        Ok(answer) => {
            let now = clock.now();
            let was_set = !(0..=SITE_TIMEOUT_MS.cast_signed()).contains(&now.saturating_sub(left));
            let ahead = clock_ahead_ms(&answer, now).filter(|_| !was_set);
            let outcome = match judge_invitation(&response_of(&answer, now)) {
                InvitationVerdict::Sent => InviteOutcome::Sent,
                InvitationVerdict::NotSent(refusal) => InviteOutcome::Refused(trouble_of(refusal)),
                InvitationVerdict::Unknown => InviteOutcome::Unknown,
            };
            (outcome, ahead)
        }
        Err(SiteFailure::NotSent) => unsent(Unsent::Late),
        Err(SiteFailure::NoAnswer | SiteFailure::TimedOut | SiteFailure::CutOff) => {
            (InviteOutcome::Unknown, None)
        }
    }
}
