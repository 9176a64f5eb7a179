//! What the person set: the edge policy. No server reads or changes it, and no setting passes a hard ceiling.
//!
//! A value is checked when it is set and clamped again whenever it is used ([`Settings::limits`]), so that a record that
//! was damaged, or written by somebody else, passes no ceiling either.

use crate::agent::hours::Hours;
use crate::agent::status::Problem;
use crate::config::{
    INVITE_GAP_BOUNDS_MS, INVITE_GAP_MS, INVITES_PER_DAY, INVITES_PER_DAY_CEILING, INVITES_PER_WEEK,
    INVITES_PER_WEEK_CEILING, READ_GAP_BOUNDS_MS, READ_GAP_MS,
};
use liaison_protocol::{TaskType, known_task_types};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the person set, as it is stored and as pages are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Nothing is done while set.
    pub paused: bool,
    /// Kinds of task that are not carried out, by their names on the wire.
    pub kinds_off: Vec<String>,
    /// Invitations in a rolling day.
    pub invites_per_day: i64,
    /// Invitations in rolling seven days.
    pub invites_per_week: i64,
    /// Least gap between two reads, in ms.
    pub read_gap_ms: i64,
    /// Least gap between two invitations, in ms.
    pub invite_gap_ms: i64,
    /// When work is done; `None`: always.
    pub hours: Option<Hours>,
    /// Whether each invitation waits for the person's word.
    pub ask_before_invite: bool,
}

/// The numbers that are in force: no setting passes what is clamped here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Invitations in a rolling day, 0 to 100.
    pub per_day: usize,
    /// Invitations in rolling seven days, 0 to 200.
    pub per_week: usize,
    /// Least gap between two reads, a second at least.
    pub read_gap_ms: i64,
    /// Least gap between two invitations, five seconds at least.
    pub invite_gap_ms: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            paused: false,
            kinds_off: Vec::new(),
            invites_per_day: INVITES_PER_DAY,
            invites_per_week: INVITES_PER_WEEK,
            read_gap_ms: READ_GAP_MS,
            invite_gap_ms: INVITE_GAP_MS,
            hours: None,
            ask_before_invite: false,
        }
    }
}

impl Settings {
    /// What takes the place of settings that can't be read: nothing is done until the person has looked at them, since
    /// they may have been stricter than what holds without them.
    #[must_use]
    pub fn unreadable() -> Self {
        Self { paused: true, ..Self::default() }
    }

    /// The numbers in force.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let count = |set: i64, ceiling: i64| usize::try_from(set.clamp(0, ceiling)).unwrap_or(0);
        let gap = |set: i64, (least, most): (i64, i64)| set.clamp(least, most);
        Limits {
            per_day: count(self.invites_per_day, INVITES_PER_DAY_CEILING),
            per_week: count(self.invites_per_week, INVITES_PER_WEEK_CEILING),
            read_gap_ms: gap(self.read_gap_ms, READ_GAP_BOUNDS_MS),
            invite_gap_ms: gap(self.invite_gap_ms, INVITE_GAP_BOUNDS_MS),
        }
    }

    /// The settings in force, for a page.
    #[must_use]
    pub fn effective(&self) -> Self {
        let limits = self.limits();
        let count = |limit: usize| i64::try_from(limit).unwrap_or(0);
        Self {
            invites_per_day: count(limits.per_day),
            invites_per_week: count(limits.per_week),
            read_gap_ms: limits.read_gap_ms,
            invite_gap_ms: limits.invite_gap_ms,
            ..self.clone()
        }
    }

    /// Whether the person lets this kind of task be carried out.
    #[must_use]
    pub fn allows(&self, kind: TaskType) -> bool {
        !self.kinds_off.iter().any(|off| off == kind.as_str())
    }

    /// The settings with `wanted` changed, all of it or nothing: an object with any of the members but `paused`.
    ///
    /// # Errors
    /// `invalid_settings`, with a sentence that names the member and what it may be.
    pub fn changed(&self, wanted: &Value) -> Result<Self, Problem> {
        let Value::Object(wanted) = wanted else {
            return Err(invalid("'settings' must be an object"));
        };
        let mut new = self.clone();
        for (member, value) in wanted {
            new.change(member, value)
                .map_err(|problem| problem.said("invalid_settings", vec![member.clone()]))?;
        }
        Ok(new)
    }

    fn change(&mut self, member: &str, value: &Value) -> Result<(), Problem> {
        match member {
            "kinds_off" => self.kinds_off = kinds(value)?,
            "invites_per_day" => self.invites_per_day = number(member, value, (0, INVITES_PER_DAY_CEILING))?,
            "invites_per_week" => {
                self.invites_per_week = number(member, value, (0, INVITES_PER_WEEK_CEILING))?;
            }
            "read_gap_ms" => self.read_gap_ms = number(member, value, READ_GAP_BOUNDS_MS)?,
            "invite_gap_ms" => self.invite_gap_ms = number(member, value, INVITE_GAP_BOUNDS_MS)?,
            "hours" => self.hours = hours(value)?,
            "ask_before_invite" => {
                let no_bool = || invalid("'ask_before_invite' must be true or false");
                self.ask_before_invite = value.as_bool().ok_or_else(no_bool)?;
            }
            _ => return Err(invalid(&format!("'{}' is no setting", member.escape_default()))),
        }
        Ok(())
    }
}

