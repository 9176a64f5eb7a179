//! One call to LinkedIn, from the closed vocabulary to a value the state machine understands.
//!
//! Here the dialect ([`crate::voyager`]), the cleaning ([`crate::clean`]) and the transport meet. Nothing is repeated
//! here and nothing is decided: what follows from an outcome is the step's business.

mod invite;
mod read;

use crate::agent::event::{SiteCall, SiteOutcome, Trouble};
use crate::ports::{Ports, SiteAnswer, SiteFailure};
use crate::voyager::response::{Refusal, SiteResponse, http_date_ms, retry_after_ms};
use liaison_protocol::ErrorCode;

/// Performs one call, once.
pub async fn perform<P: Ports>(call: SiteCall, ports: &P) -> SiteOutcome {
    let (site, clock) = (ports.site(), ports.clock());
    match call {
        SiteCall::Me => SiteOutcome::Me(read::me(site, clock).await),
        SiteCall::List(call) => {
            let rows = read::page(&call, site, clock).await;
            let keyword = call.keyword.as_deref();
            SiteOutcome::List(call.page, rows.map(|rows| read::mark(rows, keyword, ports.unicode())))
        }
        SiteCall::Total { sort } => SiteOutcome::Total(read::total(sort.as_deref(), site, clock).await),
        SiteCall::Sent { profile, start } => {
            SiteOutcome::Sent(read::sent(&profile, start, site, clock).await)
        }
        SiteCall::Invite { profile, note, from, until } => {
            let (outcome, clock_ahead_ms) =
                invite::send(&profile, note.as_deref(), (from, until), site, clock).await;
            SiteOutcome::Invite { outcome, clock_ahead_ms }
        }
    }
}

fn response_of(answer: &SiteAnswer, now: i64) -> SiteResponse<'_> {
    SiteResponse {
        status: answer.status,
        url: &answer.url,
        opaque_redirect: answer.opaque_redirect,
        content_type: answer.content_type.as_deref(),
        retry_after_ms: answer.retry_after.as_deref().and_then(|header| retry_after_ms(header, now)),
        body: &answer.body,
    }
}

/// LinkedIn's clock less ours, in ms, by the answer's `Date`.
fn clock_ahead_ms(answer: &SiteAnswer, now: i64) -> Option<i64> {
    answer.date.as_deref().and_then(http_date_ms).map(|date| date.saturating_sub(now))
}

fn trouble(code: ErrorCode, asked: bool) -> Trouble {
    Trouble { code, detail: None, retry_after_ms: None, asked }
}

fn trouble_of(refusal: Refusal) -> Trouble {
    let (code, detail, retry_after_ms) = match refusal {
        Refusal::SignedOut => (ErrorCode::SignedOut, None, None),
        Refusal::Challenge => (ErrorCode::Challenge, None, None),
        Refusal::Blocked => (ErrorCode::Blocked, None, None),
        Refusal::Throttled { retry_after_ms } => (ErrorCode::Throttled, None, retry_after_ms),
        Refusal::Csrf => (ErrorCode::Csrf, None, None),
        Refusal::InvitationLimit => (ErrorCode::InvitationLimit, None, None),
        Refusal::NoteLimit => (ErrorCode::NoteLimit, None, None),
        Refusal::CannotResendYet => (ErrorCode::CannotResendYet, None, None),
        Refusal::AccountRestricted => (ErrorCode::AccountRestricted, None, None),
        Refusal::SenderUnconfirmed => (ErrorCode::SenderUnconfirmed, None, None),
        Refusal::ConnectionCap => (ErrorCode::ConnectionCap, None, None),
        Refusal::ProfileUnavailable => (ErrorCode::ProfileUnavailable, None, None),
        Refusal::Refused { code } => (ErrorCode::Refused, code, None),
        Refusal::Drift { detail } => (ErrorCode::Drift, Some(detail), None),
        Refusal::Upstream => (ErrorCode::Upstream, None, None),
    };
    Trouble { code, detail, retry_after_ms, asked: true }
}

fn trouble_of_failure(failure: SiteFailure) -> Trouble {
    match failure {
        SiteFailure::NotSent => trouble(ErrorCode::Network, false),
        SiteFailure::NoAnswer | SiteFailure::TimedOut | SiteFailure::CutOff => {
            trouble(ErrorCode::Network, true)
        }
    }
}
