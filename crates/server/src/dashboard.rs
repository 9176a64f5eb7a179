//! The files of the operator's page, compiled in: a server is one program, and needs nothing from elsewhere to be seen.

/// The page itself, at `/`.
pub const PAGE: &str = include_str!("../dashboard/index.html");

const STYLE: &str = "text/css; charset=utf-8";

/// What the page loads: its name behind `/dashboard/`, its type, what is in it. The stylesheet is the extension's.
const FILES: [(&str, &str, &[u8]); 1] =
    [("pages.css", STYLE, include_bytes!("../../../extension/lib/pages.css"))];

/// The type and the content of a file.
pub fn file(name: &str) -> Option<(&'static str, &'static [u8])> {
    FILES.iter().find(|(known, ..)| *known == name).map(|(_, kind, content)| (*kind, *content))
}
