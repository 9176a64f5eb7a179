//! The reference page: the document as plain HTML. No script, no font and no picture, so that it needs nothing from
//! elsewhere and can do nothing in who reads it.

use serde_json::{Map, Value};
use std::fmt::{self, Write};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}\
code{font-family:ui-monospace,monospace;font-size:.9em;background:#f2f2f2;padding:.1em .25em}\
section{border-top:1px solid #ccc;margin-top:2rem}table{border-collapse:collapse;width:100%}\
td,th{border-bottom:1px solid #e4e4e4;padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}code{background:#333}a{color:#8bf}}";

/// The whole page.
pub fn render(document: &Value) -> String {
    let mut page = String::new();
    // Invariant: writing to a `String` never fails.
    let _ = whole(&mut page, document);
    page
}

fn whole(out: &mut String, document: &Value) -> fmt::Result {
    let info = &document["info"];
    let title = escaped(text(&info["title"]));
    write!(
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}: reference</title>"
    )?;
    write!(out, "<meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>")?;
    write!(
        out,
        "<h1>{title} {}</h1><p>{}</p>",
        escaped(text(&info["version"])),
        prose(&info["description"])
    )?;
    write!(out, "<p>The same for programs: <a href=\"openapi.json\">openapi.json</a>.</p>")?;
    for tag in items(&document["tags"]) {
        write!(out, "<h2>{}</h2><p>{}</p><ul>", escaped(text(&tag["name"])), prose(&tag["description"]))?;
        for (path, method, operation) in operations(document, &tag["name"]) {
            let (id, summary) = (escaped(text(&operation["operationId"])), prose(&operation["summary"]));
            write!(out, "<li><a href=\"#{id}\"><code>{method} {}</code></a> {summary}", escaped(path))?;
        }
        write!(out, "</ul>")?;
    }
    for tag in items(&document["tags"]) {
        for (path, method, operation) in operations(document, &tag["name"]) {
            write_operation(out, path, &method, operation)?;
        }
    }
    write!(out, "<h2>Types</h2>")?;
    for (name, schema) in members(&document["components"]["schemas"]) {
        write!(
            out,
            "<section id=\"type-{0}\"><h3>{0}</h3><p>{1}</p>",
            escaped(name),
            prose(&schema["description"])
        )?;
        write_members(out, schema)?;
        write!(out, "</section>")?;
    }
    Ok(())
}

fn operations<'a>(document: &'a Value, tag: &'a Value) -> impl Iterator<Item = (&'a str, String, &'a Value)> {
    let paths = members(&document["paths"]);
    let all = paths.flat_map(|(path, methods)| {
        members(methods).map(move |(method, operation)| (path, method.to_uppercase(), operation))
    });
    all.filter(move |(_, _, operation)| items(&operation["tags"]).any(|of| of == tag))
}

fn write_operation(out: &mut String, path: &str, method: &str, operation: &Value) -> fmt::Result {
    let id = escaped(text(&operation["operationId"]));
    write!(out, "<section id=\"{id}\"><h3><code>{method} {}</code></h3>", escaped(path))?;
    write!(out, "<p>{}</p><p>{}</p>", prose(&operation["summary"]), prose(&operation["description"]))?;
    let doors: Vec<&str> =
        items(&operation["security"]).flat_map(|door| members(door).map(|(name, _)| name)).collect();
    if !doors.is_empty() {
        write!(out, "<p>Opened by: <code>{}</code></p>", escaped(&doors.join(", ")))?;
    }
    if operation["parameters"].is_array() {
        write!(out, "<table><tr><th>Parameter<th>In<th>Type<th>")?;
        for one in items(&operation["parameters"]) {
            let (name, place) = (escaped(text(&one["name"])), escaped(text(&one["in"])));
            let needed = if one["required"] == true { ", required" } else { "" };
            let (kind, words) = (kind_of(&one["schema"]), prose(&one["description"]));
            write!(out, "<tr><td><code>{name}</code><td>{place}{needed}<td>{kind}<td>{words}")?;
        }
        write!(out, "</table>")?;
    }
    for (media, content) in members(&operation["requestBody"]["content"]) {
        write!(out, "<p>Body, <code>{}</code>: {}</p>", escaped(media), kind_of(&content["schema"]))?;
    }
    write!(out, "<table><tr><th>Answer<th>Body<th>")?;
    for (status, response) in members(&operation["responses"]) {
        let bodies: Vec<String> =
            members(&response["content"]).map(|(_, content)| kind_of(&content["schema"])).collect();
        let (body, words) = (bodies.join(" or "), prose(&response["description"]));
        write!(out, "<tr><td><code>{}</code><td>{body}<td>{words}", escaped(status))?;
    }
    write!(out, "</table></section>")
}

fn write_members(out: &mut String, schema: &Value) -> fmt::Result {
    if !schema["properties"].is_object() {
        return write!(out, "<p>{}</p>", kind_of(schema));
    }
    write!(out, "<table><tr><th>Member<th>Type<th>")?;
    for (name, member) in members(&schema["properties"]) {
        let needed = if items(&schema["required"]).any(|needed| needed == name) { "" } else { ", optional" };
        let (kind, words) = (kind_of(member), prose(&member["description"]));
        write!(out, "<tr><td><code>{}</code>{needed}<td>{kind}<td>{words}", escaped(name))?;
    }
    write!(out, "</table>")
}

/// A type in a few words.
fn kind_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#type-{0}\">{0}</a>", escaped(name));
    }
    for (word, joint) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if schema[word].is_array() {
            return items(&schema[word]).map(kind_of).collect::<Vec<_>>().join(joint);
        }
    }
    if schema["enum"].is_array() {
        let words = items(&schema["enum"]).map(|word| format!("<code>{}</code>", escaped(&word.to_string())));
        return words.collect::<Vec<_>>().join(", ");
    }
    let kind = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    };
    let inner = if schema["items"].is_object() {
        format!(" of {}", kind_of(&schema["items"]))
    } else {
        String::new()
    };
    let bound = |name: &str, words: &str| {
        let value = &schema[name];
        if value.is_null() {
            String::new()
        } else {
            format!(", {words} <code>{}</code>", escaped(&plain(value)))
        }
    };
    let bounds = [
        bound("minimum", "from"),
        bound("maximum", "to"),
        bound("minLength", "at least this long:"),
        bound("maxLength", "at most this long:"),
        bound("default", "else"),
        bound("pattern", "as"),
    ];
    format!("{}{inner}{}", escaped(&kind), bounds.concat())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, member)| (name.as_str(), member))
}

/// Prose with its pieces of code marked.
fn prose(value: &Value) -> String {
    let escaped = escaped(text(value));
    let pieces = escaped.split('`').enumerate();
    pieces
        .map(|(at, piece)| if at % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
