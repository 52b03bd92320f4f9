use acp_core::principal::{AddressPhone, CompletedStatus, ConflictStatus, Habits, Strangers};
use serde::{Deserialize, Serialize};

use crate::admin::denial::Denial;

/// What the holder of a key does otherwise than the protocol's version says; what is left out is
/// done as the version says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HabitsShown {
    /// 409 or 422, for a key that was used for another body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict_status: Option<u16>,
    /// 200 or 201, for a completion that ended in an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_status: Option<u16>,
    /// `ignore` or `refuse`, for fields the version does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_fields: Option<String>,
    /// Whether addresses carry a `phone_number`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub address_phone: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl HabitsShown {
    /// Whether everything is done as the version says.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(in crate::admin) fn of(habits: Habits) -> Self {
        Self {
            conflict_status: match habits.conflict_status {
                ConflictStatus::ByVersion => None,
                ConflictStatus::Conflict => Some(409),
                ConflictStatus::Unprocessable => Some(422),
            },
            completed_status: match habits.completed_status {
                CompletedStatus::Ok => None,
                CompletedStatus::Created => Some(201),
            },
            unknown_fields: match habits.strangers {
                Strangers::AsConfigured => None,
                Strangers::Ignore => Some("ignore".to_owned()),
                Strangers::Refuse => Some("refuse".to_owned()),
            },
            address_phone: habits.address_phone == AddressPhone::InAddress,
        }
    }

    pub(in crate::admin) fn checked(&self) -> Result<Habits, Denial> {
        Ok(Habits {
            conflict_status: match self.conflict_status {
                None => ConflictStatus::ByVersion,
                Some(409) => ConflictStatus::Conflict,
                Some(422) => ConflictStatus::Unprocessable,
                Some(_) => {
                    return Err(Denial::invalid("$.habits.conflict_status", "Use 409 or 422."));
                }
            },
            completed_status: match self.completed_status {
                None | Some(200) => CompletedStatus::Ok,
                Some(201) => CompletedStatus::Created,
                Some(_) => {
                    return Err(Denial::invalid("$.habits.completed_status", "Use 200 or 201."));
                }
            },
            strangers: match self.unknown_fields.as_deref() {
                None => Strangers::AsConfigured,
                Some("ignore") => Strangers::Ignore,
                Some("refuse") => Strangers::Refuse,
                Some(_) => {
                    let message = "Use ignore or refuse.";
                    return Err(Denial::invalid("$.habits.unknown_fields", message));
                }
            },
            address_phone: if self.address_phone {
                AddressPhone::InAddress
            } else {
                AddressPhone::Elsewhere
            },
        })
    }
}
