//! `team add|list|rename|remove`

use super::list::{Column, Shown};
use super::place::{Named, name, open, pick};
use super::{Data, Outcome};
use clap::Subcommand;
use liaison_server::store::{Page, TeamView};
use liaison_server::{Clock, SystemClock};
use std::io::{Write, stderr, stdout};

#[derive(Subcommand)]
pub enum Team {
    /// Make a team without members or keys; prints its id.
    Add {
        #[command(flatten)]
        data: Data,
        /// Its name, for your eyes
        #[arg(value_parser = name)]
        name: String,
    },
    /// List the teams, oldest first.
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        shown: Shown,
    },
    /// Call a team something else.
    Rename {
        #[command(flatten)]
        data: Data,
        /// The team, by id or name
        team: String,
        /// Its new name
        #[arg(value_parser = name)]
        name: String,
    },
    /// Remove a team with its members, its browsers and its keys. Its tasks stay until they are erased for their age.
    Remove {
        #[command(flatten)]
        data: Data,
        /// The team, by id or name
        team: String,
    },
}

const COLUMNS: [Column<TeamView>; 3] = [
    ("ID", |team| team.id.clone()),
    ("NAME", |team| team.name.clone()),
    ("CREATED", |team| team.created_at.to_iso()),
];

impl Named for TeamView {
    const KIND: &'static str = "team";
    const LIST: &'static str = "team list";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Team {
    pub async fn run(self) -> Outcome {
        match self {
            Self::Add { data, name } => {
                let store = open(data).await?;
                let team = store.add_team(&name, SystemClock.now()).await?;
                store.close().await;
                writeln!(stdout(), "{team}")?;
                writeln!(
                    stderr(),
                    "It needs an admin (`member add --role admin`), a key (`key add`) and a paired browser (`pair`), each with --team."
                )?;
            }
            Self::List { data, shown } => {
                let store = open(data).await?;
                let teams = store.teams(Page::ALL).await?.entries;
                store.close().await;
                shown.print(&teams, &COLUMNS)?;
            }
            Self::Rename { data, team, name } => {
                let store = open(data).await?;
                let team = pick(store.teams(Page::ALL).await?.entries, &team)?;
                store.rename_team(&team.id, &name).await?;
                store.close().await;
            }
            Self::Remove { data, team } => {
                let store = open(data).await?;
                let team = pick(store.teams(Page::ALL).await?.entries, &team)?;
                store.remove_team(&team.id, SystemClock.now()).await?;
                store.close().await;
            }
        }
        Ok(())
    }
}
