//! The reads: who is signed in, a page of connections, the newest sent invitations.

use super::{clock_ahead_ms, response_of, trouble, trouble_of, trouble_of_failure};
use crate::agent::event::{ListCall, SentLook, SentRow, Trouble, hash_of};
use crate::agent::walk::{Page, PageRequest, PageRow, RowDetails};
use crate::clean::{Finding, clean_connection, fold, iso_8601, name_matches};
use crate::config::SENT_ROWS;
use crate::ports::{Clock, SiteAnswer, SiteFailure, SiteTransport, Unicode};
use crate::voyager::connections::{Row, parse_list};
use crate::voyager::ids::connection_urn;
use crate::voyager::me::parse_me;
use crate::voyager::request::{
    CsrfToken, ListSource, SiteRequest, Sort, build_list, build_me, build_sent_invitations, build_summary,
};
use crate::voyager::response::{judge_read, judge_whole_read};
use crate::voyager::sent::parse_sent_invitations;
use crate::voyager::summary::parse_summary;
use liaison_protocol::{ErrorCode, Fallback};

/// Something stable that identifies the signed-in member.
pub(super) async fn me(site: &impl SiteTransport, clock: &impl Clock) -> Result<String, Trouble> {
    let answer = ask(site, clock, build_me).await?;
    let me = parse_me(&answer.body).map_err(|error| trouble_of(error.into()))?;
    Ok(me.member)
}

/// How many connections the account has, by LinkedIn's own count.
pub(super) async fn total(
    sort: Option<&str>,
    site: &impl SiteTransport,
    clock: &impl Clock,
) -> Result<u64, Trouble> {
    known_sort(sort)?;
    let answer = ask(site, clock, build_summary).await?;
    parse_summary(&answer.body).map_err(|error| trouble_of(error.into()))
}

/// A page of connections, cleaned.
pub(super) async fn page(
    call: &ListCall,
    site: &impl SiteTransport,
    clock: &impl Clock,
) -> Result<Page, Trouble> {
    let sort = known_sort(call.sort.as_deref())?;
    let PageRequest { start, count } = call.page;
    let source = source_of(call.way);
    let answer = ask(site, clock, |csrf| build_list(source, sort, start, count, csrf)).await?;
    let list = parse_list(&answer.body).map_err(|error| trouble_of(error.into()))?;
    if list.listed < count {
        // It may end the list. Before that is believed, the whole of the answer is read for a refusal.
        judge_whole_read(&response_of(&answer, clock.now())).map_err(trouble_of)?;
    }
    Ok(Page { rows: list.rows.iter().map(|row| clean_row(row, call.full)).collect(), received: list.listed })
}

/// A sort order that LinkedIn is known to take.
fn known_sort(name: Option<&str>) -> Result<Option<Sort>, Trouble> {
    let Some(name) = name else { return Ok(None) };
    Sort::from_wire(name).map(Some).ok_or_else(|| {
        let detail =
            Some("'sort_type' must be RECENTLY_ADDED, FIRSTNAME_LASTNAME or LASTNAME_FIRSTNAME".to_owned());
        Trouble { detail, ..trouble(ErrorCode::InvalidInput, true) }
    })
}

fn clean_row(row: &Row<'_>, full: bool) -> PageRow {
    let (connection, findings) = clean_connection(row);
    let nameless = |finding: &Finding| matches!(finding, Finding::Unresolved | Finding::Nameless);
    let resolved = !findings.iter().any(nameless);
    let more = full.then(|| RowDetails {
        connected_at: row.created_at.and_then(iso_8601),
        connection_urn: row.connection_urn.as_ref().and_then(|_| connection_urn(&row.urn)),
    });
    PageRow { index: row.index, connection, more, resolved, matches: true }
}

const fn source_of(way: Option<Fallback>) -> ListSource {
    match way {
        None => ListSource::Current,
        Some(Fallback::OlderDecoration) => ListSource::OlderDecoration,
        Some(Fallback::LegacyList) => ListSource::Legacy,
    }
}

/// Marks the rows whose name has the keyword.
pub(super) fn mark(mut page: Page, keyword: Option<&str>, unicode: &impl Unicode) -> Page {
    if let Some(keyword) = keyword {
        let keyword = fold(keyword, unicode);
        for row in &mut page.rows {
            row.matches = name_matches(&row.connection.name, &keyword, unicode);
        }
    }
    page
}

/// What a page of the sent invitations says of one person, and whom else it names.
pub(super) async fn sent(
    profile: &str,
    start: u64,
    site: &impl SiteTransport,
    clock: &impl Clock,
) -> Result<SentLook, Trouble> {
    let answer = ask(site, clock, |csrf| build_sent_invitations(start, SENT_ROWS, csrf)).await?;
    let now = clock.now();
    let all = parse_sent_invitations(&answer.body).map_err(|error| trouble_of(error.into()))?;
    let theirs = || all.iter().filter(|invitation| invitation.profile_id == profile);
    Ok(SentLook {
        listed: theirs().next().is_some(),
        sent_ms: theirs().filter_map(|invitation| invitation.sent_ms).max(),
        clock_ahead_ms: clock_ahead_ms(&answer, now).unwrap_or(0),
        rows: all.iter().map(|row| SentRow { who: hash_of(&row.profile_id), sent_ms: row.sent_ms }).collect(),
    })
}

/// Asks once, and judges the answer. No request leaves without a session.
async fn ask(
    site: &impl SiteTransport,
    clock: &impl Clock,
    build: impl FnOnce(&CsrfToken) -> SiteRequest,
) -> Result<SiteAnswer, Trouble> {
    let session = site.session().await;
    if !session.permitted {
        let detail = Some(Trouble::NO_PERMISSION.to_owned());
        return Err(Trouble { detail, ..trouble(ErrorCode::Network, false) });
    }
    let (true, Some(csrf)) = (session.signed_in, session.csrf) else {
        return Err(trouble(ErrorCode::SignedOut, false));
    };
    match site.send(build(&csrf)).await {
        Ok(answer) => match judge_read(&response_of(&answer, clock.now())) {
            Ok(()) => Ok(answer),
            Err(refusal) => Err(trouble_of(refusal)),
        },
        Err(SiteFailure::NoAnswer) if !site.session().await.signed_in => {
            // LinkedIn ends a session by a redirect to itself that deletes the cookie; `fetch` shows only a failure.
            Err(trouble(ErrorCode::SignedOut, true))
        }
        Err(failure) => Err(trouble_of_failure(failure)),
    }
}
