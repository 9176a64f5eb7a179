//! The reference server meets every level.

use crate::support::{Ours, judge, kit};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

#[tokio::test]
async fn our_server_meets_every_level() {
    let ours = Ours::start().await;
    let (url, code, key) = (ours.server.url.clone(), ours.pairing_code(), ours.key.clone());
    let (asked, asks) = mpsc::channel(1);
    let restart = format!("curl -sfS {}", door(asked).await);
    let arguments = ["--server", &url, "--pairing-code", &code, "--api-key", &key, "--restart", &restart];
    let (run, ours) = tokio::join!(judge(&arguments), restart_when_asked(ours, asks));
    assert_eq!(run.code, 0, "{}\n{:#}", run.stderr, run.report);
    assert_eq!(run.met(), ["one", "start", "heartbeat", "caller", "extras"]);
    assert_eq!(run.skipped("one"), ["one.other-calls"]);
    for level in ["start", "heartbeat", "caller", "extras"] {
        assert!(run.skipped(level).is_empty(), "{level}: {:?}", run.skipped(level));
    }
    let again = judge(&["--server", &ours.server.url, "--pairing-code", &code]).await;
    assert_eq!(again.code, 2, "a used code is no way in");
    assert!(again.stderr.contains("the pairing code was answered 401"), "{}", again.stderr);
}

type Asked = oneshot::Sender<()>;

/// An address whose one call asks for a restart, and is answered after it.
async fn door(asked: mpsc::Sender<Asked>) -> String {
    let router = Router::new().fallback(async move || {
        let (done, is_done) = oneshot::channel();
        asked.send(done).await.unwrap();
        is_done.await.unwrap();
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn restart_when_asked(ours: Ours, mut asks: mpsc::Receiver<Asked>) -> Ours {
    let done = asks.recv().await.unwrap();
    let ours = ours.restart().await;
    done.send(()).unwrap();
    ours
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
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
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
