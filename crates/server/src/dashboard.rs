//! The files of the operator's page, compiled in: a server is one program, and needs nothing from elsewhere to be seen.

/// The page itself, at `/`.
pub const PAGE: &str = include_str!("../dashboard/index.html");

type File = (&'static str, &'static str, &'static [u8]);

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// One of the page's own modules.
macro_rules! module {
    ($name:literal) => {
        ($name, SCRIPT, include_bytes!(concat!("../dashboard/", $name)))
    };
}

/// What the page loads: its name behind `/dashboard/`, its type, what is in it. The first ones it shares with the extension.
const FILES: &[File] = &[
    ("pages.css", STYLE, include_bytes!("../../../extension/lib/pages.css")),
    ("dom.js", SCRIPT, include_bytes!("../../../extension/lib/dom.js")),
    ("follow.js", SCRIPT, include_bytes!("../../../extension/lib/follow.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../../extension/icons/icon.svg")),
    ("dashboard.css", STYLE, include_bytes!("../dashboard/dashboard.css")),
    ("cards.css", STYLE, include_bytes!("../dashboard/cards.css")),
    ("forms.css", STYLE, include_bytes!("../dashboard/forms.css")),
    ("table.css", STYLE, include_bytes!("../dashboard/table.css")),
    module!("address.js"),
    module!("api.js"),
    module!("browsers.js"),
    module!("connections.js"),
    module!("curl.js"),
    module!("describe.js"),
    module!("element.js"),
    module!("keys.js"),
    module!("live.js"),
    module!("main.js"),
    module!("pairing.js"),
    module!("pieces.js"),
    module!("press.js"),
    module!("rows-table.js"),
    module!("rows.js"),
    module!("sign-in.js"),
    module!("silence.js"),
    module!("task-card.js"),
    module!("task.js"),
    module!("tasks.js"),
    module!("time.js"),
    module!("try.js"),
    module!("words-de.js"),
    module!("words-en.js"),
    module!("words.js"),
];

/// The type and the content of a file.
pub fn file(name: &str) -> Option<(&'static str, &'static [u8])> {
    FILES.iter().find(|(known, ..)| *known == name).map(|(_, kind, content)| (*kind, *content))
}
