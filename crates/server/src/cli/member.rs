//! `member add|list|role|rename|remove`

use super::Outcome;
use super::list::{Column, Shown};
use super::place::{Named, Place, member, name};
use clap::Subcommand;
use liaison_server::store::{MemberChange, MemberRole, MemberView, NewMember, Page, Store};
use liaison_server::{Clock, SystemClock};
use std::io::{Write, stderr, stdout};

#[derive(Subcommand)]
pub enum Member {
    /// Add a member; prints their id.
    Add {
        #[command(flatten)]
        place: Place,
        /// Their name, for your eyes
        #[arg(long, value_parser = name)]
        name: Option<String>,
        /// admin or member. The oldest admin's LinkedIn account is the one that acts
        #[arg(long, value_parser = role, default_value = "member")]
        role: MemberRole,
    },
    /// List the members, the longest there first.
    List {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        shown: Shown,
    },
    /// Say what a member may be.
    Role {
        #[command(flatten)]
        place: Place,
        /// The member, by id or name
        member: String,
        /// admin or member
        #[arg(value_parser = role)]
        role: MemberRole,
    },
    /// Call a member something else.
    Rename {
        #[command(flatten)]
        place: Place,
        /// The member, by id or name
        member: String,
        /// Their new name
        #[arg(value_parser = name)]
        name: String,
    },
    /// Remove a member. Their browsers are offered nothing more, and tasks for their account that had not begun are called off.
    Remove {
        #[command(flatten)]
        place: Place,
        /// The member, by id or name
        member: String,
    },
}

const COLUMNS: [Column<MemberView>; 5] = [
    ("ID", |member| member.id.clone()),
    ("NAME", |member| member.name.clone().unwrap_or_else(|| "-".to_owned())),
    ("ROLE", |member| member.role.as_str().to_owned()),
    ("JOINED", |member| member.joined_at.to_iso()),
    ("ACTS", |member| if member.acts { "yes" } else { "no" }.to_owned()),
];

impl Named for MemberView {
    const KIND: &'static str = "member of the team";
    const LIST: &'static str = "member list";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

fn role(text: &str) -> Result<MemberRole, &'static str> {
    MemberRole::from_name(text).ok_or("a role is admin or member")
}

impl Member {
    pub async fn run(self) -> Outcome {
        match self {
            Self::Add { place, name, role } => {
                let (store, team) = place.open().await?;
                let new = NewMember { role, name: name.as_deref() };
                let member = store.add_member(&team.id, new, SystemClock.now()).await?;
                store.close().await;
                writeln!(stdout(), "{member}")?;
                writeln!(
                    stderr(),
                    "`liaison-server pair --team {} --member {member}` makes a code for their browser.",
                    team.id
                )?;
            }
            Self::List { place, shown } => {
                let (store, team) = place.open().await?;
                let members = store.members(&team.id, Page::ALL).await?.entries;
                store.close().await;
                shown.print(&members, &COLUMNS)?;
            }
            Self::Role { place, member: given, role } => {
                let (store, team) = place.open().await?;
                let member = member(&store, &team, &given).await?;
                let change = MemberChange { role: Some(role), ..MemberChange::default() };
                store.change_member(&team.id, &member.id, change).await?;
                warn_without_admin(&store, &team.id).await?;
                store.close().await;
            }
            Self::Rename { place, member: given, name } => {
                let (store, team) = place.open().await?;
                let member = member(&store, &team, &given).await?;
                let change = MemberChange { name: Some(Some(&name)), ..MemberChange::default() };
                store.change_member(&team.id, &member.id, change).await?;
                store.close().await;
            }
            Self::Remove { place, member: given } => {
                let (store, team) = place.open().await?;
                let member = member(&store, &team, &given).await?;
                store.remove_member(&team.id, &member.id, SystemClock.now()).await?;
                warn_without_admin(&store, &team.id).await?;
                store.close().await;
            }
        }
        Ok(())
    }
}

async fn warn_without_admin(store: &Store, team: &str) -> Outcome {
    if store.acting_member(team).await?.is_none() {
        writeln!(
            stderr(),
            "The team has no admin now: its tasks are refused until a member is one (`member role`)."
        )?;
    }
    Ok(())
}
