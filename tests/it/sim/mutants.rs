//! A suite that passes on a program that breaks its promises proves nothing: each seeded bug of
//! the program has to be noticed.

use acp_gateway::seeded::{Bug, seed};

use super::backend::Backend;
use super::runner::say;
use super::schedules::{double, main_point, point, points, random};
use super::world::{Schedule, play};

/// How many schedules a bug may hide in.
const SCHEDULES: u64 = 2_400;

/// A prime that divides no number of points there will ever be.
const SPREAD: u64 = 1_000_003;

fn schedule(number: u64) -> Schedule {
    let quarter = number / 4;
    match number % 4 {
        0 => double(Backend::Memory, quarter),
        1 => main_point(Backend::Memory, quarter),
        2 => point(Backend::Memory, quarter * SPREAD, points()),
        _ => random(Backend::Memory, quarter),
    }
}

#[test]
fn every_seeded_bug_is_noticed() {
    let mut unnoticed = Vec::new();
    for bug in Bug::ALL {
        seed(Some(bug));
        let noticed = (0..SCHEDULES).find_map(|number| {
            let played = play(&schedule(number));
            played.violations.first().map(|first| (number, first.clone()))
        });
        match noticed {
            Some((number, first)) => say(&format!("{bug:?}: noticed in {number}: {first}\n")),
            None => unnoticed.push(bug),
        }
    }
    seed(None);
    let caught = Bug::ALL.len() - unnoticed.len();
    say(&format!("caught {caught}/{}\n", Bug::ALL.len()));
    assert_eq!(unnoticed, []);
}