fn number(member: &str, value: &Value, (least, most): (i64, i64)) -> Result<i64, Problem> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float that is no whole number in range is refused next"
    )]
    let whole = value
        .as_i64()
        .or_else(|| value.as_f64().filter(|float| float.fract() == 0.0).map(|float| float as i64));
    whole
        .filter(|whole| (least..=most).contains(whole))
        .ok_or_else(|| invalid(&format!("'{member}' must be a whole number from {least} to {most}")))
}

fn kinds(value: &Value) -> Result<Vec<String>, Problem> {
    let known = known_task_types().map(TaskType::as_str);
    let wrong = || invalid(&format!("'kinds_off' must be a list of task types: {}", known.join(", ")));
    let mut kinds = Vec::new();
    for kind in value.as_array().ok_or_else(wrong)? {
        let kind = kind.as_str().filter(|kind| known.contains(kind)).ok_or_else(wrong)?;
        if !kinds.iter().any(|other| other == kind) {
            kinds.push(kind.to_owned());
        }
    }
    Ok(kinds)
}

fn hours(value: &Value) -> Result<Option<Hours>, Problem> {
    if value.is_null() {
        return Ok(None);
    }
    let days = value["days"].as_array().map(|days| days.iter().map(day).collect::<Vec<u8>>());
    let hours = days.zip(value["from"].as_str().zip(value["to"].as_str()));
    hours.and_then(|(days, (from, to))| Hours::new(&days, from, to)).map(Some).ok_or_else(|| {
        invalid(
            "'hours' must be null, or have 'days' (numbers from 1, Monday, to 7, at least one), 'from' and 'to' (00:00 to \
             23:59, not the same)",
        )
    })
}

/// A day's number; 0, which is none, for what isn't one.
fn day(value: &Value) -> u8 {
    number("days", value, (1, 7)).ok().and_then(|day| u8::try_from(day).ok()).unwrap_or(0)
}

