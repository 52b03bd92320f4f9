use acp_core::time::Timestamp;
use serde::Deserialize;

use super::{Books, Call};
use crate::inventory::movement::Way;
use crate::inventory::refusal::Refusal;

/// What a reservation is of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::inventory) struct Goods {
    pub(in crate::inventory) item: String,
    pub(in crate::inventory) units: u32,
}

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::inventory) enum State {
    Held {
        until: Timestamp,
    },
    /// Its time was over before anybody said what becomes of it; it may be promised again.
    RanOut,
    Confirmed,
    Released,
    Returned,
}

/// A reservation, which is remembered for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::inventory) struct Reservation {
    pub(in crate::inventory) goods: Goods,
    pub(in crate::inventory) state: State,
}

type Outcome = Result<Reservation, Refusal>;

impl Books {
    /// Takes back the promises whose time is over, each at its time.
    pub(in crate::inventory) fn catch_up(&mut self, now: Timestamp) {
        while self.ends.first().is_some_and(|(until, _)| *until <= now) {
            let Some((until, id)) = self.ends.pop_first() else { break };
            let call = Call { now: until, key: None, session: None, is_out_of_stock: false };
            self.free_held(&call, &id, State::RanOut, Way::RunOut);
        }
    }

    /// Where a reservation stands.
    pub(in crate::inventory) fn reservation(&self, id: &str) -> Outcome {
        self.reservations.get(id).cloned().ok_or(Refusal::UnknownReservation)
    }

    /// Promises goods, or keeps the promise for longer.
    pub(in crate::inventory) fn reserve(
        &mut self,
        call: &Call,
        id: &str,
        goods: &Goods,
        until: Timestamp,
    ) -> Outcome {
        match self.known(id, goods)? {
            None | Some(State::RanOut) => self.promise(call, id, goods, until)?,
            Some(State::Held { until: before }) => {
                self.ends.remove(&(before, id.to_owned()));
                self.hold(id, goods, before.max(until));
            }
            Some(State::Confirmed) => {}
            Some(State::Released | State::Returned) => return Err(Refusal::Over),
        }
        self.reservation(id)
    }

    /// Makes a promise a sale.
    pub(in crate::inventory) fn confirm(
        &mut self,
        call: &Call,
        id: &str,
        goods: &Goods,
    ) -> Outcome {
        match self.known(id, goods)? {
            Some(State::Held { .. }) => self.sell(call, id, goods),
            Some(State::RanOut) => {
                // Fate has its say where units are promised to somebody, and not where one who
                // was promised them is late.
                let call = Call { is_out_of_stock: false, ..*call };
                let promised = self.promise(&call, id, goods, call.now);
                promised.map_err(|_no_longer_there| Refusal::Over)?;
                self.sell(&call, id, goods);
            }
            Some(State::Confirmed) => {}
            Some(State::Released | State::Returned) | None => return Err(Refusal::Over),
        }
        self.reservation(id)
    }

    /// Gives a promise back; one that was never made cannot be made any more.
    pub(in crate::inventory) fn release(
        &mut self,
        call: &Call,
        id: &str,
        goods: &Goods,
    ) -> Outcome {
        match self.known(id, goods)? {
            Some(State::Held { .. }) => self.free_held(call, id, State::Released, Way::Release),
            Some(State::RanOut) | None => self.bar(call, id, goods, State::Released, Way::Release),
            Some(State::Confirmed | State::Released | State::Returned) => {}
        }
        self.reservation(id)
    }

    /// Takes a sale back; a promise is only released.
    pub(in crate::inventory) fn take_back(
        &mut self,
        call: &Call,
        id: &str,
        goods: &Goods,
    ) -> Outcome {
        match self.known(id, goods)? {
            Some(State::Confirmed) => {
                if let Some(count) = self.give(&goods.item, goods.units) {
                    count.sold -= i64::from(goods.units);
                }
                self.stand(id, goods, State::Returned);
                self.book_reservation(call, Way::Return, id, goods, goods.units);
            }
            Some(State::Held { .. }) => self.free_held(call, id, State::Released, Way::Release),
            Some(State::RanOut) => self.bar(call, id, goods, State::Released, Way::Release),
            None => self.bar(call, id, goods, State::Returned, Way::Return),
            Some(State::Released | State::Returned) => {}
        }
        self.reservation(id)
    }

    /// The state of a reservation, if it is known and of the same goods.
    fn known(&self, id: &str, goods: &Goods) -> Result<Option<State>, Refusal> {
        let Some(known) = self.reservations.get(id) else { return Ok(None) };
        if known.goods == *goods { Ok(Some(known.state)) } else { Err(Refusal::OtherGoods) }
    }

    fn promise(
        &mut self,
        call: &Call,
        id: &str,
        goods: &Goods,
        until: Timestamp,
    ) -> Result<(), Refusal> {
        self.take(call, &goods.item, goods.units)?.held += i64::from(goods.units);
        self.hold(id, goods, until);
        self.book_reservation(call, Way::Reserve, id, goods, goods.units);
        Ok(())
    }

    fn hold(&mut self, id: &str, goods: &Goods, until: Timestamp) {
        self.ends.insert((until, id.to_owned()));
        self.stand(id, goods, State::Held { until });
    }

    fn sell(&mut self, call: &Call, id: &str, goods: &Goods) {
        self.forget_end(id);
        if let Some(count) = self.counts.get_mut(&goods.item) {
            count.held -= i64::from(goods.units);
            count.sold += i64::from(goods.units);
        }
        self.stand(id, goods, State::Confirmed);
        self.book_reservation(call, Way::Confirm, id, goods, goods.units);
    }

    /// Frees what is held, whose reservation then stands like this.
    fn free_held(&mut self, call: &Call, id: &str, state: State, way: Way) {
        self.forget_end(id);
        let Ok(Reservation { goods, .. }) = self.reservation(id) else { return };
        if let Some(count) = self.give(&goods.item, goods.units) {
            count.held -= i64::from(goods.units);
        }
        self.stand(id, &goods, state);
        self.book_reservation(call, way, id, &goods, goods.units);
    }

    /// Remembers that an id is over that holds nothing.
    fn bar(&mut self, call: &Call, id: &str, goods: &Goods, state: State, way: Way) {
        self.stand(id, goods, state);
        self.book_reservation(call, way, id, goods, 0);
    }

    fn forget_end(&mut self, id: &str) {
        let state = self.reservations.get(id).map(|reservation| reservation.state);
        if let Some(State::Held { until }) = state {
            self.ends.remove(&(until, id.to_owned()));
        }
    }

    fn stand(&mut self, id: &str, goods: &Goods, state: State) {
        let reservation = Reservation { goods: goods.clone(), state };
        self.reservations.insert(id.to_owned(), reservation);
    }

    fn book_reservation(&mut self, call: &Call, way: Way, id: &str, goods: &Goods, units: u32) {
        self.book(call, way, &goods.item, units.into());
        if let Some(movement) = self.movements.last_mut() {
            movement.reservation = Some(id.to_owned());
        }
    }
}
