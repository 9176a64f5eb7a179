//! `admin-key add|list|revoke`

use super::list::{Column, Shown};
use super::place::{Named, name, open, pick};
use super::{Data, Outcome};
use clap::Subcommand;
use liaison_server::store::AdminKeyView;
use liaison_server::{Clock, SystemClock, Timestamp};
use std::io::{Write, stderr, stdout};

#[derive(Subcommand)]
pub enum AdminKey {
    /// Make a key of the admin API; prints it, once.
    Add {
        #[command(flatten)]
        data: Data,
        /// Whose it is, for your eyes
        #[arg(long, value_parser = name)]
        name: Option<String>,
    },
    /// List the admin keys, oldest first. The keys themselves are not kept.
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        shown: Shown,
    },
    /// Make an admin key open nothing from now on.
    Revoke {
        #[command(flatten)]
        data: Data,
        /// The admin key, by id or name
        key: String,
    },
}

const COLUMNS: [Column<AdminKeyView>; 4] = [
    ("ID", |key| key.id.clone()),
    ("NAME", |key| key.name.clone().unwrap_or_else(|| "-".to_owned())),
    ("CREATED", |key| key.created_at.to_iso()),
    ("LAST USED", |key| key.last_used_at.map_or_else(|| "never".to_owned(), Timestamp::to_iso)),
];

impl Named for AdminKeyView {
    const KIND: &'static str = "admin key";
    const LIST: &'static str = "admin-key list";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl AdminKey {
    pub async fn run(self) -> Outcome {
        match self {
            Self::Add { data, name } => {
                let store = open(data).await?;
                let made = store.add_admin_key(name.as_deref(), SystemClock.now()).await?;
                store.close().await;
                writeln!(stdout(), "{}", made.secret)?;
                writeln!(
                    stderr(),
                    "It opens all teams: send it as `Authorization: Bearer …` to /admin/v1. It is not shown again. Its id is {}.",
                    made.id
                )?;
            }
            Self::List { data, shown } => {
                let store = open(data).await?;
                let keys = store.admin_keys().await?;
                store.close().await;
                shown.print(&keys, &COLUMNS)?;
            }
            Self::Revoke { data, key } => {
                let store = open(data).await?;
                let key = pick(store.admin_keys().await?, &key)?;
                store.revoke_admin_key(&key.id, SystemClock.now()).await?;
                store.close().await;
            }
        }
        Ok(())
    }
}
