//! What operators send. As [`super::shapes`]: these types describe JSON and are never made.

use crate::name::LONGEST;
use crate::store::{Access, MemberRole};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichPart {
    /// The `next_cursor` of the part before.
    pub cursor: Option<String>,
    /// At most so many entries; 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// For people's eyes: not blank, and nothing that acts on a terminal.
pub struct Name;

impl utoipa::PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        const PATTERN: &str =
            r"^[^\u0000-\u001F\u007F-\u009F]*[^\u0000-\u001F\u007F-\u009F\s][^\u0000-\u001F\u007F-\u009F]*$";
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.min_length(Some(1)).max_length(Some(LONGEST)).pattern(Some(PATTERN)).into()
    }
}

impl ToSchema for Name {}

/// Who signs in.
#[derive(ToSchema)]
pub struct SignInBody {
    /// What `liaison-server admin-key add` printed.
    pub admin_key: String,
}

/// What it is to be called.
#[derive(ToSchema)]
pub struct NameBody {
    /// What people see.
    pub name: Name,
}

/// Who joins, or what becomes of them.
#[derive(ToSchema)]
pub struct MemberBody {
    /// What they are called; `null` for nothing.
    pub name: Option<Name>,
    /// What they may be; of who joins `member` unless told.
    #[schema(nullable = false)]
    pub role: Option<MemberRole>,
}

/// What a key is to be.
#[derive(ToSchema)]
pub struct KeyBody {
    /// What it is called; `null` for nothing.
    pub name: Option<Name>,
    /// What it may do; `write` unless told.
    #[schema(nullable = false)]
    pub access: Option<Access>,
    /// What it opens beside; unless told everything with `write` access, nothing with `read`.
    #[schema(nullable = false)]
    pub scopes: Option<Vec<ScopeWord>>,
}

/// A door beside the documented ones.
#[derive(serde::Serialize, ToSchema)]
pub enum ScopeWord {
    /// LinkedIn's own call.
    #[serde(rename = "r_1st_connections")]
    Connections,
}
