//! Which schedules there are: every one has a number, and is the same each time it is asked for.

use std::sync::OnceLock;
use std::time::Duration;

use super::backend::Backend;
use super::core::{Keepers, Kept};
use super::dice::Dice;
use super::fault::{Fault, KINDS, Place};
use super::fleet::Living;
use super::others::{Card, Reached};
use super::shopper::Script;
use super::world::{Happening, Schedule, play};

/// A course a completion can take, without the faults that are tried on it.
struct Scenario {
    name: &'static str,
    living: Living,
    scripts: Vec<Script>,
    few: (u32, u32),
    /// What goes wrong in any case: the name of the call, and what happens to it and as many
    /// more of its name.
    given: &'static [(&'static str, Fault, usize)],
    kept: Keepers,
    reached: Reached,
}

const ALL_OURS: Keepers = Keepers { goods: Kept::ByUs, orders: Kept::ByUs };
const GOODS_ELSEWHERE: Keepers = Keepers { goods: Kept::ByMerchant, orders: Kept::ByUs };
const ORDERS_ELSEWHERE: Keepers = Keepers { goods: Kept::ByUs, orders: Kept::ByMerchant };

/// Longer than a lease, and long enough to be overtaken.
const OVERTAKEN: Duration = Duration::from_secs(40);
/// Long enough to be asked whether a promise of stock still holds.
const PROMISE_OVERDUE: Duration = Duration::from_mins(20);
/// Longer than money may be held without an order.
const HOLD_TOO_OLD: Duration = Duration::from_mins(70);
/// Longer than a session lives without being changed.
const SESSION_OVERDUE: Duration = Duration::from_hours(25);

fn scenario(name: &'static str, cards: &[Card]) -> Scenario {
    Scenario {
        name,
        living: Living::Alone,
        scripts: vec![Script::plain(cards)],
        few: (3, 2),
        given: &[],
        kept: ALL_OURS,
        reached: Reached::AtPorts,
    }
}

fn scenarios(reached: Reached) -> Vec<Scenario> {
    let all = ours().into_iter().chain(at_merchant()).chain(by_plans());
    all.map(|course| Scenario { reached, ..course }).collect()
}

/// Courses with the goods at the merchant's, or with orders that go there.
fn at_merchant() -> [Scenario; 5] {
    use Card::{Declined, Good};
    [
        Scenario {
            living: Living::Together(2),
            kept: GOODS_ELSEWHERE,
            ..scenario("paid, goods at the merchant's", &[Declined, Good])
        },
        Scenario {
            scripts: vec![Script::plain(&[Good]), Script::plain(&[Good])],
            few: (1, 1),
            kept: GOODS_ELSEWHERE,
            ..scenario("two for the last one at the merchant's", &[])
        },
        Scenario {
            given: &[("pay confirm", Fault::Gone(HOLD_TOO_OLD), 1)],
            kept: GOODS_ELSEWHERE,
            ..scenario("gone until the merchant has taken the goods back", &[Good])
        },
        Scenario {
            living: Living::Together(2),
            kept: ORDERS_ELSEWHERE,
            ..scenario("paid, the order handed over", &[Good])
        },
        Scenario {
            given: &[("order hand over", Fault::ResponseLost, 2)],
            kept: ORDERS_ELSEWHERE,
            ..scenario("paid, the order taken and nobody told", &[Declined, Good])
        },
    ]
}

/// Courses on which a plan pays, under a mandate.
fn by_plans() -> [Scenario; 4] {
    use Card::{Declined, Good};
    let planned = |cards: &[Card]| vec![Script { is_planned: true, ..Script::plain(cards) }];
    [
        Scenario { scripts: planned(&[Good]), ..scenario("planned and paid", &[]) },
        Scenario {
            scripts: planned(&[Declined, Good]),
            living: Living::Together(2),
            ..scenario("planned, declined, planned anew and paid", &[])
        },
        Scenario {
            scripts: planned(&[Good]),
            given: &[("pay confirm", Fault::ResponseLost, 1)],
            ..scenario("planned, and the hold unclear at first", &[])
        },
        Scenario {
            scripts: [planned(&[Good]), planned(&[Good])].concat(),
            few: (1, 1),
            living: Living::Together(2),
            ..scenario("two plans for the last one", &[])
        },
    ]
}

