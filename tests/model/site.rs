//! LinkedIn: one invitation to one person may be pending, and the list of them may lag behind.

use crate::world::{Excuses, World};

/// What becomes of a POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It arrives, and its answer comes back.
    Answered,
    /// It arrives and is refused for a reason of the person's or the profile's.
    Refused,
    /// It arrives, its answer is lost, and Chrome repeats it on a new connection; the second answer comes back.
    Repeated,
    /// No answer comes back. It may arrive later, or never.
    Unheard,
}

impl World {
    /// An invitation arrives; `false` when one is pending already.
    pub const fn invitation_arrives(&mut self) -> bool {
        let pending = self.site.ours || self.site.by_hand;
        if !pending {
            self.site.ours = true;
        }
        !pending
    }

    /// A POST whose answer nobody hears.
    pub const fn post_is_unheard(&mut self) {
        self.site.late_posts += 1;
        self.seen.excuses = Excuses { unheard: true, ..self.seen.excuses };
    }
}
