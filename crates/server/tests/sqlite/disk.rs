//! A disk that fills up.

use super::database::Home;
use super::kill::{Calls, assert_whole, pair};
use super::process::{PROGRAM, Process};
use super::support::{FETCH, client};
use std::process::{Command, Stdio};

/// A limit on the size of files stands for the full disk: what is written beyond it fails.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fills_up_loses_nothing_that_was_acknowledged() {
    let home = Home::new().await;
    // The signal that would end it is ignored, as it is by whatever runs on a full disk.
    let script =
        "trap '' XFSZ; ulimit -f 2000; exec \"$0\" serve --database \"$1\" --listen 127.0.0.1:0 --json";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM]).arg(home.file()).env("RUST_LOG", "off").stderr(Stdio::null());
    let process = Process::spawn(&mut command);
    let (key, bearer) = pair(&process).await;
    let calls = Calls { url: process.url().to_owned(), key: key.clone(), bearer, http: client() };
    let mut tasks = Vec::new();
    while let Some(task) = calls.create(tasks.len()).await {
        tasks.push(task);
        assert!(tasks.len() < 5_000, "the disk never got full");
    }
    assert!(tasks.len() > 5, "it was full from the beginning");
    let read = async || {
        let request = calls.http.post(format!("{}{FETCH}", calls.url)).header("x-api-key", &key);
        request.body("{}").send().await.unwrap()
    };
    // Where an invitation with its note has no room, a read may still have some.
    let mut reads = 0;
    while read().await.status().as_u16() == 200 {
        reads += 1;
        assert!(reads < 5_000, "the disk never got full");
    }
    for _ in 0..20 {
        let refused = read().await;
        assert_eq!(
            (refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()),
            (503, "30")
        );
        assert!(refused.text().await.unwrap().contains("\"code\":\"storage_unavailable\""));
    }
    // What is there can be read all the same.
    assert_eq!(process.status(&key, &tasks[0]).await["data"]["status"], "pending");
    drop(process);

    let process = Process::serve(&home);
    let calls = Calls { url: process.url().to_owned(), ..calls };
    for (number, task) in tasks.iter().enumerate() {
        assert_eq!(process.status(&key, task).await["data"]["status"], "pending");
        assert_eq!(calls.create(number).await.as_ref(), Some(task));
    }
    assert!(calls.create(tasks.len()).await.is_some());
    drop(process);
    assert_whole(&home, tasks.len() + reads + 1).await;
}
