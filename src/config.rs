//! The agent's numbers, each with its unit and where it comes from.
//!
//! What a person may set ([`crate::agent::settings`]) is held between bounds given here; no server can set anything.

/// How long the agent asks a server to hold a poll. Chrome ends an idle worker at about 30 s, so a poll and one
/// extension-API call fit in between (docs/ARCHITECTURE.md, "Staying alive").
pub const POLL_WAIT_MS: u64 = 25_000;
/// How long past the hold an answer to a poll may take.
pub const POLL_GRACE_MS: u64 = 10_000;
/// How long a short call to the task server may take.
pub const CALL_TIMEOUT_MS: u64 = 20_000;
/// How long a call to LinkedIn may take before it is aborted.
pub const SITE_TIMEOUT_MS: u64 = 25_000;
/// An empty answer that came back faster than this was not held.
pub const UNHELD_POLL_MS: i64 = 1_000;
/// When to poll again after an empty answer that was not held and named no time.
pub const UNHELD_POLL_GAP_MS: u64 = 5_000;
/// Least gap after such an answer, whatever time it names: a server that answers at once is not asked in a loop.
pub const LEAST_POLL_GAP_MS: u64 = 500;
/// Longest time a server may ask us not to poll.
pub const MAX_POLL_GAP_MS: u64 = 300_000;
/// Back-off of calls to the task server: first and longest delay, before full jitter.
pub const BACKOFF_FIRST_MS: u64 = 1_000;
/// See [`BACKOFF_FIRST_MS`].
pub const BACKOFF_LONGEST_MS: u64 = 60_000;
/// Longest time that a server's `Retry-After` is taken for.
pub const RETRY_AFTER_MOST_MS: u64 = 3_600_000;
/// How often a running task is told of.
pub const HEARTBEAT_MS: i64 = 15_000;
/// How long a server may give no answer before the person is called: a restart, or a network that comes back, is none of theirs.
pub const SERVER_GONE_MS: i64 = 15 * 60 * 1_000;
/// A longer time between two polls without an answer is none of the server's silence: the computer slept. Awake, the longest back-off, a poll that
/// ends in time and a worker that has to be started again take about two minutes.
pub const SILENCE_GAP_MS: i64 = 3 * 60 * 1_000;
/// A task during whose calls so many workers ended in a row is not tried again.
pub const WORKERS_ENDED: u8 = 3;
/// How often `start` is asked before the task is returned.
pub const START_TRIES: u32 = 3;

/// Gap between two reads, unless the person sets another.
pub const READ_GAP_MS: i64 = 1_500;
/// The least and the greatest gap between two reads that can be set.
pub const READ_GAP_BOUNDS_MS: (i64, i64) = (1_000, 600_000);
/// So much chance is added to a gap between two reads.
pub const READ_JITTER_MS: u64 = 1_000;
/// Gap between two invitations, unless the person sets another.
pub const INVITE_GAP_MS: i64 = 8_000;
/// The least and the greatest gap between two invitations that can be set.
pub const INVITE_GAP_BOUNDS_MS: (i64, i64) = (5_000, 3_600_000);
/// So much chance is added to a gap between two invitations.
pub const INVITE_JITTER_MS: u64 = 7_000;
/// Invitations in a rolling day, unless the person sets another number.
pub const INVITES_PER_DAY: i64 = 20;
/// No setting allows more in a rolling day.
pub const INVITES_PER_DAY_CEILING: i64 = 100;
/// Invitations in rolling seven days, unless the person sets another number.
pub const INVITES_PER_WEEK: i64 = 100;
/// No setting allows more in rolling seven days.
pub const INVITES_PER_WEEK_CEILING: i64 = 200;
/// So many invitations are remembered at most. A week can hold 200 of ours; the others are those sent by hand, and what a
/// clock that jumps to and fro leaves behind.
pub const INVITES_KEPT: usize = 1_000;
/// For how long the account's own list of sent invitations needn't be read again to count by.
pub const LOOK_MS: i64 = 60 * 60 * 1_000;
/// A look that would have to wait longer for its turn is waited for before an invitation is taken: offers are short.
pub const LONG_GAP_MS: i64 = 5_000;
/// For how long what was learnt of the person's time zone is taken as it is: they may travel.
pub const ZONE_MS: i64 = 60 * 1_000;
/// A day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Back-off after LinkedIn asked to slow down: first and longest, doubling in between.
pub const THROTTLE_FIRST_MS: i64 = 15 * 60 * 1_000;
/// See [`THROTTLE_FIRST_MS`].
pub const THROTTLE_LONGEST_MS: i64 = 4 * 60 * 60 * 1_000;
/// Longest time that LinkedIn's `Retry-After` is taken for: nobody can clear it.
pub const THROTTLE_MOST_ASKED_MS: i64 = 7 * DAY_MS;
/// How long a block lasts at least; then a person clears it.
pub const BLOCK_MS: i64 = 60 * 60 * 1_000;
/// How long no invitation is tried after LinkedIn's limit on them, or none with a note after that on notes.
pub const LIMIT_MS: i64 = DAY_MS;
/// How long after a look at `/me` that told nothing the next one is tried.
pub const ME_RETRY_MS: i64 = 60_000;
/// So many answers in a row may be thrown away because the session changed under them; then there is a pause.
pub const MOST_DISCARDED: u32 = 2;
/// How long after a refused session it is looked at again, unless the cookie changes first.
pub const SIGNED_OUT_RETRY_MS: i64 = 5 * 60 * 1_000;
/// How long after a failed storage write the next is tried.
pub const STORAGE_RETRY_MS: u64 = 2_000;