/// The courses of plans, and nothing goes wrong.
pub(super) fn quiet_plans() -> Vec<Schedule> {
    by_plans().iter().map(|course| of(course, "quiet", 0, Vec::new())).collect()
}

/// Courses with the goods in our own ledgers.
fn ours() -> Vec<Scenario> {
    use Card::{Challenged, Declined, Good, Lapsing, Robbed};
    vec![
        scenario(MAIN, &[Good]),
        Scenario { living: Living::Together(2), ..scenario("paid, two gateways", &[Good]) },
        scenario("declined, then paid", &[Declined, Good]),
        scenario("challenged, then paid", &[Challenged]),
        scenario("hold lapses before capture", &[Lapsing]),
        Scenario {
            scripts: vec![Script { refunds: 1, ..Script::plain(&[Good]) }],
            ..scenario(GIVEN_BACK, &[])
        },
        Scenario {
            scripts: vec![Script::plain(&[Good]), Script::plain(&[Good])],
            few: (1, 1),
            living: Living::Together(2),
            ..scenario("two for the last one", &[])
        },
        Scenario {
            given: &[("pay create", Fault::Unreached, 4)],
            ..scenario("provider away at first", &[Good])
        },
        Scenario {
            given: &[
                ("pay confirm", Fault::ResponseLost, 1),
                ("pay lookup", Fault::RequestLost, 1),
            ],
            ..scenario("hold unclear at first", &[Good])
        },
        Scenario {
            living: Living::Together(2),
            given: &[("pay create", Fault::Pause(OVERTAKEN), 1)],
            ..scenario("overtaken, then awake", &[Good])
        },
        Scenario {
            living: Living::Together(2),
            given: &[("commit stock", Fault::Pause(OVERTAKEN), 1)],
            ..scenario("overtaken and undone, then awake", &[Declined, Good])
        },
        scenario("stock given away before it is sold", &[Robbed]),
        Scenario {
            given: &[("pay confirm", Fault::Gone(PROMISE_OVERDUE), 1)],
            ..scenario("gone for longer than stock is promised", &[Good])
        },
        Scenario {
            given: &[("pay confirm", Fault::Gone(HOLD_TOO_OLD), 1)],
            ..scenario("gone for longer than money may be held", &[Good])
        },
        Scenario {
            living: Living::Together(2),
            given: &[
                ("commit -run+key+other+session", Fault::Gone(SESSION_OVERDUE), 1),
                ("read session", Fault::Pause(OVERTAKEN), 1),
            ],
            ..scenario("gone for longer than a session lives", &[Declined])
        },
    ]
}

/// A place where something can go wrong, and what.
#[derive(Clone)]
pub(super) struct Point {
    scenario: usize,
    at: usize,
    kind: usize,
    given: Vec<(usize, Fault)>,
    name: String,
}

/// Every call of every scenario, broken in every way: found by playing each scenario once.
pub(super) fn points(reached: Reached) -> &'static [Point] {
    static AT_PORTS: OnceLock<Vec<Point>> = OnceLock::new();
    static OVER_HTTP: OnceLock<Vec<Point>> = OnceLock::new();
    let points = match reached {
        Reached::AtPorts => &AT_PORTS,
        Reached::OverHttp => &OVER_HTTP,
    };
    points.get_or_init(|| {
        let mut points = Vec::new();
        for (scenario, course) in scenarios(reached).iter().enumerate() {
            let (given, crossed) = survey(course);
            for (at, (place, call)) in crossed.iter().enumerate() {
                if given.iter().any(|(taken, _)| *taken == at) {
                    continue;
                }
                for kind in (0..KINDS.len()).filter(|kind| Fault::belongs_to(*kind, *place)) {
                    let name = format!("{}: {} at #{at} {call}", course.name, KINDS[kind]);
                    points.push(Point { scenario, at, kind, given: given.clone(), name });
                }
            }
        }
        points
    })
}

