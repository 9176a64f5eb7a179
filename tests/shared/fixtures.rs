//! Fixture folders and their one check each, for native and wasm32 test binaries alike.
//!
//! `raw.json` is what LinkedIn answers, in an invented person's words; `meta.json` is what came around it; `clean.json`
//! is what we make of it. There is no file system inside a browser, so the cases are compiled in. Native runs also see
//! to it that every folder is listed here (`tests/fixtures.rs`), and rewrite `clean.json` with `UPDATE_FIXTURES=1`.

#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use liaison::clean::{Finding, clean_connection};
use liaison::voyager::connections::parse_list;
use liaison::voyager::me::parse_me;
use liaison::voyager::response::{InvitationVerdict, Refusal, SiteResponse, judge_invitation, judge_read};
use liaison::voyager::sent::parse_sent_invitations;
use liaison::voyager::summary::parse_summary;
use serde_json::{Value, json};

/// One folder under `tests/fixtures`.
pub struct Case {
    /// `<resource>/<case>`.
    pub name: &'static str,
    /// `raw.json`.
    pub raw: &'static str,
    /// `meta.json`; empty for a resource that has none.
    pub meta: &'static str,
    /// `clean.json`.
    pub clean: &'static str,
}

macro_rules! bodies {
    ($resource:literal: $($case:literal),+ $(,)?) => {
        &[$(Case {
            name: concat!($resource, "/", $case),
            raw: include_str!(concat!("../fixtures/", $resource, "/", $case, "/raw.json")),
            meta: "",
            clean: include_str!(concat!("../fixtures/", $resource, "/", $case, "/clean.json")),
        }),+]
    };
}

macro_rules! answers {
    ($resource:literal: $($case:literal),+ $(,)?) => {
        &[$(Case {
            name: concat!($resource, "/", $case),
            raw: include_str!(concat!("../fixtures/", $resource, "/", $case, "/raw.json")),
            meta: include_str!(concat!("../fixtures/", $resource, "/", $case, "/meta.json")),
            clean: include_str!(concat!("../fixtures/", $resource, "/", $case, "/clean.json")),
        }),+]
    };
}

/// Pages of connections.
pub const CONNECTIONS: &[Case] = bodies![
    "connections":
    "empty_nested",
    "empty_normalized",
    "escapes",
    "extra_members",
    "fails_error_body",
    "fails_graphql_errors",
    "fails_list_is_null",
    "fails_names_renamed",
    "fails_no_list",
    "fails_none_understood",
    "legacy_nested",
    "legacy_normalized",
    "nested",
    "normalized",
    "odd_people",
    "pictures",
    "references",
    "repeated_records",
    "undecorated",
    "unreadable_entries",
];

/// Answers to an invitation.
pub const INVITATIONS: &[Case] = answers![
    "invitation":
    "blocked",
    "challenge_451",
    "challenge_link_in_403",
    "challenge_page",
    "challenge_redirect",
    "code_at_top_level",
    "code_cant_invite_connection_limit_reached",
    "code_cant_resend_yet",
    "code_custom_invite_limit_reached",
    "code_fuse_limit_exceeded",
    "code_in_200",
    "code_max_invitation_sent",
    "code_no_text",
    "code_on_403",
    "code_on_406",
    "code_on_409",
    "code_on_422",
    "code_on_500",
    "code_primary_handle_not_confirmed",
    "code_unknown",
    "code_unknown_429",
    "code_unpresentable",
    "csrf",
    "login_page",
    "moved",
    "note_mentions_a_checkpoint",
    "opaque_redirect",
    "page_with_403",
    "plain_400",
    "plain_401",
    "plain_403",
    "plain_404",
    "plain_406",
    "plain_409",
    "plain_410",
    "plain_422",
    "plain_429",
    "plain_500",
    "plain_503",
    "query_mentions_a_checkpoint",
    "refused_in_200_by_status",
    "refused_in_200_by_top_status",
    "seen_redirect",
    "sent_created",
    "sent_full",
    "sent_nested",
    "sent_nothing_included",
    "sent_reference_beside_empty_urn",
    "sent_reference_only",
    "sent_short",
    "sent_undecorated",
    "sent_with_status_200_in_body",
    "throttled_for_two_minutes",
    "unknown_bad_gateway",
    "unknown_cut_off",
    "unknown_empty_object",
    "unknown_graphql_errors",
    "unknown_list",
    "unknown_no_body",
    "unknown_no_urn",
    "unknown_page",
    "unknown_says_both",
    "unknown_server_error_cut_off",
    "unknown_timeout",
    "unknown_urn_empty",
    "unknown_urn_in_wrong_place",
    "unknown_urn_no_text",
    "unknown_urn_only_included",
    "unknown_urn_with_500_status",
];

