//! Properties of the repository that no compiler holds. Each is a test; a test that fails names the place and the rule.
//!
//! They read the files as text and know just enough of Rust's layout (rustfmt's) for it.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;
const LARGEST_FILE_BYTES: u64 = 500_000;

/// Who may import what of ours; the first prefix that fits a file counts. `docs/ARCHITECTURE.md` says why.
const IMPORTS: &[(&str, &[&str])] = &[
    ("src/config.rs", &[]),
    ("src/json.rs", &["liaison_json"]),
    ("src/voyager/", &["liaison_json", "liaison_list", "voyager"]),
    ("src/voyager.rs", &["liaison_list", "voyager"]),
    ("src/clean/", &[]),
    ("src/clean.rs", &["liaison_clean"]),
    ("src/ports.rs", &["voyager", "clean::Unicode", "config"]),
    ("src/tasks", &["agent", "config", "json", "liaison_protocol", "ports", "voyager::time"]),
    ("src/execute", &["agent", "clean", "config", "liaison_protocol", "ports", "voyager"]),
    ("src/agent/driver", &["agent", "config", "execute", "liaison_protocol", "ports", "tasks"]),
    // Values alone: what a write is, what the button says, and what a notification is.
    ("src/agent/journal", &["agent", "config", "json", "liaison_protocol", "ports::Area", "ports::Write"]),
    ("src/agent/status.rs", &["agent", "liaison_protocol", "ports::Badge", "ports::Sign"]),
    ("src/agent/event.rs", &["agent", "liaison_protocol", "ports::Notice"]),
    ("src/agent/signal.rs", &["agent", "config", "liaison_protocol", "ports::Notice"]),
    ("src/agent/step/signal.rs", &["agent", "ports::Notice"]),
    ("src/agent/walk/output.rs", &["agent", "clean::push_connection", "json", "liaison_protocol"]),
    ("src/agent", &["agent", "config", "json", "liaison_protocol"]),
    ("src/web", &["agent", "clean", "config", "execute", "ports", "tasks", "voyager", "web"]),
    ("src/lib.rs", &[]),
    // Judges servers by their JSON alone.
    ("crates/conformance/", &[]),
    ("crates/clean/", &["liaison_json", "liaison_list", "liaison_protocol"]),
    ("crates/json/", &[]),
    ("crates/list/", &["liaison_json"]),
    ("crates/protocol/", &[]),
    ("crates/server/", &["liaison_protocol", "liaison_server"]),
    ("crates/simulator/", &["liaison_simulator"]),
];

const BROWSER_CRATES: &[&str] =
    &["wasm_bindgen", "js_sys", "web_sys", "gloo_", "serde_wasm_bindgen", "JsValue", "JsFuture"];

/// How folders of a machine, private keys and settings of a registry look. In two halves, or this file would hold them.
const NEVER: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ho", "me/"),
    ("/ro", "ot/"),
    ("/Us", "ers/"),
    ("C:\\", "Users"),
    ("BEGIN PRI", "VATE KEY"),
    ("BEGIN RSA PRI", "VATE KEY"),
    ("reg", "istry="),
    ("index-", "url"),
];

/// How tokens begin: ours, LinkedIn's session cookie, and those of the places where code is kept.
const TOKENS: &[&str] = &["lsk_", "lat_", "lak_", "AQED", "ghp_", "github_pat_", "AKIA"];
/// What follows in a real one, at least.
const TOKEN_LENGTH: usize = 16;

#[test]
fn no_file_is_too_long_to_be_read_in_one_go() {
    let long = |file: &Source| file.code().lines().count() > LONGEST_FILE;
    let programs = of_kind(&["rs", "js", "mjs", "sh", "py"]);
    none(programs.iter().filter(|file| long(file)).map(|file| file.name.clone()));
}

#[test]
fn no_function_is_too_long_to_be_seen_at_once() {
    let sources = of_kind(&["rs"]);
    none(sources.iter().flat_map(|file| {
        let lengths = functions(file.code()).into_iter().filter(|(_, lines)| *lines > LONGEST_FUNCTION);
        lengths.map(|(head, lines)| format!("{}: {lines} lines: {}", file.name, head.trim()))
    }));
}

#[test]
fn imports_follow_the_table() {
    none(of_kind(&["rs"]).iter().filter(|file| file.name.contains("src/")).flat_map(|file| {
        let rule = IMPORTS.iter().find(|(prefix, _)| file.name.starts_with(prefix));
        let allowed = rule.map_or(&[][..], |(_, allowed)| *allowed);
        let of_a_crate = file.name.starts_with("crates/");
        let wrong = move |import: &String| {
            let own = of_a_crate && !import.starts_with("liaison_");
            !own && !allowed.iter().any(|name| is_within(import, name))
        };
        imports(file.code()).into_iter().filter(wrong).map(|import| format!("{}: {import}", file.name))
    }));
}

