//! Invented people, the pages that list them in every form LinkedIn has, and what must come out.

use crate::oracle::slow::Person;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::{Value, json};

/// One member, and how the account is connected to them.
#[derive(Clone, Debug)]
pub struct Someone {
    pub id: String,
    pub first: Option<String>,
    pub last: Option<String>,
    pub headline: Option<String>,
    pub slug: Option<String>,
    /// Widths of the picture without a frame, and of the one with.
    pub pictures: [Vec<u16>; 2],
    pub connected_at: i64,
    /// Whether LinkedIn sends the profile along.
    pub resolved: bool,
}

/// A page: who is listed, by place in `people`, and in which order `included` holds the rest.
#[derive(Clone, Debug)]
pub struct Listed {
    pub people: Vec<Someone>,
    pub order: Vec<usize>,
    pub shuffle: Vec<usize>,
}

/// The forms of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    Normalised,
    Nested,
    LegacyNormalised,
    LegacyNested,
}

pub const FORMS: [Form; 4] = [Form::Normalised, Form::Nested, Form::LegacyNormalised, Form::LegacyNested];

/// White space within reach of a keyboard and beyond, around anything.
fn words() -> impl Strategy<Value = Option<String>> {
    let space = || prop_oneof![Just(""), Just(" "), Just("\u{a0}\t"), Just("\n\u{2003}")];
    let given =
        (space(), "\\PC{0,10}", space()).prop_map(|(before, word, after)| format!("{before}{word}{after}"));
    prop_oneof![4 => given.prop_map(Some), 1 => Just(None)]
}

fn someone() -> impl Strategy<Value = Someone> {
    let pictures = [proptest::collection::vec(1..900_u16, 0..4), proptest::collection::vec(1..900_u16, 0..3)];
    let at = 0..4_102_444_800_000_i64;
    let resolved = prop_oneof![5 => Just(true), 1 => Just(false)];
    (words(), words(), words(), words(), pictures, at, resolved).prop_map(
        |(first, last, headline, slug, pictures, connected_at, resolved)| Someone {
            id: String::new(),
            first,
            last,
            headline,
            slug,
            pictures,
            connected_at,
            resolved,
        },
    )
}

/// A page of up to a dozen rows, some of them twice.
pub fn listed() -> impl Strategy<Value = Listed> {
    (1..9_usize)
        .prop_flat_map(|members| {
            (
                proptest::collection::vec(someone(), members),
                proptest::collection::vec(0..members, 0..12),
                Just((0..2 * members).collect::<Vec<_>>()).prop_shuffle(),
                any::<u16>(),
            )
        })
        .prop_map(|(mut people, order, shuffle, salt)| {
            for (at, someone) in people.iter_mut().enumerate() {
                someone.id = format!("SIM_{salt:05}-{at}");
            }
            Listed { people, order, shuffle }
        })
}

impl Listed {
    /// The same people, every name with this at its end.
    pub fn with_names_ending_in(&self, end: &str) -> Self {
        let mut listed = self.clone();
        for someone in &mut listed.people {
            for name in [&mut someone.first, &mut someone.last].into_iter().flatten() {
                name.push_str(end);
            }
        }
        listed
    }

    /// The body in one of its forms.
    pub fn body(&self, form: Form) -> Value {
        let row = |at: &usize| {
            let someone = &self.people[*at];
            let mut row = someone.connection(form);
            if someone.resolved {
                let name =
                    if form == Form::Nested { "connectedMemberResolutionResult" } else { "miniProfile" };
                row[name] = someone.profile(form);
            }
            row
        };
        let paging = json!({ "count": 40, "start": 0, "links": [] });
        if matches!(form, Form::Nested | Form::LegacyNested) {
            return json!({ "paging": paging, "elements": self.order.iter().map(row).collect::<Value>() });
        }
        let records = self.people.iter().flat_map(|someone| {
            let profile =
                if someone.resolved { someone.profile(form) } else { json!({ "entityUrn": "urn:li:x:1" }) };
            [someone.connection(form), profile]
        });
        let records: Vec<Value> = records.collect();
        let included: Vec<&Value> = self.shuffle.iter().map(|at| &records[*at]).collect();
        let refs: Vec<Value> =
            self.order.iter().map(|at| self.people[*at].connection_urn(form).into()).collect();
        json!({ "data": { "paging": paging, "*elements": refs }, "included": included })
    }

    /// The rows that must come out, or `None` when so many without a name are no list of people.
    pub fn expected(&self, form: Form) -> Option<Vec<Person>> {
        let rows = self.order.iter().enumerate();
        let rows: Vec<Person> = rows.map(|(index, at)| self.people[*at].expected(index, form)).collect();
        (rows.len() < 5 || rows.iter().any(|row| row.has_a_name)).then_some(rows)
    }
}

