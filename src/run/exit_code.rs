//! With what the program ends, as scripts see it. A panic ends it with 101, as Rust does, and a signal with 128 and the
//! number of the signal, as shells do it.

/// Done.
pub const DONE: u8 = 0;
/// Nothing was found.
pub const NOTHING_FOUND: u8 = 1;
/// The arguments are not understood.
pub const USAGE: u8 = 2;
/// The workspace, a file or the terminal cannot be used.
pub const UNUSABLE: u8 = 3;
/// A rule does not allow it.
pub const REFUSED: u8 = 5;
/// The screens were left while something was not on the disk.
pub const UNSAVED: u8 = 6;
/// A panic.
pub const PANIC: u8 = 101;

/// The code with which a signal ends the program.
pub fn of_signal(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}
