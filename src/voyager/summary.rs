//! How many connections the account has.

use liaison_list::envelope::{Envelope, fill_from_slice};
use liaison_list::{Defect, ParseError};

/// Reads the answer of `connectionsSummary` in either envelope (`docs/VOYAGER.md`, "The list").
///
/// # Errors
/// When the body is not JSON or holds no number that could be one of people.
pub fn parse_summary(body: &[u8]) -> Result<u64, ParseError> {
    let mut envelope = Envelope::default();
    fill_from_slice(body, &mut envelope).map_err(|_| ParseError::new(Defect::NotJson, body))?;
    let (head, _) = envelope.split();
    let number = head.record.num_connections.and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| ParseError::new(Defect::NoNumber, body))
}

#[cfg(test)]
mod tests {
    use super::parse_summary;
    use crate::voyager::Defect;

    #[test]
    fn both_envelopes_give_the_number() {
        let normalised = br#"{"data":{"entityUrn":"urn:li:fs_relConnectionsSummary:SIM_sam-0001","numConnections":4882},"included":[]}"#;
        let nested = br#"{"entityUrn":"urn:li:fs_relConnectionsSummary:SIM_sam-0001","numConnections":4882}"#;
        assert_eq!(parse_summary(normalised).unwrap(), 4882);
        assert_eq!(parse_summary(nested).unwrap(), 4882);
        assert_eq!(parse_summary(br#"{"numConnections":0}"#).unwrap(), 0);
    }

    #[test]
    fn anything_else_is_no_number() {
        for body in ["{}", r#"{"data":{}}"#, r#"{"numConnections":"500+"}"#, r#"{"numConnections":-1}"#] {
            assert_eq!(parse_summary(body.as_bytes()).unwrap_err().defect, Defect::NoNumber, "{body}");
        }
        for body in ["", "{", r#"{"numConnections":4882}x"#] {
            assert_eq!(parse_summary(body.as_bytes()).unwrap_err().defect, Defect::NotJson, "{body}");
        }
    }
}
