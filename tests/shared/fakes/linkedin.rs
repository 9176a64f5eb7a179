//! A LinkedIn of its own small model: a list of people, invitations, and mishaps by script. It answers in raw JSON, so
//! that the real parsers run.

use super::FakeWorld;
use super::wire::{Fate, Letter};
use liaison::config::SITE_TIMEOUT_MS;
use liaison::ports::{Session, SiteAnswer, SiteFailure, SiteTransport};
use liaison::voyager::request::{CsrfToken, Method, Redirect, SiteRequest};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// How long an answer takes.
pub const LATENCY_MS: i64 = 120;
const TIMEOUT_MS: i64 = SITE_TIMEOUT_MS.cast_signed();
const JSON: &str = "application/vnd.linkedin.normalized+json+2.1";
const CSRF: &str = "ajax:1234567890";
/// A piece of the path of each request.
pub const LIST: &str = "/dash/connections";
/// See [`LIST`]: the list, whichever way it is asked for.
pub const ANY_LIST: &str = "/connections?";
/// See [`LIST`].
pub const LEGACY: &str = "/relationships/connections?";
/// See [`LIST`].
pub const SUMMARY: &str = "/connectionsSummary";
/// See [`LIST`].
pub const INVITE: &str = "verifyQuotaAndCreateV2";
/// See [`LIST`].
pub const SENT: &str = "/sentInvitationViewsV2";
/// See [`LIST`].
pub const ME: &str = "/voyager/api/me";

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The profile id.
    pub id: String,
    /// First and last name.
    pub name: (String, String),
    /// What LinkedIn makes of the row.
    pub kind: Kind,
}

