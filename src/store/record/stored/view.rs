//! A session as it was last said. It is read on the way of most requests, so there is nothing to
//! parse: a format byte, when it ends, four short texts with their lengths, the habits of the caller
//! in a byte, and then the body.

use acp_core::ids::{AgentId, TenantId};
use acp_core::ports::{Channel, View};
use acp_core::principal::{AddressPhone, CompletedStatus, ConflictStatus, Habits, Strangers};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use bytes::Bytes;

use super::mirror::Misfit;

const FORMAT: u8 = 2;
/// The same without the habits, as early releases wrote it.
const WITHOUT_HABITS: u8 = 1;
/// Stands for a view that does not end.
const NEVER: i64 = i64::MAX;

/// A view as its bytes.
pub(in crate::store::record) fn view_to_bytes(view: &View) -> Result<Bytes, Misfit> {
    let ends_at = view.expires_at.map_or(NEVER, Timestamp::unix_ms);
    let mut bytes = Vec::with_capacity(view.body.len().saturating_add(128));
    bytes.push(FORMAT);
    bytes.extend(ends_at.to_be_bytes());
    let texts = [
        view.owner.tenant.as_str(),
        view.owner.agent.as_str(),
        &view.channel.version,
        &view.channel.locale,
    ];
    for text in texts {
        let length = u16::try_from(text.len()).or(Err(Misfit::OutOfRange("a text of a view")))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.push(byte_of(view.channel.habits));
    bytes.extend(view.body.as_ref());
    Ok(bytes.into())
}

/// A view out of its bytes.
pub(in crate::store::record) fn view_from_bytes(bytes: &[u8]) -> Result<View, Misfit> {
    let (format, rest) = match bytes.split_first() {
        Some((format @ &(FORMAT | WITHOUT_HABITS), rest)) => (*format, rest),
        Some((other, _)) => return Err(Misfit::UnknownFormat(*other)),
        None => return Err(Misfit::Empty),
    };
    let (ends_at, rest) = rest.split_first_chunk().ok_or(CUT_SHORT)?;
    let ends_at = i64::from_be_bytes(*ends_at);
    let (tenant, rest) = text(rest)?;
    let (agent, rest) = text(rest)?;
    let (version, rest) = text(rest)?;
    let (locale, rest) = text(rest)?;
    let (habits, body) = match rest.split_first() {
        _ if format == WITHOUT_HABITS => (Habits::default(), rest),
        Some((byte, body)) => (habits_of(*byte), body),
        None => return Err(CUT_SHORT),
    };
    Ok(View {
        owner: Owner { tenant: TenantId::new(tenant), agent: AgentId::new(agent) },
        channel: Channel { version: version.into(), locale: locale.into(), habits },
        expires_at: (ends_at != NEVER).then_some(Timestamp::from_unix_ms(ends_at)),
        body: body.into(),
    })
}

/// Habits as a byte: two bits for the status of conflicts, one for that of completions, two for
/// unknown fields, one for telephone numbers.
const fn byte_of(habits: Habits) -> u8 {
    let conflict = match habits.conflict_status {
        ConflictStatus::ByVersion => 0,
        ConflictStatus::Conflict => 1,
        ConflictStatus::Unprocessable => 2,
    };
    let completed = match habits.completed_status {
        CompletedStatus::Ok => 0,
        CompletedStatus::Created => 1 << 2,
    };
    let strangers = match habits.strangers {
        Strangers::AsConfigured => 0,
        Strangers::Ignore => 1 << 3,
        Strangers::Refuse => 2 << 3,
    };
    let phone = match habits.address_phone {
        AddressPhone::Elsewhere => 0,
        AddressPhone::InAddress => 1 << 5,
    };
    conflict | completed | strangers | phone
}

const fn habits_of(byte: u8) -> Habits {
    Habits {
        conflict_status: match byte & 0b11 {
            1 => ConflictStatus::Conflict,
            2 => ConflictStatus::Unprocessable,
            _ => ConflictStatus::ByVersion,
        },
        completed_status: match (byte >> 2) & 1 {
            1 => CompletedStatus::Created,
            _ => CompletedStatus::Ok,
        },
        strangers: match (byte >> 3) & 0b11 {
            1 => Strangers::Ignore,
            2 => Strangers::Refuse,
            _ => Strangers::AsConfigured,
        },
        address_phone: match (byte >> 5) & 1 {
            1 => AddressPhone::InAddress,
            _ => AddressPhone::Elsewhere,
        },
    }
}

const CUT_SHORT: Misfit = Misfit::OutOfRange("the header of a view");

fn text(bytes: &[u8]) -> Result<(&str, &[u8]), Misfit> {
    let (length, rest) = bytes.split_first_chunk().ok_or(CUT_SHORT)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (text, rest) = rest.split_at_checked(length).ok_or(CUT_SHORT)?;
    Ok((std::str::from_utf8(text).or(Err(CUT_SHORT))?, rest))
}
