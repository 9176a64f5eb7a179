//! What must hold of the judgement on an answer, to an invitation and to a read.
//!
//! An answer is written as one line, `status|retry-after in ms|content type|address`, and the body under it, so that a
//! fuzzer can change any part of it. What is not there is empty.

use super::tree::{Tree, assert_silent};
use InvitationVerdict::{NotSent, Sent, Unknown};
use liaison::voyager::response::{InvitationVerdict, Refusal, SiteResponse, judge_invitation, judge_read};

const CHALLENGE_LINK: &[u8] = b"/checkpoint/challenge";
/// Words that mean much in a path and nothing in a query.
const WORDS_IN_A_QUERY: &str = "?next=/checkpoint/challenge/1&to=/uas/login#/authwall";

/// Takes the two parts of an input apart. Anything is an answer.
pub fn split(input: &[u8]) -> SiteResponse<'_> {
    let at = input.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (head, body) = input.split_at(at);
    let mut parts = std::str::from_utf8(head).unwrap_or("").splitn(4, '|');
    let status = parts.next().and_then(|text| text.parse().ok()).unwrap_or(200);
    let retry_after_ms = parts.next().and_then(|text| text.parse().ok());
    let content_type = parts.next().filter(|text| !text.is_empty());
    let url = parts.next().unwrap_or("");
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    SiteResponse { status, url, opaque_redirect: status == 0, content_type, retry_after_ms, body }
}

/// Judges the answer as one to an invitation.
pub fn check_invitation(resp: &SiteResponse<'_>) {
    let verdict = judge_invitation(resp);
    let tree = Tree::read(resp.body).filter(Tree::is_object);
    if let NotSent(refusal) = &verdict {
        presentable(refusal, resp, tree.as_ref());
    }
    match resp.status {
        999 => assert_eq!(verdict, NotSent(Refusal::Blocked)),
        200..=299 => {}
        _ => assert_ne!(verdict, Sent, "{} is no success", resp.status),
    }
    if let Some(tree) = &tree {
        let said = Said::of(tree);
        assert!(verdict != Sent || said.named, "sent, and no invitation is named");
        if !tree.repeats() {
            assert!(verdict != Sent || !said.refuses(), "sent, and the answer says that it failed");
            if is_plain(resp) {
                exact(&verdict, &said);
                cut_off(resp);
            }
        }
        let twin = tree.with_secrets();
        let twin = judge_invitation(&SiteResponse { body: twin.as_bytes(), retry_after_ms: None, ..*resp });
        assert_silent(&format!("{twin:?}"), "a verdict");
    } else if verdict == Sent {
        // What the strict reader refuses stands in a member that nobody reads.
        assert!(Tree::is_built(resp.body), "sent, and the body is no JSON");
    }
    let asked = asked_with_words(resp);
    if let Some(url) = &asked {
        assert_eq!(verdict, judge_invitation(&SiteResponse { url, ..*resp }), "a query decides nothing");
    }
    for content_type in kinds_that_do_not_matter(resp) {
        assert_eq!(verdict, judge_invitation(&SiteResponse { content_type, ..*resp }), "{content_type:?}");
    }
}

/// Judges the answer as one to a read.
pub fn check_read(resp: &SiteResponse<'_>) {
    let verdict = judge_read(resp);
    let tree = Tree::read(resp.body).filter(Tree::is_object);
    match &verdict {
        Ok(()) => {
            assert!(
                (200..300).contains(&resp.status) && !resp.opaque_redirect,
                "{} is no success",
                resp.status
            );
            assert!(resp.body.trim_ascii_start().starts_with(b"{"), "no object, and worth parsing");
        }
        Err(refusal) => presentable(refusal, resp, tree.as_ref()),
    }
    if resp.status == 999 {
        assert_eq!(verdict, Err(Refusal::Blocked));
    } else if resp.status == 401 {
        assert!(matches!(verdict, Err(Refusal::SignedOut | Refusal::Challenge)), "{verdict:?}");
    }
    if let Some(tree) = tree.as_ref().filter(|tree| !tree.repeats() && resp.body.len() <= 4096) {
        let said = Said::of(tree);
        let fine = !said.refuses() && !said.errors;
        assert!(verdict.is_err() || fine, "the answer says that it failed");
        assert!(!is_plain(resp) || !fine || verdict.is_ok(), "a good answer is refused: {verdict:?}");
        if resp.status == 429 && said.code.is_none() && is_of_the_api(resp) && !has_challenge_link(resp.body)
        {
            let retry_after_ms = resp.retry_after_ms;
            assert_eq!(verdict, Err(Refusal::Throttled { retry_after_ms }));
        }
    }
    if let Some(tree) = &tree {
        let body = tree.with_secrets();
        for part in [body.as_bytes(), &body.as_bytes()[..body.len() / 2]] {
            let twin = judge_read(&SiteResponse { body: part, retry_after_ms: None, ..*resp });
            assert_silent(&format!("{twin:?}"), "a refusal");
        }
    }
    if let Some(url) = &asked_with_words(resp) {
        assert_eq!(verdict, judge_read(&SiteResponse { url, ..*resp }), "a query decides nothing");
    }
    for content_type in kinds_that_do_not_matter(resp) {
        assert_eq!(verdict, judge_read(&SiteResponse { content_type, ..*resp }), "{content_type:?}");
    }
}

