//! Writes that need no answer of each other, in one round trip where a database is a round trip away.
//!
//! PostgreSQL takes them as one statement, `WITH one AS (…), two AS (…) …`: none of them sees what another one writes, and no two
//! may write to the same row. To SQLite, which is no trip away, they are said one after the other.

use super::db::{Db, Statement};
use sqlx::Error;
use std::fmt::Write;

/// Carries them out; answers with how many rows the last one changed.
pub(super) async fn execute(db: &mut Db, statements: Vec<Statement>) -> Result<u64, Error> {
    if statements.is_empty() {
        return Ok(0);
    }
    if db.is_postgres() {
        return joined(statements).execute(db).await;
    }
    let mut changed = 0;
    for statement in statements {
        changed = statement.execute(db).await?;
    }
    Ok(changed)
}

fn joined(statements: Vec<Statement>) -> Statement {
    let (mut text, mut values) = (String::new(), Vec::new());
    let last = statements.len().saturating_sub(1);
    for (number, statement) in statements.into_iter().enumerate() {
        let taken = values.len();
        let (own, more) = statement.into_parts();
        let own = renumbered(&own, taken);
        values.extend(more);
        // A `String` takes everything.
        let _ = match number {
            _ if number == last => write!(text, " {own}"),
            0 => write!(text, "WITH w{number} AS ({own})"),
            _ => write!(text, ", w{number} AS ({own})"),
        };
    }
    Statement::from_parts(text, values)
}

/// The same with placeholders that begin after those that are taken. Nothing but a placeholder has a `$`.
fn renumbered(text: &str, taken: usize) -> String {
    let mut pieces = text.split('$');
    let mut renumbered = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = piece.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default() + taken;
        let _ = write!(renumbered, "${number}{rest}");
    }
    renumbered
}

#[cfg(test)]
mod tests {
    use super::super::db::sql;
    use super::*;

    #[test]
    fn each_keeps_its_values() {
        let statements = vec![
            sql("UPDATE a SET x = $2, y = $1 WHERE z = $2").bind(1_i64).bind("two"),
            sql("INSERT INTO b VALUES ($1)").bind(true),
            sql("UPDATE c SET x = 1"),
            sql("DELETE FROM d WHERE x = $1").bind("four"),
        ];
        let (text, values) = joined(statements).into_parts();
        assert_eq!(
            text,
            "WITH w0 AS (UPDATE a SET x = $2, y = $1 WHERE z = $2), w1 AS (INSERT INTO b VALUES ($3)), \
             w2 AS (UPDATE c SET x = 1) DELETE FROM d WHERE x = $4"
        );
        assert_eq!(values.len(), 4);
        let alone = joined(vec![sql("DELETE FROM d WHERE x = $1").bind(1_i64)]).into_parts().0;
        assert_eq!(alone.trim(), "DELETE FROM d WHERE x = $1");
    }
}
