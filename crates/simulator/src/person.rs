//! Invented people, made on demand from (seed, serial): a network of 30,000 costs nothing until a row is asked for.

use crate::chance::{below, draw, hash, pick};
use crate::member;

/// Newest seeded connection, epoch ms. A constant, so that two runs answer alike whatever the day.
pub(crate) const NEWEST_CONNECTION_MS: i64 = 1_790_000_000_000;
/// Rows that `shift` puts at the head start here; the seeded rows stay below.
pub(crate) const FIRST_INSERTED: u32 = 2_000_000;
/// Odd rows come back every so many rows, so a network of this size holds all of them.
pub(crate) const ODD_PERIOD: u32 = 60;

const HOUR_MS: i64 = 3_600_000;

const FIRST_NAMES: [&str; 40] = [
    "Ada", "Běla", "Cato", "Dorrit", "Elspeth", "Fenna", "Gwil", "Hedda", "Ivo", "Jorun", "Kester", "Linnet",
    "Mireille", "Nuala", "Odile", "Piers", "Quill", "Rosalba", "Søren", "Tamsin", "Ulla", "Vesper", "Wystan",
    "Xanthe", "Yorick", "Zelda", "Anselm", "Briony", "Corin", "Delphine", "Édouard", "Florian", "Greta",
    "Halcyon", "Ingram", "Jessamy", "Keziah", "Lorcan", "Maren", "Nils",
];
const LAST_NAMES: [&str; 40] = [
    "Alderwick",
    "Brindlehurst",
    "Coppermoor",
    "Dunmarrow",
    "Eddlestone",
    "Fernsby-Vale",
    "Gorsewell",
    "Hollowmere",
    "Inkpenny",
    "Jarrowby",
    "Kettlewright",
    "Larkenfell",
    "Mossgrave",
    "Nettlefold-Quay",
    "Osterquill",
    "Pellworth",
    "Quarrenton",
    "Rookhampton",
    "Saltmarrow",
    "Tarnfield",
    "Umberleigh",
    "Vexley",
    "Wharfdale-Orr",
    "Yarrowick",
    "Zellandine",
    "Ashcombe-Rill",
    "Brackenthorpe",
    "Cinderby",
    "Dewhollow",
    "Emberline",
    "Foxtarrow",
    "Glimmerstead",
    "Hazelrigge",
    "Ironmere",
    "Juniperson",
    "Kelpworth",
    "Loomsdale",
    "Müllerhain",
    "Næssborg",
    "Oakenrath",
];
const ROLES: [&str; 12] = [
    "Chief Analyst",
    "Head of Platform",
    "Staff Engineer",
    "Talent Partner",
    "Founder",
    "Product Designer",
    "VP Engineering",
    "Data Lead",
    "Account Executive",
    "Head of Talent",
    "Research Fellow",
    "Operations Manager",
];
const COMPANIES: [&str; 10] = [
    "Analytical Engines",
    "Punchcard Systems",
    "Loom Works",
    "Difference & Sons",
    "Brass Orrery Co",
    "Copperplate Media",
    "Tidewheel Energy",
    "Lanternfish Labs",
    "Semaphore Freight",
    "Quillfeather Press",
];

/// What is odd about a row, if anything. Each kind comes once in every [`ODD_PERIOD`] rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oddity {
    None,
    /// Only the framed picture, as two of forty captured rows had it.
    FramedOnly,
    /// A framed picture beside the plain one.
    FramedToo,
    PictureAbsent,
    PictureNull,
    PictureEmpty,
    /// The connection is listed, its profile is not in the answer.
    Unresolved,
    NoPublicIdentifier,
    EmptyHeadline,
    EmojiName,
    RightToLeftName,
    TrailingSpaces,
    EmojiSlug,
    /// Connected in the same second as the row before it.
    EqualCreatedAt,
    LongHeadline,
    Memorialized,
}

/// One invented member.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) headline: String,
    pub(crate) public_identifier: Option<String>,
    pub(crate) created_ms: i64,
    pub(crate) oddity: Oddity,
    /// Bits for whoever draws this person's picture.
    pub(crate) bits: u64,
}

impl Person {
    /// First and last name with one space between, as a reader would search for them.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.first_name.trim(), self.last_name.trim())
    }
}

/// The connection with this serial; serial 0 is the newest of the seeded ones.
pub(crate) fn row(seed: u64, serial: u32) -> Person {
    let number = member::row_number(serial);
    let oddity = oddity_of(serial);
    let (first_name, last_name) = row_names(seed, serial, oddity);
    let mut person = named(seed, number, first_name, last_name);
    person.created_ms = created_ms(seed, serial);
    person.oddity = oddity;
    match oddity {
        Oddity::NoPublicIdentifier => person.public_identifier = None,
        Oddity::EmptyHeadline => person.headline = String::new(),
        Oddity::LongHeadline => person.headline = long_headline(),
        Oddity::EmojiSlug => person.public_identifier = Some(format!("bela-bright-🇨🇿-{serial:09}")),
        _ => {}
    }
    person
}

/// The member who signs in as account `n`.
pub(crate) fn account(seed: u64, n: u32) -> Person {
    let first =
        if n == 1 { "Sam".to_owned() } else { pick(draw(seed, u64::from(n), 90), &FIRST_NAMES).to_owned() };
    let last = if n == 1 { "Seller".to_owned() } else { format!("Accountby-{n}") };
    let mut person = named(seed, member::account_number(n), first, last);
    person.headline = "Founder at Loom Works".to_owned();
    person
}

