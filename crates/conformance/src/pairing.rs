//! How the kit comes by its agent token.

use crate::wire::{Credential, Wire};
use serde_json::json;
use std::time::Duration;

/// A token, and what was learned on the way to it.
pub struct Pairing {
    /// The agent token.
    pub token: String,
    /// Of a pairing code: what is wrong with the answer, and with the answer to the same code once more.
    pub judged: Option<[Result<(), String>; 2]>,
}

impl Pairing {
    /// A token that the person got from the server.
    pub fn pasted(token: &str) -> Self {
        Self { token: token.to_owned(), judged: None }
    }
}

/// Exchanges a code. Without a token there is nothing to go on with.
pub async fn pair(wire: &Wire, code: &str) -> Result<Pairing, String> {
    let body = json!({"code": code, "name": "conformance kit"}).to_string();
    let call = || wire.post("/agent/v1/pair", Credential::None, body.clone(), Duration::ZERO);
    let answer = call().await?.ok("the pairing code")?;
    let is_visible = |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let token = answer.json["token"].as_str().filter(|token| is_visible(token));
    let token = token.ok_or("pair was answered without a `token` of visible ASCII")?.to_owned();
    let named = answer.json["agent"].is_string();
    let shape = if named { Ok(()) } else { Err("pair was answered without the id of an `agent`".to_owned()) };
    let again = call().await?;
    let once = if again.status == 401 {
        Ok(())
    } else {
        Err(format!("the used code was answered {}", again.status))
    };
    Ok(Pairing { token, judged: Some([shape, once]) })
}
