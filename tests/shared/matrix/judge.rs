//! What a run may come to, to the letter.

use super::cases::{Case, Kind, TASK};
use super::{Death, Died, Plan, Run};
use crate::fakes::linkedin::INVITE;
use crate::fakes::server::Level;
use serde_json::Value;
use std::collections::BTreeMap;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As undisturbed.
    Equal,
    /// As undisturbed, after LinkedIn's list was read for what had become of the invitation.
    Found,
    /// `outcome_unknown`, where nobody can know.
    Unknown,
    /// Another end that the documents name for just this.
    Named(&'static str),
}

/// Judges a run beside the undisturbed one.
pub fn judge(case: &Case, plan: &Plan, whole: &Run, run: &Run) -> Result<Verdict, String> {
    let Some((status, output)) = &run.ended else { return Err("it never ends".to_owned()) };
    let left: Vec<String> = run.world.disk.borrow().keys().into_iter().map(str::to_owned).collect();
    if left.iter().any(|key| key.starts_with("task:")) {
        return Err(format!("the journal is not empty: {left:?}"));
    }
    if left.iter().any(|key| key.starts_with("aside:")) {
        return Err(format!("a record was set aside: {left:?}"));
    }
    one_result(run)?;
    never_twice(case, run)?;
    no_page_twice(case, whole, run)?;
    in_time(case, run)?;
    if run.ended == whole.ended {
        same_effect(whole, run)?;
        same_memory(whole, run)?;
        let looked = case.kind == Kind::Invitation && looked(run);
        return Ok(if looked { Verdict::Found } else { Verdict::Equal });
    }
    let code = output["code"].as_str().unwrap_or_default();
    match (status.as_str(), code) {
        ("failed", "outcome_unknown") => unknown(case, run).map(|()| Verdict::Unknown),
        ("failed", "cannot_resend_yet") if forgotten(case, run) || repeated_unseen(run) => {
            Ok(Verdict::Named("cannot_resend_yet"))
        }
        ("failed", "expired") if a_day_forth(case, plan) => Ok(Verdict::Named("expired")),
        ("failed", "network") if page_lost(case, run) => Ok(Verdict::Named("network")),
        ("failed", "cancelled" | "invalid_input" | "") | ("completed", _) => {
            Err(format!("{status} {output}"))
        }
        _ => Err(format!("{status} {code}: not here")),
    }
}

/// One `fetch` at most; at level one two, exactly where `docs/PROTOCOL.md` says so.
fn never_twice(case: &Case, run: &Run) -> Result<(), String> {
    let site = run.world.site.borrow();
    let (calls, held) = (site.count(INVITE), site.invitations.len());
    if held > 1 {
        return Err(format!("{held} invitations"));
    }
    let most = match case.kind {
        Kind::Read | Kind::Look => 0,
        Kind::Invitation => 1,
    };
    // Power fails between the invitation and the moment the disk has the journal, and the list doesn't show it.
    let blind = |died: &&Died| case.level == Level::One && forgets(died) && died.listed == 0;
    let allowed = most + run.died.iter().filter(|died| died.fetches > 0).filter(blind).count();
    if calls > allowed {
        return Err(format!("{calls} fetches for one invitation, {held} held by LinkedIn"));
    }
    Ok(())
}

/// An invitation leaves within the time to act, counted from before its `start` left.
fn in_time(case: &Case, run: &Run) -> Result<(), String> {
    if case.level == Level::One {
        return Ok(());
    }
    let (mut start, most) = (None, run.world.server.borrow().act_within_ms);
    for (label, at) in run.world.wire.left() {
        if label.ends_with("/start") {
            start = Some(at);
        } else if label.starts_with("post ") && start.is_none_or(|start| at - start > most) {
            return Err(format!("sent at {at}, with leave asked for at {start:?}"));
        }
    }
    Ok(())
}

/// What is in the journal is not read again: each death costs a page at most, a result whose reply is lost none. But
/// after a power cut, and when the server took a stale poll for a read that was lost.
fn no_page_twice(case: &Case, whole: &Run, run: &Run) -> Result<(), String> {
    let power = run.died.iter().any(|died| matches!(died.death, Death::Power(_)));
    let polls_astray = run.world.wire.struck().iter().any(|label| label.ends_with("/poll"));
    if case.kind != Kind::Read || power || polls_astray {
        return Ok(());
    }
    let asked = |run: &Run| run.world.site.borrow().count("/connections");
    let (most, asked) = (asked(whole) + run.died.len(), asked(run));
    if asked > most { Err(format!("{asked} pages asked for, {most} would do")) } else { Ok(()) }
}

/// The record of the claim itself was lost, or says that nobody was asked for their word yet.
fn forgets(died: &Died) -> bool {
    matches!(died.death, Death::Power(_)) && matches!(died.stage.as_str(), "" | "asking")
}

