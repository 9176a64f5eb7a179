//! The reference server meets every level.

use crate::support::{Ours, judge, kit};

#[tokio::test]
async fn our_server_meets_every_level() {
    let ours = Ours::start().await;
    let run = judge(&[
        "--server",
        &ours.server.url,
        "--pairing-code",
        &ours.pairing_code(),
        "--api-key",
        &ours.key,
    ])
    .await;
    assert_eq!(run.code, 0, "{}\n{:#}", run.stderr, run.report);
    assert_eq!(run.met(), ["one", "start", "heartbeat", "caller", "extras"]);
    assert_eq!(run.skipped("one"), ["one.other-calls"]);
    for level in ["start", "heartbeat", "caller", "extras"] {
        assert!(run.skipped(level).is_empty(), "{level}: {:?}", run.skipped(level));
    }
    let again = judge(&["--server", &ours.server.url, "--pairing-code", &ours.pairing_code()]).await;
    assert_eq!(again.code, 2, "a used code is no way in");
    assert!(again.stderr.contains("the pairing code was answered 401"), "{}", again.stderr);
}

#[tokio::test]
async fn people_are_told_as_programs_are() {
    let ours = Ours::start().await;
    let output = kit(&[
        "--server",
        &ours.server.url,
        "--pairing-code",
        &ours.pairing_code(),
        "--api-key",
        &ours.key,
        "--level",
        "heartbeat",
    ])
    .await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("\n  ok    heartbeat.answer "), "{said}");
    assert!(said.contains("meets what was asked: one, heartbeat\n"), "{said}");
    assert!(!said.contains("start.answer"), "{said}");
}

#[tokio::test]
async fn what_leaves_nothing_to_judge_ends_with_2() {
    let ours = Ours::start().await;
    let url = ours.server.url.as_str();
    // A port on which nobody listens any more.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    for (arguments, reason) in [
        (vec![], "--server"),
        (vec!["--server", url], "give --agent-token or --pairing-code"),
        (vec!["--server", url, "--agent-token", "x", "--level", "two"], "'two'"),
        (vec!["--server", &nobody, "--agent-token", "x"], "was not answered"),
        (vec!["--server", url, "--pairing-code", "x"], "the pairing code was answered 401"),
    ] {
        let run = judge(&arguments).await;
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
    }
}