/// Somebody outside the network, known by an id alone.
pub(crate) fn stranger(seed: u64, id: &str) -> Person {
    let bits = hash(id);
    let number =
        member::number_of(id).unwrap_or_else(|| member::stranger_number(below(bits, 900_000) as u32));
    let first = pick(draw(seed, bits, 1), &FIRST_NAMES).to_owned();
    let last = pick(draw(seed, bits, 2), &LAST_NAMES).to_owned();
    Person { id: id.to_owned(), ..named(seed, number, first, last) }
}

fn named(seed: u64, number: u32, first_name: String, last_name: String) -> Person {
    let key = u64::from(number);
    let role = pick(draw(seed, key, 3), &ROLES);
    let company = pick(draw(seed, key, 4), &COMPANIES);
    let slug = slug(&first_name, &last_name, number);
    Person {
        id: member::mint(seed, number),
        number,
        first_name,
        last_name,
        headline: format!("{role} at {company}"),
        public_identifier: Some(slug),
        created_ms: NEWEST_CONNECTION_MS,
        oddity: Oddity::None,
        bits: draw(seed, key, 5),
    }
}

fn row_names(seed: u64, serial: u32, oddity: Oddity) -> (String, String) {
    let key = u64::from(serial);
    let mut first = pick(draw(seed, key, 1), &FIRST_NAMES).to_owned();
    let mut last = pick(draw(seed, key, 2), &LAST_NAMES).to_owned();
    // 61 and 67 are coprime to the odd rows' period: over a list the Johns meet every oddity.
    if serial % 61 == 17 {
        first = "John".to_owned();
    }
    if serial % 67 == 31 {
        last = "Johnson".to_owned();
    }
    match oddity {
        Oddity::EmojiName => first.push_str(" 🚀"),
        Oddity::RightToLeftName => (first, last) = ("נורית".to_owned(), "אורןשדה".to_owned()),
        Oddity::TrailingSpaces => {
            first.push(' ');
            last = format!(" {last} ");
        }
        _ => {}
    }
    (first, last)
}

fn oddity_of(serial: u32) -> Oddity {
    match serial % ODD_PERIOD {
        3 => Oddity::FramedOnly,
        7 => Oddity::PictureAbsent,
        9 => Oddity::PictureNull,
        13 => Oddity::PictureEmpty,
        19 => Oddity::Unresolved,
        22 => Oddity::NoPublicIdentifier,
        24 => Oddity::FramedToo,
        27 => Oddity::EmptyHeadline,
        33 => Oddity::EmojiName,
        37 => Oddity::RightToLeftName,
        41 => Oddity::TrailingSpaces,
        44 => Oddity::EmojiSlug,
        48 => Oddity::EqualCreatedAt,
        53 => Oddity::LongHeadline,
        58 => Oddity::Memorialized,
        _ => Oddity::None,
    }
}

/// Whole seconds, never rising with the serial: about one connection an hour.
fn created_ms(seed: u64, serial: u32) -> i64 {
    if serial >= FIRST_INSERTED {
        return NEWEST_CONNECTION_MS + i64::from(serial - FIRST_INSERTED + 1) * 60_000;
    }
    let serial = if oddity_of(serial) == Oddity::EqualCreatedAt { serial - 1 } else { serial };
    let jitter = below(draw(seed, u64::from(serial), 6), 3_600) as i64 * 1_000;
    NEWEST_CONNECTION_MS - i64::from(serial) * HOUR_MS - jitter
}

/// 190 UTF-16 units: a little more than the longest headline in a capture.
fn long_headline() -> String {
    let mut text = "Helping brass-age teams ship dependable engines | ".repeat(4);
    text.truncate(190);
    text
}

fn slug(first: &str, last: &str, number: u32) -> String {
    let words: Vec<String> = [first, last]
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let stem = if words.is_empty() { "member".to_owned() } else { words.join("-") };
    format!("{stem}-sim-{}", member::ending(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_oddity_is_among_the_first_sixty_rows() {
        let seen: Vec<Oddity> = (0..ODD_PERIOD).map(|serial| row(1, serial).oddity).collect();
        let odd = seen.iter().filter(|oddity| **oddity != Oddity::None).count();
        assert_eq!(odd, 15);
        assert_eq!(row(1, 53).headline.len(), 190);
        assert_eq!(row(1, 48).created_ms, row(1, 47).created_ms);
        assert!(row(1, 41).last_name.ends_with(' '));
    }

    #[test]
    fn creation_times_never_rise_along_the_list() {
        let times: Vec<i64> = (0..5_000).map(|serial| created_ms(9, serial)).collect();
        assert!(times.windows(2).all(|pair| pair[0] >= pair[1]));
        assert!(times.iter().all(|time| time % 1_000 == 0));
    }

    #[test]
    fn johns_are_spread_over_the_list() {
        let people: Vec<Person> = (0..250).map(|serial| row(1, serial)).collect();
        assert_eq!(people.iter().filter(|person| person.first_name.trim() == "John").count(), 4);
        assert_eq!(people.iter().filter(|person| person.last_name.contains("Johnson")).count(), 4);
    }
}