/// The course every seed is spent on.
const MAIN: &str = "paid";
/// The course on which money goes back.
const GIVEN_BACK: &str = "paid, and some of it given back";

/// The points of the main course.
pub(super) fn main_points(reached: Reached) -> &'static [Point] {
    points_of(reached, MAIN)
}

/// The points of the course on which money goes back.
pub(super) fn given_back_points(reached: Reached) -> &'static [Point] {
    points_of(reached, GIVEN_BACK)
}

fn points_of(reached: Reached, course: &str) -> &'static [Point] {
    let scenario = scenarios(reached).iter().position(|it| it.name == course).unwrap();
    // Those of a course stand together.
    let mut parts = points(reached).chunk_by(|one, other| one.scenario == other.scenario);
    parts.find(|points| points[0].scenario == scenario).unwrap()
}

type Crossed = Vec<(Place, String)>;

/// Plays a scenario as it is, with what is given in it.
fn survey(course: &Scenario) -> (Vec<(usize, Fault)>, Crossed) {
    let mut given = Vec::new();
    let mut crossed = play(&of(course, "survey", 0, given.clone())).crossed;
    for (call, fault, times) in course.given {
        let call = course.reached.name_of(call);
        for _ in 0..*times {
            let is_next = |(at, (_, name)): &(usize, &(Place, String))| {
                *name == call && given.iter().all(|(taken, _)| taken != at)
            };
            let Some((at, _)) = crossed.iter().enumerate().find(is_next) else {
                panic!("{}: nothing is called {call} in {crossed:?}", course.name);
            };
            given.push((at, *fault));
            crossed = play(&of(course, "survey", 0, given.clone())).crossed;
        }
    }
    (given, crossed)
}

fn of(course: &Scenario, name: &str, seed: u64, planned: Vec<(usize, Fault)>) -> Schedule {
    Schedule {
        name: name.to_owned(),
        about: course.name.to_owned(),
        seed,
        backend: Backend::Memory,
        living: course.living,
        is_upgrade: false,
        scripts: course.scripts.clone(),
        planned,
        happenings: Vec::new(),
        few: course.few,
        sabotage: None,
        kept: course.kept,
        reached: course.reached,
    }
}

/// Where a world is played.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    backend: Backend,
    reached: Reached,
}

/// Others are reached over HTTP.
pub(super) const OVER_HTTP: Setting =
    Setting { backend: Backend::Memory, reached: Reached::OverHttp };

impl From<Backend> for Setting {
    fn from(backend: Backend) -> Self {
        Self { backend, reached: Reached::AtPorts }
    }
}

impl Setting {
    const fn name(self) -> &'static str {
        match self.reached {
            Reached::AtPorts => self.backend.name(),
            Reached::OverHttp => "http",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = Backend::ALL.into_iter().map(Self::from).chain([OVER_HTTP]);
        all.into_iter().find(|setting| setting.name() == name)
    }
}

/// A point of any course, with one seed.
pub(super) fn point(setting: impl Into<Setting>, number: u64) -> Schedule {
    let setting = setting.into();
    at_point(setting, "points", number, points(setting.reached))
}

/// A point of the main course, with one seed.
pub(super) fn main_point(setting: impl Into<Setting>, number: u64) -> Schedule {
    let setting = setting.into();
    at_point(setting, "main", number, main_points(setting.reached))
}

/// A point of the course on which money goes back, with one seed.
pub(super) fn given_back_point(setting: impl Into<Setting>, number: u64) -> Schedule {
    let setting = setting.into();
    at_point(setting, "given-back", number, given_back_points(setting.reached))
}

