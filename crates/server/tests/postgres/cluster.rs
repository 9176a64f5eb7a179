//! A PostgreSQL cluster of the tests' own: nobody has to have started one, and none is left when they end.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = include_str!("cluster.sh");
/// Room for what several servers of several tests take.
const SETTINGS: &str = "-c max_connections=300 -c shared_buffers=64MB";
/// What a crash of the machine would lose nobody here asks for.
const HASTY: &str = "-c fsync=off -c full_page_writes=off";

pub struct Cluster {
    /// With its socket, and its files in `data`.
    pub folder: String,
    keeper: Mutex<Keeper>,
    made: AtomicU32,
}

/// The shell that started it.
struct Keeper {
    shell: Child,
    orders: Option<ChildStdin>,
    words: BufReader<ChildStdout>,
}

/// Of one in a static it is the end of this process that closes the pipe, and nobody waits.
impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.shell.wait();
    }
}

/// Debian keeps the programs out of everybody's path.
fn programs() -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let mut folders = std::env::split_paths(&paths).chain(debian.into_iter().rev());
    folders.find(|folder| folder.join("initdb").exists()).expect("PostgreSQL, which ./build.sh test installs")
}

/// PostgreSQL refuses to run as root.
fn shell() -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout != b"0\n" {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", "sh"]);
    command
}

impl Cluster {
    /// One that may lose what it was told when the machine ends, and is quicker for it.
    pub fn hasty() -> Self {
        Self::with(&format!("{SETTINGS} {HASTY}"))
    }

    pub fn durable() -> Self {
        Self::with(SETTINGS)
    }

    fn with(settings: &str) -> Self {
        let mut command = shell();
        command.args(["-c", SCRIPT, "cluster.sh"]).arg(programs()).arg(settings).current_dir(Path::new("/"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = command.spawn().unwrap();
        let (orders, words) = (shell.stdin.take(), BufReader::new(shell.stdout.take().unwrap()));
        let keeper = Mutex::new(Keeper { shell, orders, words });
        let mut cluster = Self { folder: String::new(), keeper, made: AtomicU32::new(0) };
        cluster.folder = cluster.hear();
        assert!(!cluster.folder.is_empty(), "PostgreSQL did not start");
        cluster
    }

    fn hear(&self) -> String {
        let mut line = String::new();
        self.keeper.lock().unwrap().words.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn order(&self, what: &str) {
        writeln!(self.keeper.lock().unwrap().orders.as_mut().unwrap(), "{what}").unwrap();
        assert_eq!(self.hear(), what);
    }

    /// Ends it as a crash would.
    pub fn stop(&self) {
        self.order("stop");
    }

    /// Starts it again, and returns once it takes connections.
    pub fn start(&self) {
        self.order("start");
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder)
    }

    pub async fn connect(&self, database: &str) -> PgConnection {
        let options: PgConnectOptions = self.url(database).parse().unwrap();
        options.connect().await.unwrap()
    }

    /// A new database that nobody has used, or a copy of another one.
    pub async fn create(&self, like: Option<&str>) -> String {
        let name = format!("d{}", self.made.fetch_add(1, Ordering::SeqCst));
        let like = like.map(|like| format!(" TEMPLATE {like}")).unwrap_or_default();
        self.administer(format!("CREATE DATABASE {name}{like}")).await;
        name
    }

    pub async fn administer(&self, statement: String) {
        let mut connection = self.connect("postgres").await;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}
