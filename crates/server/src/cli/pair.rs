//! `pair`

use super::Outcome;
use super::place::{Place, member};
use clap::Args;
use liaison_server::{Clock, SystemClock};
use std::io::{Write, stderr, stdout};

#[derive(Args)]
pub struct Pair {
    #[command(flatten)]
    place: Place,
    /// Whose browser it will be, by id or name [default: the oldest admin, whose account acts]
    #[arg(long, value_name = "ID|NAME")]
    member: Option<String>,
}

impl Pair {
    pub async fn run(self) -> Outcome {
        let (store, team) = self.place.open().await?;
        let member = match &self.member {
            Some(given) => member(&store, &team, given).await?.id,
            None => store.acting_member(&team.id).await?.ok_or_else(|| {
                format!("the team {} has no admin; add one with `liaison-server member add --role admin`, or say --member", team.id)
            })?,
        };
        let code = store.new_pairing_code(&member, SystemClock.now()).await?;
        store.close().await;
        writeln!(stdout(), "{code}")?;
        writeln!(stderr(), "Type it into the extension's options page within 10 minutes. It works once.")?;
        Ok(())
    }
}
