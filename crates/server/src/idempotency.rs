//! The header `Idempotency-Key` of a caller's POST, as the IETF draft of that name and as everybody writes it.
//!
//! The draft has a quoted string there (a "String" of structured fields); most clients send the bare characters. Both
//! spellings name the same key.

use crate::error::ApiError;
use crate::router::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

const HEADER: &str = "idempotency-key";
/// Longest key. A UUID, which the draft suggests, has 36 characters.
const MAX_LENGTH: usize = 255;

/// The caller's key, when there is one.
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key without its quotes.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return if parts.headers.contains_key(HEADER) { Err(ApiError::Key) } else { Ok(Self(None)) };
        };
        value.to_str().ok().and_then(parse).map(|key| Self(Some(key))).ok_or(ApiError::Key)
    }
}

fn parse(value: &str) -> Option<String> {
    let value = value.trim();
    let key = match value.strip_prefix('"') {
        Some(quoted) => unquote(quoted)?,
        None => Some(value.to_owned()).filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()))?,
    };
    (1..=MAX_LENGTH).contains(&key.len()).then_some(key)
}

/// What stands between the opening quote, which is cut off already, and the closing one, which ends the value.
fn unquote(quoted: &str) -> Option<String> {
    let mut key = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(key),
            '\\' => key.push(rest.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            plain if plain == ' ' || plain.is_ascii_graphic() => key.push(plain),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let longest = "k".repeat(255);
        let (quoted, too_long) = (format!("\"{longest}\""), "k".repeat(256));
        for (value, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            (r#""8e03978e""#, Some("8e03978e")),
            (r#"  "a key, with blanks"  "#, Some("a key, with blanks")),
            (r#""a \"quoted\" \\ one""#, Some(r#"a "quoted" \ one"#)),
            (r"bare\slash;and,more", Some(r"bare\slash;and,more")),
            (&longest, Some(longest.as_str())),
            (&quoted, Some(longest.as_str())),
            (&too_long, None),
            ("", None),
            ("   ", None),
            (r#""""#, None),
            (r#"""#, None),
            (r#""open"#, None),
            (r#""a" "b""#, None),
            (r#""a";p=1"#, None),
            (r#""a\b""#, None),
            ("two words", None),
            ("tab\there", None),
            ("\"tab\there\"", None),
            ("Schlüssel", None),
        ] {
            assert_eq!(parse(value).as_deref(), key, "{value}");
        }
    }
}
