use std::sync::Arc;

use acp_core::dialogue::{Conversation, Intent, Spoken, Turn, Understand};
use acp_core::ids::{ConversationId, IntentId, Partition};
use acp_core::limits::{RACES_MAX, UTTERANCE_CHARS_MAX};
use acp_core::plan::{Issue, Plan, Planner};
use acp_core::ports::{
    Answer, AnswerKey, Committed, ConversationChange, ConversationWrite, Operation, PlanWrite,
    Revision, SeenConversation, Subject,
};
use acp_core::refusal::{Fault, FaultKind, Refusal};
use acp_core::session::{Quantity, Wanted};
use acp_core::time::Timestamp;
use acp_language::advice::{self, Wish};
use acp_language::{CartLine, Context};

use super::reading::{Reading, Words};
use super::redacted::redacted;
use super::seen::Seen;
use super::talks::{Found, own};
use crate::app::ask::bounded;
use crate::app::{App, Ask, Failure, Said};

/// What was decided about a sentence.
struct Understood {
    before: Option<Revision>,
    after: Conversation,
    answer: Answer,
    /// The plan it came to.
    made: Option<Plan>,
    /// What it came to, for whoever reads figures.
    seen: Seen,
}

/// A text that can be read: it says something, and somebody can have said all of it.
fn readable(text: &str) -> Result<Arc<str>, Refusal> {
    let is_unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let says_something = |c: char| !c.is_whitespace() && !c.is_control() && !is_unseen(c);
    if text.chars().count() > UTTERANCE_CHARS_MAX {
        Err(Refusal::TextTooLong)
    } else if text.chars().any(says_something) {
        Ok(text.into())
    } else {
        Err(Refusal::TextEmpty)
    }
}

/// The same stretches with places that do not depend on how a text is encoded.
fn in_characters(text: &str, spoken: Vec<Spoken>) -> Vec<Spoken> {
    let place = |byte: usize| text.char_indices().take_while(|(at, _)| *at < byte).count();
    let moved = |it: Spoken| Spoken { start: place(it.start), end: place(it.end), ..it };
    spoken.into_iter().map(moved).collect()
}

/// Writes down what a dialogue knows now.
fn remember(talk: &mut Conversation, context: Context) {
    if talk.session.is_none() && talk.cart.is_none() {
        let line =
            |CartLine { item, quantity }| Some(Wanted { item, quantity: Quantity::new(quantity)? });
        talk.basket = context.cart.into_iter().filter_map(line).collect();
    }
    talk.salience = context.salience;
    talk.latest = u32::try_from(context.latest).unwrap_or_default();
    talk.results = context.results;
    talk.open = context.open;
}