/// What an answer says, read off the tree: at its top, in its `data`, and in the `value` of either.
struct Said {
    named: bool,
    code: Option<String>,
    failed: bool,
    errors: bool,
}

impl Said {
    fn of(tree: &Tree) -> Self {
        let parts: Vec<&Tree> = tree.all("data").filter(|data| data.is_object()).chain([tree]).collect();
        let in_parts = |name: &'static str| parts.iter().flat_map(move |part| part.all(name));
        let is_urn = |urn: &Tree| urn.text().is_some_and(|text| !text.trim().is_empty());
        let named = in_parts("value")
            .flat_map(|value| value.all("invitationUrn").chain(value.all("*invitation")))
            .any(is_urn);
        let mut codes =
            in_parts("code").filter_map(Tree::text).map(str::trim).filter(|code| !code.is_empty());
        Self {
            named,
            code: codes.next().map(str::to_owned),
            failed: in_parts("status").filter_map(Tree::integer).any(|status| status >= 400),
            errors: in_parts("errors").filter_map(Tree::items).any(|errors| !errors.is_empty()),
        }
    }

    fn refuses(&self) -> bool {
        self.code.is_some() || self.failed
    }
}

/// A success of the API itself, where nothing but the body decides.
fn exact(verdict: &InvitationVerdict, said: &Said) {
    match (said.named, said.refuses()) {
        (true, false) => assert_eq!(*verdict, Sent),
        (true, true) => assert_eq!(*verdict, Unknown, "it says both"),
        (false, true) => assert!(matches!(verdict, NotSent(_)), "{verdict:?}"),
        (false, false) => assert_eq!(*verdict, Unknown, "it says nothing"),
    }
}

/// Of a success that was cut off nothing is known.
fn cut_off(resp: &SiteResponse<'_>) {
    let start = resp.body.len() - resp.body.trim_ascii_start().len();
    let whole = resp.body.trim_ascii_end().len();
    for cut in [1, 2, 5, 9, 13, 15] {
        let end = (whole * cut / 16).max(start + 1);
        for end in [end, whole - 1] {
            let verdict = judge_invitation(&SiteResponse { body: &resp.body[..end], ..*resp });
            assert_eq!(verdict, Unknown, "cut off at {end} of {whole}");
        }
    }
}

/// A refusal holds no more of an answer than it may.
fn presentable(refusal: &Refusal, resp: &SiteResponse<'_>, tree: Option<&Tree>) {
    match refusal {
        Refusal::Refused { code: Some(code) } => {
            let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            assert!((1..=64).contains(&code.len()) && code.bytes().all(plain), "{code:?}");
            assert!(tree.is_none_or(|tree| tree.any_text(&|text| text.trim() == code)), "{code} is invented");
        }
        Refusal::Throttled { retry_after_ms } => assert_eq!(*retry_after_ms, resp.retry_after_ms),
        Refusal::Drift { detail } => {
            assert!(detail.len() < 800, "{} bytes: {detail}", detail.len());
            assert!(!detail.contains(char::is_control), "{detail:?}");
        }
        _ => {}
    }
}

/// A 2xx of the API whose kind and address say nothing more.
fn is_plain(resp: &SiteResponse<'_>) -> bool {
    (200..300).contains(&resp.status) && is_of_the_api(resp)
}

fn is_of_the_api(resp: &SiteResponse<'_>) -> bool {
    let json = |kind: &str| kind.starts_with("application/");
    (resp.url.is_empty() || resp.url.starts_with("https://www.linkedin.com/voyager/api/"))
        && resp.content_type.is_none_or(json)
}

fn has_challenge_link(body: &[u8]) -> bool {
    body.windows(CHALLENGE_LINK.len()).any(|window| window == CHALLENGE_LINK)
}

/// The same address, asked with words that would mean something in a path.
fn asked_with_words(resp: &SiteResponse<'_>) -> Option<String> {
    (!resp.url.contains(['?', '#'])).then(|| format!("{}{WORDS_IN_A_QUERY}", resp.url))
}

/// The first byte of an object says what came, whatever was announced.
fn kinds_that_do_not_matter(resp: &SiteResponse<'_>) -> Vec<Option<&'static str>> {
    let is_object = resp.body.trim_ascii_start().starts_with(b"{");
    if is_object {
        vec![None, Some("text/html; charset=utf-8"), Some("application/json")]
    } else {
        Vec::new()
    }
}
