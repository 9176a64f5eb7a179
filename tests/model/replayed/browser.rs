//! A browser with the real agent in it: `step`, and a disk whose earlier states are kept.

use liaison::agent::entry::{Ended, Entry as RealEntry, Stage as RealStage};
use liaison::agent::event::{
    Command, Effect, Event, Identity, InviteOutcome, PairingRequest, PairingSecret, Reply, SentLook,
    SiteCall, SiteOutcome, Trouble, Unsent,
};
use liaison::agent::journal;
use liaison::agent::server_url::ServerUrl;
use liaison::agent::state::State;
use liaison::agent::status::Problem;
use liaison::agent::step::step;
use liaison::agent::walk::{Page, PageRequest};
use liaison::ports::Area;
use liaison_model::agent::SiteAnswer;
use liaison_model::browser::{Browser as Modelled, Entry, Journal, Stage};
use liaison_model::world::{Body, Said};
use liaison_protocol::{
    CompleteAnswer, ErrorCode, HeartbeatAction, HeartbeatAnswer, HeldPhase, PairAnswer, Poll, PollAnswer,
    ReadyState, StartAnswer, TaskType,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The task's id.
pub const TASK: &str = "t-1";
const SERVER: &str = "https://tasks.example/liaison";
const T0: i64 = 1_795_305_600_000;
/// More wakes than any wait needs.
const MOST_WAKES: u32 = 500;

type Disk = BTreeMap<String, String>;

/// What the agent wants done and has not heard of yet.
#[derive(Default)]
struct Open {
    poll: Option<(u64, i64, Poll)>,
    start: bool,
    complete: Option<Rc<str>>,
    site: Option<SiteCall>,
    me: bool,
}

/// See the module.
pub struct Browser {
    state: State,
    local: Disk,
    session: Disk,
    open: Open,
    now: i64,
    wake_at: Option<i64>,
    /// What the disk held of tasks, by what the model's disk held then.
    versions: Vec<(Journal, Disk)>,
    instance: String,
}

impl Browser {
    /// A browser that is paired and idle.
    pub fn paired(instance: &str) -> Self {
        let mut browser = Self {
            state: State::default(),
            local: Disk::new(),
            session: Disk::new(),
            open: Open::default(),
            now: T0,
            wake_at: None,
            versions: Vec::new(),
            instance: instance.to_owned(),
        };
        browser.boot();
        browser.pair();
        browser
    }

    fn pair(&mut self) {
        let server = ServerUrl::parse(SERVER).unwrap_or_else(|_| panic!("an address"));
        let secret = PairingSecret::Token("agent-token".to_owned());
        let request = PairingRequest { server, secret, name: "Test".to_owned(), partings: 0 };
        let identity = Identity { instance: self.instance.clone(), salt: (1, 2) };
        let answer = PairAnswer { token: "agent-token".to_owned(), agent: "a".to_owned() };
        self.step(&Event::Paired { id: 0, request, identity, result: Ok(answer) });
    }

    fn boot(&mut self) {
        let pairs = |disk: &Disk| disk.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let (state, set_aside) = journal::load(pairs(&self.local), pairs(&self.session));
        assert!(set_aside.is_empty(), "a record was set aside");
        self.state = state;
        self.open = Open::default();
        self.step(&Event::Booted);
    }

    fn step(&mut self, event: &Event) {
        let transition = step(&self.state, event, self.now);
        for write in journal::changes(&self.state, &transition.state) {
            let disk = if write.area == Area::Local { &mut self.local } else { &mut self.session };
            match write.value {
                Some(value) => drop(disk.insert(write.key, value)),
                None => drop(disk.remove(&write.key)),
            }
        }
        self.state = transition.state;
        self.wake_at = transition.wake_at;
        for effect in transition.effects {
            self.perform(effect);
        }
        if std::mem::take(&mut self.open.me) {
            let outcome = SiteOutcome::Me(Ok("4290000001".to_owned()));
            self.step(&Event::Site { task: None, outcome });
        }
        if self.counts() && self.open.site.is_some() {
            self.site(SiteOutcome::Sent(Ok(SentLook {
                listed: false,
                sent_ms: None,
                clock_ahead_ms: 0,
                rows: Vec::new(),
            })));
        }
    }

    /// Whether it reads the sent invitations only to count them, before it asks for a start: the model leaves that out.
    fn counts(&self) -> bool {
        let has_start = self.state.pairing.as_ref().is_some_and(|pairing| pairing.has_start());
        let entry = self.state.tasks.get(TASK);
        has_start && entry.is_some_and(|entry| matches!(entry.stage, RealStage::Checking { .. }))
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Poll { generation, poll } => self.open.poll = Some((generation, self.now, poll)),
            Effect::AbortPoll => self.open.poll = None,
            Effect::Start { .. } => self.open.start = true,
            Effect::Complete { body, .. } => self.open.complete = Some(body),
            Effect::Site { task: None, .. } => self.open.me = true,
            Effect::Site { call, .. } => self.open.site = Some(call),
            Effect::Heartbeat { .. }
            | Effect::Pair { .. }
            | Effect::Probe { .. }
            | Effect::Notify(_)
            | Effect::Withdraw(_)
            | Effect::Answer(..) => {}
        }
    }

    fn wait(&mut self, what: &str, is_there: impl Fn(&Self) -> bool) {
        for _ in 0..MOST_WAKES {
            if is_there(self) {
                return;
            }
            self.now = self.now.max(self.wake_at.unwrap_or(self.now));
            self.step(&Event::Woken);
        }
        panic!(
            "the agent never came to {what}; it holds {:?}, its last poll is {:?}",
            self.holds(),
            self.open.poll
        );
    }

    /// Time passes, or the clock is set.
    pub fn passes(&mut self, ms: i64) {
        self.now += ms;
        self.step(&Event::Woken);
    }

    /// The person pauses, or goes on.
    pub fn set_paused(&mut self, paused: bool) {
        self.step(&Event::Command(1, Command::SetPaused { paused }));
    }

    /// Whether a poll says what the model's says; then it is answered.
    pub fn polls(&mut self, said: Said, reply: Reply<PollAnswer>) {
        if self.open.complete.take().is_some() {
            // It polls once a result that it posts is known not to get through.
            self.hears_complete(silent(None));
        }
        self.wait("a poll that says the same", |this| {
            this.open.poll.as_ref().is_some_and(|(.., poll)| said_of(poll) == said)
        });
        let Some((generation, sent_at, _)) = self.open.poll.take() else { return };
        self.step(&Event::Polled { generation, sent_at, reply });
    }

    /// Leave is asked for.
    pub fn asks_start(&mut self) {
        self.wait("a start", |this| this.open.start);
    }

    /// The task is given back.
    pub fn gives_back(&mut self) {
        self.wait("give the task back", |this| {
            this.state.tasks.get(TASK).is_some_and(|entry| matches!(entry.stage, RealStage::Finished(_)))
        });
    }

    /// The answer to it.
    pub fn hears_start(&mut self, reply: Reply<StartAnswer>) {
        assert!(std::mem::take(&mut self.open.start), "nothing was asked");
        self.step(&Event::Started { task: TASK.to_owned(), reply });
    }

    /// Calls `fetch`, if there is time. Whether it did.
    pub fn fetches(&mut self) -> bool {
        let Some(SiteCall::Invite { from, until, .. }) = &self.open.site else {
            panic!("no invitation is to be sent")
        };
        let in_time = (*from..=*until).contains(&self.now);
        if !in_time {
            self.invited(InviteOutcome::Unsent(Unsent::Late));
        }
        in_time
    }

    /// What comes back of it.
    pub fn hears_site(&mut self, answer: SiteAnswer) {
        let refused =
            |code| InviteOutcome::Refused(Trouble { code, detail: None, retry_after_ms: None, asked: true });
        self.invited(match answer {
            SiteAnswer::Sent => InviteOutcome::Sent,
            SiteAnswer::Refused => refused(ErrorCode::ProfileUnavailable),
            SiteAnswer::CannotResend => refused(ErrorCode::CannotResendYet),
            SiteAnswer::Nothing => InviteOutcome::Unknown,
        });
    }

    fn invited(&mut self, outcome: InviteOutcome) {
        self.site(SiteOutcome::Invite { outcome, clock_ahead_ms: None });
    }

    fn site(&mut self, outcome: SiteOutcome) {
        self.open.site = None;
        self.step(&Event::Site { task: Some(TASK.to_owned()), outcome });
    }

    /// A look at the sent invitations: whether ours is there, whether one of long ago is.
    pub fn looks(&mut self, ours: bool, old: bool) {
        self.wait("a look", |this| matches!(this.open.site, Some(SiteCall::Sent { .. })));
        let sent_ms = if ours { Some(self.now) } else { old.then_some(T0 - 30 * 86_400_000) };
        let look = SentLook { listed: ours || old, sent_ms, clock_ahead_ms: 0, rows: Vec::new() };
        self.site(SiteOutcome::Sent(Ok(look)));
    }

    /// The list is read, and empty.
    pub fn reads(&mut self) {
        self.wait("a page", |this| matches!(this.open.site, Some(SiteCall::List(_))));
        let Some(SiteCall::List(call)) = self.open.site.take() else { return };
        let page = PageRequest { ..call.page };
        self.site(SiteOutcome::List(page, Ok(Page::default())));
    }

    /// The body of the result that is posted.
    pub fn result(&mut self) -> serde_json::Value {
        self.wait("a result", |this| this.open.complete.is_some());
        let body = self.open.complete.take().unwrap_or_default();
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// The answer to it.
    pub fn hears_complete(&mut self, reply: Reply<CompleteAnswer>) {
        self.step(&Event::Completed { task: TASK.to_owned(), reply });
    }

    /// The answer to a heartbeat; `None`: the lease is gone.
    pub fn beats(&mut self, answer: Option<bool>) {
        let reply = match answer {
            None => refused(409, "lease_lost"),
            Some(cancel) => Reply::Ok(HeartbeatAnswer {
                lease_ms: 60_000,
                action: if cancel { HeartbeatAction::Cancel } else { HeartbeatAction::Continue },
            }),
        };
        self.step(&Event::Beaten { task: TASK.to_owned(), reply });
    }

    /// The worker ends, and another begins.
    pub fn worker_dies(&mut self) {
        self.boot();
    }

    /// The browser ends, and its disk has the tasks of an earlier moment.
    pub fn browser_dies(&mut self, left: &Journal) {
        let found = self.versions.iter().find(|(journal, _)| journal == left);
        let disk = found.map(|(_, disk)| disk.clone()).unwrap_or_else(|| panic!("it never was so"));
        self.local.retain(|key, _| !is_of_tasks(key));
        self.local.extend(disk.clone());
        self.session.clear();
        self.versions.clear();
        let mut left = *left;
        if let Some(entry) = &mut left.entry {
            entry.same_session = false;
        }
        self.boot();
        self.versions.push((left, disk));
    }

    /// All is erased, and it is paired anew.
    pub fn wiped(&mut self) {
        self.local.clear();
        self.session.clear();
        self.versions.clear();
        self.boot();
        self.pair();
    }

    /// Whether its disk held that at some moment.
    pub fn remembers(&self, left: &Journal) -> bool {
        self.versions.iter().any(|(journal, _)| journal == left)
    }

    /// Remembers what the disk holds while the model's holds `journal`.
    pub fn remember(&mut self, journal: &Journal) {
        let of_tasks = self.local.iter().filter(|(key, _)| is_of_tasks(key));
        let disk: Disk = of_tasks.map(|(key, value)| (key.clone(), value.clone())).collect();
        self.versions.retain(|(before, _)| before != journal);
        self.versions.push((*journal, disk));
    }

    /// What it holds, as the model would say it; times are left out.
    pub fn holds(&self) -> Held {
        let server = self.state.pairing.as_ref().map(|pairing| pairing.server.clone());
        let tomb = server
            .and_then(|server| self.state.tombstone(&server, TASK))
            .map(|tomb| if tomb.carried { Body::Carried } else { body_of(tomb.failed) });
        let entry = self
            .state
            .tasks
            .get(TASK)
            .map(|entry| (entry.epoch, entry.token.clone(), entry.cancelled, stage_of(entry)));
        let ended = self.state.pairing.as_ref().is_some_and(|pairing| pairing.ended.is_some());
        Held { entry, tomb, ended }
    }
}

/// What a browser holds of the task: epoch, token, whether it is cancelled, and the stage in words; how it ended before.
#[derive(Debug, PartialEq)]
pub struct Held {
    entry: Option<(u32, String, bool, String)>,
    tomb: Option<Body>,
    ended: bool,
}

impl Held {
    /// What the model's browser holds.
    pub fn of_model(browser: &Modelled, tokens: &[String]) -> Self {
        let entry = browser.journal.entry.map(|entry| {
            let Entry { epoch, token, cancelled, stage, .. } = entry;
            let stage = match stage {
                Stage::Walking { .. } => "walking".to_owned(),
                Stage::Checking => "checking".to_owned(),
                Stage::Starting { carried, .. } => format!("starting {carried}"),
                Stage::Sending { .. } => "sending".to_owned(),
                Stage::Verifying { looks, refused, .. } => format!("verifying {looks} {refused}"),
                Stage::Finished { body, acted } => format!("finished {body:?} {acted}"),
            };
            let token = tokens.get(usize::from(token)).cloned().unwrap_or_else(|| TASK.to_owned());
            (u32::from(epoch), token, cancelled, stage)
        });
        Self { entry, tomb: browser.journal.tomb, ended: browser.ended }
    }
}

/// A refusal for good.
pub fn refused<T>(status: u16, code: &str) -> Reply<T> {
    Reply::Refused { status, code: Some(code.to_owned()) }
}

/// No answer; with a time, the server asks to wait.
pub fn silent<T>(retry_after_ms: Option<u64>) -> Reply<T> {
    Reply::Retry { retry_after_ms, problem: Problem::new("unreachable", "no answer", "none") }
}

fn is_of_tasks(key: &str) -> bool {
    key.starts_with("task:") || key.starts_with("tombstones:")
}

fn said_of(poll: &Poll) -> Said {
    use liaison_model::world::Phase;
    let held = poll.held.first().map(|held| {
        let phase = match held.phase {
            HeldPhase::Claimed => Phase::Claimed,
            HeldPhase::Running => Phase::Running,
            HeldPhase::Verifying => Phase::Verifying,
            HeldPhase::Finished => Phase::Finished,
        };
        (u8::try_from(held.epoch).unwrap_or(u8::MAX), phase)
    });
    let ready = poll.state == ReadyState::Ready;
    // Both kinds wait together but for the pace, which the model leaves out.
    let all = poll.accepts.iter().filter_map(|kind| TaskType::from_wire(kind)).count() == 2;
    Said { held, ready, accepts: all }
}

fn stage_of(entry: &RealEntry) -> String {
    match &entry.stage {
        RealStage::Walking(_) => "walking".to_owned(),
        RealStage::Asking { .. } => "asking".to_owned(),
        RealStage::Checking { .. } => "checking".to_owned(),
        RealStage::Starting { carried, .. } => format!("starting {carried}"),
        RealStage::Sending { .. } => "sending".to_owned(),
        RealStage::Verifying(search) => {
            format!("verifying {} {}", search.looks, search.refused_with.is_some())
        }
        RealStage::Finished(outcome) => {
            let body = match outcome.summary.ended {
                Ended::Completed => Body::Completed,
                Ended::Returned => Body::Returned,
                Ended::Failed(code) => body_of(Some(code)),
                Ended::Closed => panic!("nothing is told of what was closed"),
            };
            format!("finished {body:?} {}", outcome.summary.acted)
        }
    }
}

fn body_of(failed: Option<ErrorCode>) -> Body {
    match failed {
        None => Body::Completed,
        Some(ErrorCode::OutcomeUnknown) => Body::Unknown,
        Some(ErrorCode::CannotResendYet) => Body::CannotResendYet,
        Some(ErrorCode::Cancelled) => Body::Cancelled,
        Some(ErrorCode::Expired) => Body::Expired,
        Some(_) => Body::Refused,
    }
}
