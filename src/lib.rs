//! # Folkmoot
//!
//! The table of a multi-agency partnership: who does what, what people said and voted for, who promised what, and what
//! came of it. One terminal program, `moot`, several people at once on one small host.
//!
//! ## Bird's-eye view
//!
//! Everything a person can know or change is a **record** of some **kind** ([`model::Kind`]); a **workspace**
//! ([`model::Workspace`]) is one directory with one RON file per kind. Everything that changes data is a **change**
//! ([`model::Change`]): records before and after, and a sentence that says what was done. Everything a person can do is
//! a **command** ([`app::command::Command`]) in one table.
//!
//! Four quiet rooms think and never touch the world:
//!
//! - [`model`]: what records mean; rules from a workspace to a change or a refusal; merging what two people did.
//! - [`search`]: from what is typed to the records that are meant.
//! - [`report`]: what others read: from the records to a document, and from that to Markdown, plain text and HTML.
//! - [`app`]: what the person is doing: screens, layers, forms, history. Events in, effects out.
//!
//! The others touch it and never decide:
//!
//! - [`ui`]: from the app to cells; it only looks.
//! - [`store`]: how records lie on disk; saving that loses nothing of anybody's.
//! - [`exchange`]: other people's directories, in and out.
//! - [`run`]: the threads, the terminal, the clock, the clipboard, the editor.
//! - [`cli`]: one command of the shell after another.
//!
//! ## Where to begin
//!
//! [`model::record`] shows how a kind is written down: each field once, with its type, label and hint, who may see it,
//! how it is searched, and whether it is a column or a filter. From that come the struct, its file, its form, `moot set`,
//! lists, the index, exports, comparison and merge; lists of sub-records are declared the same way ([`model::row`]). What
//! a kind has beyond its fields are its [`model::Rules`]. The list of kinds is in [`model`]: a new kind costs its file
//! and its entry there, and tests/kinds.rs tests it as it tests the others.
//!
//! [`app::screen`] has the one list of screens, from which come tabs, keys, dispatch, indexes and drawing. A new screen
//! costs its state file and one line; it draws as a list of records ([`app::list`], `ui::list`) unless it brings a
//! drawing file of its own.
//!
//! [`app::command`] is the table of everything that can be done. Dispatch, help, footer, palette, `moot keys` and
//! docs/keys.md read it.
//!
//! ## Four ways through the house
//!
//! 1. **A key press.** The reader thread waits for a permit, reads a burst of keys and sends it; [`app::App::update`]
//!    looks each key up in the scopes from the top layer down; the command edits the app and returns effects; run
//!    carries them out and draws once.
//! 2. **An edit.** A rule of the model makes a change; it is applied in memory ([`model::Workspace::apply`]) and its
//!    inverse kept for undo; the effect `Commit` sends it to the store's thread, which locks, reads the file again,
//!    merges, splices the changed fields into the text, writes, syncs, and answers `Saved`; then the next change goes
//!    ([`app::saving`]), and who was leaving leaves. A change of several files goes through a journal, whole or not. Where
//!    the lock file was removed meanwhile, the save begins again; what an editor wrote over without a lock is found by the
//!    copy of what was saved last (`store::last_saved`).
//! 3. **A change made elsewhere.** The watch wakes the store's thread; it parses only the records whose text differs
//!    from its fingerprint and sends `Reloaded`; an open form keeps what was typed and marks what moved under it.
//! 4. **A look-up from the shell.** `moot find housing weymouth` loads, searches, prints a line a hit. No lock, nothing
//!    written.
//!
//! ## Decisions that shape the rest
//!
//! - A change carries the record it began from. That record *is* the base of the three-way merge, so the store keeps no
//!   second copy of the files in memory, only a fingerprint of each record's text.
//! - Merging is typed and pure ([`model::merge`]) and the same in memory, on disk and, later, between hosts.
//! - What an import brought is kept whole beside the records (`originals.ron`, [`model::Original`]) and is not resident.
//!   It is the base of the next import and the reason why an export gives everything back.
//! - Forms, `moot add`, lists and comparison know no field by name; they go through [`model::AnyRecord::show`] and
//!   [`model::AnyRecord::set_field`].
//! - Frames are encoded by [`run`] itself: ratatui draws into a buffer, and only what differs from the last one is sent,
//!   with the shortest sequences that do it. Slow links are the rule here.
//! - The text area is ours ([`app::input::BlockInput`]): those of libraries break lines while they draw, and drawing may not
//!   change anything here.
//! - Letters are commands, and typing finds: at the start the search has the focus, and later on letters typed at once are a
//!   word, which is searched for ([`app::typing`] has the rule). What the first letter did as a command is taken back, so
//!   no key has to wait for the next one.
//! - In a form tab takes what is shown, and where nothing is shown it goes on: one rule for fields and cells
//!   (`app::form::picks`, `app::form::going`). What cannot be dialled, written to or found is doubted and forbids nothing
//!   ([`model::doubt`]); numbers are looked at by the plans of Britain and North America, for a library that knows every
//!   country's is 2.8 MB.
//! - Distances and points in districts are a dozen lines in [`model::place`]; a library of geometry would be forty
//!   crates for them.
//!
//! ## Invariants, each held by a test
//!
//! - **Drawing cannot change anything**: `ui` sees the app by shared reference (tests/layers.rs).
//! - **Time enters only as an event**: no clock in model, search, app, ui (tests/layers.rs).
//! - **The disk is touched only by store and exchange**, and by run for the editor's file, keys.ron,
//!   the path of the workspace that was begun last, and names in the folder for files (tests/layers.rs).
//! - **Every edit is a change and every change has an inverse** (laws in tests/session.rs).
//! - **A screen is one state file, one line in the list of screens, and at most one drawing file**; nothing else names it
//!   (tests/layers.rs).
//! - **No tick: idle means blocked** (tests/pty.rs counts wake-ups).
//! - **Text from outside is cleaned once, where it enters** ([`model::Text`]).
//! - **What the status line calls saved is on the disk**: whatever call fails (tests/store/faults.rs, and every system call
//!   of the real program in tests/store/syscalls.rs), when the power goes (tests/store/power.rs), and in a crowd
//!   (tests/crowd.rs).
//! - **What somebody saved is never written over unsaid**, by a text editor neither (tests/store/overwritten.rs).
//! - **A change is saved whole or not at all, whatever fails, and nobody reads half of it** (tests/store/journal.rs).
//! - **What was accepted survives every way of leaving**: it is on the disk, or kept and offered back
//!   (tests/leaving.rs).
//! - **What is hidden from an audience reaches it nowhere**: [`model::AnyRecord::show`] and
//!   [`model::AnyRecord::visible_to`] are the ways from a record to a screen, a command, a search or an export
//!   (tests/hidden.rs, tests/session.rs, tests/exchange.rs).
//! - **A restricted program executes nothing and stays in its workspace** ([`run::confine`], tests/sshd.rs).
//! - **A save keeps owner, group and mode; what is one login's is no other's to read, forge or remove**
//!   (tests/store/modes.rs).
//! - **While a round is open nothing tells what was voted, and of a nameless vote no file ever tells who cast which**: two
//!   worlds that differ in the votes alone look the same (tests/secrecy.rs).

pub mod app;
pub mod cli;
pub mod exchange;
pub mod model;
pub mod report;
pub mod run;
pub mod search;
pub mod store;
pub mod ui;
