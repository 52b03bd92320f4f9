//! Mentions that were only separated by a comma, a correction or an `or`.

use crate::index::Index;
use crate::link::{is_kind_alone, only_describes, satisfying, without_rank};
use crate::mention::{Joint, Mention, Reference};
use crate::scan::Word;

/// Puts together what was only separated by a comma, a correction or an `or`.
pub(crate) fn merged(index: &Index, read: Vec<Mention>) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    for mention in read {
        let Some(last) = out.last_mut() else {
            out.push(mention);
            continue;
        };
        match mention.joint {
            Joint::Or => last.others.push(mention),
            Joint::Fallback => last.fallbacks.push(mention),
            Joint::Correct => correct(index, last, mention),
            Joint::Plain | Joint::And => {
                if let Some(mention) = absorb(index, last, mention) {
                    out.push(mention);
                }
            }
        }
    }
    out
}

fn correct(index: &Index, last: &mut Mention, fixed: Mention) {
    if fixed.words.is_empty() {
        last.number = fixed.number.or(last.number);
        last.reference = fixed.reference.or(last.reference);
        last.negated.extend(fixed.negated);
        return;
    }
    let mut words: Vec<Word> =
        last.words.iter().filter(|word| is_kind_alone(index, word)).cloned().collect();
    words.extend(fixed.words.iter().cloned());
    let is_part =
        only_describes(index, &fixed.words) && !satisfying(index, &words, None).is_empty();
    let number = fixed.number.or(last.number);
    let words = if is_part { words } else { fixed.words.clone() };
    *last = Mention { joint: last.joint, words, number, start: last.start, ..fixed };
}

/// Takes a mention into the one before; gives it back if it is one of its own.
fn absorb(index: &Index, last: &mut Mention, mention: Mention) -> Option<Mention> {
    // `some pens, eight of them`.
    let counts_last = mention.reference == Some(Reference::Them)
        && mention.number.is_some()
        && last.number.is_none();
    let points = (mention.reference.is_some() && !counts_last)
        || mention.is_one
        || mention.is_more
        || mention.has_article;
    let is_bare = mention.words.iter().all(|word| word.is_empty || word.is_package)
        && (mention.words.is_empty() || mention.joint == Joint::Plain);
    if is_bare && (!points || !mention.negated.is_empty() || mention.best.is_some()) {
        if last.number.is_none() || mention.number.is_none() {
            last.number = last.number.or(mention.number);
            last.negated.extend(mention.negated);
            last.cap = last.cap.or(mention.cap);
            last.total = last.total.or(mention.total);
            last.best = last.best.or(mention.best);
            last.is_any |= mention.is_any;
            last.is_each |= mention.is_each;
            last.fallbacks.extend(mention.fallbacks);
            return None;
        }
        return Some(mention);
    }
    // `pens, the blue ones`: said of what was named.
    let is_said_of = mention.is_one
        && mention.joint == Joint::Plain
        && !mention.has_article
        && mention.number.is_none();
    if (points && !is_said_of)
        || last.words.is_empty()
        || mention.words.is_empty()
        || (mention.number.is_some() && last.number.is_some())
    {
        return Some(mention);
    }
    let mut words = last.words.clone();
    words.extend(mention.words.iter().cloned());
    let alone = satisfying(index, &mention.words, None);
    let is_part = only_describes(index, &mention.words) && mention.number.is_none();
    // `brine and ember`: neither half is the name of a thing that is sold.
    let is_name = alone.is_empty() || mention.words.iter().all(|word| word.is_measure);
    let halves = !is_name && satisfying(index, &last.words, None).is_empty();
    let is_twice = !mention.has_article
        && last.number.is_none()
        && !alone.is_empty()
        && alone == satisfying(index, &last.words, None);
    // `butter, the unsalted kind`: no name ends so.
    let is_left_open = mention.joint == Joint::Plain
        && !mention.words.iter().any(|word| word.terms.iter().any(|term| index.is_head(*term)));
    let is_one = is_left_open || is_part || is_name || halves || is_twice;
    let is_sold = !satisfying(index, &words, None).is_empty()
        || (mention.joint == Joint::Plain
            && !satisfying(index, &without_rank(&words), None).is_empty());
    if is_one && mention.number.is_none() && is_sold {
        last.words = words;
        last.end = mention.end;
        last.negated.extend(mention.negated);
        last.cap = last.cap.or(mention.cap);
        last.best = last.best.or(mention.best);
        last.others.extend(mention.others);
        last.fallbacks.extend(mention.fallbacks);
        return None;
    }
    Some(mention)
}
