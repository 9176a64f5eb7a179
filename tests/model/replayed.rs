//! The runs as tests.
