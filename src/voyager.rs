//! LinkedIn's dialect.
