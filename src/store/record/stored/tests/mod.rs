//! That what is stored is read again: any value by this release, and the documents of every
//! earlier release by this one.

mod dice;
mod properties;
mod releases;
mod values;
