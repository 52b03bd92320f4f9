//! All that a store keeps, for tests that look for what must not be there. Longer documents are
//! packed, so that looking through files alone would miss it.

use std::path::Path;

use lz4_flex::block::decompress_with_dict;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tempfile::TempDir;

use super::RedisServer;

type Documents = TableDefinition<'static, (u16, &'static [u8]), &'static [u8]>;
const DOCUMENTS: Documents = TableDefinition::new("documents");
/// What packed values refer to.
const WORDS: &[u8] = include_bytes!("../../../src/store/words.txt");

/// The bytes of a file and, if that is an embedded store, every document in it as it was before it
/// was packed. A gateway may be at work on it.
pub(crate) fn all_in(file: &Path) -> Vec<u8> {
    let mut all = std::fs::read(file).unwrap();
    if file.extension().is_none_or(|end| end != "redb") {
        return all;
    }
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.redb");
    std::fs::write(&copy, &all).unwrap();
    let database = Database::open(&copy).unwrap();
    let documents = database.begin_read().unwrap().open_table(DOCUMENTS).unwrap();
    for document in documents.iter().unwrap() {
        let record = document.unwrap().1;
        let ([_, flags], _) = record.value().split_first_chunk().unwrap();
        let head = 10 + [0, 24][usize::from(flags & 1)] + [0, 8][usize::from(flags >> 1 & 1)];
        if flags & 4 != 0 {
            all.extend(unpacked(&record.value()[head..]).unwrap());
        }
    }
    all
}

/// Every key and every value of a Redis.
pub(crate) async fn all_of(server: &RedisServer) -> Vec<u8> {
    let (mut all, mut were_packed) = (Vec::new(), 0);
    for key in server.say::<Vec<String>>("KEYS *").await {
        all.extend(key.as_bytes());
        let read = match server.say::<String>(&format!("TYPE {key}")).await.as_str() {
            "string" => format!("GETRANGE {key} 0 -1"),
            "list" => format!("LRANGE {key} 0 -1"),
            "zset" => format!("ZRANGE {key} 0 -1"),
            "hash" => format!("HGETALL {key}"),
            "set" => format!("SMEMBERS {key}"),
            // Its time was over meanwhile.
            "none" => continue,
            other => panic!("{key} is a {other}"),
        };
        if read.starts_with("GETRANGE") {
            let value = server.say::<Vec<u8>>(&read).await;
            let is_packed = value.len() > 42 && value[0] == 2;
            let document = is_packed.then(|| unpacked(&value[42..])).flatten();
            were_packed += usize::from(document.is_some());
            all.extend(document.unwrap_or(value));
        } else {
            all.extend(server.say::<Vec<Vec<u8>>>(&read).await.concat());
        }
    }
    assert!(were_packed > 0, "this does not know any more how documents are packed");
    all
}

fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let (length, block) = packed.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    decompress_with_dict(block, length, WORDS).ok()
}
