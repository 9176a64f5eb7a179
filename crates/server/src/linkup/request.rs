//! What a body asks for. The `login_token` in it is checked to be there and dropped; nobody here has a use for it.

use crate::error::ApiError;
use liaison_protocol::optional_integer;
use serde_json::{Map, Value};

/// Rows on a page.
pub const PAGE: u64 = 10;
const DEFAULT_RESULTS: u64 = 10;
/// Ten tasks of the largest size.
const MAX_ROWS: u64 = 5_000;
/// Far beyond any network; keeps the arithmetic small.
const MAX_PAGE: u64 = 100_000_000;

/// A checked request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// These pages, counted from 1, the last one included.
    Pages {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// So many from the beginning.
    Results(u64),
}

impl Wish {
    /// Checks a body and lets go of it.
    pub fn parse(mut fields: Map<String, Value>) -> Result<Self, ApiError> {
        let has_token =
            matches!(fields.remove("login_token"), Some(Value::String(token)) if !token.is_empty());
        if !has_token {
            return Err(wrong("Missing or invalid 'login_token': must be a string that is not empty"));
        }
        let page = |name: &str, fault: &'static str| match optional_integer(&fields, name) {
            Ok(page) if page.is_none_or(|page| (1..=MAX_PAGE).contains(&page)) => Ok(page),
            _ => Err(wrong(fault)),
        };
        let from = page("start_page", "Invalid 'start_page': must be an integer of at least 1")?;
        let to = page("end_page", "Invalid 'end_page': must be an integer of at least 1")?;
        let wish = match (from, to) {
            (Some(from), Some(to)) if from <= to => Self::Pages { from, to },
            (Some(_), Some(_)) => {
                return Err(wrong("'end_page' must be greater than or equal to 'start_page'"));
            }
            (None, None) => Self::Results(results(&fields)?),
            _ => return Err(wrong("'start_page' and 'end_page' must be given together")),
        };
        if wish.count() > MAX_ROWS {
            return Err(wrong("At most 5000 connections (500 pages) can be had by one call"));
        }
        Ok(wish)
    }

    /// Index of the first connection.
    pub fn start(self) -> u64 {
        match self {
            Self::Pages { from, .. } => (from - 1) * PAGE,
            Self::Results(_) => 0,
        }
    }

    /// How many connections.
    pub fn count(self) -> u64 {
        match self {
            Self::Pages { from, to } => (to - from + 1) * PAGE,
            Self::Results(count) => count,
        }
    }
}

fn results(fields: &Map<String, Value>) -> Result<u64, ApiError> {
    match optional_integer(fields, "total_results") {
        Ok(None) => Ok(DEFAULT_RESULTS),
        Ok(Some(count)) if count > 0 => Ok(count),
        _ => Err(wrong("Invalid 'total_results': must be an integer of at least 1")),
    }
}

fn wrong(text: &'static str) -> ApiError {
    ApiError::Asked(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(mut fields: Value) -> Result<Wish, String> {
        if fields.get("login_token").is_none() {
            fields["login_token"] = json!("a token");
        }
        Wish::parse(fields.as_object().unwrap().clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn both_modes() {
        for (fields, start, count) in [
            (json!({}), 0, 10),
            (json!({"total_results": 25}), 0, 25),
            (json!({"total_results": 25.0, "country": "FR"}), 0, 25),
            (json!({"total_results": null, "start_page": null, "end_page": null, "country": 7}), 0, 10),
            (json!({"total_results": 5000}), 0, 5000),
            (json!({"start_page": 1, "end_page": 1}), 0, 10),
            (json!({"start_page": 2, "end_page": 4}), 10, 30),
            (json!({"start_page": 1, "end_page": 500}), 0, 5000),
            (json!({"start_page": 100_000_000, "end_page": 100_000_000}), 999_999_990, 10),
            // Only used when no pages are asked for.
            (json!({"start_page": 1, "end_page": 2, "total_results": "many"}), 0, 20),
        ] {
            let wish = parse(fields.clone()).unwrap();
            assert_eq!((wish.start(), wish.count()), (start, count), "{fields}");
        }
    }

    #[test]
    fn refusals() {
        let together = "'start_page' and 'end_page' must be given together";
        let order = "'end_page' must be greater than or equal to 'start_page'";
        let many = "At most 5000 connections (500 pages) can be had by one call";
        let at_least = |name: &str| format!("Invalid '{name}': must be an integer of at least 1");
        for (fields, text) in [
            (json!({"start_page": 1}), together.to_owned()),
            (json!({"end_page": 1}), together.to_owned()),
            (json!({"start_page": 1, "end_page": null}), together.to_owned()),
            (json!({"start_page": 2, "end_page": 1}), order.to_owned()),
            (json!({"start_page": 0, "end_page": 1}), at_least("start_page")),
            (json!({"start_page": "1", "end_page": 1}), at_least("start_page")),
            (json!({"start_page": 1.5, "end_page": 2}), at_least("start_page")),
            (json!({"start_page": 1, "end_page": 0}), at_least("end_page")),
            (json!({"start_page": 1, "end_page": -1}), at_least("end_page")),
            (json!({"start_page": 1, "end_page": 100_000_001}), at_least("end_page")),
            (json!({"total_results": 0}), at_least("total_results")),
            (json!({"total_results": -1}), at_least("total_results")),
            (json!({"total_results": "10"}), at_least("total_results")),
            (json!({"total_results": 5001}), many.to_owned()),
            (json!({"start_page": 1, "end_page": 501}), many.to_owned()),
        ] {
            assert_eq!(parse(fields.clone()), Err(text), "{fields}");
        }
        for token in [json!(""), json!(null), json!(7), json!(["a"]), json!({})] {
            let text = "Missing or invalid 'login_token': must be a string that is not empty";
            assert_eq!(parse(json!({ "login_token": token })), Err(text.to_owned()), "{token}");
        }
    }
}
