//! An inventory that promises units to a reservation.

use std::sync::Arc;

use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{Keeper, PortError};
use acp_core::stock::{Availability, Hold, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use http::Method;

use super::desk::{Answered, Desk, Step, unfit};
use super::objects::{Goods, NewReservation, Reason, Refusal, Reservation, State};
use crate::adapters::outward::{NoAnswer, Tries, moment, segment};

/// Reservations at the merchant's.
#[derive(Clone, Debug)]
pub struct Reserving {
    desk: Arc<Desk>,
}

impl Reserving {
    /// Reservations that are made at this desk.
    pub const fn at(desk: Arc<Desk>) -> Self {
        Self { desk }
    }

    /// Does something to a reservation.
    async fn tell(
        &self,
        hold: &Hold,
        name: &'static str,
    ) -> Result<Answered<Reservation>, NoAnswer> {
        let path = format!("{}/{name}", path_of(hold));
        let step = Step { hold, name: Some(name) };
        let call = self.desk.call(Method::POST, path, Some(&step), Some(&Goods::of(hold)));
        self.desk.ask(call, Tries::Several).await
    }

    /// Does what cannot be refused.
    async fn tell_anyway(&self, hold: &Hold, name: &'static str) -> Result<(), PortError> {
        match self.tell(hold, name).await? {
            Answered::Done(_) => Ok(()),
            Answered::Refused(refusal) => Err(unfit(&refusal, name).into()),
        }
    }
}

#[async_trait]
impl Keeper for Reserving {
    async fn available(
        &self,
        _tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        self.desk.available(items).await
    }

    async fn reserve(
        &self,
        _tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError> {
        let new = NewReservation { goods: Goods::of(hold), expires_at: moment(until) };
        let step = Step { hold, name: None };
        let call = self.desk.call(Method::PUT, path_of(hold), Some(&step), Some(&new));
        Ok(match self.desk.ask::<Reservation>(call, Tries::Several).await? {
            Answered::Done(Reservation { state: State::Held | State::Confirmed }) => Reserved::Held,
            Answered::Done(Reservation { state: State::Released | State::Returned }) => {
                Reserved::Over
            }
            Answered::Refused(refusal) => too_few(&refusal, "PUT /reservations")?,
        })
    }

    async fn release(&self, _tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.tell_anyway(hold, "release").await
    }

    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.release(tenant, hold).await
    }

    async fn confirm(&self, _tenant: &TenantId, hold: &Hold) -> Result<bool, PortError> {
        match self.tell(hold, "confirm").await? {
            Answered::Done(Reservation { state }) => Ok(state == State::Confirmed),
            Answered::Refused(_) => Ok(false),
        }
    }

    async fn restock(&self, _tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.tell_anyway(hold, "return").await
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError> {
        // One that cannot be kept up is found out when it is to become a sale.
        self.reserve(tenant, hold, until).await.map(drop)
    }
}

/// Why there is not enough.
pub(super) fn too_few(refusal: &Refusal, call: &str) -> Result<Reserved, NoAnswer> {
    match refusal.error {
        Reason::OutOfStock => Ok(Reserved::TooFew(refusal.available.unwrap_or(0))),
        Reason::UnknownItem => Ok(Reserved::TooFew(0)),
        Reason::Over => Ok(Reserved::Over),
        Reason::UnknownReservation => Err(unfit(refusal, call)),
    }
}

fn path_of(hold: &Hold) -> String {
    format!("/reservations/{}", segment(&hold.reservation.0))
}
