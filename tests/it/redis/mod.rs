//! What only a store on servers has: servers that die, hang, refuse, forget and are replaced.

mod cluster;
mod encrypted;
mod gateway;
mod lives_on;
mod lost_answers;
mod lost_writes;
mod not_yet_safe;
mod quotas;
mod refusals;
mod round_trips;
mod sentinel;
mod starts;
