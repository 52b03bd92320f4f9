use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use acp_core::limits::ADDRESS_LOOKS_PER_MINUTE;
use acp_core::session::Owner;
use acp_core::time::Timestamp;

const MINUTE_MS: i64 = 60_000;

/// How often agents have had addresses looked at in this minute: whoever is asked for them may be
/// slow, and the turns are everybody's.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Spent>);

#[derive(Debug, Default)]
struct Spent {
    minute: i64,
    by_owner: HashMap<Owner, u32>,
}

impl Looks {
    /// Takes one of an agent's; says no where none is left.
    pub(super) fn take(&self, owner: &Owner, now: Timestamp) -> bool {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.unix_ms().div_euclid(MINUTE_MS);
        if minute != spent.minute {
            *spent = Spent { minute, by_owner: HashMap::new() };
        }
        let of_owner = spent.by_owner.entry(owner.clone()).or_default();
        let is_left = *of_owner < ADDRESS_LOOKS_PER_MINUTE;
        *of_owner = of_owner.saturating_add(u32::from(is_left));
        is_left
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{AgentId, TenantId};

    use super::*;

    #[test]
    fn an_agent_has_so_many_looks_a_minute_and_others_have_their_own() {
        let owner = |agent| Owner { tenant: TenantId::new("shop"), agent: AgentId::new(agent) };
        let (looks, now) = (Looks::default(), Timestamp::from_unix_ms(1_000_000));
        let taken = (0..100).map(|_| u32::from(looks.take(&owner("a"), now))).sum::<u32>();
        assert_eq!(taken, ADDRESS_LOOKS_PER_MINUTE);
        assert!(looks.take(&owner("b"), now));
        assert!(looks.take(&owner("a"), Timestamp::from_unix_ms(1_060_000)));
    }
}
