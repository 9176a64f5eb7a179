//! Cleaning takes whatever a row may hold.

use crate::cases;
use liaison::clean::clean_connection;
use liaison::voyager::connections::{Artifact, Image, Picture, Profile, Row};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::borrow::Cow;

type Text = Option<Cow<'static, str>>;

fn text() -> impl Strategy<Value = Text> {
    let given = prop_oneof![
        any::<String>(),
        "[ \u{a0}\u{200b}\t\n]{0,3}\\PC{0,6}[ \u{2028}\n]{0,3}",
        Just("--".to_owned()),
        "(https?|data|//|HTTPS)?:?(//)?\\PC{0,6}",
    ];
    proptest::option::of(given.prop_map(Cow::from))
}

fn image() -> impl Strategy<Value = Image<'static>> {
    let artifact = (any::<Option<i64>>(), any::<Option<i64>>(), text())
        .prop_map(|(width, height, segment)| Artifact { width, height, segment });
    let artifacts = proptest::option::of(proptest::collection::vec(artifact, 0..4));
    (text(), artifacts, text()).prop_map(|(root_url, artifacts, url)| {
        let mut image = Image { root_url, url, ..Image::default() };
        image.artifacts.0 = artifacts;
        image
    })
}

fn profile() -> impl Strategy<Value = Profile<'static>> {
    (text(), text(), text(), text(), text(), image(), image()).prop_map(
        |(first_name, last_name, headline, occupation, public_identifier, unframed, framed)| Profile {
            first_name,
            last_name,
            headline,
            occupation,
            public_identifier,
            picture: Picture { unframed, framed },
        },
    )
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn what_comes_out_is_what_was_given_and_trimmed(profile in proptest::option::of(profile())) {
        let urn = Cow::Borrowed("urn:li:fsd_profile:SIM_ada-0001");
        let row = Row { index: 0, urn, connection_urn: None, created_at: None, profile };
        let (connection, findings) = clean_connection(&row);
        prop_assert_eq!(&connection.entity_urn, &row.urn);
        let findings: Vec<&str> = findings.into_iter().map(|finding| finding.as_str()).collect();
        let Some(profile) = &row.profile else {
            prop_assert_eq!(findings, ["unresolved"]);
            prop_assert_eq!((connection.name, connection.profile_image_url), (String::new(), None));
            return Ok(());
        };
        let given = |text: &Text| text.as_deref().unwrap_or("").trim().to_owned();
        prop_assert_eq!(&connection.first_name, &given(&profile.first_name));
        prop_assert_eq!(&connection.last_name, &given(&profile.last_name));
        prop_assert_eq!(&connection.public_identifier, &given(&profile.public_identifier));
        let joined = format!("{} {}", connection.first_name, connection.last_name);
        prop_assert_eq!(&connection.name, joined.trim());
        prop_assert_eq!(findings.contains(&"nameless"), connection.name.is_empty());
        let headlines = [given(&profile.headline), given(&profile.occupation)];
        prop_assert!(connection.headline.is_empty() || headlines.contains(&connection.headline));
        prop_assert!(headlines[0].is_empty() || connection.headline == headlines[0]);
        if let Some(url) = connection.profile_image_url {
            prop_assert!(url.starts_with("https://") && url.len() > "https://".len());
            prop_assert!(!findings.contains(&"picture_unusable"));
        }
    }
}