impl App {
    /// Finds out what a sentence means, and remembers it for the next one of the conversation. It
    /// changes nothing else.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn understand(self: &Arc<Self>, ask: Ask<Understand>) -> Result<Said, Failure> {
        let named = ask.command.as_ref().ok().and_then(|said| said.conversation.clone());
        let (owner, name) = (ask.principal.as_owner(), ask.key.as_deref());
        let place = named.as_ref().map_or_else(
            || self.ports.conversations.place(&owner, name),
            ConversationId::partition,
        );
        let about = named.clone().map(Subject::Conversation);
        let key = ask.answer_key(Operation::Understand, about);
        for _ in 0..RACES_MAX {
            let SeenConversation { conversation, key: known } =
                self.ports.conversations.look(place, named.as_ref(), key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok(said);
            }
            let said = match Box::pin(self.understood(&ask, place, conversation)).await {
                Ok(understood) => self.keep_understood(&ask, key.clone(), understood).await?,
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, place, key.clone(), refusal).await?
                }
                Err(failure) => return Err(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    /// Commits what a conversation knows now together with the answer and the plan; `None` when
    /// something else was said meanwhile. Then nobody has heard of the plan, and nobody is told of it.
    async fn keep_understood(
        &self,
        ask: &Ask<Understand>,
        key: Option<AnswerKey>,
        Understood { before, after, answer, made, seen }: Understood,
    ) -> Result<Option<Said>, Failure> {
        // What was said is in it, and goes with the conversation.
        let left = after.expires_at.since(self.ports.clock.now());
        let kept = ask.answered(key, &answer, self.keeping.answers.min(left));
        let conversation = ConversationWrite::Keep { before, after: Box::new(after) };
        let plan = made.map(|plan| PlanWrite { before: None, known: 0, after: Box::new(plan) });
        let change = ConversationChange { conversation, plan, answer: kept };
        match self.ports.conversations.commit(change).await? {
            Committed::At(_) => {
                seen.note();
                Ok(Some(Said::anew(answer)))
            }
            Committed::Raced => Ok(None),
        }
    }

    async fn understood(
        self: &Arc<Self>,
        ask: &Ask<Understand>,
        place: Partition,
        found: Option<Found>,
    ) -> Result<Understood, Failure> {
        let said = ask.command.clone().map_err(Refusal::Faulty)?;
        let words = self.words_of(&said)?;
        let now = self.ports.clock.now();
        let (mut talk, before) = if said.conversation.is_some() {
            let (talk, at) = own(&ask.principal, found, now)?;
            (talk, Some(at))
        } else {
            let id = ConversationId::new(place, self.ports.entropy.random128());
            (Conversation::begin(id, ask.principal.as_owner(), now), None)
        };
        self.look_at_plan_of(&ask.principal, &mut talk).await?;
        let around = self.surroundings(&ask.principal, &mut talk, &said).await?;
        let reading = self.read_words(&words, &talk, &around).await?;
        let text = words.text();
        let id = IntentId::new(place, self.ports.entropy.random128());
        let turn = self.turn_of(ask, (id.clone(), before.is_none(), now), text, &reading);
        let Reading { understanding, goods, planner } = reading;
        remember(&mut talk, understanding.context);
        talk.note(turn);
        let draft = &understanding.draft;
        let made = self.plan_of(ask, (&said, &mut talk), (&around.lines, draft), planner).await?;
        let plan = match &made {
            Some(plan) => Some(plan.clone()),
            None => self.about_the_plan(ask, &mut talk, draft).await?,
        };
        let intent = Intent {
            id,
            conversation: talk.id.clone(),
            at: now,
            expires_at: talk.expires_at,
            language: understanding.language,
            spoken: in_characters(text, understanding.spoken),
            draft: understanding.draft,
            questions: understanding.questions,
            issues: understanding.issues,
            coverage: understanding.coverage,
            goods,
            plan,
            planner,
        };
        let answer = bounded(self.ports.answers.intent(&intent))?;
        Ok(Understood { before, after: talk, answer, made, seen: Seen::of(&intent) })
    }

    /// What is to be read: a text, by whom it is wanted, or what was chosen.
    fn words_of(&self, said: &Understand) -> Result<Words, Refusal> {
        if said.planner == Some(Planner::Model) && !self.has_model() {
            return Err(Refusal::Faulty(Fault {
                kind: FaultKind::BadValue,
                path: "$.planner".to_owned(),
                text: "This shop has no language model. Leave `planner` out, or say `rules`."
                    .to_owned(),
            }));
        }
        if let Some(chosen) = &said.choice {
            return Ok(Words::Choice(chosen.clone()));
        }
        let wish = match said.planner {
            Some(Planner::Model) => Wish::Model,
            Some(Planner::Rules | Planner::Client) => Wish::Rules,
            None => Wish::Either,
        };
        Ok(Words::Text(readable(&said.text)?, wish))
    }

    fn turn_of(
        &self,
        ask: &Ask<Understand>,
        (intent, is_first, at): (IntentId, bool, Timestamp),
        text: &str,
        reading: &Reading,
    ) -> Turn {
        let operations = reading.understanding.draft.operations().iter();
        let issues = reading.understanding.issues.iter();
        let told = advice::turn(&reading.understanding);
        Turn {
            intent,
            at,
            operations: operations.map(|operation| operation.name().into()).collect(),
            issues: issues.map(|issue: &Issue| issue.kind.name().into()).collect(),
            key: ask.key.clone(),
            is_first,
            text: (self.intents.keeps_text && !text.is_empty()).then(|| redacted(text).into()),
            deeds: told.deeds,
            asked: told.asked,
        }
    }
}
