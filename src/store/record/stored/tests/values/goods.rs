//! Stock, and what agents were told of goods.

use acp_core::catalog::{FeedRound, FeedStand, GoneItem, ToldProduct};
use acp_core::ids::ItemId;
use acp_core::run::Lease;
use acp_core::stock::{Adjustment, Ledger, Reservation, ReservationId};

use super::super::dice::Dice;

pub(in super::super) fn reservation(dice: &mut Dice) -> Reservation {
    match dice.below(3) {
        0 => Reservation::Held { units: dice.below(9), until: dice.time() },
        1 => Reservation::Confirmed { units: dice.below(9) },
        _ => Reservation::Released,
    }
}

pub(in super::super) fn adjustment(dice: &mut Dice) -> Adjustment {
    Adjustment { units: dice.below(9), standing: dice.word() }
}

pub(in super::super) fn ledger(dice: &mut Dice) -> Ledger {
    let reservations = dice.many(|dice| (ReservationId(dice.text()), reservation(dice)));
    Ledger {
        free: dice.maybe(|dice| dice.below(9)),
        sold: dice.number(),
        reservations: reservations.into_iter().collect(),
    }
}

pub(in super::super) fn feed_stand(dice: &mut Dice) -> FeedStand {
    let count = |dice: &mut Dice| u64::from(dice.below(1_000));
    FeedStand {
        address: dice.text(),
        generation: dice.below(9),
        feed: dice.maybe(Dice::text),
        batches: count(dice),
        lease: dice.maybe(|dice| Lease { until: dice.time(), epoch: dice.number() }),
        due: dice.time(),
        failures: dice.below(9),
        trouble: dice.maybe(Dice::text),
        last: dice.maybe(|dice| FeedRound {
            at: dice.time(),
            products: count(dice),
            told: count(dice),
            gone: count(dice),
            refused: count(dice),
        }),
        update: dice.maybe(Dice::text),
    }
}

pub(in super::super) fn told_product(dice: &mut Dice) -> ToldProduct {
    ToldProduct {
        generation: dice.below(9),
        digest: dice.text(),
        items: dice.many(|dice| GoneItem { id: ItemId::new(dice.text()), title: dice.text() }),
        is_refused: dice.is_true(),
    }
}
