use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use acp_core::limits::{REQUESTS_SEEN_AGENTS_MAX, REQUESTS_SEEN_MAX};
use acp_core::ports::{PortError, Retry};
use acp_core::request::RequestSeen;
use acp_core::session::Owner;
use acp_core::time::Timestamp;

use super::keyring::Identity;

/// What agents asked for here that is not in the store yet. A request costs no more than a place in
/// memory, and everything is noted together every few seconds: a gateway that is killed forgets the
/// last of it, and nothing is decided by it.
#[derive(Debug, Default)]
pub(super) struct Unnoted(Mutex<HashMap<Owner, VecDeque<RequestSeen>>>);

impl Unnoted {
    fn lock(&self) -> MutexGuard<'_, HashMap<Owner, VecDeque<RequestSeen>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn agents(&self) -> Vec<Owner> {
        self.lock().keys().cloned().collect()
    }

    /// Takes what an agent asked for. Unless it is said that it is noted, it comes back.
    fn take(&self, agent: &Owner) -> Taken<'_> {
        let requests = self.lock().remove(agent).map(Vec::from).unwrap_or_default();
        Taken { unnoted: self, agent: agent.clone(), requests }
    }

    /// Takes requests that came before those that are here. Only the latest stay.
    fn put_back(&self, agent: Owner, requests: Vec<RequestSeen>) {
        let mut unnoted = self.lock();
        if !unnoted.contains_key(&agent) && unnoted.len() >= REQUESTS_SEEN_AGENTS_MAX {
            return;
        }
        let of_agent = unnoted.entry(agent).or_default();
        for request in requests.into_iter().rev() {
            if of_agent.len() < REQUESTS_SEEN_MAX {
                of_agent.push_front(request);
            }
        }
    }

    fn push(&self, agent: Owner, request: RequestSeen) {
        let mut unnoted = self.lock();
        if !unnoted.contains_key(&agent) && unnoted.len() >= REQUESTS_SEEN_AGENTS_MAX {
            return;
        }
        let of_agent = unnoted.entry(agent).or_default();
        if of_agent.len() >= REQUESTS_SEEN_MAX {
            of_agent.pop_front();
        }
        of_agent.push_back(request);
    }
}

/// Requests on their way to the store. Whoever gives up on the way loses none of them.
struct Taken<'a> {
    unnoted: &'a Unnoted,
    agent: Owner,
    requests: Vec<RequestSeen>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.requests.is_empty() {
            self.unnoted.put_back(self.agent.clone(), std::mem::take(&mut self.requests));
        }
    }
}

impl Identity {
    /// Remembers what an agent asked for, which has ended just now.
    pub fn saw(&self, agent: Owner, request: impl FnOnce(Timestamp) -> RequestSeen) {
        self.unnoted.push(agent, request(self.clock.now()));
    }

    /// Notes in the store what agents asked for since it was done the last time.
    ///
    /// # Errors
    /// The store cannot be written; what is not noted is noted the next time.
    pub async fn note_requests(&self) -> Result<(), PortError> {
        let mut outcome = Ok(());
        for agent in self.unnoted.agents() {
            // What is wrong with the requests of one agent is not with those of another.
            if let Err(error) = self.note_requests_of(&agent).await {
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn note_requests_of(&self, agent: &Owner) -> Result<(), PortError> {
        let mut taken = self.unnoted.take(agent);
        if taken.requests.is_empty() {
            return Ok(());
        }
        let noted = self.requests.add(agent, &taken.requests).await;
        let is_hopeless = noted.as_ref().is_err_and(|error| error.retry == Retry::Never);
        if noted.is_ok() || is_hopeless {
            taken.requests.clear();
        }
        noted
    }

    /// What an agent asked for lately, the oldest first: here, and as far as it is noted at other
    /// gateways of the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn requests_of(&self, agent: &Owner) -> Result<Vec<RequestSeen>, PortError> {
        if let Err(error) = self.note_requests_of(agent).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the last requests of an agent are not noted yet");
        }
        self.requests.last(agent).await
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{AgentId, TenantId};

    use super::*;

    fn agent(number: usize) -> Owner {
        Owner { tenant: TenantId::new("shop"), agent: AgentId::new(number.to_string()) }
    }

    fn request(number: usize) -> RequestSeen {
        RequestSeen {
            at: Timestamp::from_unix_ms(0),
            id: number.to_string().into(),
            key: None,
            method: "GET".into(),
            path: "/orders".into(),
            version: None,
            status: Some(200),
            code: None,
            param: None,
            duration_ms: 1,
            is_replay: false,
        }
    }

    fn ids(unnoted: &Unnoted, agent: &Owner) -> Vec<usize> {
        unnoted.lock()[agent].iter().map(|request| request.id.parse().unwrap()).collect()
    }

    #[test]
    fn the_latest_stay_and_what_is_put_back_lies_before_them() {
        let unnoted = Unnoted::default();
        for number in 0..REQUESTS_SEEN_MAX + 7 {
            unnoted.push(agent(0), request(number));
        }
        assert!(ids(&unnoted, &agent(0)).into_iter().eq(7..REQUESTS_SEEN_MAX + 7));
        let taken = unnoted.take(&agent(0));
        unnoted.push(agent(0), request(1_000));
        unnoted.push(agent(0), request(1_001));
        drop(taken);
        let kept = ids(&unnoted, &agent(0));
        assert_eq!(kept.len(), REQUESTS_SEEN_MAX);
        assert_eq!(kept[kept.len() - 3..], [REQUESTS_SEEN_MAX + 6, 1_000, 1_001]);
        assert_eq!(kept[0], 9);
    }

    #[test]
    fn what_is_noted_does_not_come_back() {
        let unnoted = Unnoted::default();
        unnoted.push(agent(0), request(1));
        let mut taken = unnoted.take(&agent(0));
        taken.requests.clear();
        drop(taken);
        assert!(unnoted.agents().is_empty());
    }

    #[test]
    fn there_is_room_for_so_many_agents_and_no_more() {
        let unnoted = Unnoted::default();
        for number in 0..=REQUESTS_SEEN_AGENTS_MAX {
            unnoted.push(agent(number), request(0));
        }
        unnoted.put_back(agent(REQUESTS_SEEN_AGENTS_MAX), vec![request(0)]);
        assert_eq!(unnoted.lock().len(), REQUESTS_SEEN_AGENTS_MAX);
        unnoted.push(agent(0), request(1));
        assert_eq!(ids(&unnoted, &agent(0)), [0, 1], "those who have room keep it");
    }
}
