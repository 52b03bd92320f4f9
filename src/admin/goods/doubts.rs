//! Units nobody knows about: taken out of a merchant's stock, or given back to it, by a call whose
//! answer never came.

use std::sync::Arc;

use acp_core::ports::{Adjustments as _, Committed, Revision};
use acp_core::stock::{Adjustment, Hold, Taking};
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::admin::body::Asked;
use crate::admin::denial::{Denial, told_with_causes};

/// Units in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubtShown {
    /// The reservation they were for, which is also the note of the adjustment.
    pub reservation: String,
    /// The item.
    pub item: String,
    /// How many.
    pub units: u32,
    /// Since when nobody knows.
    pub since: DateTime,
}

/// All units in doubt, the oldest in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DoubtList {
    pub doubts: Vec<DoubtShown>,
}

/// What somebody found out who looked into the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The inventory lacks them: they are to be given back.
    Taken,
    /// The inventory has them, or was put right.
    NotTaken,
}

/// Settles a doubt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettleAsked {
    pub reservation: String,
    pub finding: Finding,
}

/// Lists what is in doubt.
pub(in crate::admin) async fn list(State(admin): State<Admin>) -> Result<Json<DoubtList>, Denial> {
    let doubts = admin.adjustments.doubts(&admin.shop.tenant).await?;
    let shown = doubts.into_iter().map(|doubt| DoubtShown {
        reservation: doubt.hold.reservation.0.into(),
        item: doubt.hold.item.to_string(),
        units: doubt.hold.units,
        since: DateTime(doubt.since),
    });
    Ok(Json(DoubtList { doubts: shown.collect() }))
}

/// Settles a doubt by what somebody found out; units that were taken are given back.
pub(in crate::admin) async fn settle(
    State(admin): State<Admin>,
    Asked(SettleAsked { reservation, finding }): Asked<SettleAsked>,
) -> Result<Json<DoubtShown>, Denial> {
    let doubts = admin.adjustments.doubts(&admin.shop.tenant).await?;
    let doubt = doubts.into_iter().find(|doubt| *doubt.hold.reservation.0 == *reservation);
    let doubt = doubt.ok_or_else(|| nothing_in_doubt(&reservation))?;
    let hold = doubt.hold;
    let item = hold.item.to_string();
    let shown = DoubtShown { item, units: hold.units, since: DateTime(doubt.since), reservation };
    let app = Arc::clone(&admin.app);
    // Whoever hangs up stops nothing halfway.
    let settling = app.see_through(async move {
        match finding {
            Finding::NotTaken => settle_as(&admin, &hold, Taking::Returned).await,
            Finding::Taken => give_back(&admin, &hold).await,
        }
    });
    settling.await.unwrap_or_else(|| Err(unheard("It was broken off")))?;
    Ok(Json(shown))
}

fn nothing_in_doubt(reservation: &str) -> Denial {
    let reservation = reservation.escape_debug();
    Denial::new(Code::NotFound, format!("Nothing is in doubt for {reservation}."))
}

fn unheard(what: &str) -> Denial {
    let message = format!(
        "{what}, so nobody knows whether they are back. They are in doubt still: look into the \
         inventory again, and settle what you find."
    );
    Denial::new(Code::ServiceUnavailable, message)
}

fn undone(why: &str) -> Denial {
    let message = format!("They cannot be given back now and stay in doubt: {why}.");
    Denial::new(Code::ServiceUnavailable, message)
}

/// The revision of a doubt that still stands. Units somebody began to give back, and was not heard
/// of since, come into doubt anew: what was found out about them is not true any more.
async fn doubtful(admin: &Admin, hold: &Hold) -> Result<Revision, Denial> {
    let found = admin.adjustments.find(&admin.shop.tenant, hold).await?;
    match found {
        Some((Adjustment { standing: Taking::Doubtful, .. }, at)) => Ok(at),
        Some((Adjustment { standing: Taking::Taken | Taking::Returning, .. }, at)) => {
            write(admin, hold, at, Taking::Doubtful).await?;
            Err(unheard("Somebody was giving them back already"))
        }
        Some(_) | None => Err(nothing_in_doubt(&hold.reservation.0)),
    }
}

async fn settle_as(admin: &Admin, hold: &Hold, standing: Taking) -> Result<(), Denial> {
    let at = doubtful(admin, hold).await?;
    write(admin, hold, at, standing).await
}

async fn write(admin: &Admin, hold: &Hold, at: Revision, standing: Taking) -> Result<(), Denial> {
    let after = Adjustment { units: hold.units, standing };
    match admin.adjustments.write(&admin.shop.tenant, hold, Some(at), after).await? {
        Committed::At(_) => Ok(()),
        Committed::Raced => Err(nothing_in_doubt(&hold.reservation.0)),
    }
}

/// Gives units back that were taken. Where that cannot be done now they stay in doubt; where its
/// answer is lost as well, they are in doubt anew. They are listed until they are back: whoever
/// dies meanwhile leaves them where somebody looks.
async fn give_back(admin: &Admin, hold: &Hold) -> Result<(), Denial> {
    let Some(inventory) = &admin.elsewhere else {
        let message = "No inventory of the merchant's is configured (inventory.shape), so nothing \
                       can be given back to it. Put its number right and settle with --not-taken.";
        return Err(Denial::new(Code::Invalid, message));
    };
    doubtful(admin, hold).await?;
    let tenant = &admin.shop.tenant;
    // Nothing that is written on the way says that they are had: a completion that asks for them
    // in this moment does not get them.
    let given = inventory.give_back(tenant, hold).await;
    let found = admin.adjustments.find(tenant, hold).await?;
    match found {
        Some((Adjustment { standing: Taking::Returned, .. }, _)) => Ok(()),
        Some((Adjustment { standing: Taking::Doubtful, .. }, _)) => Err(match given {
            Ok(()) => unheard("They were given back by a call whose answer was lost"),
            Err(error) => undone(&told_with_causes(&error)),
        }),
        Some((_, at)) => {
            let after = Adjustment { units: hold.units, standing: Taking::Doubtful };
            let again = admin.adjustments.write(tenant, hold, Some(at), after).await?;
            tracing::warn!(reservation = %hold.reservation.0, ?again, "units stay in doubt");
            Err(undone(&given.err().map(|error| told_with_causes(&error)).unwrap_or_default()))
        }
        None => Err(nothing_in_doubt(&hold.reservation.0)),
    }
}
