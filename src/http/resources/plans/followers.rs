use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::{AgentId, TenantId};
use acp_core::limits::{PLAN_FOLLOWERS_MAX, PLAN_FOLLOWERS_OF_CALLER_MAX};
use acp_core::principal::{Principal, Scope};
use acp_wire::problem::{Code, Problem};

type Caller = (TenantId, AgentId, Scope);

/// Who follows plans at the moment. A connection may carry many answers, so these are counted by
/// themselves.
#[derive(Debug, Default)]
pub(in crate::http) struct Followers(Mutex<Present>);

#[derive(Debug, Default)]
struct Present {
    all: usize,
    of: HashMap<Caller, usize>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Follower {
    followers: Arc<Followers>,
    caller: Caller,
}

impl Followers {
    pub(in crate::http) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// One more of a caller.
    ///
    /// # Errors
    /// There are as many as there may be.
    pub(super) fn enter(self: &Arc<Self>, principal: &Principal) -> Result<Follower, Problem> {
        let caller = (principal.tenant.clone(), principal.agent.clone(), principal.scope);
        let mut present = self.present();
        if present.all >= PLAN_FOLLOWERS_MAX {
            let message = "Too many plans are followed now. Look at the plan, or try again later.";
            return Err(Problem::new(Code::ServiceUnavailable, message));
        }
        let count = present.of.entry(caller.clone()).or_default();
        if *count >= PLAN_FOLLOWERS_OF_CALLER_MAX {
            let message = "You follow as many plans as you may. Let go of one first.";
            return Err(Problem::new(Code::RateLimited, message));
        }
        *count += 1;
        present.all += 1;
        drop(present);
        Ok(Follower { followers: Arc::clone(self), caller })
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn present(&self) -> MutexGuard<'_, Present> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut present = self.followers.present();
        present.all = present.all.saturating_sub(1);
        if let Some(count) = present.of.get_mut(&self.caller) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                present.of.remove(&self.caller);
            }
        }
    }
}
