//! What may happen.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use serde_json::{Value, json};

/// The strategy of steps. Any step may follow any other.
pub struct Drawn;

#[derive(Clone, Debug)]
pub enum Step {
    Create {
        key: Option<u8>,
        wish: Wish,
    },
    Poll(Asked),
    Start {
        offer: usize,
    },
    Beat {
        offer: usize,
    },
    Complete {
        offer: usize,
        how: How,
    },
    Cancel {
        which: Which,
    },
    Advance {
        ms: u64,
    },
    /// Offers that end their worker: polls that take what comes and know nothing of it the next time.
    Lose {
        times: u8,
    },
    Sweep,
    Restart,
}

#[derive(Clone, Copy, Debug)]
pub enum Which {
    OfOffer(usize),
    Any(usize),
}

#[derive(Clone, Debug)]
pub enum Wish {
    Read { count: u8, deadline_ms: Option<u64> },
    Invite { person: u8, note: Option<u8>, allow: bool, deadline_ms: Option<u64> },
}

/// A poll. Its browser is the one that holds the token, one that held it before, or a new one.
#[derive(Clone, Debug)]
pub struct Asked {
    pub browser: Browser,
    pub ready: bool,
    pub reads: bool,
    pub invitations: bool,
    /// Kinds that wait.
    pub asks_person: bool,
    /// Which of the newest offers it names, and how far they are.
    pub held: Vec<(usize, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Current,
    Former,
    New,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Done,
    Refused,
    Cancelled,
    Unknown,
    Returned,
}

impl Wish {
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Read { .. })
    }

    pub fn body(&self) -> Value {
        let mut body = match self {
            Self::Read { count, .. } => json!({ "count": count }),
            Self::Invite { person, note, allow, .. } => {
                let note = note.map(|note| format!("note {note}"));
                let mut body = json!({ "profile_urn": format!("ACoAAperson{person}"), "note": note });
                if *allow {
                    body["allow_duplicate"] = json!(true);
                }
                body
            }
        };
        if let Some(ms) = self.deadline_ms() {
            body["deadline_ms"] = json!(ms);
        }
        body
    }

    pub fn deadline_ms(&self) -> Option<u64> {
        match self {
            Self::Read { deadline_ms, .. } | Self::Invite { deadline_ms, .. } => *deadline_ms,
        }
    }
}

impl ReferenceStateMachine for Drawn {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        let key = prop_oneof![2 => Just(None), 1 => (0_u8..4).prop_map(Some)];
        let offer = || prop_oneof![2 => Just(0_usize), 1 => 0_usize..5];
        let how = prop_oneof![
            3 => Just(How::Done), 1 => Just(How::Refused), 1 => Just(How::Cancelled),
            1 => Just(How::Unknown), 2 => Just(How::Returned),
        ];
        let which = prop_oneof![
            2 => offer().prop_map(Which::OfOffer), 1 => (0_usize..8).prop_map(Which::Any),
        ];
        let ms = prop_oneof![
            4 => Just(2_000_u64), 3 => Just(16_000), 3 => Just(61_000), 2 => Just(82_000),
            1 => Just(3_600_000), 2 => Just(25 * 3_600_000), 1 => Just(8 * 86_400_000),
        ];
        prop_oneof![
            5 => (key, wishes()).prop_map(|(key, wish)| Step::Create { key, wish }),
            9 => polls().prop_map(Step::Poll),
            4 => offer().prop_map(|offer| Step::Start { offer }),
            2 => offer().prop_map(|offer| Step::Beat { offer }),
            4 => (offer(), how).prop_map(|(offer, how)| Step::Complete { offer, how }),
            3 => which.prop_map(|which| Step::Cancel { which }),
            4 => ms.prop_map(|ms| Step::Advance { ms }),
            2 => (1_u8..4).prop_map(|times| Step::Lose { times }),
            3 => Just(Step::Sweep),
            1 => Just(Step::Restart),
        ]
        .boxed()
    }

    fn apply((): (), _: &Step) {}
}

fn wishes() -> impl Strategy<Value = Wish> {
    let deadline = || prop_oneof![4 => Just(None), 1 => Just(Some(60_000)), 1 => Just(Some(86_400_000))];
    let note = prop_oneof![2 => Just(None), 1 => (0_u8..2).prop_map(Some)];
    prop_oneof![
        2 => (1_u8..4, deadline()).prop_map(|(count, deadline_ms)| Wish::Read { count, deadline_ms }),
        3 => (0_u8..3, note, prop::bool::weighted(0.2), deadline())
            .prop_map(|(person, note, allow, deadline_ms)| Wish::Invite { person, note, allow, deadline_ms }),
    ]
}

fn polls() -> impl Strategy<Value = Asked> {
    let browser =
        prop_oneof![12 => Just(Browser::Current), 1 => Just(Browser::Former), 1 => Just(Browser::New)];
    let phase = prop::sample::select(vec!["claimed", "running", "running", "verifying", "finished"]);
    let held = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec((prop_oneof![3 => Just(0_usize), 1 => 0_usize..5], phase), 1..3),
    ];
    let likely = || prop::bool::weighted(0.85);
    let any = (browser, likely(), likely(), likely(), prop::bool::weighted(0.2), held).prop_map(
        |(browser, ready, reads, invitations, asks_person, held)| Asked {
            browser,
            ready,
            reads,
            invitations,
            asks_person,
            held,
        },
    );
    let asks_person = Asked { asks_person: true, held: vec![(0, "claimed")], ..Asked::plain() };
    prop_oneof![5 => any, 1 => Just(asks_person)]
}

impl Asked {
    /// Takes whatever comes.
    pub fn plain() -> Self {
        let (browser, held) = (Browser::Current, Vec::new());
        Self { browser, ready: true, reads: true, invitations: true, asks_person: false, held }
    }
}
