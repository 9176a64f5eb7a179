//! The answer as LinkupAPI prints it.

use super::request::{PAGE, Wish};
use crate::errand::Rows;
use liaison_protocol::{Connection, PROFILE_URN_PREFIX};
use serde::Serialize;
use utoipa::ToSchema;

/// What stands where there is nothing.
const NONE: &str = "N/A";

/// The whole answer.
#[derive(Serialize, ToSchema)]
#[schema(as = GetConnections)]
pub struct Body {
    /// `success`.
    status: &'static str,
    data: Data,
}

/// What was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = GetConnectionsData)]
struct Data {
    /// How many are in this answer.
    total_results: usize,
    /// The size of the whole network, where LinkedIn tells it.
    total_available_results: Option<u64>,
    /// In the order of LinkedIn's list.
    connections: Vec<Row>,
    /// When pages were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pagination: Option<Pagination>,
}

/// One connection; what is missing is `N/A`.
#[derive(Serialize, ToSchema)]
#[schema(as = GetConnectionsRow)]
struct Row {
    name: String,
    /// The headline.
    job_title: String,
    profile_url: String,
    profile_picture: String,
}

/// Which pages these are.
#[derive(Serialize, ToSchema)]
#[schema(as = GetConnectionsPages)]
struct Pagination {
    start_page: u64,
    end_page: u64,
    /// Always 10.
    results_per_page: u64,
    /// With somebody on them.
    pages_fetched: u64,
}

/// The answer to a request. Pages are told of when pages were asked for.
pub fn body(wish: &Wish, rows: &Rows) -> Body {
    let pages_fetched = (rows.connections.len() as u64).div_ceil(PAGE);
    let pagination = match *wish {
        Wish::Pages { from, to } => {
            Some(Pagination { start_page: from, end_page: to, results_per_page: PAGE, pages_fetched })
        }
        Wish::Results(_) => None,
    };
    let connections: Vec<Row> = rows.connections.iter().map(|row| told(&row.connection)).collect();
    Body {
        status: "success",
        data: Data {
            total_results: connections.len(),
            total_available_results: rows.network_total,
            connections,
            pagination,
        },
    }
}

fn told(connection: &Connection) -> Row {
    let or_none = |text: &str| if text.is_empty() { NONE.to_owned() } else { text.to_owned() };
    let urn = connection.entity_urn.as_str();
    let id = urn.strip_prefix(PROFILE_URN_PREFIX).unwrap_or(urn);
    let slug = Some(connection.public_identifier.as_str()).filter(|slug| !slug.is_empty()).unwrap_or(id);
    Row {
        name: or_none(&connection.name),
        job_title: or_none(&connection.headline),
        profile_url: format!("https://www.linkedin.com/in/{slug}/"),
        profile_picture: or_none(connection.profile_image_url.as_deref().unwrap_or_default()),
    }
}
