use acp_core::ids::ItemId;
use acp_core::limits::{PLAN_CANDIDATES_MAX, PLAN_OPERATIONS_MAX, PLAN_RESULTS_MAX};
use acp_core::plan::{Count, Operation, PlanDraft};
use acp_core::ports::{Inquiry, ModelFailure, Verb};
use serde::Deserialize;

/// A completion, as far as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// How many tokens a call took, as the server counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Usage {
    /// Of the question and the answer together.
    pub(super) total_tokens: u64,
    /// Of the answer, where that is said.
    #[serde(default)]
    pub(super) completion_tokens: Option<u64>,
}

/// What a model said, in the form it was asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    operations: Vec<Step>,
    certainty: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    op: String,
    item: Option<String>,
    old_item: Option<String>,
    quantity: Option<i64>,
    #[serde(default)]
    fallbacks: Vec<String>,
    #[serde(default)]
    results: Vec<String>,
}

/// What an answer proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proposed {
    pub(super) draft: PlanDraft,
    pub(super) certainty: u8,
}

impl Usage {
    /// The same by what they are of: a question costs another price than an answer.
    pub(super) fn by_kind(self) -> [(&'static str, u64); 3] {
        let Some(answer) = self.completion_tokens else {
            return [("prompt", 0), ("completion", 0), ("unsplit", self.total_tokens)];
        };
        let question = self.total_tokens.saturating_sub(answer);
        [("prompt", question), ("completion", answer), ("unsplit", 0)]
    }
}

impl Completion {
    /// Reads what a server sent.
    pub(super) fn read(body: &[u8]) -> Result<Self, ModelFailure> {
        let read = serde_json::from_slice(body);
        read.map_err(|_not_one| ModelFailure::Invalid("this is no completion"))
    }

    /// How many tokens it took, where the server says so.
    pub(super) const fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// What the model said.
    pub(super) fn content(&self) -> Result<&str, ModelFailure> {
        let choice = self.choices.first().ok_or(ModelFailure::Invalid("there is no choice"))?;
        let is_ended = |reason| choice.finish_reason.as_deref() == Some(reason);
        if choice.message.refusal.is_some() || is_ended("content_filter") {
            return Err(ModelFailure::Refused);
        }
        if is_ended("length") {
            return Err(ModelFailure::Truncated);
        }
        Ok(choice.message.content.as_deref().unwrap_or_default())
    }
}

/// Reads what a model said to a question. Servers differ in how well they hold a model to a form,
/// so everything in it is looked at again.
pub(super) fn proposed(content: &str, inquiry: &Inquiry) -> Result<Proposed, ModelFailure> {
    let told: serde_json::Value =
        serde_json::from_str(content).map_err(|_not_json| ModelFailure::NotJson)?;
    let answer = Answer::deserialize(told)
        .map_err(|_another| ModelFailure::Invalid("it is not of the given form"))?;
    if answer.certainty > 100 {
        return Err(ModelFailure::Invalid("nobody is that sure"));
    }
    if answer.operations.len() > PLAN_OPERATIONS_MAX {
        return Err(ModelFailure::Invalid("there are too many operations"));
    }
    let operations = answer.operations.iter().map(|step| step.operation(inquiry));
    let operations = operations.collect::<Result<Vec<_>, _>>()?;
    let draft = PlanDraft::new(operations, Vec::new())
        .map_err(|_refused| ModelFailure::Invalid("the operations make no plan"))?;
    Ok(Proposed { draft, certainty: answer.certainty })
}

impl Step {
    fn operation(&self, inquiry: &Inquiry) -> Result<Operation, ModelFailure> {
        let verb = inquiry.verbs.iter().copied().find(|verb| verb.name() == self.op);
        let verb = verb.ok_or(ModelFailure::Invalid("the operation was not offered"))?;
        let item = || known(self.item.as_deref(), inquiry);
        Ok(match verb {
            Verb::Add => Operation::Add {
                item: item()?,
                quantity: self.count()?.unwrap_or(Count::ONE),
                fallbacks: self.fallbacks(inquiry)?,
            },
            Verb::Remove => Operation::Remove { item: item()?, quantity: self.count()? },
            Verb::SetQuantity => Operation::SetQuantity {
                item: item()?,
                quantity: self.count()?.ok_or(ModelFailure::Invalid("it does not say how many"))?,
            },
            Verb::Replace => Operation::Replace {
                old: known(self.old_item.as_deref(), inquiry)?,
                new: item()?,
                quantity: self.count()?.unwrap_or(Count::ONE),
            },
            Verb::ClearCart => Operation::ClearCart,
            Verb::ViewCart => Operation::ViewCart,
            Verb::Search => Operation::Search {
                results: all_known(&self.results, PLAN_RESULTS_MAX, inquiry)?,
                unit_price_max: None,
            },
            Verb::Checkout => Operation::Checkout,
        })
    }

