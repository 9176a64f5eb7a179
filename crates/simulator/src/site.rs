//! A request's way through the site: journal, faults, effect, answer.

use std::sync::Arc;
use std::time::Duration;

use hyper::header::DATE;

use crate::exchange::{Answer, Call};
use crate::fault::{Fault, When, rename_key};
use crate::router;
use crate::world::{Shared, World};

/// What the connection is to do.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Answer),
    /// Promise the whole answer, send so many bytes of its body, and hang up.
    Cut(Answer, usize),
    /// Hang up without a response head, with a TCP reset if `abort`.
    Close {
        abort: bool,
    },
    /// Answer, and have the connection used no more.
    Last(Answer),
    /// Reset this stream alone.
    ResetStream(h2::Reason),
}

/// Where a request stands in the journal, and in which world.
#[derive(Clone, Copy, Debug)]
struct Place {
    seq: usize,
    generation: u64,
}

/// Handles one request. The work goes on in a task of its own: a client that hangs up does not undo it, as on a real site.
pub(crate) async fn handle(shared: Arc<Shared>, call: Call) -> Outcome {
    let (place, faults) = shared.with(|world| {
        let faults = world.faults.strike(&call);
        let at_ms = world.clock.now_ms();
        let seq = world.journal.arrived(&call, at_ms, faults.iter().map(Fault::kind).collect());
        (Place { seq, generation: world.generation }, faults)
    });
    let mut departure = Departure { shared: Arc::clone(&shared), place, watching: true };
    let work = tokio::spawn(perform(Arc::clone(&shared), call, place, faults));
    let outcome =
        work.await.unwrap_or_else(|_| Outcome::Answer(Answer::text(500, "text/plain", "simulator bug")));
    departure.watching = false;
    finish(&shared, place, outcome)
}

async fn perform(shared: Arc<Shared>, call: Call, place: Place, faults: Vec<Fault>) -> Outcome {
    for fault in &faults {
        if let Fault::Delay { ms } = fault {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
        }
    }
    hold(&shared, place, &faults, When::Before).await;
    let answer = shared.with(|world| {
        if world.generation == place.generation {
            effect(world, &call, &faults)
        } else {
            Ok(router::worn_out(&call))
        }
    });
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    for fault in &faults {
        if let Fault::Rename { from, to } = fault {
            answer.body = rename_key(answer.body, from, to);
        }
    }
    hold(&shared, place, &faults, When::After).await;
    for fault in &faults {
        match fault {
            Fault::Reset { when: When::After, abort } => return Outcome::Close { abort: *abort },
            Fault::StreamReset { when: When::After, code } => return Outcome::ResetStream(code.reason()),
            // Cutting after the last byte would be no cut at all.
            Fault::Cut { after_bytes } if !answer.body.is_empty() => {
                let after = (*after_bytes).min(answer.body.len() - 1);
                return Outcome::Cut(answer, after);
            }
            Fault::Cut { .. } => return Outcome::Close { abort: false },
            _ => {}
        }
    }
    if faults.iter().any(|fault| matches!(fault, Fault::Goaway {})) {
        return Outcome::Last(answer);
    }
    Outcome::Answer(answer)
}

/// The moment that counts: shifts, then a fault's answer or the true one. An error ends it before any effect.
fn effect(world: &mut World, call: &Call, faults: &[Fault]) -> Result<Answer, Outcome> {
    for fault in faults {
        match fault {
            // A row that has left the list meanwhile can no longer be shifted from.
            Fault::Shift(shift) => drop(world.network.shift(shift)),
            Fault::Reset { when: When::Before, abort } => return Err(Outcome::Close { abort: *abort }),
            Fault::StreamReset { when: When::Before, code } => {
                return Err(Outcome::ResetStream(code.reason()));
            }
            _ => {}
        }
    }
    let replaced = faults.iter().find_map(|fault| fault.replacement(call));
    Ok(replaced.unwrap_or_else(|| router::answer(world, call)))
}

async fn hold(shared: &Shared, place: Place, faults: &[Fault], moment: When) {
    for fault in faults {
        let Fault::Hold { when, id } = fault else { continue };
        if *when != moment {
            continue;
        }
        let held = shared.with(|world| (world.generation == place.generation).then(|| world.hold(id)));
        if let Some(held) = held {
            // The sender is only ever dropped: an error here is the release.
            let _ = held.await;
        }
    }
}

fn finish(shared: &Shared, place: Place, mut outcome: Outcome) -> Outcome {
    shared.with(|world| {
        if let Outcome::Answer(answer) | Outcome::Last(answer) | Outcome::Cut(answer, _) = &mut outcome {
            answer.headers.push((DATE, world.clock.http_date()));
            if world.generation == place.generation {
                world.journal.answered(place.seq, answer.status);
            }
        }
    });
    outcome
}

/// Notes in the journal that the client left, if this is dropped while still watching.
struct Departure {
    shared: Arc<Shared>,
    place: Place,
    watching: bool,
}

impl Drop for Departure {
    fn drop(&mut self) {
        if self.watching {
            self.shared.with(|world| {
                if world.generation == self.place.generation {
                    world.journal.aborted(self.place.seq);
                }
            });
        }
    }
}
