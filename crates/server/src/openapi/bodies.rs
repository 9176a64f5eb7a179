//! What operators send. As [`super::shapes`]: these types describe JSON and are never made.

use super::shapes::TaskHistory;
use crate::store::{Access, MemberRole};
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

/// What is wanted of a task.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Told {
    /// What is wanted beside: its history.
    #[param(inline)]
    pub include: Option<TaskHistory>,
}

/// Who signs in.
#[derive(ToSchema)]
pub struct SignInBody {
    /// What `liaison-server admin-key add` printed.
    pub admin_key: String,
}

/// What it is to be called.
#[derive(ToSchema)]
pub struct NameBody {
    /// Not blank, and nothing that acts on a terminal.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\u0000-\u001F\u007F-\u009F\s][^\u0000-\u001F\u007F-\u009F]*$"
    )]
    pub name: String,
}

/// Who joins, or what becomes of them.
#[derive(ToSchema)]
pub struct MemberBody {
    /// What they are called; `null` for nothing.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\u0000-\u001F\u007F-\u009F\s][^\u0000-\u001F\u007F-\u009F]*$"
    )]
    pub name: Option<String>,
    /// What they may be; of who joins `member` unless told.
    #[schema(nullable = false)]
    pub role: Option<MemberRole>,
}

/// What a key is to be.
#[derive(ToSchema)]
pub struct KeyBody {
    /// What it is called; `null` for nothing.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\u0000-\u001F\u007F-\u009F\s][^\u0000-\u001F\u007F-\u009F]*$"
    )]
    pub name: Option<String>,
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
