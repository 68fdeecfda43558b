//! Prints what was measured beside what it may cost. The ratio is what to look at: it says how much room is left, and it
//! moves when the program gets slower on the same machine.

#![allow(dead_code, clippy::print_stdout)] // each bench uses what it needs, and prints

use std::time::Instant;

/// Prints one measurement and its share of the budget.
pub fn compare(what: &str, measured: f64, budget: f64, unit: &str) {
    let ratio = measured / budget;
    let verdict = if ratio > 1.0 { "OVER BUDGET" } else { "" };
    println!("{what:<64} {measured:>10.3} {unit:<5} of {budget:>6} {unit:<5} = {ratio:>6.3} {verdict}");
}

/// Prints the median and the greatest of some measurements, each beside the same budget.
pub fn compare_all(what: &str, measured: &[f64], budget: f64, unit: &str) {
    let mut sorted = measured.to_vec();
    sorted.sort_by(f64::total_cmp);
    if let Some(worst) = sorted.last() {
        compare(&format!("{what}, median"), sorted[sorted.len() / 2], budget, unit);
        compare(&format!("{what}, worst"), *worst, budget, unit);
    }
}

/// The milliseconds that something takes.
pub fn milliseconds<R>(run: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    divan::black_box(run());
    start.elapsed().as_secs_f64() * 1_000.0
}

/// For each step the least time of some rounds: other work on the machine only ever adds to it.
pub fn least(rounds: &[Vec<f64>]) -> Vec<f64> {
    let steps = rounds.first().map_or(0, Vec::len);
    (0..steps).map(|step| rounds.iter().map(|round| round[step]).fold(f64::INFINITY, f64::min)).collect()
}
