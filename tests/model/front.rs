//! The caller's side: one wish, POSTed until it is answered, to either of two servers on one disk.
//!
//! Apart from the rest, since nothing of it depends on what becomes of the task but whether it is over.

use stateright::{Model, Property};

/// The rules of a run.
#[derive(Clone, Copy, Debug)]
pub struct Front {
    /// Whether the caller sends an `Idempotency-Key`, and the server keeps it.
    pub keyed: bool,
    /// Whether the server looks for another task to the same person, pending or completed.
    pub guarded: bool,
    /// POSTs that the caller makes at most.
    pub posts: u8,
}

/// A moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The tasks on disk.
    tasks: Vec<Stand>,
    /// Under which task the key is kept.
    key: Option<u8>,
    /// POSTs made.
    posts: u8,
    /// POSTs that are on their way, or may arrive once more.
    open: u8,
    /// Whether the caller waits for an answer.
    waits: bool,
    /// What the caller was told, the first time.
    told: Option<u8>,
    /// Whether the caller was told of another task later.
    told_otherwise: bool,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stand {
    Pending,
    Completed,
    Failed,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The caller POSTs, or POSTs again without having heard.
    Posts,
    /// The caller hears nothing.
    HearsNothing,
    /// A POST arrives at a server, and its answer is heard or, with the server, lost.
    Arrives(bool),
    /// A POST is doubled on its way.
    Doubles,
    /// A task completes.
    Completes(u8),
    /// A task fails.
    Fails(u8),
}

impl Front {
    /// One transaction: the key's task, the same person's task, or a new one.
    fn create(&self, next: &mut Moment) -> u8 {
        if let Some(task) = next.key.filter(|_| self.keyed) {
            return task;
        }
        let same_person = next.tasks.iter().position(|task| *task != Stand::Failed);
        let found = same_person.and_then(|place| u8::try_from(place).ok()).filter(|_| self.guarded);
        let task = found.unwrap_or_else(|| {
            next.tasks.push(Stand::Pending);
            u8::try_from(next.tasks.len() - 1).unwrap_or(u8::MAX)
        });
        next.key = Some(task);
        task
    }
}

impl Model for Front {
    type State = Moment;
    type Action = Action;

    fn init_states(&self) -> Vec<Moment> {
        vec![Moment::default()]
    }

    fn actions(&self, moment: &Moment, actions: &mut Vec<Action>) {
        if !moment.waits && moment.posts < self.posts {
            actions.push(Action::Posts);
        }
        if moment.waits {
            actions.push(Action::HearsNothing);
        }
        if moment.open > 0 {
            actions.extend([Action::Arrives(true), Action::Arrives(false), Action::Doubles]);
        }
        for (number, _) in (0..).zip(&moment.tasks).filter(|(_, task)| **task == Stand::Pending) {
            actions.extend([Action::Completes(number), Action::Fails(number)]);
        }
    }

    fn next_state(&self, moment: &Moment, action: Action) -> Option<Moment> {
        let mut next = moment.clone();
        match action {
            Action::Posts => {
                next.posts += 1;
                next.open += 1;
                next.waits = true;
            }
            Action::HearsNothing => next.waits = false,
            Action::Doubles => next.open = (next.open + 1).min(self.posts + 1),
            Action::Arrives(heard) => {
                next.open -= 1;
                let task = self.create(&mut next);
                if heard && next.waits {
                    next.waits = false;
                    next.told_otherwise |= next.told.is_some_and(|told| told != task);
                    next.told.get_or_insert(task);
                }
            }
            Action::Completes(number) => next.tasks[usize::from(number)] = Stand::Completed,
            Action::Fails(number) => next.tasks[usize::from(number)] = Stand::Failed,
        }
        (next != *moment).then_some(next)
    }

    fn within_boundary(&self, moment: &Moment) -> bool {
        moment.tasks.len() <= usize::from(self.posts)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no two tasks to one person, unless the first failed", |_, moment: &Moment| {
                moment.tasks.iter().filter(|task| **task != Stand::Failed).count() < 2
            }),
            Property::always("with a key, one wish is one task", |this: &Self, moment: &Moment| {
                !this.keyed || (moment.tasks.len() < 2 && !moment.told_otherwise)
            }),
            Property::sometimes("the caller is told a task that completes", |_, moment: &Moment| {
                moment.told.is_some_and(|told| moment.tasks[usize::from(told)] == Stand::Completed)
            }),
        ]
    }
}
