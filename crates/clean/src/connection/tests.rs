use super::{Finding, clean_connection};
use liaison_list::connections::{Artifact, Image, Picture, Profile, Row};
use std::borrow::Cow;

fn row(profile: Option<Profile<'_>>) -> Row<'_> {
    Row {
        index: 0,
        urn: Cow::Borrowed("urn:li:fsd_profile:SIM_ada-0001"),
        connection_urn: None,
        created_at: None,
        profile,
    }
}

fn named<'a>(first_name: &'a str, last_name: &'a str) -> Profile<'a> {
    Profile { first_name: Some(first_name.into()), last_name: Some(last_name.into()), ..Profile::default() }
}

#[test]
fn a_name_is_joined_without_stray_spaces() {
    for (first, last, name) in [
        ("Ada", "Lovelace", "Ada Lovelace"),
        (" Ada\u{a0}", "\u{2003}Lovelace\n", "Ada Lovelace"),
        ("", "Lovelace", "Lovelace"),
        ("Ada", "  ", "Ada"),
        ("Ada  King", "of Lovelace", "Ada  King of Lovelace"),
    ] {
        let (connection, findings) = clean_connection(&row(Some(named(first, last))));
        assert_eq!((connection.name.as_str(), findings), (name, vec![]));
        assert_eq!(connection.first_name, first.trim());
        assert_eq!(connection.last_name, last.trim());
    }
}

#[test]
fn what_is_missing_is_said() {
    let (connection, findings) = clean_connection(&row(None));
    assert_eq!(connection.entity_urn, "urn:li:fsd_profile:SIM_ada-0001");
    assert_eq!(findings, [Finding::Unresolved]);
    let headline_only = Profile { headline: Some("Somebody".into()), ..Profile::default() };
    let (connection, findings) = clean_connection(&row(Some(headline_only)));
    assert_eq!((connection.headline.as_str(), findings), ("Somebody", vec![Finding::Nameless]));
}

#[test]
fn the_legacy_headline_steps_in_and_its_dashes_mean_none() {
    let headline = |headline: Option<&'static str>, occupation: Option<&'static str>| {
        let profile = Profile {
            headline: headline.map(Cow::from),
            occupation: occupation.map(Cow::from),
            ..named("Ada", "Lovelace")
        };
        clean_connection(&row(Some(profile))).0.headline
    };
    assert_eq!(headline(Some(" Analyst "), Some("Other")), "Analyst");
    assert_eq!(headline(None, Some("Analyst")), "Analyst");
    assert_eq!(headline(None, Some("--")), "");
    assert_eq!(headline(Some("--"), None), "--");
    assert_eq!(headline(Some(" "), None), "");
}

#[test]
fn a_picture_is_https_or_none() {
    let picture = |root: &'static str, segment: &'static str| {
        let artifact = Artifact { width: Some(1), height: Some(1), segment: Some(segment.into()) };
        let unframed = Image { root_url: Some(root.into()), ..Image::default() };
        let mut picture = Picture { unframed, framed: Image::default() };
        picture.unframed.artifacts.0 = Some(vec![artifact]);
        clean_connection(&row(Some(Profile { picture, ..named("Ada", "Lovelace") })))
    };
    assert_eq!(picture("https://a/", "b").0.profile_image_url.as_deref(), Some("https://a/b"));
    assert_eq!(picture("", "https://a/b").0.profile_image_url.as_deref(), Some("https://a/b"));
    for (root, segment) in [("http://a/", "b"), ("", "b"), ("https://", "b"), ("data:", "x"), ("//a/", "b")] {
        let (connection, findings) = picture(root, segment);
        assert_eq!(
            (connection.profile_image_url, findings),
            (None, vec![Finding::PictureUnusable]),
            "{root}{segment}"
        );
    }
}
