//! One row of the list as a documented connection.

use liaison_list::connections::{Image, Picture, Profile, Row};
use liaison_protocol::Connection;

/// What the legacy list shows for a headline when there is none (`docs/VOYAGER.md`, "Missing and odd data").
const NO_OCCUPATION: &str = "--";

/// What a record lacks, so that nobody takes an empty field for the truth about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// LinkedIn listed the connection without its profile: only the URN is known.
    Unresolved,
    /// The profile came without a name.
    Nameless,
    /// There is a picture, and no address of it that can be handed out.
    PictureUnusable,
}

impl Finding {
    /// The name in a task's findings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unresolved => "unresolved",
            Self::Nameless => "nameless",
            Self::PictureUnusable => "picture_unusable",
        }
    }
}

/// Cleans one row. Names lose the white space around them and keep what is within.
#[must_use]
pub fn clean_connection(row: &Row<'_>) -> (Connection, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut connection = Connection { entity_urn: row.urn.clone().into_owned(), ..Connection::default() };
    let Some(profile) = &row.profile else {
        findings.push(Finding::Unresolved);
        return (connection, findings);
    };
    let first_name = trimmed(profile.first_name.as_deref());
    let last_name = trimmed(profile.last_name.as_deref());
    connection.name = full_name(first_name, last_name);
    if connection.name.is_empty() {
        findings.push(Finding::Nameless);
    }
    connection.first_name = first_name.to_owned();
    connection.last_name = last_name.to_owned();
    connection.headline = headline(profile).to_owned();
    connection.public_identifier = trimmed(profile.public_identifier.as_deref()).to_owned();
    connection.profile_image_url = largest_picture(&profile.picture);
    if connection.profile_image_url.is_none() && offers_picture(&profile.picture) {
        findings.push(Finding::PictureUnusable);
    }
    (connection, findings)
}

fn trimmed(text: Option<&str>) -> &str {
    let text = text.unwrap_or("");
    // Most names have nothing to trim, and it is told by their ends.
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_plain(bytes.first()) && is_plain(bytes.last()) { text } else { text.trim() }
}

fn full_name(first_name: &str, last_name: &str) -> String {
    let mut name = String::with_capacity(first_name.len() + 1 + last_name.len());
    name.push_str(first_name);
    if !first_name.is_empty() && !last_name.is_empty() {
        name.push(' ');
    }
    name.push_str(last_name);
    name
}

fn headline<'p>(profile: &'p Profile<'_>) -> &'p str {
    let headline = trimmed(profile.headline.as_deref());
    if !headline.is_empty() {
        return headline;
    }
    Some(trimmed(profile.occupation.as_deref()))
        .filter(|occupation| *occupation != NO_OCCUPATION)
        .unwrap_or("")
}

/// The address of the largest picture: by width, then height, of both images, since the record promises the largest
/// and a frame does not make it another picture. Of two equally large the one without a frame: it is the photograph
/// itself. An address alone has no size and stands when there is no better.
fn largest_picture(picture: &Picture<'_>) -> Option<String> {
    let mut best: Option<((i64, i64), Address<'_>)> = None;
    for image in [&picture.unframed, &picture.framed] {
        for (size, url) in offers(image) {
            if best.is_none_or(|(largest, _)| size > largest) && url.is_https() {
                best = Some((size, url));
            }
        }
    }
    best.map(|(_, url)| url.join())
}

fn offers_picture(picture: &Picture<'_>) -> bool {
    [&picture.unframed, &picture.framed].into_iter().any(|image| offers(image).next().is_some())
}

/// The sizes and addresses of one image. The two parts of an address are joined as they are.
fn offers<'i>(image: &'i Image<'_>) -> impl Iterator<Item = ((i64, i64), Address<'i>)> {
    let root = image.root_url.as_deref().unwrap_or("");
    let artifacts = image.artifacts.0.as_deref().unwrap_or_default().iter().filter_map(move |artifact| {
        let segment = artifact.segment.as_deref().filter(|segment| !segment.is_empty())?;
        let size = (artifact.width.unwrap_or(0), artifact.height.unwrap_or(0));
        Some((size, Address { root, segment }))
    });
    let whole = image.url.as_deref().filter(|url| !url.is_empty());
    artifacts.chain(whole.map(|url| ((i64::MIN, i64::MIN), Address { root: url, segment: "" })))
}

#[derive(Clone, Copy)]
struct Address<'i> {
    root: &'i str,
    segment: &'i str,
}

impl Address<'_> {
    /// Nothing but https goes out: a caller may well put the address into a page.
    fn is_https(self) -> bool {
        const SCHEME: &str = "https://";
        let text = if self.root.is_empty() { self.segment } else { self.root };
        text.len() > SCHEME.len() && text.starts_with(SCHEME)
    }

    fn join(self) -> String {
        [self.root, self.segment].concat()
    }
}

#[cfg(test)]
mod tests;