    fn count(&self) -> Result<Option<Count>, ModelFailure> {
        let Some(number) = self.quantity else { return Ok(None) };
        let count = u32::try_from(number).ok().and_then(Count::new);
        count.map(Some).ok_or(ModelFailure::Invalid("nobody can have so many"))
    }

    fn fallbacks(&self, inquiry: &Inquiry) -> Result<Vec<ItemId>, ModelFailure> {
        if !self.fallbacks.is_empty() && !inquiry.has_fallback {
            return Err(ModelFailure::Invalid("nobody spoke of another choice"));
        }
        all_known(&self.fallbacks, PLAN_CANDIDATES_MAX, inquiry)
    }
}

/// The candidate with this id.
fn known(id: Option<&str>, inquiry: &Inquiry) -> Result<ItemId, ModelFailure> {
    let id = id.ok_or(ModelFailure::Invalid("it does not say what"))?;
    let found = inquiry.candidates.iter().find(|known| known.item.as_str() == id);
    let item = found.map(|known| known.item.clone());
    item.ok_or(ModelFailure::Invalid("there is no such candidate"))
}

fn all_known(ids: &[String], most: usize, inquiry: &Inquiry) -> Result<Vec<ItemId>, ModelFailure> {
    if ids.len() > most {
        return Err(ModelFailure::Invalid("there are too many items"));
    }
    ids.iter().map(|id| known(Some(id), inquiry)).collect()
}

#[cfg(test)]
mod tests {
    use acp_core::ports::{Candidate, PriceBand};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::adapters::planner::schema::schema;

    fn inquiry(verbs: &[Verb], has_fallback: bool) -> Inquiry {
        let candidate = |id: &str| Candidate {
            item: ItemId::new(id),
            title: id.into(),
            attributes: Vec::new(),
            is_in_stock: true,
            band: PriceBand::Middle,
        };
        Inquiry {
            utterance: "two mugs".into(),
            turns: Vec::new(),
            cart: Vec::new(),
            candidates: ["a", "b"].into_iter().map(candidate).collect(),
            verbs: verbs.to_vec(),
            has_fallback,
            catalogue_mark: "1".into(),
        }
    }

    fn step(op: &str, item: &Value, quantity: &Value) -> Value {
        json!({ "op": op, "item": item, "old_item": null, "quantity": quantity, "results": [] })
    }

    fn answer(steps: &[Value]) -> Value {
        json!({ "operations": steps, "certainty": 90 })
    }

    #[test]
    fn an_answer_in_form_is_a_draft() {
        let said = answer(&[
            step("add", &json!("a"), &json!(2)),
            step("view_cart", &json!(null), &json!(null)),
        ]);
        let read = proposed(&said.to_string(), &inquiry(&Verb::ALL, false)).unwrap();
        let quantity = Count::new(2).unwrap();
        let add = Operation::Add { item: ItemId::new("a"), quantity, fallbacks: Vec::new() };
        assert_eq!(read.draft.operations(), [add, Operation::ViewCart]);
        assert_eq!((read.certainty, read.draft.constraints().len()), (90, 0));
    }

    #[test]
    fn tokens_are_split_where_the_server_says_so() {
        let usage = |said: Value| {
            let completion = json!({ "choices": [], "usage": said });
            Completion::read(completion.to_string().as_bytes()).unwrap().usage()
        };
        let split = usage(json!({"total_tokens": 120, "completion_tokens": 20})).unwrap();
        assert_eq!(split.by_kind(), [("prompt", 100), ("completion", 20), ("unsplit", 0)]);
        let whole = usage(json!({"total_tokens": 120})).unwrap();
        assert_eq!(whole.by_kind(), [("prompt", 0), ("completion", 0), ("unsplit", 120)]);
        assert_eq!(usage(json!(null)), None);
    }

