//! The command itself: its one line, its help, its end.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use crate::support::{client_trusting, wary_client};

const BINARY: &str = env!("CARGO_BIN_EXE_liaison-simulator");

#[tokio::test]
async fn it_prints_one_line_and_ends_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut child = Command::new(BINARY)
            .args(["--connections", "3"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).await.unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert!(line["https"].as_str().unwrap().starts_with("https://127.0.0.1:"), "{line}");
        assert_eq!(line["spki"].as_str().unwrap().len(), 44);
        let state = format!("{}/__sim/state", line["control"].as_str().unwrap());
        let state: Value = wary_client().get(state).send().await.unwrap().json().await.unwrap();
        assert_eq!(state["connections"], 3);
        let pid = child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().await.unwrap().success());
        assert!(child.wait().await.unwrap().success());
        let mut rest = String::new();
        out.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "");
    }
}

#[tokio::test]
async fn it_says_why_it_does_not_start() {
    let output = Command::new(BINARY).args(["--listen", "0.0.0.0:0"]).output().await.unwrap();
    assert!(!output.status.success());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("refusing to listen on 0.0.0.0:0"), "{complaint}");
}

#[tokio::test]
async fn the_help_names_every_control_endpoint_and_fault() {
    let output = Command::new(BINARY).arg("--help").output().await.unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "reset",
        "knobs",
        "fault",
        "held",
        "release",
        "shift",
        "clock",
        "member",
        "account",
        "session",
        "journal",
        "network",
        "strangers",
        "faults",
        "state",
    ] {
        assert!(help.contains(&format!("/__sim/{word}")), "{word}");
    }
    for kind in [
        "refusal",
        "status",
        "code",
        "no_urn",
        "html",
        "redirect",
        "rename",
        "cut",
        "reset",
        "stream_reset",
        "goaway",
        "hold",
        "delay",
        "shift",
    ] {
        assert!(help.contains(&format!("\"kind\":\"{kind}\"")), "{kind}");
    }
    for (name, says) in liaison_simulator::refusals() {
        assert!(help.contains(name) && help.contains(says), "{name}");
    }
    let settings = serde_json::to_value(liaison_simulator::Settings::default()).unwrap();
    for name in settings.as_object().unwrap().keys() {
        assert!(help.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[tokio::test]
async fn it_writes_its_certificate_where_it_is_told() {
    let file = std::env::temp_dir().join(format!("liaison-simulator-{}.pem", std::process::id()));
    let mut child = Command::new(BINARY)
        .args(["--certificate", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["proxy"], line["control"]);
    let pem = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let proxy = reqwest::Proxy::all(line["proxy"].as_str().unwrap()).unwrap();
    let client = client_trusting(&pem).proxy(proxy).build().unwrap();
    let page = client.get("https://www.linkedin.com/login").send().await.unwrap();
    assert_eq!(page.status(), 200);
}

#[test]
fn the_documentation_names_every_refusal_and_setting() {
    let page = include_str!("../../../../docs/SIMULATOR.md");
    let settings = serde_json::to_value(liaison_simulator::Settings::default()).unwrap();
    let settings = settings.as_object().unwrap().keys().map(String::as_str);
    for name in settings.chain(liaison_simulator::refusals().map(|(name, _)| name)) {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
