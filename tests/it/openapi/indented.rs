/// The same JSON over several lines, its members in the order in which they were sent.
pub(crate) fn indented(json: &str) -> String {
    let (mut text, mut depth, mut is_text, mut is_escaped) = (String::new(), 0, false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if is_text {
            is_text = character != '"' || is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            text.push(character);
            continue;
        }
        let is_empty = matches!(characters.peek(), Some(']' | '}'));
        let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
        match character {
            '{' | '[' if !is_empty => {
                depth += 1;
                text += &format!("{character}{}", line(depth));
            }
            '{' | '[' => text += &format!("{character}{}", characters.next().unwrap()),
            '}' | ']' => {
                depth -= 1;
                text += &format!("{}{character}", line(depth));
            }
            ',' => text += &format!(",{}", line(depth)),
            ':' => text += ": ",
            '"' => {
                is_text = true;
                text.push(character);
            }
            _ => text.push(character),
        }
    }
    text.push('\n');
    text
}

#[test]
fn text_is_left_as_it_is() {
    let sent = r#"{"a":[],"b":["x, {y}\"z",{}],"c":{"d":1}}"#;
    let shown = "{\n  \"a\": [],\n  \"b\": [\n    \"x, {y}\\\"z\",\n    {}\n  ],\n  \"c\": {\n    \"d\": 1\n  }\n}\n";
    assert_eq!(indented(sent), shown);
}
