//! Rules of the calendar: windows of a place, also on the days its clocks are put forward or back.

use std::time::Duration;

use acp_core::mandate::{Span, Window};
use acp_core::ports::{Calendar, UnknownZone};
use acp_core::time::Timestamp;
use acp_gateway::adapters::calendar::ZoneCalendar;
use acp_wire::scalar::DateTime;

const HOUR: Duration = Duration::from_hours(1);

fn moment(text: &str) -> Timestamp {
    serde_json::from_value::<DateTime>(text.into()).unwrap().0
}

/// The window of a place at a moment, as people write it.
fn span(window: Window, zone: &str, at: &str) -> (String, String) {
    let Span { from, until } = ZoneCalendar::default().span(window, zone, moment(at)).unwrap();
    (DateTime(from).to_string(), DateTime(until).to_string())
}

fn hours(zone: &str, at: &str) -> u64 {
    let day = ZoneCalendar::default().span(Window::Day, zone, moment(at)).unwrap();
    day.until.since(day.from).as_secs() / 3_600
}

fn told(from: &str, until: &str) -> (String, String) {
    (from.to_owned(), until.to_owned())
}

#[test]
fn a_window_is_that_of_the_place() {
    for (window, zone, at, from, until) in [
        ("day", "UTC", "2026-04-17T23:59:59Z", "2026-04-17T00:00:00Z", "2026-04-18T00:00:00Z"),
        (
            "day",
            "Asia/Tokyo",
            "2026-04-17T15:00:00Z",
            "2026-04-17T15:00:00Z",
            "2026-04-18T15:00:00Z",
        ),
        (
            "day",
            "Asia/Tokyo",
            "2026-04-17T14:59:59Z",
            "2026-04-16T15:00:00Z",
            "2026-04-17T15:00:00Z",
        ),
        ("week", "UTC", "2026-04-19T23:00:00Z", "2026-04-13T00:00:00Z", "2026-04-20T00:00:00Z"),
        ("week", "UTC", "2026-04-20T00:00:00Z", "2026-04-20T00:00:00Z", "2026-04-27T00:00:00Z"),
        (
            "month",
            "Asia/Kathmandu",
            "2026-12-31T18:14:59Z",
            "2026-11-30T18:15:00Z",
            "2026-12-31T18:15:00Z",
        ),
        ("month", "UTC", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
    ] {
        let known = Window::ALL.into_iter().find(|known| known.as_str() == window).unwrap();
        assert_eq!(span(known, zone, at), told(from, until), "{window} {zone} {at}");
    }
    let ever = ZoneCalendar::default().span(Window::Total, "UTC", moment("2026-04-17T12:00:00Z"));
    assert_eq!(ever, Ok(Span::EVER));
}

#[test]
fn a_day_has_as_many_hours_as_the_clocks_of_the_place_make_it() {
    for (zone, at, expected) in [
        ("Europe/Rome", "2026-03-28T12:00:00Z", 24),
        ("Europe/Rome", "2026-03-29T12:00:00Z", 23),
        ("Europe/Rome", "2026-10-25T12:00:00Z", 25),
        // Both hours that are called one o'clock are of that day.
        ("America/New_York", "2026-11-01T05:30:00Z", 25),
        ("America/New_York", "2026-11-01T06:30:00Z", 25),
        // There is no midnight on the first of these days, and two on the second.
        ("America/Havana", "2025-03-09T12:00:00Z", 23),
        ("America/Havana", "2025-11-02T12:00:00Z", 25),
        // The clocks go back over midnight: the hour before it comes twice.
        ("America/Sao_Paulo", "2018-02-18T02:30:00Z", 25),
    ] {
        assert_eq!(hours(zone, at), expected, "{zone} {at}");
    }
    // A place that left out a day.
    assert_eq!(
        span(Window::Day, "Pacific/Apia", "2011-12-30T09:00:00Z"),
        told("2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")
    );
    let week = span(Window::Week, "Europe/Rome", "2026-03-29T12:00:00Z");
    assert_eq!(week, told("2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"), "an hour shorter");
    let month = span(Window::Month, "Europe/Rome", "2026-10-25T12:00:00Z");
    assert_eq!(month, told("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"), "an hour longer");
}

#[test]
fn windows_of_a_kind_follow_each_other_without_a_gap() {
    let calendar = ZoneCalendar::default();
    for zone in ["America/Havana", "Europe/Rome", "Australia/Lord_Howe", "Africa/Cairo", "UTC"] {
        for window in [Window::Day, Window::Week, Window::Month] {
            let mut at = moment("2024-12-31T23:30:00Z");
            let mut last = calendar.span(window, zone, at).unwrap();
            while at < moment("2027-01-02T00:00:00Z") {
                let now = calendar.span(window, zone, at).unwrap();
                assert!(now.from <= at && at < now.until, "{zone} {window:?} {at:?}");
                assert!(now == last || now.from == last.until, "{zone} {window:?} {at:?}");
                last = now;
                at = at.plus(HOUR);
            }
        }
    }
}

#[test]
fn a_place_nobody_knows_is_refused_in_every_window() {
    let calendar = ZoneCalendar::default();
    let now = moment("2026-04-17T12:00:00Z");
    for zone in ["", "Mars/Olympus", "Etc/Unknown", "+02:00", "CET-1CEST", "../../etc/passwd"] {
        for window in Window::ALL {
            assert_eq!(calendar.span(window, zone, now), Err(UnknownZone), "{zone:?}");
        }
    }
}

#[test]
fn at_the_ends_of_time_a_window_is_no_narrower() {
    let calendar = ZoneCalendar::default();
    for unix_ms in [i64::MIN, i64::MAX] {
        let at = Timestamp::from_unix_ms(unix_ms);
        for window in Window::ALL {
            let span = calendar.span(window, "Europe/Rome", at).unwrap();
            assert!(span.counts(at) || unix_ms == i64::MIN, "{window:?} {unix_ms}");
        }
    }
}
