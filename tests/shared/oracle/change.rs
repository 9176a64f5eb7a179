//! What may happen to a body on LinkedIn's side: one field null, of another kind, renamed, moved, said twice.

use super::tree::Tree;

/// Names that mean something somewhere, and one that doesn't.
const NAMES: &[&str] = &[
    "data",
    "included",
    "elements",
    "*elements",
    "status",
    "code",
    "errors",
    "value",
    "invitationUrn",
    "*invitation",
    "entityUrn",
    "dashEntityUrn",
    "objectUrn",
    "plainId",
    "numConnections",
    "connectedMember",
    "connectedMemberResolutionResult",
    "*connectedMemberResolutionResult",
    "miniProfile",
    "*miniProfile",
    "toMember",
    "toMemberId",
    "createdAt",
    "sentTime",
    "firstName",
    "lastName",
    "headline",
    "occupation",
    "publicIdentifier",
    "profilePicture",
    "picture",
    "displayImageReference",
    "displayImageWithFrameReferenceUnion",
    "vectorImage",
    "rootUrl",
    "url",
    "artifacts",
    "width",
    "height",
    "fileIdentifyingUrlPathSegment",
    "nobodyReadsThis",
];
const TEXTS: &[&str] = &[
    "",
    " ",
    "--",
    "0",
    "SIM_ada-0001",
    "urn:li:fsd_profile:SIM_ada-0001",
    "urn:li:fsd_profile:UNKNOWN",
    "urn:li:fsd_connection:(SIM_viewer,SIM_ada-0001)",
    "urn:li:member:4290000001",
    "https://media.licdn.com/",
    "CANT_RESEND_YET",
    "SIM_CODE",
    " Ada\u{a0}\u{1f680}",
];
const NUMBERS: [i64; 8] = [0, 1, -1, 200, 400, 422, 4_290_000_001, i64::MAX];

/// Chance, from a seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("31 bits") % sides.max(1)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

/// Changes one place of the body.
pub fn change(body: &mut Tree, dice: &mut Dice) {
    let places = body.count();
    let elsewhere = body.nth(dice.roll(places)).clone();
    let place = body.nth(dice.roll(places));
    match (place, dice.roll(4)) {
        (Tree::Object(members), 0) => change_members(members, elsewhere, dice),
        (Tree::Object(members), 1..=2) if !members.is_empty() => {
            let at = dice.roll(members.len());
            members[at].1 = other_kind(&members[at].1, elsewhere, dice);
        }
        (Tree::List(items), 0..=2) => change_items(items, elsewhere, dice),
        (place, _) => *place = other_kind(place, elsewhere, dice),
    }
}

/// A member that nobody reads, somewhere; it may hold anything of the body.
pub fn add_unread(body: &mut Tree, dice: &mut Dice) {
    let places = body.count();
    let value = body.nth(dice.roll(places)).clone();
    let start = dice.roll(places);
    for at in 0..places {
        if let Tree::Object(members) = body.nth((start + at) % places) {
            let name = dice.one_of(&[
                "nobodyReadsThis",
                "$anti_abuse_metadata",
                "memberRelationship",
                "FirstName",
                "",
            ]);
            let at = dice.roll(members.len() + 1);
            members.insert(at, (name.to_owned(), value));
            return;
        }
    }
}

fn other_kind(value: &Tree, elsewhere: Tree, dice: &mut Dice) -> Tree {
    match dice.roll(9) {
        0 | 1 => Tree::Null,
        2 => Tree::Bool(true),
        3 => Tree::Number(dice.one_of(&NUMBERS).into()),
        4 => Tree::Text(dice.one_of(TEXTS).to_owned()),
        5 => Tree::List(vec![value.clone()]),
        6 => Tree::Object(vec![(dice.one_of(NAMES).to_owned(), value.clone())]),
        7 => Tree::Text(value.text().map_or("7", |text| text.get(1..).unwrap_or("")).to_owned()),
        _ => elsewhere,
    }
}

fn change_members(members: &mut Vec<(String, Tree)>, elsewhere: Tree, dice: &mut Dice) {
    let at = dice.roll(members.len());
    match dice.roll(4) {
        0 if !members.is_empty() => drop(members.remove(at)),
        1 if !members.is_empty() => members[at].0 = dice.one_of(NAMES).to_owned(),
        2 if !members.is_empty() => {
            let to = dice.roll(members.len());
            members.swap(at, to);
        }
        _ => members.insert(at, (dice.one_of(NAMES).to_owned(), elsewhere)),
    }
}

fn change_items(items: &mut Vec<Tree>, elsewhere: Tree, dice: &mut Dice) {
    let at = dice.roll(items.len());
    match dice.roll(5) {
        0 if !items.is_empty() => drop(items.remove(at)),
        1 if !items.is_empty() => items.insert(at, items[at].clone()),
        2 if !items.is_empty() => {
            let to = dice.roll(items.len());
            items.swap(at, to);
        }
        3 if !items.is_empty() => items[at] = other_kind(&items[at], elsewhere, dice),
        _ => items.insert(at, elsewhere),
    }
}
