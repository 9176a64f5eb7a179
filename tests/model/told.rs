//! A path in words, and the rows of the tables.

use crate::browser::{Browser, Entry, Sending, Stage};
use crate::properties::end;
use crate::protocol::{Action, Protocol};
use crate::rules::Rules;
use crate::runs::Found;
use crate::site::Fate;
use crate::world::{Body, Request, World};
use stateright::Model;
use std::fmt::Write;

/// Each step, and what it changed.
#[must_use]
pub fn path(rules: &Rules, actions: &[Action]) -> String {
    let model = Protocol(rules.clone());
    let mut text = String::new();
    let Some(mut world) = model.init_states().pop() else { return text };
    for (number, action) in actions.iter().enumerate() {
        let Some(next) = model.next_state(&world, *action) else { continue };
        let told = format!("{:>3}  {}", number + 1, words(action));
        let change = change(&world, &next);
        if change.is_empty() {
            let _ = writeln!(text, "{told}");
        } else {
            let _ = writeln!(text, "{told:<72} {change}");
        }
        world = next;
    }
    text
}

/// The row of a run.
#[must_use]
pub fn row<A>(name: &str, found: &Found<A>) -> String {
    let result = match &found.broken {
        None if found.missing.is_empty() => "holds".to_owned(),
        None => format!("never: {}", found.missing.join(", ")),
        Some((property, path)) => format!("{} steps: {property}", path.len()),
    };
    let Found { states, depth, took, .. } = found;
    format!("{name:<54} {states:>9} {depth:>5} {:>7.1}  {result}", took.as_secs_f64())
}

fn name(by: u8) -> &'static str {
    if by == 0 { "agent" } else { "second agent" }
}

