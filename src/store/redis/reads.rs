//! Reading: documents by name, logs by number, listings and timers by order.

use std::collections::BTreeSet;

use acp_core::ids::Partition;
use acp_core::limits::STORE_LANE_TIMERS;
use acp_core::time::Timestamp;
use bytes::Bytes;
use redis::{Cmd, Pipeline, RedisWrite as _, Value};

use super::Redis;
use super::failed::Failed;
use super::names::{Lane, timer_of};
use super::record;
use crate::store::{Document, DueTimer, Key, LogEntry};

/// Looks into many queues of one server at once, and says where there is something. Most are not
/// there: sixteen at a time are asked for before each is looked into.
const PAGES: &str = "\
local found = {}
for first = 1, #KEYS, 16 do
  local last = math.min(first + 15, #KEYS)
  if redis.call('EXISTS', unpack(KEYS, first, last)) > 0 then
    for number = first, last do
      local page = redis.call('ZRANGE', KEYS[number], '-inf', ARGV[1], 'BYSCORE',
        'LIMIT', 0, ARGV[2], 'WITHSCORES')
      if #page > 0 then
        found[#found + 1] = {number, page}
      end
    end
  end
end
return found";

/// How many names a server looks at before it answers anybody else.
const SCANNED_AT_ONCE: u32 = 1_000;

/// A pattern only names match that begin like this.
fn glob_of(start: &str) -> String {
    let mut pattern = String::with_capacity(start.len().saturating_add(8));
    for letter in start.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^' | '-') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('*');
    pattern
}

/// Which timers of a queue: those due by then, the next one first, at most so many.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) queue: &'a str,
    pub(super) by: Option<Timestamp>,
    pub(super) limit: usize,
}

/// A page of a listing.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) prefix: &'a str,
    pub(super) after: Option<&'a str>,
    pub(super) limit: usize,
}

impl Redis {
    pub(super) async fn documents(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, Failed> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut question = redis::cmd("MGET");
        for key in keys {
            question.write_arg_fmt(self.names.document(partition, key));
        }
        let said = self.line.look(Lane::of(partition), &question).await?;
        let now = self.clock.now();
        let is_visible = |found: &Document| found.expires_at.is_none_or(|end| end > now);
        let read = |said| match said {
            Value::BulkString(stored) => {
                let found = record::decode(stored).map_err(|_damaged| Failed::Nonsense(None))?;
                Ok(Some(found).filter(is_visible))
            }
            Value::Nil => Ok(None),
            _ => Err(Failed::Nonsense(None)),
        };
        let found: Vec<_> = array(said)?.into_iter().map(read).collect::<Result<_, _>>()?;
        if found.len() == keys.len() { Ok(found) } else { Err(Failed::Nonsense(None)) }
    }

