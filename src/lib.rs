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
//! a **command** in one table.
//!
//! Quiet rooms think and never touch the world; the others touch it and never decide:
//!
//! - [`model`]: what records mean; rules from a workspace to a change or a refusal.
//! - [`cli`]: commands for scripts and for people who know what they want.
//! - [`exchange`]: other directories, read in any dialect and given back whole.
//! - [`search`]: from what a person types to the records that are meant.
//! - [`store`]: how records lie on disk; saving that loses nothing of anybody's.
//! - [`ui`]: what the person sees; drawing changes nothing.

pub mod cli;
pub mod exchange;
pub mod model;
pub mod search;
pub mod store;
pub mod ui;