fn at_point(setting: Setting, suite: &str, number: u64, points: &[Point]) -> Schedule {
    let count = u64::try_from(points.len()).unwrap();
    let point = &points[usize::try_from(number % count).unwrap()];
    let seed = number / count;
    let mut dice = Dice::apart(seed, 5 + number % count);
    let mut planned = point.given.clone();
    planned.push((point.at, Fault::of_kind(point.kind, &mut dice)));
    let name = format!("{suite}:{}:{number}", setting.name());
    let (about, backend) = (point.name.clone(), setting.backend);
    let course = &scenarios(setting.reached)[point.scenario];
    Schedule { about, backend, ..of(course, &name, seed, planned) }
}

/// Two faults: the second one strikes what comes of the first.
pub(super) fn double(setting: impl Into<Setting>, number: u64) -> Schedule {
    let setting = setting.into();
    let points = points(setting.reached);
    let mut dice = Dice::apart(number, 6);
    let first = &points[dice.below(points.len())];
    let mut planned = first.given.clone();
    planned.push((first.at, Fault::of_kind(dice.below(3), &mut dice)));
    let second = first.at + 1 + dice.below(14);
    planned.push((second, Fault::of_kind(dice.below(KINDS.len()), &mut dice)));
    let name = format!("doubles:{}:{number}", setting.name());
    let course = &scenarios(setting.reached)[first.scenario];
    Schedule { backend: setting.backend, ..of(course, &name, number, planned) }
}

/// Anything.
pub(super) fn random(setting: impl Into<Setting>, number: u64) -> Schedule {
    let setting = setting.into();
    let mut dice = Dice::apart(number, 7);
    let living = match dice.below(3) {
        0 => Living::Alone,
        more => Living::Together(more + 1),
    };
    let clients = 1 + dice.below(4);
    let mut scripts: Vec<_> = (0..clients).map(|_| Script::any(&mut dice)).collect();
    if setting.reached == Reached::OverHttp {
        scripts.iter_mut().for_each(Script::pay_by_card);
    }
    let faults = dice.below(9);
    let calls = 30 * clients;
    let planned = (0..faults).map(|_| (dice.below(calls), Fault::any(&mut dice))).collect();
    let mut happenings: Vec<_> = (0..dice.below(4)).map(|_| happening(&mut dice)).collect();
    if dice.chance(3) {
        // Longer than a provider remembers a key, and a session lives.
        happenings.push((dice.ms(500, 4_000), Happening::Outage(Duration::from_hours(25))));
    }
    let few = (u32::try_from(1 + dice.below(4)).unwrap(), u32::try_from(dice.below(3)).unwrap());
    let name = format!("random:{}:{number}", setting.name());
    let elsewhere = |apart, chance| {
        if Dice::apart(number, apart).chance(chance) { Kept::ByMerchant } else { Kept::ByUs }
    };
    let kept = Keepers { goods: elsewhere(9, 20), orders: elsewhere(10, 30) };
    Schedule {
        name,
        about: "anything".to_owned(),
        seed: number,
        backend: setting.backend,
        living,
        is_upgrade: dice.chance(20),
        scripts,
        planned,
        happenings,
        few,
        sabotage: None,
        kept,
        reached: setting.reached,
    }
}

fn happening(dice: &mut Dice) -> (Duration, Happening) {
    let after = dice.ms(500, 8_000);
    let happening = match dice.below(4) {
        0 => Happening::Kill(dice.below(3)),
        1 => Happening::Pause(dice.below(3), dice.ms(1_000, 60_000)),
        2 => Happening::StoreAway(dice.ms(200, 20_000)),
        _ => Happening::ProviderAway(dice.ms(200, 20_000)),
    };
    (after, happening)
}

/// The schedule with this name.
pub(super) fn named(name: &str) -> Schedule {
    let mut parts = name.split(':');
    let mut part = || parts.next().unwrap_or_else(|| panic!("{name} names no schedule"));
    let (suite, setting, number) = (part(), part(), part());
    let setting = Setting::named(setting).unwrap();
    let number = number.parse().unwrap();
    match suite {
        "points" => point(setting, number),
        "main" => main_point(setting, number),
        "given-back" => given_back_point(setting, number),
        "doubles" => double(setting, number),
        "random" => random(setting, number),
        _ => panic!("{name} names no schedule"),
    }
}
