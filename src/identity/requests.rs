use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use acp_core::limits::{REQUESTS_SEEN_AGENTS_MAX, REQUESTS_SEEN_MAX};
use acp_core::ports::PortError;
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

impl Identity {
    /// Remembers what an agent asked for, which was answered just now.
    pub fn saw(&self, agent: Owner, request: impl FnOnce(Timestamp) -> RequestSeen) {
        self.unnoted.push(agent, request(self.clock.now()));
    }

    /// Notes in the store what agents asked for since it was done the last time.
    ///
    /// # Errors
    /// The store cannot be written; what is not noted is noted the next time.
    pub async fn note_requests(&self) -> Result<(), PortError> {
        let unnoted = std::mem::take(&mut *self.unnoted.lock());
        let mut outcome = Ok(());
        for (agent, requests) in unnoted {
            let requests = Vec::from(requests);
            // Where one cannot be written the others could not either.
            if outcome.is_ok() {
                outcome = self.requests.add(&agent, &requests).await;
            }
            if outcome.is_err() {
                self.unnoted.put_back(agent, requests);
            }
        }
        outcome
    }

    /// What an agent asked for lately, the oldest first: here, and as far as it is noted at other
    /// gateways of the store.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub async fn requests_of(&self, agent: &Owner) -> Result<Vec<RequestSeen>, PortError> {
        self.note_requests().await?;
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
            status: 200,
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
        let taken = unnoted.lock().remove(&agent(0)).unwrap();
        unnoted.push(agent(0), request(1_000));
        unnoted.push(agent(0), request(1_001));
        unnoted.put_back(agent(0), taken.into());
        let kept = ids(&unnoted, &agent(0));
        assert_eq!(kept.len(), REQUESTS_SEEN_MAX);
        assert_eq!(kept[kept.len() - 3..], [REQUESTS_SEEN_MAX + 6, 1_000, 1_001]);
        assert_eq!(kept[0], 9);
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
