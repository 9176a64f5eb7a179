//! `agent list|rename|revoke`

use super::Outcome;
use super::list::{Column, Shown};
use super::place::{Named, Place, agent, name};
use clap::Subcommand;
use liaison_server::store::{AgentView, Page};
use liaison_server::{Clock, SystemClock};

#[derive(Subcommand)]
pub enum Agent {
    /// List the paired browsers, the longest paired first.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        shown: Shown,
    },
    /// Call a browser something else.
    Rename {
        #[command(flatten)]
        place: Place,
        /// The browser, by id or name
        agent: String,
        /// Its new name
        #[arg(value_parser = name)]
        name: String,
    },
    /// Make a browser's token open nothing from now on, not even for what it has in hand.
    Revoke {
        #[command(flatten)]
        place: Place,
        /// The browser, by id or name
        agent: String,
    },
}

const COLUMNS: [Column<AgentView>; 6] = [
    ("ID", |agent| agent.id.clone()),
    ("NAME", |agent| agent.name.clone()),
    ("MEMBER", |agent| agent.member_id.clone()),
    ("SEEN", |agent| format!("{} s ago", agent.last_seen_s)),
    ("ONLINE", |agent| if agent.online { "yes" } else { "no" }.to_owned()),
    ("STATE", |agent| agent.state.clone()),
];

impl Named for AgentView {
    const KIND: &'static str = "paired browser of the team";
    const LIST: &'static str = "agent list";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Agent {
    pub async fn run(self) -> Outcome {
        match self {
            Self::List { place, shown } => {
                let (store, team) = place.open().await?;
                let agents = store.agents(&team.id, Page::ALL, SystemClock.now()).await?.entries;
                store.close().await;
                shown.print(&agents, &COLUMNS)?;
            }
            Self::Rename { place, agent: given, name } => {
                let (store, team) = place.open().await?;
                let agent = agent(&store, &team, &given).await?;
                store.rename_agent(&team.id, &agent.id, &name).await?;
                store.close().await;
            }
            Self::Revoke { place, agent: given } => {
                let (store, team) = place.open().await?;
                let agent = agent(&store, &team, &given).await?;
                store.revoke_agent(&team.id, &agent.id, SystemClock.now()).await?;
                store.close().await;
            }
        }
        Ok(())
    }
}