/// Answers of `/me`.
pub const ME: &[Case] = bodies![
    "me":
    "fails_cut_off",
    "fails_error_body",
    "fails_hidden_and_no_number",
    "fails_list",
    "fails_login_page",
    "fails_null",
    "fails_only_somebody_else",
    "half_an_emoji",
    "hidden_profile",
    "nested",
    "no_number",
    "normalized",
    "nothing_included",
    "number_as_float",
    "number_as_text",
    "number_in_profile",
    "number_in_top_urn",
    "number_zero",
    "odd_number_urn",
    "profile_without_dash_urn",
    "somebody_else_included_first",
];

/// Answers to a read, good ones and refusals.
pub const READS: &[Case] = answers![
    "read":
    "blocked",
    "blocked_page",
    "blocked_without_body",
    "checkpoint",
    "checkpoint_451",
    "checkpoint_in_a_page",
    "checkpoint_link_in_403",
    "checkpoint_of_another_kind",
    "code_at_top_level",
    "code_cant_invite_connection_limit_reached",
    "code_cant_resend_yet",
    "code_custom_invite_limit_reached",
    "code_fuse_limit_exceeded",
    "code_in_200",
    "code_max_invitation_sent",
    "code_primary_handle_not_confirmed",
    "code_too_long",
    "code_unknown",
    "code_unpresentable",
    "code_wins_over_graphql_errors",
    "csrf",
    "graphql_errors",
    "graphql_errors_in_data",
    "list",
    "list_called_a_page",
    "list_nested",
    "list_of_no_kind",
    "list_with_empty_code",
    "list_with_no_errors",
    "list_with_success_status",
    "login_page",
    "login_page_another_account",
    "login_page_at_no_address",
    "login_page_authwall",
    "login_page_lg",
    "login_page_mobile",
    "login_page_short",
    "login_page_where_json_belongs",
    "login_page_with_403",
    "moved",
    "moved_for_now",
    "no_body",
    "no_content",
    "no_object",
    "null",
    "plain_400",
    "plain_403",
    "plain_404",
    "plain_406",
    "plain_409",
    "plain_410",
    "plain_422",
    "redirect_not_followed",
    "refused_in_200_by_status",
    "refused_in_200_by_top_status",
    "signed_out",
    "signed_out_without_body",
    "text",
    "throttled",
    "throttled_503",
    "throttled_for_two_minutes",
    "throttled_page",
    "unheard_of_status",
    "upstream_408",
    "upstream_500",
    "upstream_502",
    "upstream_504",
    "upstream_cut_off",
    "words_in_a_headline",
    "words_in_a_query",
];

/// Pages of sent invitations.
pub const SENT: &[Case] = bodies![
    "sent":
    "connections_are_no_invitations",
    "empty_nested",
    "empty_normalized",
    "fails_cut_off",
    "fails_error_body",
    "fails_graphql_errors",
    "fails_names_renamed",
    "fails_nothing_included",
    "fails_refs_are_null",
    "half_an_emoji",
    "nested",
    "normalized",
    "odd_receivers",
    "odd_times",
    "receiver_by_mail_alone",
    "receiver_by_reference",
];

/// Answers of `connectionsSummary`.
pub const SUMMARY: &[Case] = bodies![
    "summary":
    "fails_below_zero",
    "fails_cut_off",
    "fails_error_body",
    "fails_null",
    "fails_number_as_text",
    "fails_only_included",
    "nested",
    "nobody",
    "normalized",
    "number_as_float",
];

/// Reads and cleans every page.
pub fn check_all_connections() {
    check_all(CONNECTIONS, render_connections);
}

/// Judges every answer.
pub fn check_all_invitations() {
    check_all(INVITATIONS, render_invitation);
}

/// Reads every answer of `/me`.
pub fn check_all_me() {
    check_all(ME, render_me);
}

/// Judges every answer to a read.
pub fn check_all_reads() {
    check_all(READS, render_read);
}

/// Reads every page of sent invitations.
pub fn check_all_sent() {
    check_all(SENT, render_sent);
}

/// Reads every answer of `connectionsSummary`.
pub fn check_all_summaries() {
    check_all(SUMMARY, render_summary);
}

