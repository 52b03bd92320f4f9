#[cfg(feature = "seeded-bugs")]
use acp_gateway::seeded::{Bug, seed};

use super::backend::Backend;
use super::others::Reached;
#[cfg(feature = "seeded-bugs")]
use super::runner::cores;
use super::runner::{each, run, say, told};
use super::sabotage::Sabotage;
use super::schedules::{
    OVER_HTTP, double, given_back_point, given_back_points, main_point, main_points, named, point,
    points, quiet_plans, random,
};
use super::world::{Schedule, play};
use crate::support::is_redis_wanted;

/// How much is played: `ACP_SIM` says `full` or `long`.
struct Size {
    seeds: u64,
    others: u64,
    doubles: u64,
    random: u64,
    embedded: u64,
    redis: u64,
    /// Random worlds whose gateways reach others over HTTP.
    over_http: u64,
    sabotages: &'static [Sabotage],
}

/// A prime that divides no number of points there will ever be.
const SPREAD: u64 = 1_000_003;

fn size() -> Size {
    let full = |times: u64| Size {
        seeds: 100 * times,
        others: 10 * count(points(Reached::AtPorts).len()) * times,
        doubles: 10_000 * times,
        random: 30_000 * times,
        embedded: 1_000 * times,
        redis: 300 * times,
        over_http: 10_000 * times,
        sabotages: &Sabotage::ALL,
    };
    match std::env::var("ACP_SIM").as_deref() {
        Ok("full") => full(1),
        Ok("long") => full(15),
        _ => Size {
            seeds: 1,
            others: 150,
            doubles: 100,
            random: 150,
            embedded: 10,
            redis: 10,
            over_http: 150,
            sabotages: &Sabotage::PLAIN,
        },
    }
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap()
}

#[test]
fn a_completion_survives_every_fault_at_every_call() {
    let points = count(main_points(Reached::AtPorts).len());
    assert!(points >= 52, "{points} points: the plan names 52");
    run(points * size().seeds, |number| main_point(Backend::Memory, number))
        .must_be_clean("points of a completion");
}

#[test]
fn every_other_course_survives_every_fault_at_every_call() {
    // Spread over all of them, where there is time for few.
    let spread = |number| number * SPREAD;
    run(size().others, |number| point(Backend::Memory, spread(number)))
        .must_be_clean("points of all courses");
}

/// Where nothing goes wrong every plan buys, so that its faults are tried on something. Of two for
/// the last lamp one does.
#[test]
fn plans_buy_where_nothing_goes_wrong() {
    for schedule in quiet_plans() {
        let played = play(&schedule);
        assert_eq!(played.violations, Vec::<String>::new(), "{}", told(&schedule, &played));
        assert_eq!(played.orders, 1, "{}", told(&schedule, &played));
    }
}

#[test]
fn what_takes_over_survives_a_second_fault() {
    run(size().doubles, |number| double(Backend::Memory, number)).must_be_clean("double faults");
}

#[test]
fn everything_at_once_leaves_the_books_balanced() {
    let summary = run(size().random, |number| random(Backend::Memory, number))
        .must_be_clean("random schedules");
    assert!(summary.fired > 0 && summary.orders > 0 && summary.undone > 0);
}

#[test]
fn the_durable_store_is_no_different() {
    run(size().embedded, |number| main_point(Backend::Embedded, number))
        .must_be_clean("points, embedded");
    run(size().embedded, |number| random(Backend::Embedded, number))
        .must_be_clean("random schedules, embedded");
}

#[test]
fn a_redis_server_is_no_different() {
    if !is_redis_wanted() {
        return;
    }
    run(size().redis, |number| main_point(Backend::Redis, number)).must_be_clean("points, Redis");
    run(size().redis, |number| random(Backend::Redis, number))
        .must_be_clean("random schedules, Redis");
}

/// With the adapters a shop has, and services that speak HTTP.
#[test]
fn over_http_everything_is_the_same() {
    let (random_worlds, main) = (size().over_http, count(main_points(Reached::OverHttp).len()));
    assert!(main >= 52, "{main} points: there are as many as at the ports, and more");
    run(main * size().seeds.div_ceil(10), |number| main_point(OVER_HTTP, number))
        .must_be_clean("points of a completion, over HTTP");
    let given_back = count(given_back_points(Reached::OverHttp).len());
    run(given_back * size().seeds.div_ceil(10), |number| given_back_point(OVER_HTTP, number))
        .must_be_clean("points of money that goes back, over HTTP");
    run(random_worlds, |number| point(OVER_HTTP, number * SPREAD))
        .must_be_clean("points of all courses, over HTTP");
    run(random_worlds / 3, |number| double(OVER_HTTP, number))
        .must_be_clean("double faults, over HTTP");
    let summary = run(random_worlds, |number| random(OVER_HTTP, number))
        .must_be_clean("random schedules, over HTTP");
    assert!(summary.fired > 0 && summary.orders > 0 && summary.undone > 0);
}

