use std::io::Write;

/// How much of everything is done.
pub(super) struct Figures {
    /// Deaths of a gateway on the embedded store, at failpoints and at any moment.
    pub(super) kills: u64,
    /// The same with the store on Redis.
    pub(super) kills_on_redis: u64,
    /// Deaths of the Redis server.
    pub(super) outages: u64,
    /// Deaths of a primary that sentinels watch.
    pub(super) failovers: u64,
    /// Gateways that are frozen for longer than their leases last.
    pub(super) zombies: u64,
    /// Sessions that are completed by everybody at once, in each way.
    pub(super) crowded: u64,
    /// The same at two gateways, which share a store on Redis.
    pub(super) crowded_on_redis: u64,
    /// How many send the same call to one session.
    pub(super) alike: u64,
    /// How many pay for one session, each with a key of their own.
    pub(super) different: u64,
    /// How often there are few units for many buyers.
    pub(super) races: u64,
    /// Calls of buyers while the payment provider misbehaves.
    pub(super) calls_while_misbehaving: u64,
    /// Deaths of a gateway meanwhile.
    pub(super) kills_while_misbehaving: u64,
    /// Deaths of a gateway while money goes back.
    pub(super) kills_while_refunding: u64,
    /// Deaths of a gateway while plans are carried out.
    pub(super) kills_while_planning: u64,
    /// Completions that wait for somebody who does not answer.
    pub(super) kept_waiting: u64,
}

impl Figures {
    /// What the environment asks for; the bounded form where it says nothing.
    pub(super) fn asked() -> Self {
        match std::env::var("ACP_CHAOS").as_deref() {
            Ok("full") => Self::FULL,
            Ok("long") => Self::LONG,
            Ok(other) => panic!("ACP_CHAOS is full or long, not {other}"),
            Err(_) => Self::BOUNDED,
        }
    }

    const BOUNDED: Self = Self {
        kills: 18,
        kills_on_redis: 9,
        outages: 2,
        failovers: 1,
        zombies: 1,
        crowded: 2,
        crowded_on_redis: 2,
        alike: 60,
        different: 25,
        races: 2,
        calls_while_misbehaving: 400,
        kills_while_misbehaving: 9,
        kills_while_refunding: 6,
        kills_while_planning: 10,
        kept_waiting: 6,
    };

    const FULL: Self = Self {
        kills: 108,
        kills_on_redis: 54,
        outages: 20,
        failovers: 5,
        zombies: 5,
        crowded: 50,
        crowded_on_redis: 20,
        alike: 200,
        different: 50,
        races: 10,
        calls_while_misbehaving: 4_000,
        kills_while_misbehaving: 54,
        kills_while_refunding: 54,
        kills_while_planning: 120,
        kept_waiting: 100,
    };

    const LONG: Self = Self {
        kills: 504,
        kills_on_redis: 252,
        outages: 100,
        failovers: 20,
        zombies: 20,
        crowded_on_redis: 50,
        races: 50,
        calls_while_misbehaving: 40_000,
        kills_while_misbehaving: 252,
        kills_while_refunding: 252,
        kills_while_planning: 800,
        ..Self::FULL
    };
}

/// Says what was seen, for whoever runs it by hand.
pub(super) fn tell(line: &str) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "{line}").unwrap();
}