/// What we make of a page.
pub fn render_connections(case: &Case) -> Value {
    let page = match parse_list(case.raw.as_bytes()) {
        Ok(page) => page,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|row| {
            let (connection, findings) = clean_connection(row);
            json!({
                "connection": connection,
                "connection_urn": row.connection_urn,
                "connected_at": row.created_at,
                "findings": findings.into_iter().map(Finding::as_str).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "listed": page.listed, "unreadable": page.unreadable, "rows": rows })
}

/// Who is signed in, by an answer that was good.
pub fn render_me(case: &Case) -> Value {
    match parse_me(case.raw.as_bytes()) {
        Ok(me) => json!({ "member": me.member, "profile_id": me.profile_id }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// Who was invited.
pub fn render_sent(case: &Case) -> Value {
    match parse_sent_invitations(case.raw.as_bytes()) {
        Ok(sent) => sent
            .iter()
            .map(|sent| json!({ "profile_id": sent.profile_id, "sent_ms": sent.sent_ms }))
            .collect(),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// How many connections there are.
pub fn render_summary(case: &Case) -> Value {
    match parse_summary(case.raw.as_bytes()) {
        Ok(number) => json!({ "connections": number }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// What we make of an answer to a read.
pub fn render_read(case: &Case) -> Value {
    match with_response(case, judge_read) {
        Ok(()) => json!({ "verdict": "worth_parsing" }),
        Err(refusal) => json!({ "verdict": "refused", "because": render_refusal(&refusal) }),
    }
}

/// What we make of an answer to an invitation.
pub fn render_invitation(case: &Case) -> Value {
    match with_response(case, judge_invitation) {
        InvitationVerdict::Sent => json!({ "verdict": "sent" }),
        InvitationVerdict::Unknown => json!({ "verdict": "unknown" }),
        InvitationVerdict::NotSent(refusal) => {
            json!({ "verdict": "not_sent", "because": render_refusal(&refusal) })
        }
    }
}

/// The answer of a case: what `meta.json` says came around the body.
pub fn with_response<T>(case: &Case, ask: fn(&SiteResponse<'_>) -> T) -> T {
    let meta: Value =
        serde_json::from_str(case.meta).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    ask(&SiteResponse {
        status: u16::try_from(meta["status"].as_u64().expect("meta.json has a status")).expect("a status"),
        url: meta["url"].as_str().unwrap_or(""),
        opaque_redirect: meta["opaque_redirect"].as_bool().unwrap_or(false),
        content_type: meta["content_type"].as_str(),
        retry_after_ms: meta["retry_after_ms"].as_u64(),
        body: case.raw.as_bytes(),
    })
}

fn render_refusal(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::SignedOut => json!("signed_out"),
        Refusal::Challenge => json!("challenge"),
        Refusal::Blocked => json!("blocked"),
        Refusal::Throttled { retry_after_ms } => json!({ "throttled": retry_after_ms }),
        Refusal::Csrf => json!("csrf"),
        Refusal::InvitationLimit => json!("invitation_limit"),
        Refusal::NoteLimit => json!("note_limit"),
        Refusal::CannotResendYet => json!("cannot_resend_yet"),
        Refusal::AccountRestricted => json!("account_restricted"),
        Refusal::SenderUnconfirmed => json!("sender_unconfirmed"),
        Refusal::ConnectionCap => json!("connection_cap"),
        Refusal::ProfileUnavailable => json!("profile_unavailable"),
        Refusal::Refused { code } => json!({ "refused": code }),
        Refusal::Drift { detail } => json!({ "drift": detail }),
        Refusal::Upstream => json!("upstream"),
    }
}

fn check_all(cases: &[Case], render: fn(&Case) -> Value) {
    let faults: Vec<String> = cases.iter().filter_map(|case| check(case, render)).collect();
    assert!(faults.is_empty(), "{} of {} fixtures differ\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// The lines in which what we make of a case differs from its `clean.json`.
fn check(case: &Case, render: fn(&Case) -> Value) -> Option<String> {
    let wanted: Value =
        serde_json::from_str(case.clean).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let made = render(case);
    (wanted != made).then(|| format!("{}\n{}", case.name, difference(&pretty(&wanted), &pretty(&made))))
}

/// A value as `clean.json` holds it.
pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a Value serialises") + "\n"
}

/// The lines between the common beginning and the common end: `-` wanted, `+` made.
fn difference(wanted: &str, made: &str) -> String {
    let (wanted, made): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), made.lines().collect());
    let head = wanted.iter().zip(&made).take_while(|(a, b)| a == b).count();
    let most = wanted.len().min(made.len()) - head;
    let tail = wanted.iter().rev().zip(made.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let lines = |mark: char, lines: &[&str]| -> String {
        lines.iter().map(|line| format!("  {mark} {line}\n")).collect()
    };
    lines('-', &wanted[head..wanted.len() - tail]) + &lines('+', &made[head..made.len() - tail])
}
