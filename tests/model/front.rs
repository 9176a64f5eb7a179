//! The caller's side: one wish, POSTed until it is answered.
