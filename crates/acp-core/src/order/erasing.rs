//! What is left of an order once its buyer is forgotten: the facts about goods and money.

use super::adjustment::NewAdjustment;
use super::event::OrderEvent;
use super::fulfillment::{FulfillmentKind, FulfillmentMove, NewFulfillment, Tracking};
use super::ordered::{ChosenDelivery, Ordered};
use crate::session::{Address, Contact, PurchaseOrder};

/// Stands where a text must stand and nobody is to be found by it any more.
pub const ERASED: &str = "erased";

impl Address {
    /// The country and the state, on which taxes were reckoned, and nothing else.
    #[must_use]
    pub fn without_person(self) -> Self {
        Self {
            name: ERASED.into(),
            line_one: ERASED.into(),
            line_two: None,
            city: ERASED.into(),
            state: self.state,
            country: self.country,
            postal_code: ERASED.into(),
            company: None,
            phone_number: None,
        }
    }
}

impl ChosenDelivery {
    fn without_person(self) -> Self {
        let destination = match self.kind {
            // It is an address of the shop's own.
            FulfillmentKind::Pickup => self.destination,
            FulfillmentKind::Shipping | FulfillmentKind::Digital => {
                self.destination.map(Address::without_person)
            }
        };
        Self { destination, ..self }
    }
}

impl Ordered {
    /// What was ordered, and not by whom.
    #[must_use]
    pub fn without_person(self) -> Self {
        Self {
            deliveries: self.deliveries.into_iter().map(ChosenDelivery::without_person).collect(),
            contact: Contact::default(),
            notes: None,
            metadata: None,
            ..self
        }
    }
}

impl OrderEvent {
    /// The same fact without anything that leads to a person: names, addresses, and whatever
    /// somebody wrote in free words. The numbers of parcels go too, because a carrier answers to
    /// them with a name.
    #[must_use]
    pub fn without_person(self) -> Self {
        match self {
            Self::Placed { session, payment, authorized, purchase_order, ordered, provenance } => {
                let promised = |order: Box<PurchaseOrder>| {
                    Box::new(PurchaseOrder { billing_address: None, ..*order })
                };
                Self::Placed {
                    session,
                    payment,
                    authorized,
                    purchase_order: purchase_order.map(promised),
                    ordered: ordered.map(|ordered| Box::new(ordered.without_person())),
                    provenance,
                }
            }
            Self::FulfillmentMade(made) => Self::FulfillmentMade(Box::new(NewFulfillment {
                tracking: anonymous(made.tracking.clone()),
                description: None,
                ..*made
            })),
            Self::FulfillmentMoved(to) => Self::FulfillmentMoved(Box::new(FulfillmentMove {
                tracking: anonymous(to.tracking.clone()),
                note: None,
                location: None,
                ..*to
            })),
            Self::Adjusted(made) => {
                Self::Adjusted(Box::new(NewAdjustment { description: None, ..*made }))
            }
            Self::PaymentCaptured { .. }
            | Self::PaymentRefunded { .. }
            | Self::Canceled { .. }
            | Self::AdjustmentSettled { .. }
            | Self::HandedOver { .. } => self,
        }
    }
}

fn anonymous(tracking: Tracking) -> Tracking {
    Tracking { carrier: tracking.carrier, number: None, url: None }
}
