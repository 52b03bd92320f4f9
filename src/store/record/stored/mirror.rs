//! How a value of the core and the shape it is stored in become each other.

use std::borrow::Cow;
use std::sync::Arc;

use acp_core::ids::{
    AgentId, AuthenticationId, CartId, ConversationId, IntentId, ItemId, LineId, MandateId,
    MerchantOrderId, NotAnId, OptionId, OrderId, PaymentId, PlanId, SessionId, TenantId,
    VaultTokenId,
};
use acp_core::money::{Currency, MoneyError};
use acp_core::payment::{ProviderKey, Route};
use acp_core::ports::Subject;
use acp_core::pricing::TotalsError;
use acp_core::session::{Metadata, Profile, Quantity};
use acp_core::stock::{Availability, ReservationId};
use serde::{Deserialize, Serialize};

/// Why bytes cannot be read, or why a value cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum Misfit {
    /// There is not even a format byte.
    #[error("the document is empty")]
    Empty,
    /// It was written by a release that knows more than this one.
    #[error("format {0} is not known to this release")]
    UnknownFormat(u8),
    /// The bytes are not what the format byte says.
    #[error("the bytes are not the document they should be")]
    Unreadable(#[from] rmp_serde::decode::Error),
    /// The value has no bytes.
    #[error("the document cannot be written")]
    Unwritable(#[from] rmp_serde::encode::Error),
    /// The value cannot be shown as JSON.
    #[error("the document cannot be shown")]
    NotJson(#[from] serde_json::Error),
    /// A word of a list that has grown since.
    #[error("{word:?} is not a {list} known to this release")]
    UnknownWord {
        /// Which list.
        list: &'static str,
        /// The word.
        word: Box<str>,
    },
    /// An id that was never made here.
    #[error("an id is not well-formed")]
    Id(#[from] NotAnId),
    /// An impossible amount.
    #[error("an amount is impossible")]
    Money(#[from] MoneyError),
    /// An amount in a document that names no currency.
    #[error("an amount has no currency")]
    NoCurrency,
    /// Totals that do not add up.
    #[error("the totals are not totals")]
    Totals(#[from] TotalsError),
    /// A value outside of its range.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

/// What a whole document says once for all its parts.
#[derive(Clone, Copy, Debug)]
pub(in crate::store::record) struct Within {
    pub(super) currency: Option<Currency>,
}

/// A stored shape of `T`.
pub(in crate::store::record) trait Mirror<T>: Sized {
    /// The shape of a value.
    fn of(value: &T, within: Within) -> Result<Self, Misfit>;

    /// The value of a shape.
    fn back(self, within: Within) -> Result<T, Misfit>;
}

/// Declares the stored shape of a core struct: field for field, under the same names. What stands
/// behind `or_absent` is left out when it is empty and may be missing when it is read, as every
/// field must that is added in a later release.
macro_rules! mirror {
    (
        $(#[$doc:meta])*
        $name:ident of $core:ident {
            $($field:ident: $shape:ty,)*
        } $(or_absent {
            $($extra:ident: $extra_shape:ty,)*
        })?
    ) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, serde::Deserialize)]
        pub(in crate::store::record) struct $name {
            $($field: $shape,)*
            $($(
                #[serde(default, skip_serializing_if = "crate::store::record::stored::mirror::Blank::is_blank")]
                $extra: $extra_shape,
            )*)?
        }

        impl $crate::store::record::stored::mirror::Mirror<$core> for $name {
            fn of(
                value: &$core,
                within: $crate::store::record::stored::mirror::Within,
            ) -> Result<Self, $crate::store::record::stored::mirror::Misfit> {
                Ok(Self {
                    $($field: $crate::store::record::stored::mirror::Mirror::of(&value.$field, within)?,)*
                    $($($extra: $crate::store::record::stored::mirror::Mirror::of(&value.$extra, within)?,)*)?
                })
            }

            fn back(
                self,
                within: $crate::store::record::stored::mirror::Within,
            ) -> Result<$core, $crate::store::record::stored::mirror::Misfit> {
                Ok($core {
                    $($field: $crate::store::record::stored::mirror::Mirror::back(self.$field, within)?,)*
                    $($($extra: $crate::store::record::stored::mirror::Mirror::back(self.$extra, within)?,)*)?
                })
            }
        }
    };
}
pub(super) use mirror;

/// What may be left out because it says nothing.
pub(super) trait Blank {
    fn is_blank(&self) -> bool;
}

impl<T> Blank for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}

impl Blank for bool {
    fn is_blank(&self) -> bool {
        !*self
    }
}

impl Blank for u32 {
    fn is_blank(&self) -> bool {
        *self == 0
    }
}

impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

/// A variant without data, as the word it is stored as. An unknown one is noticed when the word is
/// turned back, with its list and by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::store::record) struct Word(Cow<'static, str>);

impl Word {
    pub(in crate::store::record) fn of<T: Words>(value: T) -> Self {
        Self(Cow::Borrowed(value.word()))
    }

    pub(in crate::store::record) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A list of words.
pub(in crate::store::record) trait Words: Copy + 'static {
    const LIST: &'static str;
    #[cfg(test)]
    const ALL: &'static [Self];

    fn word(self) -> &'static str;

    fn of_word(word: &str) -> Option<Self>;
}

impl<T: Words> Mirror<T> for Word {
    fn of(value: &T, _: Within) -> Result<Self, Misfit> {
        Ok(Self::of(*value))
    }

    fn back(self, _: Within) -> Result<T, Misfit> {
        let unknown = || Misfit::UnknownWord { list: T::LIST, word: self.as_str().into() };
        T::of_word(&self.0).ok_or_else(unknown)
    }
}

impl<S: Mirror<T>, T> Mirror<Option<T>> for Option<S> {
    fn of(value: &Option<T>, within: Within) -> Result<Self, Misfit> {
        value.as_ref().map(|value| S::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<Option<T>, Misfit> {
        self.map(|shape| shape.back(within)).transpose()
    }
}

impl<S: Mirror<T>, T> Mirror<Vec<T>> for Vec<S> {
    fn of(values: &Vec<T>, within: Within) -> Result<Self, Misfit> {
        values.iter().map(|value| S::of(value, within)).collect()
    }

    fn back(self, within: Within) -> Result<Vec<T>, Misfit> {
        self.into_iter().map(|shape| shape.back(within)).collect()
    }
}

macro_rules! as_it_is {
    ($($plain:ty),*) => {$(
        impl Mirror<$plain> for $plain {
            fn of(value: &$plain, _: Within) -> Result<Self, Misfit> {
                Ok(<$plain>::clone(value))
            }

            fn back(self, _: Within) -> Result<$plain, Misfit> {
                Ok(self)
            }
        }
    )*};
}
as_it_is!(bool, u16, u32, u64, i64, Box<str>, (Box<str>, Box<str>));

macro_rules! as_text {
    ($($name:ty: $text:expr, $back:expr;)*) => {$(
        impl Mirror<$name> for Box<str> {
            fn of(value: &$name, _: Within) -> Result<Self, Misfit> {
                let text: fn(&$name) -> Self = $text;
                Ok(text(value))
            }

            fn back(self, _: Within) -> Result<$name, Misfit> {
                let back: fn(Self) -> Result<$name, Misfit> = $back;
                back(self)
            }
        }
    )*};
}
as_text! {
    TenantId: |id| id.as_str().into(), |text| Ok(TenantId::new(text));
    AgentId: |id| id.as_str().into(), |text| Ok(AgentId::new(text));
    ItemId: |id| id.as_str().into(), |text| Ok(ItemId::new(text));
    LineId: |id| id.as_str().into(), |text| Ok(LineId::new(text));
    OptionId: |id| id.as_str().into(), |text| Ok(OptionId::new(text));
    PaymentId: |id| id.as_str().into(), |text| Ok(PaymentId::new(text));
    SessionId: |id| id.as_str().into(), |text| Ok(SessionId::parse(&text)?);
    OrderId: |id| id.as_str().into(), |text| Ok(OrderId::parse(&text)?);
    MerchantOrderId: |id| id.as_str().into(), |text| Ok(MerchantOrderId::parse(&text)?);
    CartId: |id| id.as_str().into(), |text| Ok(CartId::parse(&text)?);
    PlanId: |id| id.as_str().into(), |text| Ok(PlanId::parse(&text)?);
    MandateId: |id| id.as_str().into(), |text| Ok(MandateId::parse(&text)?);
    ConversationId: |id| id.as_str().into(), |text| Ok(ConversationId::parse(&text)?);
    IntentId: |id| id.as_str().into(), |text| Ok(IntentId::parse(&text)?);
    AuthenticationId: |id| id.as_str().into(), |text| Ok(AuthenticationId::parse(&text)?);
    VaultTokenId: |id| id.as_str().into(), |text| Ok(VaultTokenId::parse(&text)?);
    Subject: |it| it.as_str().into(), |text| {
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
    Currency: |currency| currency.lowercase().into(), |text| Ok(Currency::parse(&text)?);
    Metadata: |metadata| metadata.0.clone(), |text| Ok(Metadata(text));
    ReservationId: |id| id.0.clone(), |text| Ok(ReservationId(text));
    ProviderKey: |key| key.0.clone(), |text| Ok(ProviderKey(text));
    Route: |route| route.0.clone(), |text| Ok(Route(text));
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

impl<T, S: Mirror<T>> Mirror<Arc<T>> for S {
    fn of(value: &Arc<T>, within: Within) -> Result<Self, Misfit> {
        S::of(value.as_ref(), within)
    }

    fn back(self, within: Within) -> Result<Arc<T>, Misfit> {
        self.back(within).map(Arc::new)
    }
}
