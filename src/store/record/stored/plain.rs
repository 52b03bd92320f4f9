//! Texts and numbers, which are stored as they are.

use std::sync::Arc;

use acp_core::ids::{
    AgentId, AuthenticationId, CartId, ConversationId, IntentId, ItemId, LineId, MandateId,
    MerchantOrderId, NotAnId, OptionId, OrderId, PaymentId, PlanId, SessionId, TenantId,
    VaultTokenId,
};
use acp_core::money::Currency;
use acp_core::payment::{ProviderKey, Route};
use acp_core::ports::Subject;
use acp_core::session::{Metadata, Profile, Quantity};
use acp_core::stock::{Availability, ReservationId};
use serde::{Serialize as _, Serializer};

use super::mirror::{Mirror, Misfit, Optional, Within, Word};

macro_rules! as_it_is {
    ($($plain:ty),*) => {$(
        impl Mirror<$plain> for $plain {
            fn of(value: &$plain, _: Within) -> Result<Self, Misfit> {
                Ok(<$plain>::clone(value))
            }

            fn write<S: Serializer>(value: &$plain, _: Within, to: S) -> Result<S::Ok, S::Error> {
                value.serialize(to)
            }

            fn back(self, _: Within) -> Result<$plain, Misfit> {
                Ok(self)
            }
        }
    )*};
}
as_it_is!(bool, u16, u32, u64, i64, Box<str>, (Box<str>, Box<str>));

impl Optional<Self> for bool {}
impl Optional<Self> for u32 {}

macro_rules! as_text {
    ($($name:ty: $text:expr, $back:expr;)*) => {$(
        impl Mirror<$name> for Box<str> {
            fn of(value: &$name, _: Within) -> Result<Self, Misfit> {
                let text: fn(&$name) -> &str = $text;
                Ok(text(value).into())
            }

            fn write<S: Serializer>(value: &$name, _: Within, to: S) -> Result<S::Ok, S::Error> {
                let text: fn(&$name) -> &str = $text;
                to.serialize_str(text(value))
            }

            fn back(self, _: Within) -> Result<$name, Misfit> {
                let back: fn(Self) -> Result<$name, Misfit> = $back;
                back(self)
            }
        }
    )*};
}
as_text! {
    Arc<str>: |text| text, |text| Ok(text.into());
    TenantId: |id| id.as_str(), |text| Ok(TenantId::new(text));
    AgentId: |id| id.as_str(), |text| Ok(AgentId::new(text));
    ItemId: |id| id.as_str(), |text| Ok(ItemId::new(text));
    LineId: |id| id.as_str(), |text| Ok(LineId::new(text));
    OptionId: |id| id.as_str(), |text| Ok(OptionId::new(text));
    PaymentId: |id| id.as_str(), |text| Ok(PaymentId::new(text));
    SessionId: |id| id.as_str(), |text| Ok(SessionId::parse(&text)?);
    OrderId: |id| id.as_str(), |text| Ok(OrderId::parse(&text)?);
    MerchantOrderId: |id| id.as_str(), |text| Ok(MerchantOrderId::parse(&text)?);
    CartId: |id| id.as_str(), |text| Ok(CartId::parse(&text)?);
    PlanId: |id| id.as_str(), |text| Ok(PlanId::parse(&text)?);
    MandateId: |id| id.as_str(), |text| Ok(MandateId::parse(&text)?);
    ConversationId: |id| id.as_str(), |text| Ok(ConversationId::parse(&text)?);
    IntentId: |id| id.as_str(), |text| Ok(IntentId::parse(&text)?);
    AuthenticationId: |id| id.as_str(), |text| Ok(AuthenticationId::parse(&text)?);
    VaultTokenId: |id| id.as_str(), |text| Ok(VaultTokenId::parse(&text)?);
    Subject: |it| it.as_str(), |text| {
        let cart = CartId::parse(&text).map(Subject::Cart);
        let plan = |_: NotAnId| PlanId::parse(&text).map(Subject::Plan);
        let mandate = |_: NotAnId| MandateId::parse(&text).map(Subject::Mandate);
        let talk = |_: NotAnId| ConversationId::parse(&text).map(Subject::Conversation);
        let token = |_: NotAnId| VaultTokenId::parse(&text).map(Subject::VaultToken);
        let proof = |_: NotAnId| AuthenticationId::parse(&text).map(Subject::Authentication);
        let session = |_: NotAnId| SessionId::parse(&text).map(Subject::Session);
        let wanted = cart.or_else(plan).or_else(mandate).or_else(talk);
        Ok(wanted.or_else(token).or_else(proof).or_else(session)?)
    };
    Metadata: |metadata| &metadata.0, |text| Ok(Metadata(text));
    ReservationId: |id| &id.0, |text| Ok(ReservationId(text));
    ProviderKey: |key| &key.0, |text| Ok(ProviderKey(text));
    Route: |route| &route.0, |text| Ok(Route(text));
}

impl Mirror<Currency> for Box<str> {
    fn of(value: &Currency, _: Within) -> Result<Self, Misfit> {
        Ok(value.lowercase().into())
    }

    fn back(self, _: Within) -> Result<Currency, Misfit> {
        Ok(Currency::parse(&self)?)
    }
}

impl Mirror<Quantity> for u32 {
    fn of(value: &Quantity, _: Within) -> Result<Self, Misfit> {
        Ok(value.get())
    }

    fn back(self, _: Within) -> Result<Quantity, Misfit> {
        Quantity::new(self).ok_or(Misfit::OutOfRange("a quantity"))
    }
}

/// Most agents are asked for everything.
impl Mirror<Profile> for Option<Word> {
    fn of(value: &Profile, _: Within) -> Result<Self, Misfit> {
        Ok((*value != Profile::default()).then(|| Word::of(*value)))
    }

    fn back(self, within: Within) -> Result<Profile, Misfit> {
        self.map_or(Ok(Profile::default()), |word| word.back(within))
    }
}

impl Optional<Profile> for Option<Word> {}

/// What never runs out has no number.
impl Mirror<Availability> for Option<u32> {
    fn of(value: &Availability, _: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Availability::Unlimited => None,
            Availability::Units(units) => Some(*units),
        })
    }

    fn back(self, _: Within) -> Result<Availability, Misfit> {
        Ok(self.map_or(Availability::Unlimited, Availability::Units))
    }
}

impl Optional<Availability> for Option<u32> {}
