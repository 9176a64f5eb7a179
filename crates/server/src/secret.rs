//! Keys, tokens and codes: made at random, shown once, kept as SHA-256.
//!
//! A slow hash (Argon2, bcrypt) is there for what people choose: it makes guessing from a small set dear. API keys
//! and agent tokens hold 256 random bits, which nobody guesses at any speed, and they are checked on every request.
//! A pairing code holds 50 bits, but it lives ten minutes and works once, and wrong guesses are few (`crate::guess`).

use sha2::{Digest, Sha256};

/// What the database keeps of a secret.
pub type SecretHash = Vec<u8>;

/// 32 symbols, so that five random bits choose one evenly; without 0, 1, I and O, which people mix up.
const CODE_ALPHABET: [u8; 32] = *b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_HALF: usize = 5;

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("drawing random bytes")]
pub struct NoRandomness(#[source] getrandom::Error);

/// A caller's key, for the header `x-api-key`.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_api_key() -> Result<String, NoRandomness> {
    Ok(format!("lsk_{}", hex(&random::<32>()?)))
}

/// A key of the admin API, for `Authorization: Bearer`.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_admin_key() -> Result<String, NoRandomness> {
    Ok(format!("lak_{}", hex(&random::<32>()?)))
}

/// What the cookie of who is signed in to the dashboard holds.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_session() -> Result<String, NoRandomness> {
    Ok(format!("lds_{}", hex(&random::<32>()?)))
}

/// An agent's token, for `Authorization: Bearer`.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_agent_token() -> Result<String, NoRandomness> {
    Ok(format!("lat_{}", hex(&random::<32>()?)))
}

/// The name of one offer.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_lease_token() -> Result<String, NoRandomness> {
    Ok(hex(&random::<16>()?))
}

/// A one-time code that a person can type: two groups of five letters and digits.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_pairing_code() -> Result<String, NoRandomness> {
    let mut code = String::with_capacity(2 * CODE_HALF + 1);
    for (at, byte) in random::<{ 2 * CODE_HALF }>()?.into_iter().enumerate() {
        if at == CODE_HALF {
            code.push('-');
        }
        code.push(char::from(CODE_ALPHABET[usize::from(byte) % CODE_ALPHABET.len()]));
    }
    Ok(code)
}

/// The hash of an API key or an agent token.
#[must_use]
pub fn hash_secret(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The hash of a pairing code as a person may have typed it: case, blanks and dashes don't count.
#[must_use]
pub fn hash_pairing_code(typed: &str) -> SecretHash {
    let plain: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    hash_secret(&plain)
}

/// A number from 0 to 1, the same chance for each.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn chance() -> Result<f64, NoRandomness> {
    let [a, b, c, d] = random::<4>()?;
    Ok(f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX))
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}

/// In digits and small letters.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_typed_carelessly() {
        let code = new_pairing_code().unwrap();
        assert_eq!(code.len(), 11);
        let careless = format!(" {} ", code.to_lowercase().replace('-', " "));
        assert_eq!(hash_pairing_code(&code), hash_pairing_code(&careless));
    }

    #[test]
    fn kinds_of_secret_can_be_told_apart() {
        assert!(new_api_key().unwrap().starts_with("lsk_"));
        assert!(new_admin_key().unwrap().starts_with("lak_"));
        assert!(new_agent_token().unwrap().starts_with("lat_"));
        assert!(new_session().unwrap().starts_with("lds_"));
        assert_ne!(new_lease_token().unwrap(), new_lease_token().unwrap());
    }
}