fn invalid(message: &str) -> Problem {
    Problem::new("invalid_settings", message, "Correct the value; nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(wanted: &Value) -> String {
        let problem = Settings::default().changed(wanted).unwrap_err();
        assert_eq!(problem.code, "invalid_settings", "{wanted}");
        problem.message
    }

    #[test]
    fn a_part_is_changed_and_the_rest_stays() {
        let wanted = json!({ "invites_per_day": 7.0, "hours": { "days": [5, 1, 1], "from": "22:00", "to": "06:30" },
            "kinds_off": ["agent_fetch_connections", "agent_fetch_connections"], "ask_before_invite": true });
        let new = Settings::default().changed(&wanted).unwrap();
        let written = serde_json::to_value(&new).unwrap();
        let expected = json!({ "paused": false, "kinds_off": ["agent_fetch_connections"], "invites_per_day": 7,
            "invites_per_week": 100, "read_gap_ms": 1_500, "invite_gap_ms": 8_000, "ask_before_invite": true,
            "hours": { "days": [1, 5], "from": "22:00", "to": "06:30" } });
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<Settings>(written).unwrap(), new);
        assert_eq!(new.changed(&json!({ "hours": null })).unwrap().hours, None);
        assert_eq!(new.changed(&json!({})).unwrap(), new);
    }

    #[test]
    fn what_passes_a_bound_is_refused_with_the_member_and_its_range() {
        for (member, least, most) in [
            ("invites_per_day", 0, 100),
            ("invites_per_week", 0, 200),
            ("read_gap_ms", 1_000, 600_000),
            ("invite_gap_ms", 5_000, 3_600_000),
        ] {
            let range = format!("'{member}' must be a whole number from {least} to {most}");
            for good in [json!(least), json!(most)] {
                assert!(Settings::default().changed(&json!({ member: good })).is_ok(), "{member}");
            }
            let wrong = [
                json!(least - 1),
                json!(most + 1),
                json!(i64::MAX),
                json!(u64::MAX),
                json!(1e300),
                json!(-1e300),
                json!(5_000.5),
                json!("50"),
                json!(true),
                json!([50]),
                Value::Null,
            ];
            for value in wrong {
                assert_eq!(refused(&json!({ member: value })), range, "{value}");
            }
        }
    }

    #[test]
    fn other_members_are_refused_by_name_and_nothing_is_changed() {
        for (wanted, named) in [
            (json!({ "invites_per_day": 5, "paused": true }), "'paused'"),
            (json!({ "invites_per_hour": 5 }), "'invites_per_hour'"),
            (json!({ "kinds_off": ["agent_delete_account"] }), "'kinds_off'"),
            (json!({ "kinds_off": "all" }), "'kinds_off'"),
            (json!({ "ask_before_invite": 1 }), "'ask_before_invite'"),
            (json!({ "hours": { "days": [], "from": "09:00", "to": "18:00" } }), "'hours'"),
            (json!({ "hours": { "days": [0], "from": "09:00", "to": "18:00" } }), "'hours'"),
            (json!({ "hours": { "days": [8], "from": "09:00", "to": "18:00" } }), "'hours'"),
            (json!({ "hours": { "days": [1], "from": "09:00", "to": "09:00" } }), "'hours'"),
            (json!({ "hours": { "days": [1], "from": "9:00", "to": "24:00" } }), "'hours'"),
            (json!({ "hours": { "days": [1], "from": "09:60", "to": "18:00" } }), "'hours'"),
            (json!({ "hours": { "days": [1], "from": "09:00" } }), "'hours'"),
            (json!({ "hours": "always" }), "'hours'"),
            (json!([]), "'settings'"),
            (Value::Null, "'settings'"),
        ] {
            let message = refused(&wanted);
            assert!(message.starts_with(named), "{wanted}: {message}");
        }
    }

    #[test]
    fn a_record_passes_no_ceiling_whatever_it_says() {
        let read = |record: Value| serde_json::from_value::<Settings>(record).unwrap().limits();
        let most =
            read(json!({ "invites_per_day": i64::MAX, "invites_per_week": 1_000_000, "read_gap_ms": 0,
            "invite_gap_ms": -9 }));
        let ceilings = Limits { per_day: 100, per_week: 200, read_gap_ms: 1_000, invite_gap_ms: 5_000 };
        assert_eq!(most, ceilings);
        let least =
            read(json!({ "invites_per_day": -1, "invites_per_week": i64::MIN, "read_gap_ms": i64::MAX,
            "invite_gap_ms": i64::MAX }));
        let floors = Limits { per_day: 0, per_week: 0, read_gap_ms: 600_000, invite_gap_ms: 3_600_000 };
        assert_eq!(least, floors);
        let record = json!({ "paused": true });
        assert_eq!(
            serde_json::from_value::<Settings>(record).unwrap(),
            Settings::unreadable(),
            "of an older version"
        );
    }
}