impl Someone {
    fn connection_urn(&self, form: Form) -> String {
        match form {
            Form::Normalised | Form::Nested => format!("urn:li:fsd_connection:{}", self.id),
            Form::LegacyNormalised | Form::LegacyNested => format!("urn:li:fs_relConnection:{}", self.id),
        }
    }

    fn connection(&self, form: Form) -> Value {
        let urn = self.connection_urn(form);
        match form {
            Form::Normalised => json!({
                "createdAt": self.connected_at,
                "connectedMember": format!("urn:li:fsd_profile:{}", self.id),
                "*connectedMemberResolutionResult": format!("urn:li:fsd_profile:{}", self.id),
                "entityUrn": urn,
                "$type": "com.linkedin.voyager.dash.relationships.Connection",
            }),
            Form::Nested => json!({
                "createdAt": self.connected_at,
                "connectedMember": format!("urn:li:fsd_profile:{}", self.id),
                "entityUrn": urn,
            }),
            Form::LegacyNormalised => json!({
                "createdAt": self.connected_at,
                "*miniProfile": format!("urn:li:fs_miniProfile:{}", self.id),
                "entityUrn": urn,
            }),
            Form::LegacyNested => json!({ "createdAt": self.connected_at, "entityUrn": urn }),
        }
    }

    fn profile(&self, form: Form) -> Value {
        let legacy = matches!(form, Form::LegacyNormalised | Form::LegacyNested);
        let [unframed, framed] = &self.pictures;
        let image = |widths: &[u16], kind: &str| {
            let artifact = |width: &u16| {
                json!({
                    "width": width,
                    "height": 1,
                    "fileIdentifyingUrlPathSegment": format!("{width}/{}", self.id),
                })
            };
            let artifacts: Value = widths.iter().map(artifact).collect();
            json!({ "rootUrl": format!("https://media.licdn.com/{kind}_"), "artifacts": artifacts })
        };
        if legacy {
            json!({
                "firstName": self.first,
                "lastName": self.last,
                "occupation": self.headline.as_deref().unwrap_or("--"),
                "publicIdentifier": self.slug,
                "objectUrn": "urn:li:member:4290000001",
                "entityUrn": format!("urn:li:fs_miniProfile:{}", self.id),
                "dashEntityUrn": format!("urn:li:fsd_profile:{}", self.id),
                "picture": { "com.linkedin.common.VectorImage": image(unframed, "unframed") },
            })
        } else {
            json!({
                "firstName": self.first,
                "lastName": self.last,
                "headline": self.headline,
                "publicIdentifier": self.slug,
                "entityUrn": format!("urn:li:fsd_profile:{}", self.id),
                "profilePicture": {
                    "displayImageReference": { "vectorImage": image(unframed, "unframed") },
                    "displayImageWithFrameReferenceUnion": { "vectorImage": image(framed, "framed") },
                },
            })
        }
    }

    fn expected(&self, index: usize, form: Form) -> Person {
        let urn = format!("urn:li:fsd_profile:{}", self.id);
        let (connection_urn, created_at) = (Some(self.connection_urn(form)), Some(self.connected_at));
        let listed = Person { index, urn, connection_urn, created_at, ..Person::default() };
        if !self.resolved {
            return Person { findings: vec!["unresolved"], ..listed };
        }
        let given = |text: &Option<String>| text.as_deref().unwrap_or("").trim().to_owned();
        let (first_name, last_name) = (given(&self.first), given(&self.last));
        let name = [first_name.as_str(), last_name.as_str()].join(" ").trim().to_owned();
        let legacy = matches!(form, Form::LegacyNormalised | Form::LegacyNested);
        let [unframed, framed] = &self.pictures;
        let largest = |widths: &[u16]| widths.iter().max().copied();
        let picture = match (largest(unframed), if legacy { None } else { largest(framed) }) {
            (Some(width), framed) if framed.is_none_or(|framed| framed <= width) => Some(("unframed", width)),
            (_, Some(width)) => Some(("framed", width)),
            (_, None) => None,
        };
        Person {
            headline: Some(given(&self.headline)).filter(|text| !legacy || text != "--").unwrap_or_default(),
            public_identifier: given(&self.slug),
            picture: picture
                .map(|(kind, width)| format!("https://media.licdn.com/{kind}_{width}/{}", self.id)),
            findings: if name.is_empty() { vec!["nameless"] } else { vec![] },
            has_a_name: self.first.is_some() || self.last.is_some(),
            first_name,
            last_name,
            name,
            ..listed
        }
    }
}
