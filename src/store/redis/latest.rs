//! Queues as lists by time, read from their end.

use acp_core::limits::STORE_LANE_TIMERS;
use redis::{Cmd, RedisWrite as _};

use super::Redis;
use super::failed::Failed;
use super::names::Lane;
use super::reads::{array, numbered, page_of};
use crate::store::DueTimer;

/// Looks into many queues of one server at once, from their ends. The first of them are taken from
/// a time on, the others from before it: where times are the same, the lane decides.
const PAGES: &str = "\
local found = {}
for number = 1, #KEYS do
  local from = ARGV[1]
  if number > tonumber(ARGV[2]) and from ~= '+inf' then
    from = '(' .. from
  end
  local page = redis.call('ZRANGE', KEYS[number], from, '-inf', 'BYSCORE', 'REV',
    'LIMIT', 0, ARGV[3], 'WITHSCORES')
  if #page > 0 then
    found[#found + 1] = {number, page}
  end
end
return found";

/// Which timers of a queue: those that come before another.
#[derive(Clone, Copy)]
pub(super) struct Earlier<'a> {
    pub(super) queue: &'a str,
    pub(super) than: Option<&'a DueTimer>,
    pub(super) limit: usize,
}

impl Redis {
    /// Each lane is asked for a few; those that may have more of the last ones are asked again.
    pub(super) async fn latest(&self, wanted: Earlier<'_>) -> Result<Vec<DueTimer>, Failed> {
        if wanted.limit == 0 {
            return Ok(Vec::new());
        }
        let few = wanted.limit.min(STORE_LANE_TIMERS);
        let lanes: Vec<_> = Lane::all().collect();
        let mut pages = self.last_pages(&lanes, Earlier { limit: few, ..wanted }).await?;
        let tied = self.tied(wanted).await?;
        let found = last_of(pages.iter().flatten().chain(&tied).cloned().collect(), wanted.limit);
        let last = found.last().filter(|_| found.len() == wanted.limit);
        let is_cut_off = |page: &Vec<DueTimer>| {
            page.len() == few && few < wanted.limit && last.is_none_or(|it| page.last() > Some(it))
        };
        let cut_off = (0_usize..).zip(&pages).filter(|(_, page)| is_cut_off(page));
        let again: Vec<_> = cut_off.map(|(at, _)| at).collect();
        if again.is_empty() {
            return Ok(found);
        }
        let deep: Vec<_> = again.iter().filter_map(|at| lanes.get(*at).copied()).collect();
        for (at, page) in again.into_iter().zip(self.last_pages(&deep, wanted).await?) {
            if let Some(shallow) = pages.get_mut(at) {
                *shallow = page;
            }
        }
        Ok(last_of(pages.into_iter().flatten().chain(tied).collect(), wanted.limit))
    }

    /// A page of each lane. Of the lane the other timer is in, only what is due earlier.
    async fn last_pages(
        &self,
        lanes: &[Lane],
        wanted: Earlier<'_>,
    ) -> Result<Vec<Vec<DueTimer>>, Failed> {
        let from = wanted.than.map_or_else(|| "+inf".into(), |it| it.due.unix_ms().to_string());
        let own = wanted.than.map_or(0, |it| Lane::of(it.partition).index());
        let question = |lanes: &[Lane]| {
            let sooner = lanes.iter().filter(|lane| lane.index() < own).count();
            let mut question: Cmd = redis::cmd("EVAL");
            question.arg(PAGES).arg(lanes.len());
            for lane in lanes {
                question.write_arg_fmt(self.names.queue(*lane, wanted.queue));
            }
            question.arg(&from).arg(sooner).arg(wanted.limit);
            question
        };
        let answers = if self.line.leads_to_one() {
            vec![(0, self.line.ask_anybody(&question(lanes)).await?)]
        } else {
            let questions = lanes.iter().map(|lane| question(std::slice::from_ref(lane)));
            let said = self.line.ask_all(questions.collect()).await?;
            // A list that lacks a lane would say that there are no such timers.
            let said = said.into_iter().map(|said| said.ok_or(Failed::Away(None)));
            (0..).zip(said.collect::<Result<Vec<_>, _>>()?).collect()
        };
        let mut pages = vec![Vec::new(); lanes.len()];
        for (first, said) in answers {
            for found in array(said)? {
                let (at, page) = numbered(found).ok_or(Failed::Nonsense(None))?;
                let at = at.saturating_add(first);
                *pages.get_mut(at).ok_or(Failed::Nonsense(None))? = page_of(page)?;
            }
        }
        Ok(pages)
    }

    /// What is due at the same time as another timer, lies in its lane and comes before it.
    async fn tied(&self, wanted: Earlier<'_>) -> Result<Vec<DueTimer>, Failed> {
        let Some(than) = wanted.than else {
            return Ok(Vec::new());
        };
        let lane = Lane::of(than.partition);
        let (queue, due) = (self.names.queue(lane, wanted.queue).to_string(), than.due.unix_ms());
        let mut found = Vec::new();
        let mut seen = 0_usize;
        while found.len() < wanted.limit {
            let mut question = redis::cmd("ZRANGE");
            question.arg(&queue).arg(due).arg(due).arg("BYSCORE").arg("REV");
            question.arg("LIMIT").arg(seen).arg(wanted.limit).arg("WITHSCORES");
            let page = page_of(self.line.look(lane, &question).await?)?;
            seen += page.len();
            let is_last = page.len() < wanted.limit;
            found.extend(page.into_iter().filter(|timer| timer < than));
            if is_last {
                break;
            }
        }
        Ok(found)
    }
}

/// The last of these, in the order of all backends.
fn last_of(mut timers: Vec<DueTimer>, limit: usize) -> Vec<DueTimer> {
    timers.sort_unstable_by(|one, other| other.cmp(one));
    timers.truncate(limit);
    timers
}