#[test]
fn crates_depend_on_nothing_they_must_not_know() {
    let dependencies = |name: &str| -> Vec<String> {
        let manifest = text(&format!("crates/{name}/Cargo.toml"));
        let sections = manifest.split("\n[").filter(|section| section.contains("dependencies]"));
        let lines = sections.flat_map(str::lines).filter(|line| line.contains('='));
        lines.filter_map(|line| line.split(['.', ' ', '=']).next()).map(str::to_owned).collect()
    };
    // The last one describes the types where that is wanted, which is in the server alone.
    assert_eq!(dependencies("protocol"), ["serde", "serde_json", "utoipa"]);
    assert!(
        text("crates/protocol/Cargo.toml")
            .lines()
            .any(|line| { line.starts_with("utoipa =") && line.contains("optional = true") })
    );
    let of_ours =
        |name: &str| dependencies(name).into_iter().filter(|name| name.starts_with("liaison")).collect();
    let (server, simulator): (Vec<String>, Vec<String>) = (of_ours("server"), of_ours("simulator"));
    let (json, list): (Vec<String>, Vec<String>) = (of_ours("json"), of_ours("list"));
    assert_eq!((json, list), (vec![], vec!["liaison-json".to_owned()]));
    assert_eq!(server, ["liaison-protocol"]);
    // The server is there for its tests.
    let kit: Vec<String> = of_ours("conformance");
    assert_eq!(kit, ["liaison-server"]);
    assert!(simulator.is_empty(), "the simulator shares no types with what it tests: {simulator:?}");
}

#[test]
fn browser_crates_are_named_in_the_browsers_corner_alone() {
    let pure = |file: &&Source| file.name.contains("src/") && !file.name.starts_with("src/web");
    none(of_kind(&["rs"]).iter().filter(pure).flat_map(|file| {
        let code = without_comments(file.code());
        let named = BROWSER_CRATES.iter().filter(move |name| code.contains(**name));
        named.map(|name| format!("{}: {name}", file.name))
    }));
}

#[test]
fn one_file_names_chromes_extension_api() {
    let naming = |file: &&Source| {
        let code = without_comments(&file.text);
        code.contains("chrome.") || code.contains("chrome[") || code.contains("globalThis.chrome")
    };
    let shell: Vec<Source> =
        of_kind(&["js"]).into_iter().filter(|file| file.name.starts_with("extension/")).collect();
    let named: Vec<&str> = shell.iter().filter(naming).map(|file| file.name.as_str()).collect();
    assert_eq!(named, ["extension/lib/browser.js"]);
    let wasm = shell.iter().filter(|file| file.text.contains("pkg/")).map(|file| file.name.as_str());
    assert_eq!(wasm.collect::<Vec<_>>(), ["extension/service-worker.js"], "pages never load the core");
}

#[test]
fn what_may_panic_says_why_it_never_does() {
    none(of_kind(&["rs"]).iter().filter(|file| file.name.contains("src/")).flat_map(|file| {
        let lines: Vec<&str> = file.code().lines().collect();
        let risky = |line: &str| {
            let code = without_comments(line);
            [".unwrap()", ".expect(", "unreachable!(", "panic!("].iter().any(|risk| code.contains(risk))
        };
        let explained =
            |at: usize| lines[at.saturating_sub(3)..=at].iter().any(|line| line.contains("// Invariant:"));
        // Of these the compiler alone runs what may panic.
        let while_compiling = file.name.ends_with("voyager/moving.rs");
        let wrong = (0..lines.len()).filter(|&at| risky(lines[at]) && !explained(at) && !while_compiling);
        wrong.map(|at| format!("{}:{}: {}", file.name, at + 1, lines[at].trim())).collect::<Vec<_>>()
    }));
}

#[test]
fn the_extension_has_the_version_of_the_workspace() {
    let version = |file: &str, mark: &str| {
        let text = text(file);
        let rest = text.split_once(mark).expect("a version").1.to_owned();
        rest.split('"').next().expect("its end").to_owned()
    };
    let cargo = version("Cargo.toml", "\nversion = \"");
    assert_eq!(version("extension/manifest.json", "\"version\": \""), cargo);
    assert!(text("CHANGELOG.md").contains(&format!("## [{cargo}]")), "CHANGELOG.md has no {cargo}");
}

#[test]
fn every_route_is_documented() {
    let docs = text("docs/PROTOCOL.md") + &text("docs/API.md") + &text("docs/SERVER.md") + &text("README.md");
    let router = text("crates/server/src/router.rs").replace("{task}", "{id}");
    let routes: Vec<&str> =
        router.split(".route(").skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
    assert!(routes.len() >= 18, "the routes could not be read");
    none(routes.into_iter().filter(|route| !docs.contains(route)).map(str::to_owned));
}