    pub(super) async fn entries(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, Failed> {
        let (Ok(first), Ok(count)) = (i64::try_from(after), i64::try_from(limit)) else {
            return Ok(Vec::new());
        };
        if count == 0 {
            return Ok(Vec::new());
        }
        let mut question = redis::cmd("LRANGE");
        let last = first.saturating_add(count).saturating_sub(1);
        question.write_arg_fmt(self.names.log(partition, log));
        question.arg(first).arg(last);
        let said = self.line.look(Lane::of(partition), &question).await?;
        let numbers = after.saturating_add(1)..;
        let entry = |(number, said)| match said {
            Value::BulkString(entry) => Ok(LogEntry { number, entry: Bytes::from(entry) }),
            _ => Err(Failed::Nonsense(None)),
        };
        numbers.zip(array(said)?).map(entry).collect()
    }

    /// The listing may name documents that are gone by now; then it is read further.
    pub(super) async fn listed(
        &self,
        partition: Partition,
        page: Page<'_>,
    ) -> Result<Vec<(Key, Document)>, Failed> {
        let mut found = Vec::new();
        let mut after = page.after.filter(|after| *after >= page.prefix).map(Key::from);
        while found.len() < page.limit {
            let wanted = page.limit.saturating_sub(found.len());
            let names = self.names_after(partition, page.prefix, after.as_deref(), wanted).await?;
            let is_last = names.len() < wanted;
            let names: Vec<Key> =
                names.into_iter().take_while(|name| name.starts_with(page.prefix)).collect();
            let documents = self.documents(partition, &names).await?;
            after = names.last().cloned();
            let there = names.into_iter().zip(documents);
            found.extend(there.filter_map(|(name, found)| Some((name, found?))));
            if is_last || after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Goes through everything the server of this partition has. Somebody who asks for it waits;
    /// the server is asked for a little at a time.
    pub(super) async fn all_names(
        &self,
        partition: Partition,
        prefix: &str,
    ) -> Result<Vec<Key>, Failed> {
        let pattern = glob_of(&self.names.document(partition, prefix).to_string());
        let place = self.names.version(Lane::of(partition)).to_string();
        let mut names = BTreeSet::new();
        let mut cursor = "0".to_owned();
        loop {
            let mut question = redis::cmd("SCAN");
            question.arg(&cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(SCANNED_AT_ONCE);
            let mut questions = Pipeline::new();
            questions.add_command(question);
            let lane = Lane::of(partition);
            let said = self.line.ask_in_turn(lane, &place, questions).await?.pop();
            let Some(Value::Array(said)) = said else { return Err(Failed::Nonsense(None)) };
            let [next, page] =
                <[Value; 2]>::try_from(said).map_err(|_said| Failed::Nonsense(None))?;
            for name in array(page)? {
                let name = text(name)?;
                names.extend(self.names.key_of(partition, &name).map(Key::from));
            }
            cursor = text(next)?;
            if cursor == "0" {
                return Ok(names.into_iter().collect());
            }
        }
    }

    async fn names_after(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Key>, Failed> {
        let from = after.map_or_else(|| format!("[{prefix}"), |after| format!("({after}"));
        let mut question = redis::cmd("ZRANGE");
        question.write_arg_fmt(self.names.listing(partition));
        question.arg(from).arg("+").arg("BYLEX");
        question.arg("LIMIT").arg(0).arg(limit);
        let said = self.line.look(Lane::of(partition), &question).await?;
        array(said)?.into_iter().map(|said| text(said).map(Key::from)).collect()
    }

    /// Every lane has a queue of its own. Each is asked for a few timers; those that may have more
    /// of the oldest are asked again.
    pub(super) async fn timers(&self, wanted: Wanted<'_>) -> Result<Vec<DueTimer>, Failed> {
        if wanted.limit == 0 {
            return Ok(Vec::new());
        }
        let few = wanted.limit.min(STORE_LANE_TIMERS);
        let lanes: Vec<_> = Lane::all().collect();
        let pages = self.pages_of(&lanes, Wanted { limit: few, ..wanted }).await?;
        let may_have_more = |page: &[DueTimer]| page.len() == few && few < wanted.limit;
        let mut found = in_order(pages.iter().flatten().cloned(), wanted.limit);
        let is_full = found.len() == wanted.limit;
        let last = found.last().map(rank).filter(|_| is_full);
        let cut_off = |page: &[DueTimer]| {
            let end = page.last().map(rank);
            may_have_more(page) && last.as_ref().is_none_or(|last| end.as_ref() < Some(last))
        };
        let again: Vec<_> =
            lanes.iter().zip(&pages).filter(|(_, page)| cut_off(page)).map(|(it, _)| *it).collect();
        if !again.is_empty() {
            let deeper = self.pages_of(&again, wanted).await?;
            let other = lanes.iter().zip(pages).filter(|(lane, _)| !again.contains(lane));
            let all = other.flat_map(|(_, page)| page).chain(deeper.into_iter().flatten());
            found = in_order(all, wanted.limit);
        }
        Ok(found)
    }

    async fn pages_of(
        &self,
        lanes: &[Lane],
        wanted: Wanted<'_>,
    ) -> Result<Vec<Vec<DueTimer>>, Failed> {
        let end = wanted.by.map_or_else(|| "+inf".to_owned(), |by| by.unix_ms().to_string());
        if self.line.leads_to_one() {
            // This is asked several times a second though there is nearly never anything to do.
            let mut question: Cmd = redis::cmd("EVAL");
            question.arg(PAGES).arg(lanes.len());
            for lane in lanes {
                question.write_arg_fmt(self.names.queue(*lane, wanted.queue));
            }
            question.arg(&end).arg(wanted.limit);
            let mut pages = vec![Vec::new(); lanes.len()];
            for found in array(self.line.ask_anybody(&question).await?)? {
                let (at, page) = numbered(found).ok_or(Failed::Nonsense(None))?;
                *pages.get_mut(at).ok_or(Failed::Nonsense(None))? = page_of(page)?;
            }
            return Ok(pages);
        }
        let question = |lane: &Lane| {
            let mut question: Cmd = redis::cmd("ZRANGE");
            question.write_arg_fmt(self.names.queue(*lane, wanted.queue));
            question.arg("-inf").arg(&end);
            question.arg("BYSCORE").arg("LIMIT").arg(0).arg(wanted.limit).arg("WITHSCORES");
            question
        };
        let answers = self.line.ask_all(lanes.iter().map(question).collect()).await?;
        answers.into_iter().map(|said| said.map_or(Ok(Vec::new()), page_of)).collect()
    }
}

/// A page and the queue it is from, which the server counts from one.
pub(super) fn numbered(said: Value) -> Option<(usize, Value)> {
    let Value::Array(said) = said else { return None };
    let [Value::Int(number), page] = <[Value; 2]>::try_from(said).ok()? else { return None };
    Some((usize::try_from(number).ok()?.checked_sub(1)?, page))
}

pub(super) fn page_of(said: Value) -> Result<Vec<DueTimer>, Failed> {
    let said = array(said)?;
    let timer = |pair: &[Value]| {
        let [Value::BulkString(name), Value::BulkString(due)] = pair else { return None };
        let (partition, id) = timer_of(str::from_utf8(name).ok()?)?;
        let due_ms = whole(str::from_utf8(due).ok()?)?;
        let due = Timestamp::from_unix_ms(due_ms);
        Some(DueTimer { partition, id: id.into(), due })
    };
    let timers = said.chunks(2).map(|pair| timer(pair).ok_or(Failed::Nonsense(None)));
    timers.collect()
}

/// A whole number as the server writes scores: large ones in scientific notation.
#[expect(clippy::cast_possible_truncation, reason = "times are far from where floats are inexact")]
fn whole(score: &str) -> Option<i64> {
    score.parse().ok().or_else(|| score.parse::<f64>().ok().map(|score| score as i64))
}

fn in_order(timers: impl Iterator<Item = DueTimer>, limit: usize) -> Vec<DueTimer> {
    let mut timers: Vec<_> = timers.collect();
    timers.sort_by_cached_key(rank);
    timers.truncate(limit);
    timers
}

/// The order of all backends.
fn rank(timer: &DueTimer) -> (Timestamp, Partition, Key) {
    (timer.due, timer.partition, timer.id.clone())
}

pub(super) fn array(said: Value) -> Result<Vec<Value>, Failed> {
    match said {
        Value::Array(values) => Ok(values),
        _ => Err(Failed::Nonsense(None)),
    }
}

fn text(said: Value) -> Result<String, Failed> {
    match said {
        Value::BulkString(bytes) => {
            String::from_utf8(bytes).map_err(|_not_text| Failed::Nonsense(None))
        }
        _ => Err(Failed::Nonsense(None)),
    }
}
