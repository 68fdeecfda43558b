//! What the person sees: the state of the app turned into cells. Drawing changes nothing.

pub mod gaps;
pub mod map;