fn forgotten(case: &Case, run: &Run) -> bool {
    let held = run.world.site.borrow().invitations.len();
    case.level == Level::One && held == 1 && run.died.iter().any(|died| forgets(died) && died.fetches > 0)
}

/// Chrome itself sent the POST twice, LinkedIn refused the second, and its list doesn't show the first.
fn repeated_unseen(run: &Run) -> bool {
    let doubled = run.world.wire.struck().iter().any(|label| label.starts_with("post "));
    doubled && run.world.site.borrow().sent_list_lags && run.world.site.borrow().posts == 2
}

fn a_day_forth(case: &Case, plan: &Plan) -> bool {
    let jumps = plan.blows.iter().map(|blow| blow.jump_ms).chain(plan.jump.map(|(_, ms)| ms));
    case.kind == Kind::Read && jumps.max().is_some_and(|ms| ms >= DAY_MS)
}

/// A read whose call got no answer ends so.
fn page_lost(case: &Case, run: &Run) -> bool {
    case.kind == Kind::Read && run.world.wire.struck().iter().any(|label| label.starts_with("get "))
}

/// Where nobody can know, and LinkedIn's list doesn't show it.
fn unknown(case: &Case, run: &Run) -> Result<(), String> {
    let site = run.world.site.borrow();
    if !site.sent_list_lags && !site.invitations.is_empty() {
        return Err("outcome_unknown, and LinkedIn's list shows it".to_owned());
    }
    let struck = run.world.wire.struck();
    let post_struck = struck.iter().any(|label| label.starts_with("post "));
    // Asked again, the server says that it was started before: perhaps by the browser session before.
    let asked_again = struck.iter().any(|label| label.ends_with("/start"));
    let mut restarted = false;
    let open = run.died.iter().any(|died| {
        restarted |= died.death != Death::Worker;
        let sending = matches!(died.stage.as_str(), "sending" | "verifying");
        // After a restart of the browser what the journal doesn't say is no proof.
        let claimed = matches!(died.stage.as_str(), "asking" | "checking" | "starting");
        let started = if case.level == Level::One { claimed } else { died.started || claimed && asked_again };
        sending || restarted && started
    });
    if open || post_struck { Ok(()) } else { Err("outcome_unknown, where it is known".to_owned()) }
}

/// Whether it was looked for.
fn looked(run: &Run) -> bool {
    let server = run.world.server.borrow();
    let polled = server.bodies("/poll").iter().any(|poll| {
        let held = poll["held"].as_array().unwrap();
        held.iter().any(|held| held["phase"] == "verifying")
    });
    polled || run.died.iter().any(|died| matches!(died.stage.as_str(), "sending" | "verifying"))
}

/// What is on LinkedIn's side is as undisturbed.
fn same_effect(whole: &Run, run: &Run) -> Result<(), String> {
    let sent = |run: &Run| {
        let site = run.world.site.borrow();
        site.invitations.iter().map(|(id, _, note)| (id.clone(), note.clone())).collect::<Vec<_>>()
    };
    if sent(whole) != sent(run) {
        return Err(format!("completed, and LinkedIn holds {:?}", sent(run)));
    }
    Ok(())
}

/// What the agent remembers is as undisturbed. A power cut may take it, or leave what was not known yet: by then the
/// server has the result, and closed the task.
fn same_memory(whole: &Run, run: &Run) -> Result<(), String> {
    let remembered = |run: &Run| {
        let disk = run.world.disk.borrow();
        let days = disk.keys().into_iter().filter(|key| key.starts_with("tombstones:"));
        let of = |day: &str| serde_json::from_str::<Vec<Value>>(disk.local(day).unwrap()).unwrap();
        days.flat_map(of).map(|tombstone| tombstone["failed"].clone()).collect::<Vec<_>>()
    };
    let (wanted, found) = (remembered(whole), remembered(run));
    let lost = found.is_empty() || found == [Value::from("outcome_unknown")];
    let power = run.died.iter().any(|died| matches!(died.death, Death::Power(_)));
    if found == wanted || power && lost { Ok(()) } else { Err(format!("remembered: {found:?}")) }
}

/// Whatever is posted again under a token is the same, to the letter; but when power failed, after which the agent may
/// know less than it told, and the server keeps what it heard first.
fn one_result(run: &Run) -> Result<(), String> {
    if run.died.iter().any(|died| matches!(died.death, Death::Power(_))) {
        return Ok(());
    }
    let server = run.world.server.borrow();
    let mut told: BTreeMap<String, &Value> = BTreeMap::new();
    for body in server.bodies(&format!("{TASK}/complete")) {
        let before = told.entry(body["token"].to_string()).or_insert(body);
        if *before != body && before["status"] != "returned" {
            return Err(format!("two results under a token: {before} and {body}"));
        }
        *before = body;
    }
    Ok(())
}
