//! What a store is and will always be: written once, compared at every start.

use acp_core::limits::{PARTITIONS, STORE_LANES};
use redis::{Cmd, Value};

use super::open::OpenError;
use crate::store::record::{PartitionKey, hex};

/// The layout of all keys; a gateway reads this one and every older one.
const FORMAT: u64 = 1;

/// What is fixed for the life of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meta {
    format: u64,
    partitions: u16,
    lanes: u16,
    /// Where the hash puts a name nobody uses: a gateway with another hash notices.
    probe: u16,
    pub(super) partition_key: [u8; 32],
}

impl Meta {
    /// A store made now.
    pub(super) fn founding(partition_key: [u8; 32]) -> Self {
        Self {
            format: FORMAT,
            partitions: PARTITIONS,
            lanes: STORE_LANES,
            probe: PartitionKey::new(&partition_key).probe().number(),
            partition_key,
        }
    }

    /// Writes this where nothing is written yet, and says what was there.
    pub(super) fn question(&self, name: &str) -> Cmd {
        let mut question = redis::cmd("SET");
        question.arg(name).arg(self.to_text()).arg("NX").arg("GET");
        question
    }

    /// What holds for the store: what was there before, or else this.
    pub(super) fn settled(self, said: &Value) -> Result<Self, OpenError> {
        let Value::BulkString(text) = said else { return Ok(self) };
        let found = str::from_utf8(text).ok().and_then(Self::parse).ok_or(OpenError::Damaged)?;
        found.must_fit()?;
        Ok(found)
    }

    fn must_fit(&self) -> Result<(), OpenError> {
        if self.format > FORMAT {
            return Err(OpenError::Newer { found: self.format, known: FORMAT });
        }
        let ours = Self::founding(self.partition_key);
        for (what, found, known) in [
            ("partitions", self.partitions, ours.partitions),
            ("lanes", self.lanes, ours.lanes),
            ("as the partition of a name", self.probe, ours.probe),
        ] {
            if found != known {
                return Err(OpenError::Layout { what, found, known });
            }
        }
        Ok(())
    }

    fn to_text(&self) -> String {
        let Self { format, partitions, lanes, probe, partition_key } = self;
        let key = hex(partition_key);
        format!(
            "format={format}\npartitions={partitions}\nlanes={lanes}\nprobe={probe}\nkey={key}\n"
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let word =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let digits = word("key")?;
        let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
        let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let key: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
        Some(Self {
            format: word("format")?.parse().ok()?,
            partitions: word("partitions")?.parse().ok()?,
            lanes: word("lanes")?.parse().ok()?,
            probe: word("probe")?.parse().ok()?,
            partition_key: key.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Meta, OpenError> {
        Meta::founding([1; 32]).settled(&Value::BulkString(text.as_bytes().to_vec()))
    }

    #[test]
    fn the_first_gateway_decides_for_all() {
        let first = Meta::founding([7; 32]);
        assert_eq!(first.clone().settled(&Value::Nil).unwrap(), first);
        assert_eq!(found(&first.to_text()).unwrap(), first);
    }

    #[test]
    fn a_store_this_gateway_would_spoil_is_refused() {
        let text = Meta::founding([7; 32]).to_text();
        for (fine, other) in [
            ("format=1", "format=2"),
            ("partitions=4096", "partitions=8192"),
            ("lanes=256", "lanes=16"),
            ("probe=", "probe=1"),
            ("key=07", "key=08"),
            ("key=07", "key=7"),
        ] {
            assert!(text.contains(fine), "{text}");
            assert!(found(&text.replacen(fine, other, 1)).is_err(), "{other}");
        }
        assert!(matches!(found("what is this?"), Err(OpenError::Damaged)));
    }
}
