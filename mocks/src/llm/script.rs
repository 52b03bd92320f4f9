use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is said to whom. Exactly one of the answers is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripted {
    /// What the last message of the user contains, in small or capital letters; `*` stands for
    /// anything. Nothing fits every message.
    #[serde(default)]
    pub when: String,
    /// A text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// A document, which is said as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Calls of tools. They are made only if all of these tools were offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Vec<ScriptedCall>>,
    /// Why nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse: Option<String>,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedCall {
    /// The tool.
    pub name: String,
    /// What it is called with.
    #[serde(default)]
    pub arguments: Value,
}

/// Why a script is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("answer {place} gives {given} answers; it is one of say, json, call and refuse")]
pub struct ScriptError {
    /// Which of them, from 1.
    place: usize,
    given: usize,
}

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    Say(String),
    Call(Vec<ScriptedCall>),
    Refuse(String),
}

/// Looks for answers that are none, or several.
pub(super) fn check(script: &[Scripted]) -> Result<(), ScriptError> {
    for (place, scripted) in script.iter().enumerate() {
        let given = scripted.lines().count();
        if given != 1 {
            return Err(ScriptError { place: place + 1, given });
        }
    }
    Ok(())
}

impl Scripted {
    fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        let texts = [self.say.clone(), self.json.as_ref().map(Value::to_string)];
        let texts = texts.into_iter().flatten().map(Line::Say);
        let calls = self.call.iter().cloned().map(Line::Call);
        texts.chain(calls).chain(self.refuse.iter().cloned().map(Line::Refuse))
    }

    /// What is said to somebody who says this and offers these tools.
    pub(super) fn answer(&self, said: &str, tools: &[String]) -> Option<Line> {
        if !fits(&self.when, said) {
            return None;
        }
        let line = self.lines().next()?;
        match &line {
            Line::Call(calls) if calls.iter().any(|call| !tools.contains(&call.name)) => None,
            Line::Call(_) | Line::Say(_) | Line::Refuse(_) => Some(line),
        }
    }
}

/// Whether all parts of a pattern stand in a text, one after another.
fn fits(pattern: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    let mut rest = text.as_str();
    for part in pattern.to_lowercase().split('*') {
        let Some((_, after)) = rest.split_once(part).or((part.is_empty()).then_some(("", rest)))
        else {
            return false;
        };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_in_the_text_in_order() {
        for (pattern, text, is_fit) in [
            ("", "anything", true),
            ("two MUGS", "I want two mugs, please", true),
            ("two*mug", "two blue mugs", true),
            ("mug*two", "two blue mugs", false),
            ("*", "", true),
            ("mug", "", false),
            ("o*o", "to go", true),
            ("o*o", "to us", false),
        ] {
            assert_eq!(fits(pattern, text), is_fit, "{pattern} in {text}");
        }
    }

    #[test]
    fn an_answer_is_one_answer() {
        let say = Scripted { say: Some("yes".to_owned()), ..Scripted::default() };
        let both = Scripted { refuse: Some("no".to_owned()), ..say.clone() };
        assert_eq!(check(std::slice::from_ref(&say)), Ok(()));
        assert_eq!(check(&[say.clone(), both]), Err(ScriptError { place: 2, given: 2 }));
        assert_eq!(check(&[Scripted::default()]), Err(ScriptError { place: 1, given: 0 }));
    }

    #[test]
    fn only_tools_that_were_offered_are_called() {
        let call = ScriptedCall { name: "add".to_owned(), arguments: Value::Null };
        let scripted = Scripted { call: Some(vec![call.clone()]), ..Scripted::default() };
        assert_eq!(scripted.answer("", &[]), None);
        assert_eq!(scripted.answer("", &["add".to_owned()]), Some(Line::Call(vec![call])));
    }
}
