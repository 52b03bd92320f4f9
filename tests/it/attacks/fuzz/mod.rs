//! Bytes nobody would send, for everything that reads bytes before anybody is known.
//!
//! Each target is a function of bytes that must not panic and keeps its promises. It is fed with
//! the files of `tests/fuzz/corpus`, and then with those files broken in many ways, by dice whose
//! seed is told. What was found once goes into the corpus, so that it is tried first for ever.
//!
//! There is no coverage to guide the dice. That would take a compiler of the night or a tracer, and
//! the tests of this repository need neither; the corpus has a file for each form instead. How
//! many bytes are tried is said by `FUZZ_CASES`, and from where on by `FUZZ_SEED`.

mod broken;
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use broken::Dice;

/// How many inputs each target is tried with, where nothing else is asked for.
const CASES: u64 = 20_000;

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(place).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let inputs: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(inputs.len() >= 3, "{target} has too few inputs to begin with");
    inputs
}

/// Tries a target; gives the first input it cannot bear.
fn tried(target: fn(&[u8]), inputs: &[Vec<u8>], cases: u64, seed: u64) -> Option<Vec<u8>> {
    let bears = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| target(input))).is_ok();
    if let Some(input) = inputs.iter().find(|input| !bears(input)) {
        return Some(input.clone());
    }
    let mut dice = Dice::new(seed);
    (0..cases).map(|_| broken::made_of(inputs, &mut dice)).find(|input| !bears(input))
}

fn holds(name: &str, target: fn(&[u8])) {
    let (cases, seed) = (asked("FUZZ_CASES", CASES), asked("FUZZ_SEED", 1));
    if let Some(input) = tried(target, &corpus(name), cases, seed) {
        let shown = String::from_utf8_lossy(&input);
        panic!(
            "{name} cannot bear {input:?}, which is {shown:?}; seed {seed}. Put it into \
             tests/fuzz/corpus/{name} when it is mended."
        );
    }
}

#[test]
fn bodies_are_made_canonical() {
    holds("canonical", targets::canonical);
}

#[test]
fn signature_headers_are_read() {
    holds("claim", targets::claim);
}

#[test]
fn structured_fields_are_read() {
    holds("signed", targets::signed);
}

#[test]
fn bodies_of_every_version_are_read() {
    holds("bodies", targets::bodies);
}

#[test]
fn ids_are_read() {
    holds("ids", targets::ids);
}

/// A fuzzer that finds nothing anywhere would find nothing here.
#[test]
fn what_cannot_bear_a_byte_is_found() {
    let fragile = |input: &[u8]| assert!(!input.contains(&b'!'), "it has an exclamation mark");
    let found = tried(fragile, &[b"good".to_vec()], CASES, 1);
    assert!(found.is_some_and(|input| input.contains(&b'!')));
    let deep = |input: &[u8]| assert!(!input.starts_with(b"[[[["), "it is deep");
    assert!(tried(deep, &[b"[1]".to_vec()], CASES, 1).is_some());
    let at_once = tried(fragile, &[b"bad!".to_vec()], 0, 1);
    assert_eq!(at_once.as_deref(), Some(b"bad!".as_slice()));
}