fn duration(ms: i64) -> String {
    let seconds = ms.abs() / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..86_400 => format!("{} min", seconds / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn request(request: &Request) -> String {
    match request {
        Request::Poll { by, said } => match said.held {
            None => format!("a poll of the {} that names nothing", name(*by)),
            Some((epoch, phase)) => {
                format!("a poll of the {} that names epoch {epoch}, {phase:?}", name(*by))
            }
        },
        Request::Start { by, token } => format!("a start of the {} with token {token}", name(*by)),
        Request::Complete { by, token, body } => {
            format!("a complete of the {} with token {token}: {body:?}", name(*by))
        }
    }
}

fn words(action: &Action) -> String {
    match action {
        Action::Posts => "the caller's task is on disk".to_owned(),
        Action::Cancels => "the caller cancels".to_owned(),
        Action::TimePasses(ms) => format!("{} pass", duration(*ms)),
        Action::ClockSet(by, ms) if *ms < 0 => {
            format!("{}'s clock is set back by {}", name(*by), duration(*ms))
        }
        Action::ClockSet(by, ms) => format!("{}'s clock is set on by {}", name(*by), duration(*ms)),
        Action::SweepReads => "the sweep reads what is due".to_owned(),
        Action::SweepWrites => "the sweep writes".to_owned(),
        Action::Arrives(what) => format!("{} arrives; nobody hears the answer", request(what)),
        Action::PostArrives => "the late POST arrives at LinkedIn".to_owned(),
        Action::ListShows => "LinkedIn's list shows the invitation".to_owned(),
        Action::ListForgets => "LinkedIn's list shows it no more".to_owned(),
        Action::RivalPairs => "a second browser is paired".to_owned(),
        _ => agent_words(action),
    }
}

fn agent_words(action: &Action) -> String {
    let (by, what) = match action {
        Action::Polls(by) => (by, "polls, and hears the answer"),
        Action::PollIsLate(by) => (by, "polls; the poll is on its way for long"),
        Action::AsksStart(by) => (by, "asks for its start"),
        Action::StartArrives(by) => (by, "'s start arrives, the answer is on its way"),
        Action::StartForgotten(by) => (by, "'s start is answered, and the server dies before it is on disk"),
        Action::HearsStart(by) => (by, "hears the answer to its start"),
        Action::StartUnanswered(by, false) => (by, "hears no answer to its start"),
        Action::StartUnanswered(by, true) => (by, "hears no answer to its start, for the last time"),
        Action::GivesBack(by) => (by, "gives the task back, since it is paused"),
        Action::Stops(by) => (by, "stops, since the task was cancelled"),
        Action::Expires(by) => (by, "ends its read of yesterday"),
        Action::Beats(by) => (by, "sends a heartbeat"),
        Action::Fetches(by) => (by, "calls fetch, if there is time"),
        Action::Site(by, Fate::Answered) => (by, "hears LinkedIn's answer to the POST"),
        Action::Site(by, Fate::Refused) => (by, "hears that LinkedIn refuses the POST"),
        Action::Site(by, Fate::Repeated) => (by, "'s POST arrives, and Chrome repeats it"),
        Action::Site(by, Fate::Unheard) => (by, "hears nothing of its POST"),
        Action::Looks(by) => (by, "looks for the invitation"),
        Action::Checks(by) => (by, "looks at the list before sending"),
        Action::Reads(by) => (by, "has read the list"),
        Action::Completes(by) => (by, "posts the result, and hears the answer"),
        Action::CompleteIsLate(by) => (by, "posts the result; it is on its way for long"),
        Action::CompleteRefused(by) => (by, "'s result is refused for good"),
        Action::WorkerDies(by) => (by, "'s worker dies, and another begins"),
        Action::BrowserDies(by, left) => {
            return format!(
                "{}'s browser dies, and comes back with {}",
                name(*by),
                entry(left.entry.as_ref())
            );
        }
        Action::Wiped(by) => (by, "'s storage is erased, and it is paired anew"),
        Action::SetPaused(by, true) => (by, "is paused"),
        Action::SetPaused(by, false) => (by, "goes on"),
        _ => return String::new(),
    };
    let space = if what.starts_with('\'') { "" } else { " " };
    format!("{}{space}{what}", name(*by))
}

fn entry(entry: Option<&Entry>) -> String {
    let Some(Entry { epoch, stage, .. }) = entry else { return "nothing".to_owned() };
    let stage = match stage {
        Stage::Walking { .. } => "Walking".to_owned(),
        Stage::Checking => "Checking".to_owned(),
        Stage::Starting { carried: false, .. } => "Starting".to_owned(),
        Stage::Starting { carried: true, .. } => "Starting, of an earlier session".to_owned(),
        Stage::Sending { .. } => "Sending".to_owned(),
        Stage::Verifying { looks, .. } => format!("Verifying, {looks} looks"),
        Stage::Finished { body, .. } => format!("Finished, {body:?}"),
    };
    format!("epoch {epoch} {stage}")
}

fn change(before: &World, after: &World) -> String {
    let mut changes = Vec::new();
    let stand = |world: &World| {
        world.server.task.map(|row| match end(world) {
            Some(Body::Completed) => "server: completed".to_owned(),
            Some(body) => format!("server: failed, {body:?}"),
            None => format!("server: {:?}, epoch {}", row.state, row.epoch).to_lowercase(),
        })
    };
    if stand(before) != stand(after) {
        changes.extend(stand(after));
    }
    let stage = |browser: &Browser| entry(browser.journal.entry.as_ref());
    for (number, (old, new)) in (0..).zip(before.browsers.iter().zip(&after.browsers)) {
        if stage(old) != stage(new) {
            changes.push(format!("{}: {}", name(number), stage(new)));
        }
        if matches!((old.sending, new.sending), (Sending::Ready { .. }, Sending::Flying)) {
            changes.push(format!("FETCH {}", after.seen.fetches));
        }
    }
    if !before.site.ours && after.site.ours {
        changes.push("LinkedIn: INVITED".to_owned());
    }
    changes.join("; ")
}
