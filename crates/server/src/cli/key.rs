//! `key add|list|revoke`, and `key` alone

use super::Outcome;
use super::list::{Column, Shown};
use super::place::{Named, Place, key, name};
use clap::{Args, Subcommand};
use liaison_server::store::{Access, KeyView, NewKey, Page, SCOPES, Scopes};
use liaison_server::{Clock, SystemClock, Timestamp};
use std::io::{Write, stderr, stdout};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Key {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    alone: Place,
}

#[derive(Subcommand)]
enum Action {
    /// Make an API key; prints it, once.
    Add {
        #[command(flatten)]
        place: Place,
        /// What it is for, for your eyes
        #[arg(long, value_parser = name)]
        name: Option<String>,
        /// write, or read: then it may only look
        #[arg(long, value_parser = access, default_value = "write")]
        access: Access,
        /// What it opens beside the documented calls, with commas between: r_1st_connections (GET /v2/connections), or none.
        /// Unless told everything with write access, and none with read
        #[arg(long, value_parser = scopes)]
        scopes: Option<Scopes>,
    },
    /// List the keys, oldest first. The keys themselves are not kept.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        shown: Shown,
    },
    /// Make a key open nothing from now on.
    Revoke {
        #[command(flatten)]
        place: Place,
        /// The key, by id or name
        key: String,
    },
}

const COLUMNS: [Column<KeyView>; 6] = [
    ("ID", |key| key.id.clone()),
    ("NAME", |key| key.name.clone().unwrap_or_else(|| "-".to_owned())),
    ("ACCESS", |key| key.access.as_str().to_owned()),
    ("SCOPES", |key| if key.scopes.0.is_empty() { "none".to_owned() } else { key.scopes.to_string() }),
    ("CREATED", |key| key.created_at.to_iso()),
    ("LAST USED", |key| key.last_used_at.map_or_else(|| "never".to_owned(), Timestamp::to_iso)),
];

impl Named for KeyView {
    const KIND: &'static str = "API key of the team";
    const LIST: &'static str = "key list";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

fn access(text: &str) -> Result<Access, &'static str> {
    Access::from_name(text).ok_or("an access is read or write")
}

fn scopes(text: &str) -> Result<Scopes, String> {
    if text == "none" {
        return Ok(Scopes(Vec::new()));
    }
    let known = |name: &&str| SCOPES.contains(name);
    match text.split(',').find(|name| !known(name)) {
        Some(other) => Err(format!("there is no scope {other:?}; there are: none, {}", SCOPES.join(", "))),
        None => Ok(Scopes(text.split(',').map(str::to_owned).collect())),
    }
}

impl Key {
    pub async fn run(self) -> Outcome {
        match self.action {
            None => add(self.alone, &NewKey::default()).await,
            Some(Action::Add { place, name, access, scopes }) => {
                let scopes = scopes.unwrap_or_else(|| Scopes::unless_told(access));
                add(place, &NewKey { name: name.as_deref(), access, scopes }).await
            }
            Some(Action::List { place, shown }) => {
                let (store, team) = place.open().await?;
                let keys = store.keys(&team.id, Page::ALL).await?.entries;
                store.close().await;
                shown.print(&keys, &COLUMNS)
            }
            Some(Action::Revoke { place, key: given }) => {
                let (store, team) = place.open().await?;
                let key = key(&store, &team, &given).await?;
                store.revoke_key(&team.id, &key.id, SystemClock.now()).await?;
                store.close().await;
                Ok(())
            }
        }
    }
}

async fn add(place: Place, new: &NewKey<'_>) -> Outcome {
    let (store, team) = place.open().await?;
    let made = store.add_key(&team.id, new, SystemClock.now()).await?;
    store.close().await;
    writeln!(stdout(), "{}", made.secret)?;
    writeln!(stderr(), "Send it as the header x-api-key. It is not shown again. Its id is {}.", made.id)?;
    Ok(())
}