    #[test]
    fn what_no_answer_may_say_is_refused() {
        let a = json!("a");
        let mut sure = answer(&[]);
        sure["certainty"] = json!(101);
        let mut priced = step("add", &a, &json!(1));
        priced["price"] = json!(1);
        let mut fallback = step("add", &a, &json!(1));
        fallback["fallbacks"] = json!(["b"]);
        for said in [
            answer(&[step("add", &json!("invented"), &json!(1))]),
            answer(&[step("add", &json!(null), &json!(1))]),
            answer(&[step("add", &a, &json!(10_000))]),
            answer(&[step("add", &a, &json!(0))]),
            answer(&[step("add", &a, &json!(-1))]),
            answer(&[step("add", &a, &json!(1.5))]),
            answer(&[step("checkout", &json!(null), &json!(null))]),
            answer(&[step("apply_discount", &a, &json!(null))]),
            answer(&[step("set_qty", &a, &json!(null))]),
            answer(&[step("replace", &a, &json!(1))]),
            answer(&[priced]),
            answer(&[fallback]),
            answer(&vec![step("view_cart", &json!(null), &json!(null)); 40]),
            sure,
            json!([]),
            json!({ "operations": [] }),
        ] {
            let verbs = [Verb::Add, Verb::SetQuantity, Verb::Replace, Verb::ViewCart];
            let refused = proposed(&said.to_string(), &inquiry(&verbs, false)).unwrap_err();
            assert!(matches!(refused, ModelFailure::Invalid(_)), "{said}: {refused}");
        }
        let none = proposed("Sure! {", &inquiry(&Verb::ALL, false));
        assert_eq!(none, Err(ModelFailure::NotJson));
    }

    fn verbs() -> impl Strategy<Value = Vec<Verb>> {
        prop::sample::subsequence(Verb::ALL.to_vec(), 1..=Verb::ALL.len())
    }

    fn any_step() -> impl Strategy<Value = Value> {
        let id = || prop::sample::select(vec![json!("a"), json!("b"), json!("c"), json!(null)]);
        let ids = || prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..2);
        let names: Vec<&str> = Verb::ALL.into_iter().map(Verb::name).chain(["confirm"]).collect();
        let quantity = prop_oneof![Just(json!(null)), (-2_i64..1_200).prop_map(|n| json!(n))];
        (prop::sample::select(names), id(), id(), quantity, ids(), prop::option::of(ids()))
            .prop_map(|(op, item, old_item, quantity, results, fallbacks)| {
                let mut step = json!({
                    "op": op, "item": item, "old_item": old_item, "quantity": quantity,
                    "results": results,
                });
                if let Some(fallbacks) = fallbacks {
                    step["fallbacks"] = json!(fallbacks);
                }
                step
            })
    }

    proptest! {
        #[test]
        fn what_is_read_was_offered(
            steps in prop::collection::vec(any_step(), 0..4),
            verbs in verbs(),
            has_fallback in any::<bool>(),
        ) {
            let asked = inquiry(&verbs, has_fallback);
            let Ok(read) = proposed(&answer(&steps).to_string(), &asked) else { return Ok(()) };
            let operations = read.draft.operations();
            prop_assert!(operations.iter().filter_map(Verb::of).all(|verb| verbs.contains(&verb)));
            // Members that say nothing may be missing here; a server would have filled them in.
            let filled = steps.into_iter().map(|mut step| {
                match has_fallback {
                    true if step["fallbacks"].is_null() => step["fallbacks"] = json!([]),
                    true => {}
                    false => drop(step.as_object_mut().and_then(|all| all.remove("fallbacks"))),
                }
                let op = step["op"].as_str().unwrap_or_default().to_owned();
                // What an operation does not use is not looked at.
                if !matches!(op.as_str(), "add" | "remove" | "set_qty" | "replace") {
                    step["item"] = json!(null);
                }
                if op != "replace" {
                    step["old_item"] = json!(null);
                }
                if op != "search" {
                    step["results"] = json!([]);
                }
                if op != "add" && has_fallback {
                    step["fallbacks"] = json!([]);
                }
                step
            });
            let filled: Vec<Value> = filled.collect();
            prop_assert!(jsonschema::is_valid(&schema(&asked), &answer(&filled)), "{:?}", filled);
        }
    }
}
