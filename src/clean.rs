//! From the wire to the documented record.