/// A suite that passes on a store that breaks its promises proves nothing.
#[test]
fn every_broken_promise_is_noticed() {
    let noticed = each(size().sabotages, |sabotage| {
        let mut schedules = (0..4_000_u64).map(|number| match number % 4 {
            0 => double(Backend::Memory, number),
            1 => random(Backend::Memory, number),
            _ => main_point(Backend::Memory, number * SPREAD),
        });
        // What is wrong on a store that keeps them too says nothing about it.
        let noticed = schedules.position(|it| {
            let is_clean = |it: &Schedule| play(it).violations.is_empty();
            !is_clean(&Schedule { sabotage: Some(*sabotage), ..it.clone() }) && is_clean(&it)
        });
        say(&format!("{sabotage:?}: noticed in schedule {noticed:?}\n"));
        noticed
    });
    let each = size().sabotages.iter().zip(noticed);
    let unnoticed: Vec<_> = each.filter(|(_, noticed)| noticed.is_none()).collect();
    assert_eq!(unnoticed, []);
}

#[test]
fn the_same_seed_is_the_same_history() {
    for number in 0..20 {
        let over_http = random(OVER_HTTP, number);
        for schedule in
            [random(Backend::Memory, number), double(Backend::Memory, number), over_http]
        {
            let (one, other) = (play(&schedule), play(&schedule));
            assert_eq!(one.history, other.history, "{}", schedule.name);
            assert_eq!(one.violations, other.violations, "{}", schedule.name);
        }
    }
}

/// Plays the schedule that `ACP_SIM_SEED` names, and shows it whole.
#[test]
fn replay() {
    if let Ok(name) = std::env::var("ACP_SIM_SEED") {
        let schedule = named(&name);
        let played = play(&schedule);
        let all = format!("{schedule:#?}\n{}\n", played.history.join("\n"));
        say(&all);
        assert!(played.violations.is_empty(), "{}", told(&schedule, &played));
    }
}

/// How many schedules a bug may hide in.
#[cfg(feature = "seeded-bugs")]
const SCHEDULES: u64 = 18_000;

#[cfg(feature = "seeded-bugs")]
fn schedule(number: u64) -> Schedule {
    let part = number / 6;
    match number % 6 {
        0 => double(Backend::Memory, part),
        1 => main_point(Backend::Memory, part),
        2 => point(Backend::Memory, part * SPREAD),
        3 if part.is_multiple_of(2) => given_back_point(OVER_HTTP, part / 2 * SPREAD),
        3 => point(OVER_HTTP, part / 2 * SPREAD),
        4 => random(OVER_HTTP, part),
        _ => random(Backend::Memory, part),
    }
}

/// A suite that passes on a program that breaks its promises proves nothing.
#[cfg(feature = "seeded-bugs")]
#[test]
fn every_seeded_bug_is_noticed() {
    // The points are those of a program without bugs.
    seed(None);
    points(Reached::AtPorts);
    points(Reached::OverHttp);
    let found = |number: &u64| play(&schedule(*number)).violations.into_iter().next();
    let mut unnoticed = Vec::new();
    for bug in Bug::ALL {
        // A bug is in the whole program, so that worlds with it and without take turns.
        let numbers: Vec<_> = (0..SCHEDULES).collect();
        let noticed = numbers.chunks(4 * cores()).find_map(|numbers| {
            seed(Some(bug));
            let wrong = numbers.iter().zip(each(numbers, found));
            seed(None);
            // What is wrong without the bug too says nothing about it.
            let mut wrong = wrong.filter_map(|(number, wrong)| Some((number, wrong?)));
            wrong.find(|(number, _)| found(number).is_none())
        });
        match noticed {
            Some((number, first)) => say(&format!("{bug:?}: noticed in {number}: {first}\n")),
            None => unnoticed.push(bug),
        }
    }
    seed(None);
    say(&format!("caught {}/{}\n", Bug::ALL.len() - unnoticed.len(), Bug::ALL.len()));
    assert_eq!(unnoticed, []);
}
