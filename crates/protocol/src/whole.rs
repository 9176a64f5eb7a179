//! Whole numbers as JSON has them: `40.0` is 40, and what JavaScript can't count to is no whole number.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// The largest integer below which a double leaves none out.
pub(crate) const MAX_SAFE: u64 = 9_007_199_254_740_991;

#[expect(clippy::cast_precision_loss, reason = "it is exact")]
const MAX: f64 = MAX_SAFE as f64;

/// Whether `number` is beyond [`MAX_SAFE`]. Every double from there on is whole.
pub(crate) fn is_too_large(number: &Number) -> bool {
    number.as_f64().is_some_and(|float| float > MAX)
}

/// `number` as an integer from 0 to [`MAX_SAFE`], if it is one.
pub(crate) fn of(number: &Number) -> Option<u64> {
    match (number.as_u64(), number.as_f64()) {
        (Some(integer), _) => (integer <= MAX_SAFE).then_some(integer),
        (None, Some(float)) if (0.0..=MAX).contains(&float) && float.trunc() == float =>
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            Some(float as u64)
        }
        _ => None,
    }
}

/// For a member that must be there.
pub(crate) fn needed<'de, T: TryFrom<u64>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    taken(&Number::deserialize(deserializer)?)
}

/// For a member that may be absent or `null`.
pub(crate) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::<Number>::deserialize(deserializer)?.map(|number| taken(&number)).transpose()
}

fn taken<T: TryFrom<u64>, E: Error>(number: &Number) -> Result<T, E> {
    let whole = of(number).and_then(|whole| T::try_from(whole).ok());
    whole.ok_or_else(|| E::invalid_value(Unexpected::Other("number"), &"a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Message {
        #[serde(deserialize_with = "needed")]
        epoch: u32,
        #[serde(default, deserialize_with = "optional")]
        ms: Option<u64>,
    }

    #[test]
    fn forty_point_nought_is_forty() {
        for (text, epoch, ms) in [
            (r#"{"epoch": 40}"#, 40, None),
            (r#"{"epoch": 40.0, "ms": null}"#, 40, None),
            (r#"{"epoch": 4e1, "ms": 9007199254740991}"#, 40, Some(MAX_SAFE)),
            (r#"{"epoch": 4294967295, "ms": -0.0}"#, u32::MAX, Some(0)),
        ] {
            let message: Message = serde_json::from_str(text).unwrap();
            assert_eq!((message.epoch, message.ms), (epoch, ms), "{text}");
        }
        for text in [
            r#"{"epoch": 4294967296}"#,
            r#"{"epoch": -1}"#,
            r#"{"epoch": 0.5}"#,
            r#"{"epoch": "1"}"#,
            r#"{"epoch": null}"#,
            "{}",
            r#"{"epoch": 1, "ms": 9007199254740992}"#,
            r#"{"epoch": 1, "ms": 1e300}"#,
        ] {
            assert!(serde_json::from_str::<Message>(text).is_err(), "{text}");
        }
    }
}
