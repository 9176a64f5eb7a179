//! What must hold in every state, and what must be possible. `docs/MODEL.md` explains each.

use crate::protocol::Protocol;
use crate::rules::{Bounds, Level, Rival};
use crate::server;
use crate::world::{Body, Excuses, Flaw, Row, World};
use liaison_server::lifecycle::{State, start_within_ms};
use stateright::Property;

/// All of them.
#[must_use]
pub fn of(protocol: &Protocol) -> Vec<Property<Protocol>> {
    let mut properties = protocol.always();
    properties.push(Property::sometimes("some task ends well", |this: &Protocol, world: &World| {
        let well = if this.0.bounds.invited_before { Body::CannotResendYet } else { Body::Completed };
        end(world) == Some(well)
    }));
    let Bounds { browser_deaths, wipes, .. } = protocol.0.bounds;
    let has_doubles = browser_deaths + wipes > 0 || protocol.0.rival != Rival::None;
    if protocol.0.level == Level::One && protocol.0.mutants.is_empty() && has_doubles {
        properties
            .push(Property::sometimes("the doubles that level one can't exclude", |_, world: &World| {
                world.seen.fetches > 1
            }));
    }
    properties
}

/// With what the task has ended.
#[must_use]
pub fn end(world: &World) -> Option<Body> {
    world.server.task.filter(|row| row.state.is_over()).and_then(|row| row.end)
}

impl Protocol {
    /// What must hold in every state: `docs/MODEL.md` explains each.
    fn always(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("at most one fetch, at most one invitation", |this: &Self, world: &World| {
                world.seen.fetches < 2 || this.is_named_double(world)
            }),
            // A server of level one can't stop a task that is in hand.
            Property::always("no fetch after the end", |this: &Self, world: &World| {
                this.0.level == Level::One || world.seen.flaw != Some(Flaw::SentAfterEnd)
            }),
            Property::always("a finished task never changes", |_, world: &World| {
                world.seen.flaw != Some(Flaw::EndChanged)
            }),
            Property::always("epochs only grow", |_, world: &World| {
                world.seen.flaw != Some(Flaw::EpochShrank)
            }),
            Property::always("the same token gets the same answer", |_, world: &World| {
                world.seen.flaw != Some(Flaw::AnswerChanged)
            }),
            Property::always("who was overtaken is offered nothing", |_, world: &World| {
                world.seen.flaw != Some(Flaw::OfferedToSuperseded)
            }),
            Property::always("every task has an end", Self::ends),
            Property::always("completed means sent", |this: &Self, world: &World| {
                this.0.read || end(world) != Some(Body::Completed) || world.site.ours
            }),
            Property::always(
                "failed means not sent, unless it says that nobody knows",
                Self::failed_is_unsent,
            ),
            Property::always("outcome_unknown only where nobody can know", Self::unknown_is_unknowable),
        ]
    }

    /// The doubles that `docs/PROTOCOL.md` names for level one, and no other: the disk lost the task, or all of the storage
    /// was erased, and then the list did not show the invitation; or there are two browsers.
    #[must_use]
    pub fn is_named_double(&self, world: &World) -> bool {
        let Excuses { lost_entry, overtaken, .. } = world.seen.excuses;
        self.0.level == Level::One && ((world.seen.lagged && lost_entry) || overtaken)
    }

    /// It is over, or its deadline is ahead and no further off than it may ever be, or a sweep would end it.
    fn ends(&self, world: &World) -> bool {
        let Some(row) = world.server.task else { return true };
        let at_most = match row.state {
            State::Started | State::Verifying => Row::last_deadline(server::kind(&self.0)),
            _ if self.0.read => Row::last_deadline(server::kind(&self.0)),
            _ => start_within_ms(server::kind(&self.0)).cast_signed(),
        };
        let swept = || {
            let mut world = world.clone();
            server::sweep_reads(&mut world);
            server::sweep_writes(&mut world, &self.0);
            world.server.task.is_some_and(|row| row.state.is_over())
        };
        row.state.is_over() || (row.deadline <= at_most && (row.deadline > world.now || swept()))
    }

    fn failed_is_unsent(&self, world: &World) -> bool {
        let Some(body) = end(world) else { return true };
        let excuses = world.seen.excuses;
        let sent = world.site.ours || world.site.late_posts > 0;
        match body {
            Body::Completed | Body::Unknown | Body::GivenUp | Body::Returned => true,
            // It is remembered, and nobody is ever told so.
            Body::Carried => false,
            // Chrome repeated the POST, and the list has not shown what the first one did. On level one also: the list
            // showed it to an agent that had lost the journal.
            Body::CannotResendYet => {
                let forgotten = excuses.lost_writes || excuses.overtaken || excuses.refused_result;
                !sent || excuses.repeated || (self.0.level == Level::One && forgotten)
            }
            Body::Refused | Body::Cancelled | Body::Expired => !sent,
        }
    }

    fn unknown_is_unknowable(&self, world: &World) -> bool {
        let Excuses {
            unheard,
            lost_writes,
            start_unheard,
            died_sending,
            overtaken,
            late_poll,
            refused_result,
            deadline,
            ..
        } = world.seen.excuses;
        end(world) != Some(Body::Unknown)
            || unheard
            || lost_writes
            || start_unheard
            || died_sending
            || overtaken
            || late_poll
            || refused_result
            || deadline
    }
}
