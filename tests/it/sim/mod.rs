//! Simulated worlds: clients, gateways, a store and a payment provider, all made of one seed, in
//! which everything goes wrong that can, at every place where it can; and an auditor who looks at
//! the books when a world has come to rest.
//!
//! A world lives in one thread and in virtual time. Nothing in it reads a clock, rolls other dice
//! or starts a thread, so the same seed is the same history, and a seed that fails can be played
//! again.

mod audit;
mod backend;
mod client;
mod clock;
mod core;
mod dice;
mod fault;
mod fleet;
mod goods;
mod node;
mod others;
mod runner;
mod sabotage;
mod schedules;
mod shopper;
mod store;
mod suites;
mod watch;
mod world;
