//! What a query asks for.

use super::projection::Projection;
use crate::error::ApiError;
use axum::extract::Query;
use axum::http::Uri;
use liaison_protocol::MAX_COUNT;

const DEFAULT_COUNT: u64 = 10;
/// Rest.li counts in 32 bits.
const MAX_START: u64 = 2_147_483_647;

/// A checked request.
#[derive(Debug, PartialEq, Eq)]
pub struct Wish {
    /// Index of the first connection.
    pub start: u64,
    /// How many, 0 to 500.
    pub count: u64,
    /// What of the answer.
    pub projection: Projection,
}

impl Wish {
    /// Reads a query string. Parameters that aren't known are ignored.
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        const NO_QUERY: ApiError = ApiError::Asked(std::borrow::Cow::Borrowed("The query can't be read"));
        let uri: Uri = format!("/?{query}").parse().map_err(|_| NO_QUERY)?;
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).map_err(|_| NO_QUERY)?;
        if one(&pairs, "q")? != Some("viewer") {
            return Err(ApiError::Asked("Invalid 'q': must be viewer".into()));
        }
        let projection = match one(&pairs, "projection")? {
            None => Projection::default(),
            Some(text) => Projection::parse(text)
                .map_err(|fault| ApiError::Asked(format!("Invalid 'projection': {fault}").into()))?,
        };
        Ok(Self {
            start: number(&pairs, "start", 0, MAX_START)?,
            count: number(&pairs, "count", DEFAULT_COUNT, MAX_COUNT)?,
            projection,
        })
    }

    /// Whether anybody has to be read from the list.
    pub fn wants_rows(&self) -> bool {
        self.count > 0 && self.projection.reaches(&["elements"])
    }

    /// Whether the network's size has to be asked for.
    pub fn wants_total(&self) -> bool {
        self.projection.reaches(&["paging", "total"])
    }
}

fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, ApiError> {
    let mut values = pairs.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(ApiError::Asked(format!("Invalid '{name}': must be there once").into())),
    }
}

fn number(pairs: &[(String, String)], name: &str, default: u64, most: u64) -> Result<u64, ApiError> {
    let Some(text) = one(pairs, name)? else { return Ok(default) };
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let value = digits.and_then(|digits| digits.parse().ok()).filter(|value| *value <= most);
    value.ok_or_else(|| {
        ApiError::Asked(format!("Invalid '{name}': must be an integer between 0 and {most}").into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(query: &str) -> String {
        Wish::parse(query).unwrap_err().to_string()
    }

    #[test]
    fn numbers() {
        for (query, start, count) in [
            ("q=viewer", 0, 10),
            ("q=viewer&start=0&count=50", 0, 50),
            ("count=500&start=2147483647&q=viewer&format=json", 2_147_483_647, 500),
            ("q=viewer&count=0", 0, 0),
            ("q=%76iewer&count=007", 0, 7),
        ] {
            let wish = Wish::parse(query).unwrap();
            assert_eq!((wish.start, wish.count), (start, count), "{query}");
        }
        for count in ["501", "-1", "+1", "1.5", "ten", "", "99999999999999999999", "1%20", "%"] {
            let query = format!("q=viewer&count={count}");
            assert_eq!(fault(&query), "Invalid 'count': must be an integer between 0 and 500", "{query}");
        }
        assert_eq!(
            fault("q=viewer&start=2147483648"),
            "Invalid 'start': must be an integer between 0 and 2147483647"
        );
    }

    #[test]
    fn the_finder_is_viewer_and_each_parameter_stands_once() {
        for query in ["", "q=", "q=members", "q=Viewer", "start=0&count=50", "q"] {
            assert_eq!(fault(query), "Invalid 'q': must be viewer", "{query}");
        }
        for (query, name) in [
            ("q=viewer&q=viewer", "q"),
            ("q=viewer&count=1&count=1", "count"),
            ("q=viewer&start=1&start=1", "start"),
            ("q=viewer&projection=(paging)&projection=(paging)", "projection"),
        ] {
            assert_eq!(fault(query), format!("Invalid '{name}': must be there once"));
        }
        assert_eq!(fault("q=viewer&count=\n"), "The query can't be read");
    }

    #[test]
    fn what_has_to_be_read() {
        for (query, rows, total) in [
            ("", true, true),
            ("&count=0", false, true),
            ("&projection=(paging)", false, true),
            ("&projection=(paging(total))", false, true),
            ("&projection=(paging(start,count,links))", false, false),
            ("&projection=(elements(*(to~)),paging)", true, true),
            ("&projection=%28elements%28%2A%28to~%29%29%2Cpaging%29", true, true),
            ("&projection=(elements*(to~))", true, false),
            ("&projection=(*)", true, true),
            ("&projection=(metadata)", false, false),
        ] {
            let wish = Wish::parse(&format!("q=viewer{query}")).unwrap();
            assert_eq!((wish.wants_rows(), wish.wants_total()), (rows, total), "{query}");
        }
        assert_eq!(fault("q=viewer&projection=(paging"), "Invalid 'projection': ends before its ')'");
    }
}