#[test]
fn every_code_and_every_reason_to_wait_is_documented_and_in_the_popup() {
    let protocol = text("docs/PROTOCOL.md");
    let codes = liaison_protocol::ErrorCode::ALL.iter().map(|code| format!("| `{code}` |"));
    none(codes.filter(|row| !protocol.contains(row)));
    let reasons = protocol.split_once("Waiting reasons, all of them:").expect("the list").1;
    let listed: BTreeSet<&str> =
        reasons.split("\n\n").next().unwrap_or("").split('`').skip(1).step_by(2).collect();
    let known: BTreeSet<&str> =
        liaison_protocol::WaitReason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(listed, known);
    let words = text("extension/_locales/en/messages.json");
    // A popup that is open has an agent: only a server can say that there is none.
    let told = known
        .iter()
        .filter(|reason| **reason != "agent_offline")
        .map(|reason| format!("\"waiting_{reason}\""));
    let failed = liaison_protocol::ErrorCode::ALL.iter().map(|code| format!("\"failed_{code}\""));
    none(told.chain(failed).filter(|key| !words.contains(key)));
}

#[test]
fn every_fixture_is_whole_and_listed() {
    let list = text("tests/shared/fixtures.rs");
    let folders: BTreeSet<PathBuf> = files()
        .into_iter()
        .filter(|file| file.starts_with("tests/fixtures") && !file.starts_with("tests/fixtures/storage"))
        .filter_map(|file| Some(file.parent()?.to_owned()))
        .collect();
    assert!(folders.len() >= 70, "the fixtures could not be read");
    none(folders.iter().filter_map(|folder| {
        let name = folder.file_name()?.to_str()?;
        let has = |file: &str| root().join(folder).join(file).is_file();
        let whole = has("raw.json") && has("clean.json") && list.contains(&format!("\"{name}\","));
        (!whole).then(|| folder.display().to_string())
    }));
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = |file: &&Source| {
        let first = file.text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
        // A module of tests is explained by what it tests.
        !first.starts_with("//!") && !file.name.ends_with("/tests.rs")
    };
    none(of_kind(&["rs"]).iter().filter(silent).map(|file| file.name.clone()));
}

#[test]
fn nothing_of_a_machine_or_a_person_is_in_the_repository() {
    let shapes: Vec<String> = NEVER.iter().map(|(start, end)| format!("{start}{end}")).collect();
    none(all_text().iter().flat_map(|file| {
        let found = shapes.iter().filter(|shape| file.text.contains(*shape));
        let found = found.map(|shape| format!("{}: {shape}", file.name));
        found.chain(foreign_registry(file)).chain(token_in(file)).collect::<Vec<_>>()
    }));
}

#[test]
fn no_file_is_large() {
    let size = |file: &PathBuf| fs::metadata(root().join(file)).map_or(0, |meta| meta.len());
    let large = files().into_iter().filter(|file| size(file) > LARGEST_FILE_BYTES);
    none(large.map(|file| file.display().to_string()));
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("todo", "!("), ("unimpl", "emented!(")];
    let marks = marks.map(|(start, end)| format!("{start}{end}"));
    none(all_text().iter().filter(|file| !file.name.contains("lock")).flat_map(|file| {
        let left = marks.iter().filter(|mark| file.text.contains(*mark));
        left.map(|mark| format!("{}: {mark}", file.name)).collect::<Vec<_>>()
    }));
}

// ---- reading the repository -------------------------------------------------------------------------------

struct Source {
    name: String,
    text: String,
}

impl Source {
    /// Without the tests at its end; nothing of a file that is nothing else.
    fn code(&self) -> &str {
        let only_tests = self.name.ends_with("/tests.rs")
            || self.name.starts_with("tests/")
            || self.name.contains("/tests/");
        if only_tests && self.name.ends_with(".rs") {
            ""
        } else {
            self.text.split("\n#[cfg(test)]").next().unwrap_or("")
        }
    }
}

