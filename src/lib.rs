//! Liaison, the agent core.
