//! The answer as LinkupAPI prints it.

use super::request::{PAGE, Wish};
use crate::errand::Rows;
use liaison_protocol::{Connection, PROFILE_URN_PREFIX};
use serde::Serialize;

/// What stands where there is nothing.
const NONE: &str = "N/A";

/// The whole answer.
#[derive(Serialize)]
pub struct Body {
    status: &'static str,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    total_results: usize,
    total_available_results: Option<u64>,
    connections: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    job_title: String,
    profile_url: String,
    profile_picture: String,
}

#[derive(Serialize)]
struct Pagination {
    start_page: u64,
    end_page: u64,
    results_per_page: u64,
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
