//! What each level demands, as stories: the kit does what the agent does, and judges on the way.
//!
//! A story ends early where a failure leaves nothing to go on with; what it didn't come to is told as not tried.

pub mod caller;
pub mod extras;
pub mod heartbeat;
pub mod one;
pub mod start;
