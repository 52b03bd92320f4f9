//! How a value of the core and the shape it is stored in become each other.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use acp_core::ids::NotAnId;
use acp_core::money::{Currency, MoneyError};
use acp_core::pricing::TotalsError;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

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
pub(in crate::store::record) trait Mirror<T>: Serialize + Sized {
    /// The shape of a value.
    fn of(value: &T, within: Within) -> Result<Self, Misfit>;

    /// Writes a value as its shape would be written. Large shapes, and those they consist of, do
    /// so without copying the value into one.
    fn write<S: Serializer>(value: &T, within: Within, to: S) -> Result<S::Ok, S::Error> {
        Self::of(value, within).map_err(S::Error::custom)?.serialize(to)
    }

    /// The value of a shape.
    fn back(self, within: Within) -> Result<T, Misfit>;
}

/// A shape that is left out where it says nothing.
pub(super) trait Optional<T>: Mirror<T> + Blank {
    /// Whether the shape of a value says nothing.
    fn is_left_out(value: &T, within: Within) -> Result<bool, Misfit> {
        Ok(Self::of(value, within)?.is_blank())
    }
}

/// A value that is written as its shape `M`.
pub(super) struct Written<'a, M, T> {
    value: &'a T,
    within: Within,
    shape: PhantomData<fn() -> M>,
}

impl<'a, M: Mirror<T>, T> Written<'a, M, T> {
    pub(super) const fn new(value: &'a T, within: Within) -> Self {
        Self { value, within, shape: PhantomData }
    }
}

impl<M: Mirror<T>, T> Serialize for Written<'_, M, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        M::write(self.value, self.within, to)
    }
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

            fn write<S: serde::Serializer>(
                value: &$core,
                within: $crate::store::record::stored::mirror::Within,
                to: S,
            ) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                use $crate::store::record::stored::mirror::Written;
                let required: &[&str] = &[$(stringify!($field)),*];
                let count = required.len();
                $($(
                    let $extra = <$extra_shape as $crate::store::record::stored::mirror::Optional<_>>::is_left_out(&value.$extra, within)
                        .map_err(serde::ser::Error::custom)?;
                    let count = count.saturating_add(usize::from(!$extra));
                )*)?
                let mut to = to.serialize_struct(stringify!($name), count)?;
                $(to.serialize_field(stringify!($field), &Written::<$shape, _>::new(&value.$field, within))?;)*
                $($(
                    if !$extra {
                        to.serialize_field(stringify!($extra), &Written::<$extra_shape, _>::new(&value.$extra, within))?;
                    }
                )*)?
                to.end()
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

    fn write<W: Serializer>(value: &Option<T>, within: Within, to: W) -> Result<W::Ok, W::Error> {
        value.as_ref().map(|value| Written::<S, T>::new(value, within)).serialize(to)
    }

    fn back(self, within: Within) -> Result<Option<T>, Misfit> {
        self.map(|shape| shape.back(within)).transpose()
    }
}

impl<S: Mirror<T>, T> Optional<Option<T>> for Option<S> {
    fn is_left_out(value: &Option<T>, _: Within) -> Result<bool, Misfit> {
        Ok(value.is_none())
    }
}

impl<S: Mirror<T>, T> Mirror<Vec<T>> for Vec<S> {
    fn of(values: &Vec<T>, within: Within) -> Result<Self, Misfit> {
        values.iter().map(|value| S::of(value, within)).collect()
    }

    fn write<W: Serializer>(values: &Vec<T>, within: Within, to: W) -> Result<W::Ok, W::Error> {
        to.collect_seq(values.iter().map(|value| Written::<S, T>::new(value, within)))
    }

    fn back(self, within: Within) -> Result<Vec<T>, Misfit> {
        self.into_iter().map(|shape| shape.back(within)).collect()
    }
}

impl<S: Mirror<T>, T> Optional<Vec<T>> for Vec<S> {
    fn is_left_out(values: &Vec<T>, _: Within) -> Result<bool, Misfit> {
        Ok(values.is_empty())
    }
}

impl<T, S: Mirror<T>> Mirror<Arc<T>> for S {
    fn of(value: &Arc<T>, within: Within) -> Result<Self, Misfit> {
        S::of(value.as_ref(), within)
    }

    fn write<W: Serializer>(value: &Arc<T>, within: Within, to: W) -> Result<W::Ok, W::Error> {
        S::write(value.as_ref(), within, to)
    }

    fn back(self, within: Within) -> Result<Arc<T>, Misfit> {
        self.back(within).map(Arc::new)
    }
}
