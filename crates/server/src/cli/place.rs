//! Where a command works: in which database, and for which team.

use super::Data;
use clap::Args;
use liaison_server::Database;
use liaison_server::store::{AgentView, KeyView, MemberView, Page, Store, TeamView};
use liaison_server::{Clock, SystemClock};
use std::error::Error;

/// The database and the team.
#[derive(Args)]
pub struct Place {
    #[command(flatten)]
    data: Data,
    /// The team, by id or name [default: the first one]
    #[arg(long, env = "LIAISON_TEAM", value_name = "ID|NAME")]
    team: Option<String>,
}

/// What can be named by its id or its name.
pub trait Named {
    /// What it is called, in a sentence.
    const KIND: &'static str;
    /// The command that shows all of them.
    const LIST: &'static str;

    fn id(&self) -> &str;
    fn name(&self) -> Option<&str>;
}

impl Place {
    /// Opens the database and finds the team.
    pub async fn open(self) -> Result<(Store, TeamView), Box<dyn Error>> {
        let store = open(self.data).await?;
        let team = match &self.team {
            None => store.team(&store.first_team().await?).await?,
            Some(given) => pick(store.teams(Page::ALL).await?.entries, given)?,
        };
        Ok((store, team))
    }
}

/// Opens a database that is there.
pub async fn open(data: Data) -> Result<Store, Box<dyn Error>> {
    let database = data.database();
    if let Database::Sqlite(file) = &database
        && !file.exists()
    {
        return Err(format!("there is no database at {}; start the server first", file.display()).into());
    }
    Ok(Store::open(&database).await?)
}

/// The one that is meant.
pub fn pick<T: Named>(all: Vec<T>, given: &str) -> Result<T, String> {
    let (kind, list) = (T::KIND, T::LIST);
    let (mut same_name, mut same_id) = (Vec::new(), None);
    for one in all {
        if one.id() == given {
            same_id = Some(one);
        } else if one.name() == Some(given) {
            same_name.push(one);
        }
    }
    match (same_id, same_name.len()) {
        (Some(one), _) => Ok(one),
        (None, 0..=1) => same_name.pop().ok_or_else(|| {
            format!("there is no {kind} with this id or name: {given}; `liaison-server {list}` lists all")
        }),
        (None, several) => Err(format!(
            "{several} have this name: {given}; say which by its id, as `liaison-server {list}` lists it"
        )),
    }
}

/// A member of a team.
pub async fn member(store: &Store, team: &TeamView, given: &str) -> Result<MemberView, Box<dyn Error>> {
    Ok(pick(store.members(&team.id, Page::ALL).await?.entries, given)?)
}

/// A key of a team.
pub async fn key(store: &Store, team: &TeamView, given: &str) -> Result<KeyView, Box<dyn Error>> {
    Ok(pick(store.keys(&team.id, Page::ALL).await?.entries, given)?)
}

/// A paired browser of a team.
pub async fn agent(store: &Store, team: &TeamView, given: &str) -> Result<AgentView, Box<dyn Error>> {
    Ok(pick(store.agents(&team.id, Page::ALL, SystemClock.now()).await?.entries, given)?)
}

/// A name as it may be stored.
pub fn name(text: &str) -> Result<String, String> {
    let longest = liaison_server::name::LONGEST;
    liaison_server::name::parse(text)
        .map(str::to_owned)
        .ok_or_else(|| format!("a name has 1 to {longest} characters, none of them a control character"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use liaison_server::Timestamp;

    fn team(id: &str, name: &str) -> TeamView {
        TeamView { id: id.to_owned(), name: name.to_owned(), created_at: Timestamp(0) }
    }

    #[test]
    fn an_id_goes_before_a_name_and_two_of_a_name_are_none() {
        let all = || vec![team("1", "2"), team("2", "x"), team("3", "x")];
        assert_eq!(pick(all(), "2").unwrap().id, "2");
        assert_eq!(pick(all()[..2].to_vec(), "x").unwrap().id, "2");
        assert!(pick(all(), "x").unwrap_err().starts_with("2 have this name"));
        assert!(pick(all(), "y").unwrap_err().contains("`liaison-server team list`"));
    }
}