fn none(faults: impl IntoIterator<Item = String>) {
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{} of them:\n{}", faults.len(), faults.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every file that git would take, in a fixed order, relative to the root.
fn files() -> Vec<PathBuf> {
    let ignored = text(".gitignore");
    let mut left_out: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    left_out.push(".git");
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("a folder").flatten() {
            let path = folder.join(entry.file_name());
            let name = path.to_string_lossy();
            if left_out.contains(&&*name) || name.ends_with("__pycache__") {
                continue;
            }
            if entry.path().is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn all_text() -> Vec<Source> {
    let read = |file: PathBuf| {
        let text = fs::read_to_string(root().join(&file)).ok()?;
        Some(Source { name: file.to_string_lossy().replace('\\', "/"), text })
    };
    files().into_iter().filter_map(read).collect()
}

fn of_kind(kinds: &[&str]) -> Vec<Source> {
    let fits = |file: &Source| file.name.rsplit_once('.').is_some_and(|(_, kind)| kinds.contains(&kind));
    let found: Vec<Source> = all_text().into_iter().filter(fits).collect();
    assert!(found.len() > 5, "the sources could not be read");
    found
}

/// Each function's first line and its length, by the indentation that rustfmt gives both ends.
fn functions(code: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let begins = |line: &str| line.trim_start().starts_with("fn ") || line.contains(" fn ");
    let heads = (0..lines.len()).filter(|&at| begins(lines[at]) && !lines[at].trim_start().starts_with("//"));
    let length = |at: usize| {
        let ends = |line: &&str| indent(line) == indent(lines[at]) && line.trim_end().ends_with(['}', ';']);
        lines[at..].iter().position(ends).map_or(1, |last| last + 1)
    };
    heads.map(|at| (lines[at], length(at))).collect()
}

/// What of ours a file imports: `crate::a::b` as `a::b`, groups taken apart.
fn imports(code: &str) -> BTreeSet<String> {
    let code = without_comments(code).replace('\n', " ");
    let path = |rest: &str| rest.split([';', '(', '<', ')', '>', ' ']).next().unwrap_or("").to_owned();
    let mut found = BTreeSet::new();
    for (before, rest) in code.split("crate::").zip(code.split("crate::").skip(1)) {
        if before.ends_with("use ") || rest.starts_with('{') {
            ungrouped("", rest.split(';').next().unwrap_or("").trim(), &mut found);
        } else {
            found.insert(path(rest));
        }
    }
    let ours = [
        "liaison_json",
        "liaison_list",
        "liaison_protocol",
        "liaison_server",
        "liaison_simulator",
        "liaison::",
    ];
    found.extend(ours.into_iter().filter(|name| code.contains(*name)).map(str::to_owned));
    found.retain(|name| !name.is_empty() && !name.starts_with('$'));
    found
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d` and `a::c::e`.
fn ungrouped(before: &str, path: &str, found: &mut BTreeSet<String>) {
    let Some((start, group)) = path.split_once('{') else {
        let name = format!("{before}{}", path.split(" as ").next().unwrap_or("").trim());
        found.insert(name.trim_end_matches("::self").to_owned());
        return;
    };
    let (mut depth, mut name) = (0_usize, String::new());
    for letter in group.chars() {
        match letter {
            ',' | '}' if depth == 0 => {
                if !name.trim().is_empty() {
                    ungrouped(&format!("{before}{}", start.trim()), name.trim(), found);
                }
                name.clear();
                if letter == '}' {
                    return;
                }
            }
            _ => {
                depth = if letter == '{' { depth + 1 } else { depth - usize::from(letter == '}') };
                name.push(letter);
            }
        }
    }
}

/// Whether an import is this module, or lies in it.
fn is_within(import: &str, name: &str) -> bool {
    import.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn without_comments(code: &str) -> String {
    let mut within = false;
    let kept = code.lines().map(|line| {
        within |= line.trim_start().starts_with("/*");
        let comment = within || line.trim_start().starts_with("//");
        within &= !line.contains("*/");
        if comment { "" } else { line.split(" // ").next().unwrap_or("") }
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// A lock file's source that is not the public registry.
fn foreign_registry(file: &Source) -> Option<String> {
    let public = ["https://registry.npmjs.org/", "registry+https://github.com/rust-lang/crates.io-index"];
    let is_source =
        |line: &&str| line.trim_start().starts_with("\"resolved\":") || line.starts_with("source = ");
    let locked = file.name.ends_with("Cargo.lock") || file.name.ends_with("package-lock.json");
    let lines = file.text.lines().filter(is_source).filter(|_| locked);
    let foreign = lines.filter(|line| !public.iter().any(|host| line.contains(host))).count();
    (foreign > 0).then(|| format!("{}: {foreign} sources elsewhere than in the public registry", file.name))
}

/// Something in a file that looks like a real token.
fn token_in(file: &Source) -> Option<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let is_real = |start: &str| {
        let rests = file.text.split(start).skip(1);
        rests
            .map(|rest| rest.chars().take_while(|&letter| is_part(letter)).count())
            .any(|run| run >= TOKEN_LENGTH)
    };
    let locked = file.name.ends_with("Cargo.lock") || file.name.ends_with("package-lock.json");
    let found = TOKENS.iter().find(|start| !locked && is_real(start));
    found.map(|start| format!("{}: a token that begins with {start}", file.name))
}