/// What LinkedIn makes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All there.
    Whole,
    /// Listed without its profile.
    Unresolved,
    /// Names nobody.
    Unreadable,
}

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// This answer, without an effect.
    Answer { status: u16, body: String, retry_after: Option<&'static str> },
    /// LinkedIn's refusal with a code, without an effect.
    Code(u16, &'static str),
    /// A web page, without an effect.
    Html(&'static str),
    /// The answer came from this address, after redirects; to a POST an opaque redirect.
    RedirectedTo(&'static str),
    /// No answer, and no effect.
    LostBefore,
    /// The effect, and no answer.
    LostAfter,
    /// The effect, and half an answer.
    CutOff,
    /// The effect, and no answer in time.
    TimedOut,
    /// The browser could not build the request.
    NotSent,
    /// The effect, and an answer so much later.
    Slow(i64),
    /// Chrome repeats the POST: the effect, then LinkedIn's answer to the repeat.
    SentTwice,
    /// The effect, and 200 without the invitation's URN.
    NoUrn,
}

/// A change of the list just before a page of it is answered.
#[derive(Clone, Debug)]
pub enum Change {
    /// New people at an index.
    Insert(usize, usize),
    /// People taken away from an index on.
    Remove(usize, usize),
}

/// The site.
pub struct LinkedIn {
    /// The connections, in the order of the list.
    pub people: Vec<Person>,
    /// Most rows of a page.
    pub page_clamp: usize,
    /// Whether every page is the first, whatever `start` says.
    pub ignores_start: bool,
    /// Whether the session cookie is there.
    pub signed_in: bool,
    /// Whether the extension may talk to LinkedIn.
    pub permitted: bool,
    /// Who is signed in.
    pub member: u64,
    /// LinkedIn's clock less the steady one. The browser's jumps alone.
    pub clock_ahead_ms: i64,
    /// Pending invitations: to whom, when, with which note.
    pub invitations: Vec<(String, i64, Option<String>)>,
    /// Whether the list of sent invitations is behind by all of the new ones.
    pub sent_list_lags: bool,
    /// Whether the list of sent invitations says when they were sent.
    pub sent_list_has_times: bool,
    /// Invitation POSTs that arrived.
    pub posts: u32,
    /// Every request, by method and path.
    pub requests: Vec<String>,
    /// When each of them left, by a clock that never jumps.
    pub times: Vec<i64>,
    /// Mishaps, each for the next request whose path has the given piece.
    pub script: VecDeque<(&'static str, Mishap)>,
    /// Changes of the list, each before the list's request of that number, from 1.
    pub changes: Vec<(usize, Change)>,
    made: usize,
}

impl LinkedIn {
    /// A network of so many people.
    pub fn with_people(count: usize) -> Self {
        let mut site = Self {
            people: Vec::new(),
            page_clamp: 100,
            ignores_start: false,
            signed_in: true,
            permitted: true,
            member: 4_290_000_001,
            clock_ahead_ms: 0,
            invitations: Vec::new(),
            sent_list_lags: false,
            sent_list_has_times: true,
            posts: 0,
            requests: Vec::new(),
            times: Vec::new(),
            script: VecDeque::new(),
            changes: Vec::new(),
            made: 0,
        };
        site.insert(0, count);
        site
    }

    /// New people at an index.
    pub fn insert(&mut self, at: usize, count: usize) {
        let first = self.made;
        self.made += count;
        let names = ["Ada", "John", "Zoé", "Jürgen", "Olga"];
        let new = (first..self.made).map(|n| Person {
            id: format!("ACoSim{n:06}"),
            name: (names[n % names.len()].to_owned(), format!("Sim{n}")),
            kind: Kind::Whole,
        });
        let at = at.min(self.people.len());
        self.people.splice(at..at, new.collect::<Vec<_>>());
    }

    /// Takes people away.
    pub fn remove(&mut self, at: usize, count: usize) {
        let end = (at + count).min(self.people.len());
        self.people.drain(at.min(end)..end);
    }

    /// Arms a mishap for the next request whose path has `piece`.
    pub fn next(&mut self, piece: &'static str, mishap: Mishap) {
        self.script.push_back((piece, mishap));
    }

    /// How many requests had `piece` in their path.
    pub fn count(&self, piece: &str) -> usize {
        self.requests.iter().filter(|request| request.contains(piece)).count()
    }

    /// The pages asked for: (start, count).
    pub fn pages(&self) -> Vec<(usize, usize)> {
        let of_list = self.requests.iter().filter(|request| request.contains(ANY_LIST));
        of_list.map(|request| (number(request, "start="), number(request, "count="))).collect()
    }

    fn mishap(&mut self, path: &str) -> Option<Mishap> {
        let at = self.script.iter().position(|(piece, _)| path.contains(piece))?;
        self.script.remove(at).map(|(_, mishap)| mishap)
    }

    /// What the site does with a request: its status and body. The effect is taken here.
    fn work(&mut self, request: &SiteRequest, now: i64) -> (u16, String) {
        let csrf = request.headers.iter().find(|(name, _)| *name == "csrf-token").map(|(_, value)| value);
        if csrf.map(String::as_str) != Some(CSRF) {
            return (403, "CSRF check failed.".to_owned());
        }
        if !self.signed_in {
            return (401, json!({ "data": { "status": 401 }, "included": [] }).to_string());
        }
        match &request.path {
            path if path.contains(INVITE) => self.invite(request, now),
            path if path.contains(LIST) => (200, self.list(path, current_page)),
            path if path.contains(LEGACY) => (200, self.list(path, legacy_page)),
            path if path.contains(SUMMARY) => (200, self.summary()),
            path if path.contains(SENT) => (200, self.sent(path)),
            path if path.contains(ME) => (200, self.me()),
            path => panic!("the agent asked for {path}"),
        }
    }

    fn me(&self) -> String {
        let (number, id) = (self.member, self.member % 1_000);
        json!({
            "data": { "plainId": number, "*miniProfile": format!("urn:li:fs_miniProfile:ACoSimMe{id}") },
            "included": [{
                "entityUrn": format!("urn:li:fs_miniProfile:ACoSimMe{id}"),
                "objectUrn": format!("urn:li:member:{number}"),
            }],
        })
        .to_string()
    }

    fn summary(&self) -> String {
        let data = json!({ "entityUrn": "urn:li:fs_relConnectionsSummary:SIM", "numConnections": self.people.len() });
        json!({ "data": data, "included": [] }).to_string()
    }

    fn list(&mut self, path: &str, page: fn(&[Person]) -> Records) -> String {
        let nth = self.count(ANY_LIST);
        for change in
            self.changes.extract_if(.., |(at, _)| *at == nth).map(|(_, change)| change).collect::<Vec<_>>()
        {
            match change {
                Change::Insert(at, count) => self.insert(at, count),
                Change::Remove(at, count) => self.remove(at, count),
            }
        }
        let (start, count) = (number(path, "start="), number(path, "count="));
        let first = if self.ignores_start { 0 } else { start };
        let people = self.people.get(first..).unwrap_or_default();
        let (elements, mut included) = page(&people[..people.len().min(count.min(self.page_clamp))]);
        // Profiles come in no order that means anything.
        included.reverse();
        format!(
            r#"{{"data":{{"paging":{{"start":{start},"count":{count},"links":[]}},"*elements":[{}]}},"included":[{}]}}"#,
            elements.join(","),
            included.join(",")
        )
    }

    fn sent(&self, path: &str) -> String {
        let shown: &[_] = if self.sent_list_lags { &[] } else { &self.invitations };
        let (start, count) = (number(path, "start="), number(path, "count="));
        let newest = || shown.iter().enumerate().rev().skip(start).take(count.min(100));
        let views: Vec<String> =
            newest().map(|(n, _)| format!("urn:li:fs_relSentInvitationView:urn:li:invitation:{n}")).collect();
        let invitations: Vec<Value> = newest()
            .map(|(n, (id, at, _))| {
                json!({
                    "entityUrn": format!("urn:li:fs_relInvitation:{n}"),
                    "toMemberId": id,
                    "*toMember": format!("urn:li:fs_miniProfile:{id}"),
                    "sentTime": self.sent_list_has_times.then_some(at),
                })
            })
            .collect();
        json!({ "data": { "*elements": views }, "included": invitations }).to_string()
    }

    fn invite(&mut self, request: &SiteRequest, now: i64) -> (u16, String) {
        let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
        let urn = body["invitee"]["inviteeUnion"]["memberProfile"].as_str().unwrap();
        let id = urn.strip_prefix("urn:li:fsd_profile:").unwrap().to_owned();
        let note = body.get("customMessage").map(|note| note.as_str().unwrap().to_owned());
        if self.invitations.iter().any(|(sent, ..)| *sent == id) {
            return refusal(406, "CANT_RESEND_YET");
        }
        self.invitations.push((id, now + self.clock_ahead_ms, note));
        let urn = format!("urn:li:fsd_invitation:{}", self.invitations.len());
        (200, json!({ "data": { "value": { "invitationUrn": urn } }, "included": [] }).to_string())
    }
}

/// A page's `*elements` and `included`, each record as JSON.
type Records = (Vec<String>, Vec<String>);

/// A page of the current list.
fn current_page(people: &[Person]) -> Records {
    let (mut elements, mut included) = (Vec::new(), Vec::new());
    for Person { id, name: (first, last), kind } in people {
        elements.push(element("fsd_connection", id, *kind));
        if *kind == Kind::Whole {
            included.push(format!(
                r#"{{"entityUrn":"urn:li:fsd_profile:{id}","firstName":"{first}","lastName":"{last}","headline":"At work","publicIdentifier":"p-{id}"}}"#
            ));
            included.push(format!(
                r#"{{"entityUrn":"urn:li:fsd_connection:{id}","createdAt":1785945393000,"connectedMember":"urn:li:fsd_profile:{id}"}}"#
            ));
        }
    }
    (elements, included)
}

/// The same of the legacy list.
fn legacy_page(people: &[Person]) -> Records {
    let (mut elements, mut included) = (Vec::new(), Vec::new());
    for Person { id, name: (first, last), kind } in people {
        elements.push(element("fs_relConnection", id, *kind));
        if *kind == Kind::Whole {
            included.push(format!(
                r#"{{"entityUrn":"urn:li:fs_miniProfile:{id}","dashEntityUrn":"urn:li:fsd_profile:{id}","firstName":"{first}","lastName":"{last}","occupation":"At work","publicIdentifier":"p-{id}"}}"#
            ));
            included.push(format!(
                r#"{{"entityUrn":"urn:li:fs_relConnection:{id}","createdAt":1785945393000,"*miniProfile":"urn:li:fs_miniProfile:{id}"}}"#
            ));
        }
    }
    (elements, included)
}

fn element(kind_of_urn: &str, id: &str, kind: Kind) -> String {
    match kind {
        Kind::Unreadable => format!("\"urn:li:{kind_of_urn}:UNKNOWN\""),
        Kind::Whole | Kind::Unresolved => format!("\"urn:li:{kind_of_urn}:{id}\""),
    }
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, json!({ "data": { "status": status, "code": code }, "included": [] }).to_string())
}

fn number(path: &str, name: &str) -> usize {
    let rest = path.split(name).nth(1).unwrap_or_else(|| panic!("no {name} in {path}"));
    rest.split('&').next().unwrap().parse().unwrap()
}

impl SiteTransport for FakeWorld {
    async fn session(&self) -> Session {
        self.point("site.session").await;
        let site = self.site.borrow();
        Session {
            permitted: site.permitted,
            signed_in: site.signed_in,
            csrf: CsrfToken::from_cookie(&format!("\"{CSRF}\"")).filter(|_| site.signed_in),
        }
    }

    async fn send(&self, request: SiteRequest) -> Result<SiteAnswer, SiteFailure> {
        let is_post = request.method == Method::Post;
        let kind = if is_post { "post" } else { "get" };
        // In the turn in which the future is first polled, as the port promises: no point before it takes its way.
        let mishap = {
            let mut site = self.site.borrow_mut();
            site.requests.push(format!("{kind} {}", request.path));
            site.times.push(self.time.steady());
            site.mishap(&request.path)
        };
        match mishap {
            Some(Mishap::NotSent) => return Err(SiteFailure::NotSent),
            Some(Mishap::LostBefore) => {
                self.site.borrow_mut().posts += u32::from(is_post);
                self.time.pass(LATENCY_MS).await;
                return Err(SiteFailure::NoAnswer);
            }
            _ => {}
        }
        let fate = self.call_leaves(&format!("{kind} {}", request.path));
        self.point(&format!("site.{kind} left")).await;
        if let Some(failure) = self.on_the_way(&request, fate).await {
            return Err(failure);
        }
        let times = if fate == Some(Fate::Doubled) { 2 } else { 1 };
        self.site.borrow_mut().posts += times * u32::from(is_post);
        let mishap = match fate {
            Some(Fate::ReplyLost) => Some(Mishap::LostAfter),
            Some(Fate::Doubled) => Some(Mishap::SentTwice),
            Some(Fate::ReplyLate(ms)) if ms >= TIMEOUT_MS => Some(Mishap::TimedOut),
            _ => mishap,
        };
        let result = self.answer(&request, mishap.as_ref());
        self.point(&format!("site.{kind} arrived")).await;
        let slow = match (fate, mishap) {
            (Some(Fate::ReplyLate(ms)), _) => ms.min(TIMEOUT_MS),
            (_, Some(Mishap::Slow(ms))) => ms,
            _ => LATENCY_MS,
        };
        self.time.pass(slow).await;
        self.point(&format!("site.{kind} answered")).await;
        result
    }
}

impl FakeWorld {
    /// What happens to a request before it arrives; a failure when its sender has given it up by then.
    async fn on_the_way(&self, request: &SiteRequest, fate: Option<Fate>) -> Option<SiteFailure> {
        match fate {
            Some(Fate::RequestLost) => {
                self.time.pass(LATENCY_MS).await;
                Some(SiteFailure::NoAnswer)
            }
            Some(Fate::RequestLate(ms)) if ms >= TIMEOUT_MS => {
                self.post_letter(ms, Letter::Site(request.clone()));
                self.time.pass(TIMEOUT_MS).await;
                Some(SiteFailure::TimedOut)
            }
            Some(Fate::RequestLate(ms)) => {
                self.time.pass(ms).await;
                None
            }
            _ => None,
        }
    }

    /// A request arrives that nobody waits for any more.
    pub fn arrive_late(&self, request: &SiteRequest) {
        self.site.borrow_mut().posts += u32::from(request.method == Method::Post);
        drop(self.answer(request, None));
    }

    fn answer(&self, request: &SiteRequest, mishap: Option<&Mishap>) -> Result<SiteAnswer, SiteFailure> {
        let now = self.time.steady();
        let mut site = self.site.borrow_mut();
        let manual = request.redirect == Redirect::Manual;
        let mut url = format!("https://www.linkedin.com{}", request.path);
        let (mut kind, mut wait, mut opaque) = (JSON, None, false);
        let (status, body) = match mishap {
            Some(Mishap::Answer { status, body, retry_after }) => {
                wait = retry_after.map(str::to_owned);
                (*status, body.clone())
            }
            Some(Mishap::Code(status, code)) => refusal(*status, code),
            Some(Mishap::Html(page)) => {
                kind = "text/html; charset=utf-8";
                (200, (*page).to_owned())
            }
            Some(Mishap::RedirectedTo(_)) if manual => {
                (opaque, url) = (true, String::new());
                (0, String::new())
            }
            Some(Mishap::RedirectedTo(address)) => {
                (kind, url) = ("text/html", (*address).to_owned());
                (200, "<!doctype html><html></html>".to_owned())
            }
            _ => site.work(request, now),
        };
        let (status, body) = match mishap {
            Some(Mishap::LostAfter) => return Err(SiteFailure::NoAnswer),
            Some(Mishap::TimedOut) => return Err(SiteFailure::TimedOut),
            Some(Mishap::CutOff) => return Err(SiteFailure::CutOff),
            Some(Mishap::NoUrn) => (200, json!({ "data": { "value": {} }, "included": [] }).to_string()),
            Some(Mishap::SentTwice) => site.work(request, now),
            _ => (status, body),
        };
        Ok(SiteAnswer {
            status,
            url,
            opaque_redirect: opaque,
            content_type: Some(kind.to_owned()),
            retry_after: wait,
            date: Some(http_date(now + site.clock_ahead_ms)),
            body: body.into_bytes(),
        })
    }
}

/// The value of a `Date` header.
pub fn http_date(ms: i64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let seconds = ms.div_euclid(1_000);
    let (mut day, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let mut year = 1970;
    while day >= 365 + i64::from(is_leap(year)) {
        day -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    // Nobody looks at the weekday.
    format!("Sun, {:02} {} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1, MONTHS[month])
}
