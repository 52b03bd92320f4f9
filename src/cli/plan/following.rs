use std::time::Duration;

use acp_core::limits::{PLAN_ANSWER_BYTES_MAX, PLAN_HEARTBEAT, PLAN_RETURNS_MAX};
use axum::http::{Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};

use super::heard::Event;
use super::told;
use super::visit::Visit;
use crate::cli::answer::{CommandError, Said};
use crate::cli::entry::print;
use crate::cli::wire::{encoded, granted};

/// How long to rest before coming back.
const RETURN_AFTER: Duration = Duration::from_secs(1);

/// Where somebody is who follows a plan.
#[derive(Debug, Default)]
struct Place {
    /// What came and is no whole event yet.
    rest: Vec<u8>,
    heard: u32,
    has_started: bool,
    is_over: bool,
    is_silent: bool,
}

/// Follows a plan, from its beginning until it has ended or waits for somebody. Whoever breaks off
/// is asked again.
pub(super) async fn follow(visit: &Visit, id: &str, is_silent: bool) -> Result<(), CommandError> {
    let mut place = Place { is_silent, ..Place::default() };
    let mut returns = 0;
    loop {
        let before = place.heard;
        let path = format!("/plans/{}/events?after={before}", encoded(id));
        let outcome = match visit.listen(&path).await {
            Ok(answer) => heard(visit, answer, &mut place).await,
            // A gateway that just starts anew is waited for.
            Err(error) => Err(error),
        };
        if place.is_over {
            return Ok(());
        }
        returns = if place.heard > before { 0 } else { returns + 1 };
        match outcome {
            Err(error @ (CommandError::Refused(_) | CommandError::Unprinted(_))) => {
                return Err(error);
            }
            Err(error) if returns > PLAN_RETURNS_MAX => return Err(error),
            Ok(()) | Err(_) => sleep(RETURN_AFTER).await,
        }
    }
}

async fn heard(
    visit: &Visit,
    answer: Response<Incoming>,
    place: &mut Place,
) -> Result<(), CommandError> {
    let (head, mut body) = answer.into_parts();
    if head.status == StatusCode::NO_CONTENT {
        place.is_over = true;
        return Ok(());
    }
    if !head.status.is_success() {
        return granted(Response::from_parts(head, visit.read(body).await?)).map(drop);
    }
    place.rest.clear();
    while !place.is_over {
        let frame = timeout(PLAN_HEARTBEAT * 2, body.frame()).await;
        let frame = frame.map_err(|_elapsed| CommandError::NotInTime { url: visit.url() })?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|source| CommandError::LostSight { url: visit.url(), source })?;
        if let Ok(data) = frame.into_data() {
            place.rest.extend_from_slice(&data);
            place.read()?;
        }
    }
    Ok(())
}

impl Place {
    /// Takes in every event that is there as a whole.
    fn read(&mut self) -> Result<(), CommandError> {
        while let Some(end) = self.rest.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<_> = self.rest.drain(..end + 2).collect();
            self.take(&String::from_utf8_lossy(&block))?;
        }
        // Nobody sends an event that is this long.
        if self.rest.len() > PLAN_ANSWER_BYTES_MAX {
            self.rest.clear();
        }
        Ok(())
    }

    fn take(&mut self, block: &str) -> Result<(), CommandError> {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
        let Some(data) = field("data: ") else { return Ok(()) };
        if field("event: ") == Some("plan.snapshot") {
            // The plan is looked at once more when this is over.
            self.heard = field("id: ").and_then(|id| id.parse().ok()).unwrap_or(self.heard);
            return Ok(());
        }
        let event: Event = serde_json::from_str(data).map_err(CommandError::Strange)?;
        self.heard = event.seq;
        self.has_started |= event.kind == "plan.started";
        let waits = ["approval.requested", "question.asked"].contains(&event.kind.as_str());
        let ends =
            ["plan.completed", "plan.blocked", "plan.failed", "plan.canceled", "plan.expired"];
        self.is_over = ends.contains(&event.kind.as_str()) || (waits && self.has_started);
        if self.is_silent {
            return Ok(());
        }
        print(&Said::fine(told::event(&event))).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pieces: &[&str]) -> Place {
        let mut place = Place { is_silent: true, ..Place::default() };
        for piece in pieces {
            place.rest.extend_from_slice(piece.as_bytes());
            place.read().unwrap();
        }
        place
    }

    #[test]
    fn events_come_in_pieces() {
        let place = told(&[
            "retry: 1000\n\nid: 1\nevent: plan.created\nda",
            "ta: {\"seq\":1,\"type\":\"plan.created\"}\n",
            "\n: nothing is new\n\nid: 2\nevent: plan.new_word\ndata: {\"seq\":2,\"type\":\"x\"}\n\nid",
        ]);
        assert_eq!((place.heard, place.is_over, place.rest.len()), (2, false, 2));
    }

    #[test]
    fn a_plan_that_waits_again_is_not_waited_for() {
        let event = |seq: u32, kind: &str| {
            format!("id: {seq}\nevent: {kind}\ndata: {{\"seq\":{seq},\"type\":\"{kind}\"}}\n\n")
        };
        let asked = event(1, "approval.requested");
        assert!(!told(&[&asked]).is_over, "that was before");
        assert!(
            told(&[&asked, &event(2, "plan.started"), &event(3, "approval.requested")]).is_over
        );
        assert!(told(&[&event(1, "plan.canceled")]).is_over);
    }
}