/// Rows asked of LinkedIn in one page. Servers may give fewer.
pub const PAGE_ROWS: u64 = 100;
/// So many of the last rows a walk remembers by their hashes, to find its place by when the very last is gone: so many
/// new ones at the list's head, less a page, can't hide it.
pub const RECENT_ROWS: usize = 200;
/// How many pages a walk steps back to find the row it held last.
pub const STEPS_BACK: u8 = 3;
/// So many pages in a row without a new row are a list that no longer pages as we know it. A walk that has lost its place
/// asks for up to four.
pub const IDLE_PAGES: u8 = 8;
/// More rows than any account can have connections, several times over.
pub const MOST_WALKED: u64 = 100_000;
/// How many cursors are kept.
pub const CURSORS: usize = 32;
/// How long a cursor into a list is kept.
pub const CURSOR_MS: i64 = 30 * 60 * 1_000;
/// How long the first way to the list is not tried again after another one worked in its place.
pub const OTHER_WAY_MS: i64 = DAY_MS;
/// Sent invitations read to find one.
pub const SENT_ROWS: u64 = 100;
/// When a started invitation is looked for, counted from the send.
pub const VERIFY_AT_MS: [i64; 3] = [10_000, 120_000, 1_200_000];
/// How much earlier than the send a sent invitation's time may lie and still be ours: clocks differ.
pub const VERIFY_SLACK_MS: i64 = 120_000;

/// How many tombstones are kept.
pub const TOMBSTONES: usize = 10_000;
/// How much of storage they take at most, whatever a server calls its tasks.
pub const TOMBSTONES_BYTES: usize = 5 << 19;
/// How long a line of the local log is kept.
pub const LOG_MS: i64 = 90 * DAY_MS;
/// How many lines are kept.
pub const LOG_LINES: usize = 10_000;
/// How much text of the log is kept, whatever a server calls its tasks.
pub const LOG_BYTES: usize = 2 << 20;
/// Lines of a chunk: a new line has the whole chunk written anew.
pub const LOG_CHUNK: usize = 128;
/// So many tasks are held at most, most of them waiting for a server that takes no results.
pub const HELD_TASKS: usize = 100;
/// So much of their rows and results is held before the next one is taken. One task can add about a megabyte.
pub const HELD_BYTES: usize = 2 << 20;
/// Of a damaged record so much is kept to be looked at, and of all of them together no more than [`ASIDE_BYTES`].
pub const ASIDE_RECORD_BYTES: usize = 64 << 10;
/// See [`ASIDE_RECORD_BYTES`].
pub const ASIDE_BYTES: usize = 256 << 10;
/// More than any answer of the task server's needs: what it names is stored.
pub const ANSWER_BYTES: usize = 64 << 10;
/// How many finished tasks the popup shows.
pub const RECENT: usize = 10;
