//! A session as it was last said. It is read on the way of most requests, so there is nothing to
//! parse: a format byte, when it ends, four short texts with their lengths, and then the body.

use acp_core::ids::{AgentId, TenantId};
use acp_core::ports::{Channel, View};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use bytes::Bytes;

use super::mirror::Misfit;

const FORMAT: u8 = 1;
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
    bytes.extend(view.body.as_ref());
    Ok(bytes.into())
}

/// A view out of its bytes.
pub(in crate::store::record) fn view_from_bytes(bytes: &[u8]) -> Result<View, Misfit> {
    let rest = match bytes.split_first() {
        Some((&FORMAT, rest)) => rest,
        Some((other, _)) => return Err(Misfit::UnknownFormat(*other)),
        None => return Err(Misfit::Empty),
    };
    let (ends_at, rest) = rest.split_first_chunk().ok_or(CUT_SHORT)?;
    let ends_at = i64::from_be_bytes(*ends_at);
    let (tenant, rest) = text(rest)?;
    let (agent, rest) = text(rest)?;
    let (version, rest) = text(rest)?;
    let (locale, body) = text(rest)?;
    Ok(View {
        owner: Owner { tenant: TenantId::new(tenant), agent: AgentId::new(agent) },
        channel: Channel { version: version.into(), locale: locale.into() },
        expires_at: (ends_at != NEVER).then_some(Timestamp::from_unix_ms(ends_at)),
        body: body.into(),
    })
}

const CUT_SHORT: Misfit = Misfit::OutOfRange("the header of a view");

fn text(bytes: &[u8]) -> Result<(&str, &[u8]), Misfit> {
    let (length, rest) = bytes.split_first_chunk().ok_or(CUT_SHORT)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (text, rest) = rest.split_at_checked(length).ok_or(CUT_SHORT)?;
    Ok((std::str::from_utf8(text).or(Err(CUT_SHORT))?, rest))
}
